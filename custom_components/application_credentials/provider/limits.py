"""Wait for what others do, and never longer than said."""

import asyncio
from collections.abc import Coroutine
import logging
from typing import Any

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..hooks.faults import is_for_us

_LOGGER = logging.getLogger(__name__)


async def async_until[ResultT](
    hass: HomeAssistant, deadline: float, asking: Coroutine[Any, Any, ResultT]
) -> ResultT | None:
    """Return what `asking` finds out, None where there is no proper answer in time.

    `deadline` is in the time of the event loop. What is late is cancelled and not
    waited for: it may swallow that. It then belongs to Home Assistant, which ends
    it when it stops.
    """
    task = hass.async_create_background_task(_async_quietly(asking), f"{DOMAIN} check")
    try:
        await asyncio.wait({task}, timeout=max(0, deadline - hass.loop.time()))
    finally:
        if not task.done():
            task.cancel()
    return task.result() if task.done() and not task.cancelled() else None


async def _async_quietly[ResultT](
    asking: Coroutine[Any, Any, ResultT],
) -> ResultT | None:
    """Return what `asking` returns, None where it raises anything at all."""
    try:
        return await asking
    except BaseException as err:
        if is_for_us(err):
            raise
        _LOGGER.debug("The provider gave no answer: %s", type(err).__name__)
        return None
