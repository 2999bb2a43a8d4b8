"""Fixtures: hooks that hang, and are let go."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from homeassistant.core import HomeAssistant


@pytest.fixture
async def release(hass: HomeAssistant) -> AsyncGenerator[asyncio.Event]:
    """End what hangs in a test, when the test does."""
    event = hass.data["test_release"] = asyncio.Event()
    yield event
    event.set()
    for _ in range(5):
        await asyncio.sleep(0)
