"""Link an account at the shop with the club."""

from custom_components.shop.config_flow import ShopFlowHandler


class ShopClubFlowHandler(ShopFlowHandler, domain="shop_club"):
    """The shop's flow, for the club."""

    DOMAIN = "shop_club"
