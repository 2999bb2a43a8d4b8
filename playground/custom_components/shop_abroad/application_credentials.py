"""Which of the played providers a client is registered with: its client ID begins with it."""

import os
from typing import Any, override

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant

PLAYED_PROVIDERS = os.environ.get("PLAYED_PROVIDERS", "http://localhost:9401")

# Those whose integrations ask for a token in a way of their own.
OWN_WAY = {"apigee", "fitbit"}


class InItsOwnWay(AuthImplementation):
    """Asks for a token as fitbit and lyric do: by itself, as far as anybody can see."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        return await super()._token_request(data)


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AuthImplementation:
    """Return an implementation for the client `provider.client`."""
    provider, _, _client_id = credential.client_id.partition(".")
    server = AuthorizationServer(
        authorize_url=f"{PLAYED_PROVIDERS}/{provider}/authorize",
        token_url=f"{PLAYED_PROVIDERS}/{provider}/token",
    )
    implementation = InItsOwnWay if provider in OWN_WAY else AuthImplementation
    return implementation(hass, auth_domain, credential, server)
