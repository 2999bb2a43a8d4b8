"""The file that holds the credentials: durable, private, and shared with the original.

A Home Assistant store whose writes are fsynced, renamed into place and reported.
"""

from collections.abc import Callable
import logging
import os
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.collection import SerializedStorageCollection
from homeassistant.helpers.json import prepare_save_json
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.json import SerializationError, json_loads

from ..const import DOMAIN
from ..errors import StorageFailed, StorageUncertain
from .file import DurableFile, WriteUncertain

_LOGGER = logging.getLogger(__name__)

# The original's: either reads what the other wrote.
STORAGE_KEY: Final = DOMAIN
STORAGE_VERSION: Final = 1
STORAGE_VERSION_MINOR: Final = 1


def _is_current(stored: Any) -> bool:
    return (
        isinstance(stored, dict)
        and stored.get("version") == STORAGE_VERSION
        and stored.get("minor_version") == STORAGE_VERSION_MINOR
        and "data" in stored
    )


class CredentialStore(Store[SerializedStorageCollection]):
    """Home Assistant's store, with writes that are on disk when they return."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Open the store of the component, in the configuration folder of `hass`."""
        super().__init__(
            hass,
            STORAGE_VERSION,
            STORAGE_KEY,
            minor_version=STORAGE_VERSION_MINOR,
        )
        self.readable = True
        self._file = DurableFile(Path(self.path))
        self._kept_listener: Callable[[str], None] = lambda _name: None

    async def async_read(self) -> Any:
        """Return what the file holds, or None where there is nothing.

        A file that is not JSON is renamed by Home Assistant, which raises its
        own repair issue. One that cannot be read, or is of a newer version, is
        left alone: `readable` is False from then on.
        """
        try:
            stored = await self.hass.async_add_executor_job(self._read)
            # What is not as we write it, Home Assistant moves aside, or migrates.
            return await self.async_load() if stored is None else stored["data"]
        except Exception as err:  # noqa: BLE001 (JSON that is no store ends in any of them)
            self.readable = False
            _LOGGER.error(
                "The credentials in %s cannot be read, and stay as they are: %s",
                self.path,
                err,
            )
            return None

    def _read(self) -> dict[str, Any] | None:
        """Return what is in the file, None where it is not as `async_write` writes it.

        In an executor, and at once with looking at the file: at a start of Home
        Assistant, going to another thread twice takes longer than all the rest.
        """
        content = self._file.prepare()
        try:
            stored: Any = json_loads(content or b"")
        except ValueError:
            return None
        return stored if _is_current(stored) else None

    async def async_write(self, data: SerializedStorageCollection) -> None:
        """Put `data` on disk; it is safe when this returns.

        Raises StorageFailed when it is not, and the file is as it was, and
        StorageUncertain when the disk does not say so.
        """
        try:
            await self._async_write_file(
                {
                    "version": STORAGE_VERSION,
                    "minor_version": STORAGE_VERSION_MINOR,
                    "key": STORAGE_KEY,
                    "data": data,
                }
            )
        except WriteUncertain as err:
            raise StorageUncertain(str(err), is_new=err.is_new) from err
        except OSError as err:
            raise StorageFailed("storage_failed", reason=str(err)) from err
        except SerializationError:
            # From None, and without its text: it quotes what could not be written.
            raise StorageFailed("storage_not_serializable") from None
        finally:
            self._tell_kept()

    async def _async_write_file(self, stored: dict[str, Any]) -> None:
        try:
            writing = self.hass.async_add_executor_job(self._write, stored)
        except RuntimeError as err:
            # Home Assistant is at the end of its stop, and has no threads any more.
            raise StorageFailed("storage_failed", reason=str(err)) from err
        await writing

    def _write(self, stored: dict[str, Any]) -> None:
        """Write in an executor; Home Assistant's stores tell nobody that one has failed."""
        _, content = prepare_save_json(stored)
        self._file.write(content if isinstance(content, bytes) else content.encode())

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

    @callback
    def async_listen_kept(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the name of each file of others that is kept.

        Those that are kept from earlier, too, at once.
        """
        self._kept_listener = listener
        self._tell_kept()

    @callback
    def _tell_kept(self) -> None:
        for name in self._file.take_kept():
            self._kept_listener(name)
