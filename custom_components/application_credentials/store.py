"""The file that holds the credentials: durable, private, and shared with the original.

`CredentialStore` is a Home Assistant store whose writes are fsynced, renamed
into place and reported; `GroupCommit` lets requests that arrive together share
one of them.
"""

import asyncio
from collections.abc import Awaitable, Callable
import logging
import os
from pathlib import Path
import stat
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.collection import SerializedStorageCollection
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.file import WriteError
from homeassistant.util.json import SerializationError

from .const import DOMAIN
from .errors import StorageFailed

_LOGGER = logging.getLogger(__name__)

# The original's: either reads what the other wrote.
STORAGE_KEY: Final = DOMAIN
STORAGE_VERSION: Final = 1
STORAGE_VERSION_MINOR: Final = 1

_PRIVATE: Final = stat.S_IRUSR | stat.S_IWUSR

# A disk that takes longer has a fault that the person must hear of.
_WRITE_TIMEOUT: Final = 60


class CredentialStore(Store[SerializedStorageCollection]):
    """Home Assistant's store, with writes that are on disk when they return."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Open the store of the component, in the configuration folder of `hass`."""
        super().__init__(
            hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            private=True,
            # Written to a temporary file, fsynced, renamed, and the folder fsynced.
            atomic_writes=True,
            minor_version=STORAGE_VERSION_MINOR,
            # What is handed over is never changed afterwards.
            serialize_in_event_loop=False,
        )
        self.readable = True

    async def async_read(self) -> Any:
        """Return what the file holds, or None where there is nothing.

        A file that is not JSON is renamed by Home Assistant, which raises its
        own repair issue. One that cannot be read, or is of a newer version, is
        left alone: `readable` is False from then on.
        """
        try:
            await self.hass.async_add_executor_job(self._tighten)
            return await self.async_load()
        except Exception as err:  # noqa: BLE001 (JSON that is no store ends in any of them)
            self.readable = False
            _LOGGER.error(
                "The credentials in %s cannot be read, and stay as they are: %s",
                self.path,
                err,
            )
            return None

    async def async_write(self, data: SerializedStorageCollection) -> None:
        """Put `data` on disk; it is safe when this returns.

        Raises StorageFailed when it is not, and the file is as it was.
        """
        try:
            await self._async_write_data(
                {
                    "version": STORAGE_VERSION,
                    "minor_version": STORAGE_VERSION_MINOR,
                    "key": STORAGE_KEY,
                    "data": data,
                }
            )
        except (OSError, WriteError) as err:
            raise StorageFailed("storage_failed", reason=str(err)) from err
        except SerializationError:
            # From None, and without its text: it quotes what could not be written.
            raise StorageFailed("storage_not_serializable") from None

    async def async_set_aside(self) -> None:
        """Rename a file that holds something else, so that nothing overwrites it."""
        aside = f"{self.path}.corrupt.{dt_util.utcnow().isoformat()}"
        try:
            await self.hass.async_add_executor_job(os.rename, self.path, aside)
        except OSError as err:
            self.readable = False
            _LOGGER.error("%s holds no credentials, and stays: %s", self.path, err)
        else:
            _LOGGER.error("%s holds no credentials; kept as %s", self.path, aside)

    def _tighten(self) -> None:
        """Take away what others than the owner may do with the file."""
        path = Path(self.path)
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & ~_PRIVATE:
            try:
                path.chmod(_PRIVATE)
            except OSError as err:
                # A network share without modes, or another owner's file.
                _LOGGER.warning(
                    "Others than the owner may read %s, and it stays so: %s", path, err
                )


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
