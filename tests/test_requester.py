"""Whose request is under way, as far as it is known."""

from aiohttp import web

from custom_components.application_credentials.requester import requesting_user
from homeassistant.auth.models import User
from homeassistant.components.http.const import KEY_HASS_USER


def test_where_no_request_is_under_way_it_is_nobodys() -> None:
    """Home Assistant does something by itself."""
    assert requesting_user() is None


def test_a_request_with_which_nobody_has_signed_in_is_nobodys(
    request_under_way: web.Request,
) -> None:
    """The websocket signs people in after the request."""
    assert requesting_user() is None


def test_it_is_the_one_who_has_signed_in_with_the_request(
    request_under_way: web.Request, hass_admin_user: User
) -> None:
    """As Home Assistant's own views have it."""
    request_under_way[KEY_HASS_USER] = hass_admin_user
    assert requesting_user() is hass_admin_user
