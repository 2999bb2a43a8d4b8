"""Call the functions of a hook."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from .faults import Faults, HookHangs


class HookCaller:
    """Calls functions of hooks, and turns what goes wrong in one into HookFailed."""

    def __init__(self, hass: HomeAssistant, faults: Faults) -> None:
        """Take where to say what goes wrong."""
        self._hass = hass
        self._faults = faults

    async def async_call(
        self,
        domain: str,
        hook: Any,
        name: str,
        *arguments: Any,
        limit: float | None = None,
        quiet: bool = False,
    ) -> Any:
        """Return what the function `name` of a hook returns, in the context of the caller.

        What Home Assistant's own errors say passes through. Raises HookHangs after
        `limit` seconds, and HookFailed for anything else, without its text, since
        `arguments` may hold a secret. `quiet` keeps it out of the log: some hooks
        work in their own flow alone.
        """
        try:
            async with asyncio.timeout(limit) as timeout:
                return await getattr(hook, name)(self._hass, *arguments)
        except HomeAssistantError:
            raise
        except BaseException as err:  # noqa: BLE001 (a hook may raise anything)
            if timeout.expired():
                raise self._faults.failed(
                    domain, f"hangs in {name}", HookHangs, quiet=quiet
                ) from None
            raise self._faults.raised(domain, err, f"in {name}", quiet=quiet) from None

    async def async_apart[ResultT](
        self, domain: str, asking: Coroutine[Any, Any, ResultT], *, limit: float
    ) -> ResultT:
        """Return what `asking` returns, which runs in a task of its own.

        So whatever a hook does to the task in which it is called, who asks has an
        answer within `limit` seconds. Raises what `asking` raises, HookHangs, and
        HookFailed where the hook has cancelled its task; nothing is logged.
        """
        task = self._hass.async_create_background_task(asking, f"{DOMAIN} ask {domain}")
        if not task.done():
            try:
                await asyncio.wait([task], timeout=limit)
            finally:
                # Where it is done, this does nothing.
                task.cancel()
        if not task.done():
            # Nobody is left to whom its error could be told.
            task.add_done_callback(_forget)
            raise self._faults.failed(domain, "hangs", HookHangs, quiet=True)
        if task.cancelled():
            raise self._faults.failed(domain, "cancels its task", quiet=True)
        return task.result()


def _forget(task: asyncio.Task[Any]) -> None:
    """Take note of an error, so that it is not logged as lost."""
    if not task.cancelled():
        task.exception()
