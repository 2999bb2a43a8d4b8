"""Look at everything again after each change."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN


class Rounds:
    """Rounds of a coroutine, one at a time, the last of them after the last change.

    `look` must find by itself what is to be done: a round is not told what has changed.
    """

    def __init__(
        self, hass: HomeAssistant, name: str, look: Callable[[], Awaitable[None]]
    ) -> None:
        """Initialize without a round; `name` is that of the task."""
        self._hass = hass
        self._name = f"{DOMAIN} {name}"
        self._look = look
        self._has_changed = False
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_request(self) -> None:
        """Have a round begin soon, but never within this call."""
        self._has_changed = True
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_task(
                self._async_run(), self._name, eager_start=False
            )

    @callback
    def async_end(self) -> None:
        """Cancel the round that is under way."""
        if self._task is not None:
            self._task.cancel()

    async def _async_run(self) -> None:
        while self._has_changed:
            self._has_changed = False
            await self._look()
