"""What goes wrong in a hook costs its integration alone, and is logged once."""

import asyncio
import logging
from typing import Any

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)


class HookFailed(Exception):
    """A hook raised, hung, or returned what it must not. It is in the log by now."""


class HookHangs(HookFailed):
    """A hook has not answered in time."""


class HookRaisedValueError(HookFailed, ValueError):
    """A hook raised a ValueError, or another would have been raised because of it."""


class HookIncomplete(HookRaisedValueError):
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

    def raised(
        self, domain: str, err: BaseException, doing: str, *, quiet: bool = False
    ) -> HookFailed:
        """Return the error to raise in the place of what the code of an integration raised.

        Without its text, since that may quote a secret. What is meant for the task that
        runs, and none of the integration's business, is raised again.
        """
        if is_for_us(err):
            raise err
        return self.failed(
            domain,
            f"raises {type(err).__name__} {doing}",
            HookRaisedValueError if issubclass(type(err), ValueError) else HookFailed,
            quiet=quiet,
        )

    def defines(
        self, domain: str, hook: Any, name: str, *, quiet: bool = False
    ) -> bool:
        """Return whether a hook has something of this name; raises HookFailed.

        A module decides by itself what becomes of a question for its names.
        """
        try:
            return hasattr(hook, name)
        except BaseException as err:  # noqa: BLE001 (a hook may raise anything)
            raise self.raised(
                domain, err, f"when it is asked for {name}", quiet=quiet
            ) from None


def is_for_us(err: BaseException) -> bool:
    """Return whether an exception is the cancellation of the task that runs."""
    task = asyncio.current_task()
    return (
        isinstance(err, asyncio.CancelledError)
        and task is not None
        and task.cancelling() > 0
    )


def said_by(err: BaseException) -> str:
    """Return the kind of an error and its text, whatever its class makes of a text."""
    try:
        return f"{type(err).__name__}: {err}"
    except BaseException:  # noqa: BLE001 (the class may be an integration's)
        return type(err).__name__
