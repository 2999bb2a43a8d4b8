"""The page System information counts credentials: all, those in use, those rejected."""

from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.system_health import async_register
from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .common import DOMAIN, Wire, add_account, answer_token_requests


async def test_credentials_are_counted(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """A credential of two accounts counts once. An accepted one does not count as rejected."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    assert await get_system_health_info(hass, DOMAIN) == {
        "credentials": 0,
        "in_use": 0,
        "rejected": 0,
    }
    for name in ("abc", "accepted", "rejected"):
        await wire.create(name)
    add_account(hass, "shop_abc")
    add_account(hass, "shop_abc")
    for name, error in (("accepted", "invalid_grant"), ("rejected", "invalid_client")):
        provider.clear_requests()
        answer_token_requests(provider, error)
        await wire.get("check", application_credentials_id=f"shop_{name}")
    assert await get_system_health_info(hass, DOMAIN) == {
        "credentials": 3,
        "in_use": 1,
        "rejected": 1,
    }


@pytest.mark.usefixtures("wire")
async def test_the_counts_link_to_the_credentials(hass: HomeAssistant) -> None:
    """To Home Assistant's page of credentials."""
    assert await async_setup_component(hass, "system_health", {})
    registration = SystemHealthRegistration(hass, DOMAIN)
    async_register(hass, registration)
    assert registration.manage_url == "/config/application_credentials"


async def test_nothing_is_counted_where_the_original_serves(
    hass: HomeAssistant,
) -> None:
    """The original has no counts."""
    with patch(
        f"custom_components.{DOMAIN}.component.Hooks",
        side_effect=AttributeError("gone"),
    ):
        assert await async_setup_component(hass, DOMAIN, {})
    registration = SystemHealthRegistration(hass, DOMAIN)
    async_register(hass, registration)
    assert registration.info_callback is None
