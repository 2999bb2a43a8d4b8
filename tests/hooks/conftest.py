"""What the tests of hooks use: hooks that tell that they run, and some that hang."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from tests.common import Wire

DESCRIBE = "async def async_get_description_placeholders(hass):\n"


async def described(wire: Wire, domain: str) -> Any:
    """Return the placeholders that `config` has of an integration, None without any."""
    config = await wire.get("config")
    return config["integrations"][domain].get("description_placeholders")


@pytest.fixture
async def release(hass: HomeAssistant) -> AsyncGenerator[asyncio.Event]:
    """End what hangs in a test, when the test does."""
    event = hass.data["test_release"] = asyncio.Event()
    yield event
    event.set()
    for _ in range(5):
        await asyncio.sleep(0)
