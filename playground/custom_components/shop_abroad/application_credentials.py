"""Which of the played providers a client is registered with: its client ID begins with it."""

import os

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant

PLAYED_PROVIDERS = os.environ.get("PLAYED_PROVIDERS", "http://localhost:9401")


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AuthImplementation:
    """Return an implementation for the client `provider.client`."""
    provider, _, _client_id = credential.client_id.partition(".")
    server = AuthorizationServer(
        authorize_url=f"{PLAYED_PROVIDERS}/{provider}/authorize",
        token_url=f"{PLAYED_PROVIDERS}/{provider}/token",
    )
    return AuthImplementation(hass, auth_domain, credential, server)
