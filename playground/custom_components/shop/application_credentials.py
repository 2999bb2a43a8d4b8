"""Where the Playground Shop's accounts are authorized."""

from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant

from .const import AUTHORIZATION_SERVER, AUTHORIZE_URL, TOKEN_URL

# Tests have another one. This tells who reads the file, and does not run it, which
# integrations have the same provider.
USUAL_SERVER = AuthorizationServer(
    authorize_url="http://127.0.0.1:9400/oauth2/authorize",
    token_url="http://127.0.0.1:9400/oauth2/token",
)


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Return the shop's authorization server."""
    return AuthorizationServer(authorize_url=AUTHORIZE_URL, token_url=TOKEN_URL)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the dialog says about where to get a credential."""
    return {"authorization_server": AUTHORIZATION_SERVER}
