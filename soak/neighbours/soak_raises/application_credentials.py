"""A hook that fails."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError


async def async_get_authorization_server(hass: HomeAssistant) -> None:
    """Fail."""
    raise HomeAssistantError("no server today")


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Fail."""
    raise HomeAssistantError("no placeholders today")
