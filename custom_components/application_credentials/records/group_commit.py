"""Let changes that arrive together share one write (group commit)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..errors import StorageFailed

# Seconds; a disk that takes longer has a fault that the person must hear of.
_WRITE_TIMEOUT: Final = 60


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

        `write` raises StorageFailed when the draft is not on disk; then it is
        forgotten, and every change in it fails with that error.
        """
        self._hass = hass
        self._draft = draft
        self._write = write
        self._adopt = adopt
        self._waiting: list[tuple[Callable[[DraftT], Any], asyncio.Future[Any]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def async_commit[ResultT](
        self, change: Callable[[DraftT], ResultT]
    ) -> ResultT:
        """Return what `change` returned, once it is on disk and part of the state.

        Raises what `change` raised, StorageFailed when the disk refused, and
        again StorageFailed when the disk does not answer; that write goes on.
        """
        saved: asyncio.Future[ResultT] = self._hass.loop.create_future()
        # An error that nobody waits for any more must not be logged as lost.
        saved.add_done_callback(asyncio.Future.exception)
        self._waiting.append((change, saved))
        if self._writer is None:
            self._writer = self._hass.async_create_task(
                self._async_write_waiting(), f"{DOMAIN} write"
            )
        # Who gives up waiting leaves the change as it is; unlike a shield, this
        # reports no error that comes afterwards.
        done, _ = await asyncio.wait([saved], timeout=_WRITE_TIMEOUT)
        if not done:
            raise StorageFailed("storage_slow", seconds=str(_WRITE_TIMEOUT))
        return saved.result()

    async def _async_write_waiting(self) -> None:
        """Write until nothing waits."""
        try:
            # Let the requests that arrived in the same turn of the loop come in.
            await asyncio.sleep(0)
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._async_write_batch(batch)
        finally:
            self._writer = None

    async def _async_write_batch(
        self, batch: list[tuple[Callable[[DraftT], Any], asyncio.Future[Any]]]
    ) -> None:
        draft = self._draft()
        results: list[tuple[asyncio.Future[Any], Any]] = []
        for change, saved in batch:
            try:
                results.append((saved, change(draft)))
            except Exception as err:  # noqa: BLE001 (the caller gets it; the others go on)
                saved.set_exception(err)
        if not results:
            return
        try:
            await self._write(draft)
        except Exception as err:  # noqa: BLE001 (every caller whose change it held gets it)
            for saved, _ in results:
                saved.set_exception(err)
            return
        await self._adopt(draft)
        for saved, result in results:
            saved.set_result(result)
