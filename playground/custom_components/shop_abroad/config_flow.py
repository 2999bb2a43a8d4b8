"""Link an account at one of the played providers."""

from typing import Any, override

from custom_components.shop.account import Account
from custom_components.shop.config_flow import ShopFlowHandler

from homeassistant.const import CONF_ACCESS_TOKEN


class ShopAbroadFlowHandler(ShopFlowHandler, domain="shop_abroad"):
    """The shop's flow, with accounts whose names stand in their access tokens."""

    DOMAIN = "shop_abroad"

    @override
    async def async_account_of(self, token: dict[str, Any]) -> Account:
        """Return who is linked."""
        _, _, name = token[CONF_ACCESS_TOKEN].partition(" ")
        return Account(name, name, name)
