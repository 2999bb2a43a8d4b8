"""The Playground Shop: an integration that needs a credential, as real ones do."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .account import async_open_session
from .coordinator import ShopConfigEntry, ShopCoordinator

PLATFORMS = [Platform.SENSOR]


async def async_setup_entry(hass: HomeAssistant, entry: ShopConfigEntry) -> bool:
    """Set up a linked account."""
    coordinator = ShopCoordinator(hass, entry, await async_open_session(hass, entry))
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ShopConfigEntry) -> bool:
    """Unload a linked account."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
