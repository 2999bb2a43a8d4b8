"""Where accounts abroad are authorized: which provider it is, the client ID tells."""

import os

from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant

PLAYED_PROVIDERS = os.environ.get("PLAYED_PROVIDERS", "http://localhost:9401")


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Return the server that passes on to the provider of a client."""
    return AuthorizationServer(
        authorize_url=f"{PLAYED_PROVIDERS}/any/authorize",
        token_url=f"{PLAYED_PROVIDERS}/any/token",
    )
