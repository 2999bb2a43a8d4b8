"""Fixtures: Home Assistant with this component in place of its own."""

from collections.abc import Generator
from unittest.mock import patch

# Before the plugin puts the folder of its own custom components on the path.
import custom_components.application_credentials  # noqa: F401
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .common import DOMAIN, Wire, add_hook


@pytest.fixture(autouse=True)
def component(enable_custom_integrations: None) -> None:
    """Have Home Assistant find this component in every test."""


@pytest.fixture(autouse=True)
def provider(aioclient_mock: AiohttpClientMocker) -> AiohttpClientMocker:
    """Stand in for every provider: what a test does not make it answer is no answer."""
    return aioclient_mock


@pytest.fixture
def checks() -> Generator[list[str]]:
    """Collect the ids of the credentials that are checked, and check none of them."""
    checked: list[str] = []
    with patch(
        f"custom_components.{DOMAIN}.findings.Findings.async_schedule",
        lambda _self, item_id: checked.append(item_id),
    ):
        yield checked


@pytest.fixture
async def wire(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    checks: list[str],
) -> Wire:
    """Set the component up with the shop as an integration; return its websocket API."""
    add_hook(hass)
    assert await async_setup_component(hass, DOMAIN, {})
    return Wire(await hass_ws_client(hass))
