"""Nothing that others do takes longer than said, or ends anything but itself."""

import asyncio
from collections.abc import Callable
import time

import pytest

from custom_components.application_credentials.provider.limits import async_until
from homeassistant.core import HomeAssistant


async def test_what_is_found_out_in_time_is_returned(hass: HomeAssistant) -> None:
    """As it is."""

    async def answer() -> str:
        return "found"

    assert await async_until(hass, hass.loop.time() + 1, answer()) == "found"


@pytest.mark.parametrize(
    "error",
    [
        lambda: ValueError("the-secret"),
        asyncio.CancelledError,
        lambda: SystemExit(1),
        KeyboardInterrupt,
        GeneratorExit,
    ],
)
async def test_whatever_is_raised_is_no_answer(
    hass: HomeAssistant, error: Callable[[], BaseException]
) -> None:
    """Home Assistant goes on."""

    async def fail() -> str:
        await asyncio.sleep(0)
        raise error()

    assert await async_until(hass, hass.loop.time() + 1, fail()) is None


async def test_what_swallows_its_cancellation_is_not_waited_for(
    hass: HomeAssistant,
) -> None:
    """It is left to itself, and to Home Assistant."""
    let_go = asyncio.Event()

    async def hang() -> str:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        return "late"

    start = time.monotonic()
    assert await async_until(hass, hass.loop.time() + 0.05, hang()) is None
    assert time.monotonic() - start < 2
    let_go.set()
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_who_gives_up_ends_what_was_waited_for(hass: HomeAssistant) -> None:
    """Nothing goes on for nobody."""
    ended = asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    waiting = asyncio.create_task(async_until(hass, hass.loop.time() + 60, hang()))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait_for(ended.wait(), 1)
