"""Find and import the hooks of integrations."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Final

from homeassistant import components
from homeassistant.core import HomeAssistant
from homeassistant.loader import (
    Integration,
    IntegrationNotLoaded,
    async_get_custom_components,
    async_get_integrations,
    async_get_loaded_integration,
)

from ..const import DOMAIN
from ..errors import InvalidCredential
from .faults import (
    Faults,
    HookFailed,
    HookIncomplete,
    HookRaisedValueError,
    is_for_us,
    said_by,
)
from .files import refuse_untouchable
from .protocol import NEEDED
from .readings import HookReadings

# Seconds; on a slow machine the libraries of an integration take this long to import.
# For what a person waits for; a flow waits for as long as it takes.
IMPORT_TIMEOUT: Final = 60

_BUILT_IN: Final = Path(components.__path__[0])


class HookLoader:
    """Finds the hooks of integrations, and imports what has to be imported."""

    def __init__(
        self, hass: HomeAssistant, faults: Faults, readings: HookReadings
    ) -> None:
        """Take what the files of hooks say, and where to say what goes wrong."""
        self._hass = hass
        self._faults = faults
        self._readings = readings

    async def async_load(
        self, domain: str, *, limit: float | None = None
    ) -> ModuleType | None:
        """Return the hook of an integration as Home Assistant imports it.

        None where there is no such integration, or it has no hook. Raises
        HookIncomplete, and HookFailed where the import does, or takes longer
        than `limit` seconds.
        """
        integration = (await self.async_integrations([domain])).get(domain)
        if integration is None:
            return None
        if (platform := integration.get_platform_cached(DOMAIN)) is None:
            if not integration.platforms_exists((DOMAIN,)):
                return None
            platform = await self.async_import(integration, limit=limit)
        if not any(self._faults.defines(domain, platform, name) for name in NEEDED):
            raise self._faults.failed(
                domain, "has neither of the functions it needs", HookIncomplete
            )
        return platform

    async def async_exists(self, domain: str) -> bool:
        """Return whether an integration takes credentials, without importing it if possible.

        Raises InvalidCredential where its hook has neither of the functions it needs.
        """
        integration = (await self.async_integrations([domain])).get(domain)
        if integration is None:
            return False
        if (
            integration.get_platform_cached(DOMAIN) is None
            and await self._readings.async_names(integration) & NEEDED
        ):
            return True
        try:
            return await self.async_load(domain, limit=IMPORT_TIMEOUT) is not None
        except HookIncomplete as err:
            raise InvalidCredential(
                # Quoted here: a translation must not have a placeholder in single quotes.
                "hook_incomplete",
                quoted_domain=f"'{domain}'",
            ) from err
        except HookFailed:
            return False

    async def async_integrations(
        self, domains: Iterable[str]
    ) -> dict[str, Integration]:
        """Return the integrations that there are."""
        # Of one that it is asked for twice, Home Assistant waits for itself.
        found = await async_get_integrations(self._hass, dict.fromkeys(domains))
        return {
            domain: integration
            for domain, integration in found.items()
            if isinstance(integration, Integration)
        }

    async def async_folders(self, domains: Iterable[str]) -> dict[str, Path]:
        """Return the folder in which each integration is, or would be.

        The manifests of Home Assistant's own are not read for it, which takes as long
        as reading all of their hooks.
        """
        custom = await async_get_custom_components(self._hass)
        folders: dict[str, Path] = {}
        for domain in domains:
            integration: Integration | None
            try:
                integration = async_get_loaded_integration(self._hass, domain)
            except IntegrationNotLoaded:
                integration = custom.get(domain)
            folders[domain] = (
                integration.file_path if integration else _BUILT_IN / domain
            )
        return folders

    async def async_import(
        self, integration: Integration, *, limit: float | None
    ) -> ModuleType:
        """Import a hook, and with it the package of its integration.

        Raises HookFailed where that fails or takes longer than `limit` seconds. With
        a limit, what would hold up the one thread for imports is not tried at all.
        """
        try:
            async with asyncio.timeout(limit):
                if limit is not None:
                    await self._hass.async_add_executor_job(
                        refuse_untouchable, integration.file_path
                    )
                return await integration.async_get_platform(DOMAIN)
        except BaseException as err:
            if is_for_us(err):
                raise
            raise self._faults.failed(
                integration.domain,
                f"cannot be imported: {said_by(err)}",
                HookRaisedValueError
                if issubclass(type(err), ValueError)
                else HookFailed,
            ) from err
