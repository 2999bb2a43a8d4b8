"""The hook."""

from dataclasses import dataclass

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from .const import AUTHORIZE, TOKEN, TOKEN_LEGACY


@dataclass
class SmartcarAuthorizationServer(AuthorizationServer):
    """A server that has another token endpoint for older clients."""

    token_url_v2: str


class SmartcarAuthImplementation(AuthImplementation):
    """The original's implementation, at the endpoint that fits the client."""

    def __init__(
        self,
        hass: HomeAssistant,
        auth_domain: str,
        credential: ClientCredential,
        authorization_server: SmartcarAuthorizationServer,
    ) -> None:
        """Take another endpoint for an older client."""
        super().__init__(hass, auth_domain, credential, authorization_server)
        if not credential.client_id.startswith("v3-"):
            self.token_url = authorization_server.token_url_v2


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return the implementation."""
    return SmartcarAuthImplementation(
        hass,
        auth_domain,
        credential,
        authorization_server=await async_get_authorization_server(hass),
    )


async def async_get_authorization_server(
    hass: HomeAssistant,
) -> SmartcarAuthorizationServer:
    """Name the endpoints."""
    return SmartcarAuthorizationServer(
        authorize_url=AUTHORIZE, token_url=TOKEN, token_url_v2=TOKEN_LEGACY
    )
