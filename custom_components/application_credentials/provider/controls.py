"""Whether a provider looks at the secret at all, before it looks at the code.

That is found out by a request with a secret that cannot be right. Providers
count those, so there is one at the most for a client ID and a secret.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..const import DOMAIN

type Client = tuple[str, str, str]

# Clients; far above what a home has.
_MAX_KEPT: Final = 1000


class Controls:
    """What was found out, for as long as a client stays the same."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing found out."""
        self._hass = hass
        self._found: dict[Client, bool] = {}
        self._under_way: dict[Client, asyncio.Task[bool | None]] = {}

    async def async_looks_at_secret(
        self, client: Client, ask: Callable[[], Coroutine[Any, Any, bool | None]]
    ) -> bool | None:
        """Return whether the provider refuses `client` with a secret that cannot be right.

        `client` is token endpoint, client ID and secret. `ask` finds out, and
        returns None where there was no answer; only then is it ever called again.
        """
        if client in self._found:
            return self._found[client]
        task = self._under_way.get(client)
        if task is None or task.done():
            task = self._under_way[client] = self._hass.async_create_background_task(
                self._async_find_out(client, ask), f"{DOMAIN} control"
            )
            task.add_done_callback(partial(self._forget, client))
        # Who gives up takes nothing from the others, and the answer is kept.
        return await asyncio.shield(task)

    def _forget(self, client: Client, task: asyncio.Task[bool | None]) -> None:
        if self._under_way.get(client) is task:
            del self._under_way[client]

    async def _async_find_out(
        self, client: Client, ask: Callable[[], Coroutine[Any, Any, bool | None]]
    ) -> bool | None:
        found = await ask()
        if found is not None:
            while len(self._found) >= _MAX_KEPT:
                del self._found[next(iter(self._found))]
            self._found[client] = found
        return found
