"""What an integration's `application_credentials.py` may define.

An integration that takes credentials has a module of that name, the platform hook
(https://developers.home-assistant.io/docs/core/platform/application_credentials).
"""

from typing import Final, Protocol

from homeassistant.components.application_credentials import (
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

GET_AUTHORIZATION_SERVER: Final = "async_get_authorization_server"
GET_AUTH_IMPLEMENTATION: Final = "async_get_auth_implementation"
GET_DESCRIPTION_PLACEHOLDERS: Final = "async_get_description_placeholders"

# A hook has to have one of these.
NEEDED: Final = frozenset({GET_AUTHORIZATION_SERVER, GET_AUTH_IMPLEMENTATION})


class HookProtocol(Protocol):
    """What an integration's `application_credentials` module may define.

    One of the first two is needed: an authorization server, for the default
    implementation, or an implementation of its own.
    """

    async def async_get_authorization_server(
        self, hass: HomeAssistant
    ) -> AuthorizationServer:
        """Return the endpoints of the provider."""

    async def async_get_auth_implementation(
        self, hass: HomeAssistant, auth_domain: str, credential: ClientCredential
    ) -> AbstractOAuth2Implementation:
        """Return an implementation that entries call by `auth_domain`."""

    async def async_get_description_placeholders(
        self, hass: HomeAssistant
    ) -> dict[str, str]:
        """Return what the placeholders in the integration's instructions stand for."""
