"""How a change is made known, and the refresh of something after each change."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from .const import DOMAIN

# Sent when what is known of a credential, or what uses it, has changed. Its argument is the
# id of the credential, empty for an account that no credential serves.
SIGNAL_CREDENTIAL: Final = f"{DOMAIN}_credential"


def signal_of(item_id: str) -> str:
    """Return the signal of one credential; it has no argument."""
    return f"{SIGNAL_CREDENTIAL}_{item_id}"


@callback
def async_tell(hass: HomeAssistant, item_id: str) -> None:
    """Send both signals for a credential."""
    async_dispatcher_send(hass, SIGNAL_CREDENTIAL, item_id)
    async_dispatcher_send(hass, signal_of(item_id))


class Refresher:
    """Run one refresh at a time, the last one after the last change.

    `refresh` looks at everything: it is not told what has changed.
    """

    def __init__(
        self, hass: HomeAssistant, name: str, refresh: Callable[[], Awaitable[None]]
    ) -> None:
        """Initialize the refresher; `name` is that of its task."""
        self._hass = hass
        self._name = f"{DOMAIN} {name}"
        self._refresh = refresh
        self._is_requested = False
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_request_refresh(self, _: Any = None) -> None:
        """Start a refresh soon, but never within this call; what has changed does not matter."""
        self._is_requested = True
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_task(
                self._async_run(), self._name, eager_start=False
            )

    @callback
    def async_shutdown(self) -> None:
        """Cancel the refresh that is running."""
        if self._task is not None:
            self._task.cancel()

    async def _async_run(self) -> None:
        while self._is_requested:
            self._is_requested = False
            await self._refresh()
