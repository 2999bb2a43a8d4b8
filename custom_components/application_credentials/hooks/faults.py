"""What goes wrong in a hook costs its integration alone, and is logged once."""

import asyncio
import logging

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)


class HookFailed(Exception):
    """A hook raised, hung, or returned what it must not. It is in the log by now."""


class HookIncomplete(HookFailed):
    """A hook has neither of the functions of which it needs one."""


class Faults:
    """The faults of hooks that are known by now."""

    def __init__(self) -> None:
        """Start without any."""
        self._logged: set[str] = set()

    def failed(
        self,
        domain: str,
        fault: str,
        error: type[HookFailed] = HookFailed,
        *,
        quiet: bool = False,
    ) -> HookFailed:
        """Return the error to raise; say once in the log whose fault it is."""
        message = f"The {DOMAIN} platform of integration {domain} {fault}"
        if not quiet and message not in self._logged:
            self._logged.add(message)
            _LOGGER.error("%s", message)
        return error(message)


def is_for_us(err: BaseException) -> bool:
    """Return whether an exception is the cancellation of the task that runs."""
    task = asyncio.current_task()
    return (
        isinstance(err, asyncio.CancelledError)
        and task is not None
        and task.cancelling() > 0
    )
