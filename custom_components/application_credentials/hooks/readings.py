"""What the files of hooks say, each read once."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.loader import Integration

from .faults import Faults, said_by
from .reading import HookReading, read_hook, read_names, read_urls


class HookReadings:
    """The readings of the hooks of all integrations."""

    def __init__(self, hass: HomeAssistant, faults: Faults) -> None:
        """Start with nothing read."""
        self._hass = hass
        self._faults = faults
        # One reads at a time: who comes second finds what the first has read.
        self._lock = asyncio.Lock()
        self.known: dict[str, HookReading | None] = {}
        self._names: dict[str, frozenset[str] | None] = {}
        self._urls: dict[str, frozenset[str] | None] = {}

    async def async_read(self, folders: Mapping[str, Path]) -> dict[str, HookReading]:
        """Return what the files of those hooks say that may describe; each is read once.

        `folders` are those of integrations, by domain.
        """
        return await self._async_read_once(read_hook, self.known, folders)

    async def async_names(self, integration: Integration) -> frozenset[str]:
        """Return the names that a hook defines, as far as its file shows them."""
        folders = _folders_of([integration])
        found = await self._async_read_once(read_names, self._names, folders)
        return found.get(integration.domain, frozenset())

    async def async_urls(
        self, integrations: Iterable[Integration]
    ) -> dict[str, frozenset[str]]:
        """Return the URLs that the hooks of integrations are written with, by domain.

        Each is read once. Those that cannot be read are left out.
        """
        folders = _folders_of(integrations)
        return await self._async_read_once(read_urls, self._urls, folders)

    async def _async_read_once[ReadingT](
        self,
        read: Callable[[Path], ReadingT | None],
        known: dict[str, ReadingT | None],
        folders: Mapping[str, Path],
    ) -> dict[str, ReadingT]:
        """Return what is read in each folder, where that is something."""
        if folders.keys() - known.keys():
            async with self._lock:
                # Who comes second has nothing left to read, and needs no thread.
                if unread := {
                    domain: folder
                    for domain, folder in folders.items()
                    if domain not in known
                }:
                    known.update(await self._async_read_unread(read, unread))
        return {
            domain: reading
            for domain in folders
            if (reading := known[domain]) is not None
        }

    async def _async_read_unread[ReadingT](
        self, read: Callable[[Path], ReadingT | None], folders: dict[str, Path]
    ) -> dict[str, ReadingT | None]:
        """Return what is read in each folder; say once in the log where that fails."""
        readings = await self._hass.async_add_executor_job(_read_all, read, folders)
        for domain, reading in readings.items():
            if isinstance(reading, Exception):
                self._faults.failed(domain, f"cannot be read: {said_by(reading)}")
        return {
            domain: None if isinstance(reading, Exception) else reading
            for domain, reading in readings.items()
        }


def _folders_of(integrations: Iterable[Integration]) -> dict[str, Path]:
    return {each.domain: each.file_path for each in integrations}


def _read_all[ReadingT](
    read: Callable[[Path], ReadingT], folders: dict[str, Path]
) -> dict[str, ReadingT | Exception]:
    """Return what is read in each folder, or why it cannot be."""
    readings: dict[str, ReadingT | Exception] = {}
    for domain, folder in folders.items():
        try:
            readings[domain] = read(folder)
        except Exception as err:  # noqa: BLE001 (a file may hold anything)
            readings[domain] = err
    return readings
