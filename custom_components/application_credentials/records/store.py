"""The file that holds the credentials, which the original reads and writes, too."""

import asyncio
from collections.abc import Iterable
import logging
from pathlib import Path
from typing import Any, Final, cast

from homeassistant.core import HomeAssistant
from homeassistant.helpers.collection import SerializedStorageCollection
from homeassistant.helpers.json import prepare_save_json
from homeassistant.helpers.storage import Store
from homeassistant.util.json import SerializationError, json_loads

from ..const import DOMAIN
from ..errors import StorageFailed
from ..file import VERSION, enveloped, read_private, tidy, write_private

_LOGGER = logging.getLogger(__name__)

# The original's: either reads what the other wrote.
STORAGE_KEY: Final = DOMAIN

_ITEMS: Final = "items"


class CredentialStore(Store[SerializedStorageCollection]):
    """Home Assistant's store, with writes that are on disk when they return."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize the store of the component."""
        super().__init__(
            hass,
            VERSION,
            STORAGE_KEY,
            # It writes a file itself where that is of another minor version.
            private=True,
            atomic_writes=True,
            minor_version=VERSION,
        )
        # False where the file must not be overwritten, since it is not known what it holds.
        self.readable = True
        # What stands beside the items, kept for a version that knows what it is.
        self._envelope: dict[str, Any] = {}

    async def async_read(self) -> list[Any]:
        """Return the items of the file, which may be damaged; none where there is no file.

        A file that is not JSON is renamed by Home Assistant, which raises a repair
        issue. One that cannot be read, holds something else or is of a newer version
        is left alone, and `readable` is False then.
        """
        try:
            stored = await self.hass.async_add_executor_job(self._read)
            # Home Assistant renames or migrates what is not in our format.
            data: Any = await self.async_load() if stored is None else stored["data"]
            items = self._take_in(data) if data else []
        except Exception as err:  # noqa: BLE001 (what is no store ends in any of them)
            self.readable = False
            _LOGGER.error(
                "The credentials in %s cannot be read, and stay as they are: %s",
                self.path,
                err,
            )
            return []
        self.readable = True
        return items

    def _take_in(self, data: Any) -> list[Any]:
        items = data[_ITEMS]
        if not isinstance(items, list):
            raise TypeError("no list of credentials")
        self._envelope = {key: data[key] for key in data if key != _ITEMS}
        return items

    def _read(self) -> dict[str, Any] | None:
        """Return what the file holds in the current format, None for anything else.

        Runs in an executor, once for all that is to be done: at a start, each visit to
        a thread takes longer than the rest.
        """
        path = Path(self.path)
        tidy(path)
        if (content := read_private(path)) is None:
            return {"data": None}
        try:
            stored: Any = json_loads(content)
        except ValueError:
            return None
        is_current = (
            isinstance(stored, dict)
            and stored.get("version") == VERSION
            and stored.get("minor_version") == VERSION
            and "data" in stored
        )
        return stored if is_current else None

    async def async_write(self, items: Iterable[Any]) -> None:
        """Put the items on disk, where they are when this returns.

        Raises StorageFailed where they may not be. A write that is cancelled has
        ended when this raises CancelledError; the file may be the new one by then.
        """
        stored = enveloped(STORAGE_KEY, {**self._envelope, _ITEMS: [*items]})
        try:
            writing = self.hass.async_add_executor_job(self._write, stored)
            try:
                await asyncio.wait([writing])
            except asyncio.CancelledError:
                # A thread cannot be cancelled.
                await asyncio.gather(writing, return_exceptions=True)
                raise
            writing.result()
        except SerializationError:
            # From None, and without its text: it quotes what could not be written.
            raise StorageFailed("storage_not_serializable") from None
        except (OSError, RuntimeError) as err:
            # RuntimeError: Home Assistant stops, and has no threads any more.
            raise StorageFailed("storage_failed", reason=str(err)) from err

    def _write(self, stored: dict[str, Any]) -> None:
        # Bytes, since no encoder is named.
        _, content = prepare_save_json(stored)
        write_private(Path(self.path), cast("bytes", content))
