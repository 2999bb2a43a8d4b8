"""The platform hooks of all integrations: found, read, called and described.

Whatever goes wrong in one costs that integration alone, and is logged once.
"""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .calling import HookCaller
from .describing import Descriptions
from .faults import Faults
from .loading import HookLoader
from .readings import HookReadings


class Hooks:
    """What is known of the hooks, and how to come by the rest."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing read."""
        self.faults = Faults()
        self.readings = HookReadings(hass, self.faults)
        self.loader = HookLoader(hass, self.faults, self.readings)
        self.caller = HookCaller(hass, self.faults)
        self.descriptions = Descriptions(
            hass,
            faults=self.faults,
            readings=self.readings,
            loader=self.loader,
            caller=self.caller,
        )

    async def async_urls(self, domains: Iterable[str]) -> dict[str, frozenset[str]]:
        """Return the URLs that the hooks of integrations are written with."""
        integrations = await self.loader.async_integrations(domains)
        return await self.readings.async_urls(integrations.values())


DATA_HOOKS: HassKey[Hooks] = HassKey(f"{DOMAIN}_hooks")
