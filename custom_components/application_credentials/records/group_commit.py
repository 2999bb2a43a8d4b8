"""Let changes that arrive together share one write (group commit)."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Any, Final, NamedTuple

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..errors import StorageFailed, StorageSlow

_LOGGER = logging.getLogger(__name__)

# Seconds; a disk that takes longer has a fault that the person must hear of.
_WRITE_TIMEOUT: Final = 60


class _Change[DraftT](NamedTuple):
    """A change that waits to be made, what follows it, and who waits for it."""

    edit: Callable[[DraftT], Any]
    follow: Callable[[Any], None]
    saved: asyncio.Future[Any]


class GroupCommit[DraftT]:
    """Let changes that arrive together share one write (group commit).

    A change is a function that edits a draft, or raises to be left out, with
    the draft untouched. One write at a time: what arrives meanwhile is the next.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        draft: Callable[[], DraftT],
        write: Callable[[DraftT], Awaitable[None]],
        adopt: Callable[[DraftT], Awaitable[None]],
    ) -> None:
        """Take how to copy the present state, to save a draft, and to make it the state.

        `write` raises StorageFailed when the draft is not on disk; then every
        change in it fails with that error, and the draft is forgotten, unless
        the error says that it is in place (`is_new`).
        """
        self._hass = hass
        self._draft = draft
        self._write = write
        self._adopt = adopt
        self._waiting: list[_Change[DraftT]] = []
        self._between: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._writer: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being written, and nothing waits to be."""
        return self._writer is None

    async def async_commit[ResultT](
        self,
        change: Callable[[DraftT], ResultT],
        follow: Callable[[ResultT], None] = lambda _result: None,
    ) -> ResultT:
        """Return what `change` returned, once it is on disk and part of the state.

        Then `follow` has been called with that, whether or not anybody has waited
        for it. Raises what `change` raised, StorageFailed when the disk refused,
        and StorageSlow when the disk does not answer; that write goes on.
        """
        saved: asyncio.Future[ResultT] = self._hass.loop.create_future()
        self._waiting.append(_Change(change, follow, saved))
        return await self._async_wait_for(saved)

    async def async_between_writes[ResultT](
        self, act: Callable[[], ResultT]
    ) -> ResultT:
        """Return what `act` returns, called while what is on disk is the state.

        Raises what `act` raised, and StorageSlow as `async_commit`.
        """
        done: asyncio.Future[ResultT] = self._hass.loop.create_future()
        self._between.append((act, done))
        return await self._async_wait_for(done)

    async def _async_wait_for[ResultT](
        self, outcome: asyncio.Future[ResultT]
    ) -> ResultT:
        # An error that nobody waits for any more must not be logged as lost.
        outcome.add_done_callback(asyncio.Future.exception)
        if self._writer is None:
            self._writer = self._hass.async_create_task(
                self._async_write_waiting(), f"{DOMAIN} write"
            )
        # Who gives up waiting leaves the change as it is; unlike a shield, this
        # reports no error that comes afterwards.
        done, _ = await asyncio.wait([outcome], timeout=_WRITE_TIMEOUT)
        if not done:
            outcome.add_done_callback(_log_late)
            raise StorageSlow(_WRITE_TIMEOUT, outcome)
        return outcome.result()

    async def _async_write_waiting(self) -> None:
        """Write until nothing waits."""
        try:
            # Let the requests that arrived in the same turn of the loop come in.
            await asyncio.sleep(0)
            while self._waiting or self._between:
                between, self._between = self._between, []
                for act, done in between:
                    _settle(done, act)
                batch, self._waiting = self._waiting, []
                await self._async_write_batch(batch)
        finally:
            self._writer = None

    async def _async_write_batch(self, batch: list[_Change[DraftT]]) -> None:
        draft = self._draft()
        made: list[tuple[_Change[DraftT], Any]] = []
        for change in batch:
            try:
                made.append((change, change.edit(draft)))
            except Exception as err:  # noqa: BLE001 (the caller gets it; the others go on)
                change.saved.set_exception(err)
        if not made:
            return
        failed: Exception | None = None
        try:
            await self._write(draft)
        except Exception as err:  # noqa: BLE001 (every caller whose change it held gets it)
            failed = err
        if failed is None or (isinstance(failed, StorageFailed) and failed.is_new):
            await self._adopt(draft)
            for change, result in made:
                change.follow(result)
        for change, result in made:
            if failed is None:
                change.saved.set_result(result)
            else:
                change.saved.set_exception(failed)


def _settle(done: asyncio.Future[Any], act: Callable[[], Any]) -> None:
    """Have `done` be what `act` returns or raises."""
    try:
        done.set_result(act())
    except Exception as err:  # noqa: BLE001 (the caller gets it)
        done.set_exception(err)


def _log_late(outcome: asyncio.Future[Any]) -> None:
    """Say what has become of a change that nobody waits for any more."""
    if (err := outcome.exception()) is None:
        _LOGGER.warning("A change of the credentials was saved late")
    else:
        _LOGGER.warning("A change of the credentials has failed late: %s", err)
