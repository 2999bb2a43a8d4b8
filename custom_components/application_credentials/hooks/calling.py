"""Call the functions of a hook."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .faults import Faults, is_for_us

# Seconds; a hook computes an answer, one that takes longer hangs.
CALL_TIMEOUT: Final = 5


class HookCaller:
    """Calls functions of hooks, and turns what goes wrong in one into HookFailed."""

    def __init__(self, hass: HomeAssistant, faults: Faults) -> None:
        """Take where to say what goes wrong."""
        self._hass = hass
        self._faults = faults

    async def async_call[ResultT](
        self,
        domain: str,
        function: Callable[..., Awaitable[ResultT]],
        *arguments: Any,
        quiet: bool = False,
    ) -> ResultT:
        """Return what a function of a hook returns, in the context of the caller.

        What Home Assistant's own errors say passes through. Raises HookFailed
        for anything else, without its text, since `arguments` may hold a secret.
        `quiet` keeps it out of the log: some hooks work in their own flow alone.
        """
        name = getattr(function, "__name__", "a function")
        try:
            async with asyncio.timeout(CALL_TIMEOUT) as limit:
                return await function(self._hass, *arguments)
        except HomeAssistantError:
            raise
        except BaseException as err:
            if is_for_us(err):
                raise
            fault = "hangs" if limit.expired() else f"raises {type(err).__name__}"
            raise self._faults.failed(
                domain, f"{fault} in {name}", quiet=quiet
            ) from None
