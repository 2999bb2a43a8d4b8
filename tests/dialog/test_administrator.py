"""Who is in front of a dialog, where Home Assistant knows it."""

from aiohttp import web

from custom_components.application_credentials.dialog.administrator import (
    async_is_administrator,
)
from homeassistant.auth.models import User
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant


async def test_home_assistant_itself_may_do_what_it_does(hass: HomeAssistant) -> None:
    """A flow that no request has led to is no person's."""
    assert await async_is_administrator(hass)


async def test_a_request_of_nobody_is_judged_by_its_view(
    hass: HomeAssistant, request_under_way: web.Request
) -> None:
    """The websocket signs people in after the request, and has its own rule."""
    assert await async_is_administrator(hass)


async def test_an_administrator_is_one_for_as_long_as_the_user_is_there(
    hass: HomeAssistant,
    request_under_way: web.Request,
    hass_admin_user: User,
    hass_read_only_user: User,
) -> None:
    """What the request says of the user may be old."""
    request_under_way[KEY_HASS_USER] = hass_read_only_user
    assert not await async_is_administrator(hass)
    request_under_way[KEY_HASS_USER] = hass_admin_user
    assert await async_is_administrator(hass)
    await hass.auth.async_remove_user(hass_admin_user)
    assert not await async_is_administrator(hass)
