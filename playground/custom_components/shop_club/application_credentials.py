"""The club's accounts are the shop's."""

from custom_components.shop.application_credentials import (
    async_get_authorization_server,
)

__all__ = ["async_get_authorization_server"]
