"""The Playground Shop Abroad: an integration of all the played providers, without entities."""

from custom_components.shop.account import async_open_session

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Set up a linked account: its tokens have to be valid."""
    await async_open_session(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Unload a linked account."""
    return True
