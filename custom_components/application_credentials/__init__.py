"""OAuth2 credentials for the integrations of Home Assistant.

Takes the place of the integration of the same name that Home Assistant ships,
and of its file, its websocket API and its platform hook. This module is the
door: behind it is our component or, where that cannot be set up, the original,
so that accounts go on whatever a release of Home Assistant has changed. So
neither this module nor config_flow.py, which Home Assistant imports with it,
imports anything of ours before it is used.
"""

from functools import cache
from importlib import import_module
import logging
from pathlib import Path
from typing import Any

from homeassistant.components import application_credentials as original
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import __version__ as home_assistant_version
from homeassistant.core import HomeAssistant
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

# The versions that do not go together, where the original serves.
_DATA_ORIGINAL_SERVES: HassKey[dict[str, str]] = HassKey(f"{DOMAIN}_{ORIGINAL_SERVES}")


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up our component, or else the original and an issue that says so.

    Raises what the original's set-up raises, where ours has failed.
    """
    try:
        component = await hass.async_add_import_executor_job(import_component)
        await component.async_setup(hass)
    except Exception:
        _LOGGER.exception(
            "Home Assistant's own %s serves in our place, since ours cannot", DOMAIN
        )
    else:
        ir.async_delete_issue(hass, DOMAIN, ORIGINAL_SERVES)
        return True
    await _async_say_that_the_original_serves(hass)
    return await original.async_setup(hass, config)


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Show the credentials, which are there without an entry, too.

    Raises ConfigEntryError, which the Integrations page shows, where the
    original serves.
    """
    if (versions := hass.data.get(_DATA_ORIGINAL_SERVES)) is not None:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key=ORIGINAL_SERVES,
            translation_placeholders=versions,
        )
    from . import component  # noqa: PLC0415 (imported by async_setup)

    await component.async_setup_entry(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Take away what shows the credentials; they stay."""
    from . import component  # noqa: PLC0415 (imported by async_setup)

    return await component.async_unload_entry(hass, entry)


@cache
def import_component() -> Any:
    """Import every module of ours, and return the one that sets all of it up.

    Also what Home Assistant would import later, by a name that it looks for:
    the component works as a whole, or not at all.
    """
    folder = Path(__file__).parent
    # Not rglob, which takes four times as long, at every start.
    for parent, _, files in folder.walk():
        package = ".".join((str(__package__), *parent.relative_to(folder).parts))
        for file in sorted(files):
            if file.endswith(".py"):
                import_module(
                    f"{package}.{file}".removesuffix(".py").removesuffix(".__init__")
                )
    return import_module(".component", __package__)


async def _async_say_that_the_original_serves(hass: HomeAssistant) -> None:
    """Raise a repair issue that names the versions that do not go together."""
    integration = await async_get_integration(hass, DOMAIN)
    versions = hass.data[_DATA_ORIGINAL_SERVES] = {
        "version": str(integration.version),
        "home_assistant": home_assistant_version,
    }
    ir.async_create_issue(
        hass,
        DOMAIN,
        ORIGINAL_SERVES,
        is_fixable=False,
        learn_more_url=integration.documentation,
        severity=ir.IssueSeverity.ERROR,
        translation_key=ORIGINAL_SERVES,
        translation_placeholders=versions,
    )
