"""OAuth2 credentials for the integrations of Home Assistant.

Takes the place of the integration of the same name that Home Assistant ships,
and of its file, its websocket API and its platform hook. This module is the
door: behind it is our component or, where that cannot be set up, the original,
so that accounts go on whatever a release of Home Assistant has changed.

Home Assistant imports some modules of ours by name at every start: this one,
config_flow, diagnostics, repairs and system_health. None of them imports anything
else of ours before it is used: it may not be possible, and where there are no
credentials it can wait.
"""

import asyncio
from functools import cache, partial
from importlib import import_module
import logging
from pathlib import Path
from typing import Any

from homeassistant.components import application_credentials as original
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import __version__ as home_assistant_version
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

_LOGGER = logging.getLogger(__name__)

DOMAIN = "application_credentials"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)

# The id of the repair issue, and the key of its texts and of the entry's.
ORIGINAL_SERVES = "original_serves"


class _Serving:
    """Set ours up once, or else the original, as soon as somebody needs either.

    `versions` are those that do not go together, where the original serves.
    """

    def __init__(self, hass: HomeAssistant, config: ConfigType) -> None:
        self._hass = hass
        self._config = config
        self._task: asyncio.Task[None] | None = None
        self._then: list[CALLBACK_TYPE] = []
        self.versions: dict[str, str] | None = None

    @property
    def is_begun(self) -> bool:
        return self._task is not None

    async def async_serve(self) -> None:
        """Return when one of them serves; who gives up waiting stops neither.

        Raises what the original's set-up raises, where ours has failed.
        """
        if self._task is None:
            # Not eagerly: what follows asks whether it is begun.
            self._task = self._hass.async_create_task(
                self._async_serve(), f"{DOMAIN} set-up", eager_start=False
            )
        await asyncio.wait([self._task])
        self._task.result()

    @callback
    def then(self, follow: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Have `follow` called when one of them serves; return what takes that back."""
        self._then.append(follow)
        return partial(self._then.remove, follow)

    async def _async_serve(self) -> None:
        try:
            # Who is imported already does not wait for a thread, as with Home Assistant's.
            if not import_component.cache_info().currsize:
                await self._hass.async_add_import_executor_job(import_component)
            await import_component().async_setup(self._hass)
        except Exception:
            _LOGGER.exception(
                "Home Assistant's own %s serves in our place, since ours cannot", DOMAIN
            )
            await self._async_say_that_the_original_serves()
            await original.async_setup(self._hass, self._config)
        else:
            ir.async_delete_issue(self._hass, DOMAIN, ORIGINAL_SERVES)
        for follow in list(self._then):
            follow()

    async def _async_say_that_the_original_serves(self) -> None:
        """Raise a repair issue that names the versions that do not go together."""
        integration = await async_get_integration(self._hass, DOMAIN)
        self.versions = {
            "version": str(integration.version),
            "home_assistant": home_assistant_version,
        }
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            ORIGINAL_SERVES,
            is_fixable=False,
            learn_more_url=integration.documentation,
            severity=ir.IssueSeverity.ERROR,
            translation_key=ORIGINAL_SERVES,
            translation_placeholders=self.versions,
        )


_DATA_SERVING: HassKey[_Serving] = HassKey(f"{DOMAIN}_serving")


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up our component, or else the original and an issue that says so.

    Where there is nothing to look after, that waits until somebody asks for it.
    Raises what the original's set-up raises, where ours has failed.
    """
    serving = hass.data[_DATA_SERVING] = _Serving(hass, config)
    if not await _async_wait(hass, serving):
        await serving.async_serve()
    return True


async def _async_wait(hass: HomeAssistant, serving: _Serving) -> bool:
    """Wait for a first use, where that may be; return whether it may."""
    entries = hass.config_entries.async_entries(DOMAIN)
    if (
        hass.state is CoreState.running
        # The first start of all makes our entry, and rows are to be shown.
        or not entries
        or any(entry.subentries for entry in entries)
    ):
        return False
    try:
        waiting = await hass.async_add_import_executor_job(_import, "waiting")
        waits: bool = await waiting.async_wait(hass, serving.async_serve, serving.then)
    except Exception:
        # Either the rest fails for the same reason, or nothing is lost.
        _LOGGER.debug("Not waiting for a first use", exc_info=True)
        return False
    return waits


async def async_ours_serves(hass: HomeAssistant) -> bool:
    """Return whether ours serves, and everything of it is imported; False for the original."""
    await hass.data[_DATA_SERVING].async_serve()
    return not original_serves(hass)


@callback
def original_serves(hass: HomeAssistant) -> bool:
    """Return whether the original serves; False also where neither does yet."""
    return hass.data[_DATA_SERVING].versions is not None


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Show the credentials, which are there without an entry, too.

    Raises ConfigEntryError, which the Integrations page shows, where the
    original serves.
    """
    serving = hass.data[_DATA_SERVING]
    if not serving.is_begun:
        # There is nothing to show yet.
        entry.async_on_unload(
            serving.then(
                lambda: hass.config_entries.async_schedule_reload(entry.entry_id)
            )
        )
        return True
    if not await async_ours_serves(hass):
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key=ORIGINAL_SERVES,
            translation_placeholders=serving.versions,
        )
    from . import component  # noqa: PLC0415 (imported where ours serves)

    await component.async_setup_entry(hass, entry)
    entry.runtime_data = component
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Take away what shows the credentials; they stay."""
    component = getattr(entry, "runtime_data", None)
    return component is None or await component.async_unload_entry(hass, entry)


@cache
def import_component() -> Any:
    """Import every module of ours, and return the one that sets all of it up.

    Also what Home Assistant would import later, by a name that it looks for:
    the component works as a whole, or not at all.
    """
    folder = Path(__file__).parent
    # Not rglob, which takes four times as long, at every start.
    for parent, _, files in folder.walk():
        package = parent.relative_to(folder).parts
        for file in sorted(files):
            if file.endswith(".py"):
                _import(*package, file.removesuffix(".py"))
    return _import("component")


def _import(*name: str) -> Any:
    """Return a module of ours."""
    return import_module(".".join((str(__package__), *name)).removesuffix(".__init__"))
