"""An implementation that asks for a token by itself, as fitbit and lyric have it."""

from typing import Any, override

from custom_components.shop_abroad.application_credentials import (
    async_get_authorization_server,
)

from homeassistant.components.application_credentials import (
    AuthImplementation,
    ClientCredential,
)
from homeassistant.core import HomeAssistant


class InItsOwnWay(AuthImplementation):
    """Asks for a token as the others do, which nobody can see."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        return await super()._token_request(data)


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AuthImplementation:
    """Return an implementation with the endpoints of the shop abroad."""
    server = await async_get_authorization_server(hass)
    return InItsOwnWay(hass, auth_domain, credential, server)
