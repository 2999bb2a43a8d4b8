"""Link an account at one of the played providers."""

from custom_components.shop_abroad.config_flow import ShopAbroadFlowHandler


class ShopOwnWayFlowHandler(ShopAbroadFlowHandler, domain="shop_own_way"):
    """The flow of the shop abroad."""

    DOMAIN = "shop_own_way"
