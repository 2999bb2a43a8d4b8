"""The redirect URI is the one that a config flow would use for the person who asks."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.application_credentials.provider.redirect_uri import (
    async_redirect_uri,
)
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.setup import async_setup_component
from tests.common import DOMAIN, Wire, request_with, under_way

CALLBACK = "/auth/external/callback"


async def redirect_uri(wire: Wire) -> str:
    """Return what the command answers."""
    answer: dict[str, str] = await wire.get("redirect_uri")
    assert set(answer) == {"redirect_uri"}
    return answer["redirect_uri"]


@pytest.fixture
async def browser(open_browser: Callable[[str], Awaitable[Wire]]) -> Wire:
    """Return the websocket of a browser that has Home Assistant open at its own address."""
    return await open_browser("https://opened.test:8123")


async def test_the_page_that_a_browser_has_open_is_redirected_to(browser: Wire) -> None:
    """A websocket has no header of the frontend, but an origin."""
    assert await redirect_uri(browser) == f"https://opened.test:8123{CALLBACK}"


async def test_my_home_assistant_goes_before_every_address(
    hass: HomeAssistant, browser: Wire
) -> None:
    """It knows where the person's Home Assistant is."""
    hass.config.components.add("my")
    assert await redirect_uri(browser) == "https://my.home-assistant.io/redirect/oauth"


async def test_the_external_address_goes_before_the_internal_one(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Where no browser says at which address it has Home Assistant open."""
    await async_process_ha_core_config(
        hass,
        {
            "internal_url": "http://inside.test:8123",
            "external_url": "https://outside.test",
        },
    )
    assert await redirect_uri(wire) == f"https://outside.test{CALLBACK}"


async def test_without_an_external_address_it_is_the_internal_one(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A person at home can link an account, too."""
    await async_process_ha_core_config(
        hass, {"internal_url": "http://inside.test:8123"}
    )
    assert await redirect_uri(wire) == f"http://inside.test:8123{CALLBACK}"


async def test_without_any_address_the_error_says_what_to_do(
    hass: HomeAssistant, wire: Wire
) -> None:
    """There is nothing that could be registered with a provider."""
    hass.config.api = None
    code, message = await wire.refused("redirect_uri")
    assert code == "home_assistant_error"
    assert "Settings > System > Network" in message


async def test_the_frontend_says_where_it_is_in_each_request(
    hass: HomeAssistant,
) -> None:
    """Its header goes before the origin, as in Home Assistant's own config flow."""
    assert await async_setup_component(hass, DOMAIN, {})
    request = request_with(
        {"HA-Frontend-Base": "https://frontend.test", "Origin": "https://origin.test"}
    )
    with under_way(request):
        assert async_redirect_uri(hass) == f"https://frontend.test{CALLBACK}"
