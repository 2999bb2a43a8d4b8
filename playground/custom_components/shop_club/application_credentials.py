"""The club's accounts are the shop's."""

from custom_components.shop.application_credentials import (
    async_get_authorization_server,
)

from homeassistant.components.application_credentials import AuthorizationServer

__all__ = ["async_get_authorization_server"]

# As in the shop, for who reads this file alone.
USUAL_SERVER = AuthorizationServer(
    authorize_url="http://127.0.0.1:9400/oauth2/authorize",
    token_url="http://127.0.0.1:9400/oauth2/token",
)
