"""Fixtures: a credential about which a provider is asked."""

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from tests.common import Wire

from .common import Asked


@pytest.fixture
async def asked(wire: Wire, browser: Wire, provider: AiohttpClientMocker) -> Asked:
    """Make a credential of the shop, about which a browser asks."""
    await wire.create(client_secret="the-secret")
    return Asked(browser, provider)
