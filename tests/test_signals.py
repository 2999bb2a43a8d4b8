"""What looks at everything does so after each change, and once at a time."""

import asyncio

from custom_components.application_credentials.signals import Refresher
from homeassistant.core import HomeAssistant


async def test_one_refresh_follows_several_requests(hass: HomeAssistant) -> None:
    """Not within the call."""
    looked: list[int] = []

    async def look() -> None:
        looked.append(1)

    refresher = Refresher(hass, "test", look)
    refresher.async_request_refresh()
    refresher.async_request_refresh()
    assert looked == []
    await hass.async_block_till_done()
    assert looked == [1]


async def test_a_change_during_a_refresh_is_looked_at_after_it(
    hass: HomeAssistant,
) -> None:
    """Never two at the same time."""
    looked: list[int] = []
    go_on = asyncio.Event()

    async def look() -> None:
        looked.append(1)
        await go_on.wait()

    refresher = Refresher(hass, "test", look)
    refresher.async_request_refresh()
    await asyncio.sleep(0)
    refresher.async_request_refresh()
    await asyncio.sleep(0)
    assert looked == [1]
    go_on.set()
    await hass.async_block_till_done()
    assert looked == [1, 1]


async def test_a_refresh_is_cancelled_at_the_end(hass: HomeAssistant) -> None:
    """One that was never requested, too."""
    cancelled: list[bool] = []

    async def look() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    refresher = Refresher(hass, "test", look)
    refresher.async_shutdown()
    refresher.async_request_refresh()
    await asyncio.sleep(0)
    refresher.async_shutdown()
    await hass.async_block_till_done()
    assert cancelled == [True]
