"""The hook."""

from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant

from .const import AUTHORIZE, TOKEN


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Name the endpoints."""
    return AuthorizationServer(authorize_url=AUTHORIZE, token_url=TOKEN)
