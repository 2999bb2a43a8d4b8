"""What the files of hooks say, each read once."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.loader import Integration

from .faults import Faults, said_by
from .placeholders import checked_placeholders
from .reading import HookReading, read_hook, read_urls


class HookReadings:
    """The readings of the hooks of all integrations."""

    def __init__(self, hass: HomeAssistant, faults: Faults) -> None:
        """Start with nothing read."""
        self._hass = hass
        self._faults = faults
        # One reads at a time: who comes second finds what the first has read.
        self._lock = asyncio.Lock()
        self.known: dict[str, HookReading | None] = {}
        self._urls: dict[str, frozenset[str] | None] = {}

    async def async_read(
        self, integrations: Iterable[Integration]
    ) -> dict[str, HookReading | None]:
        """Return what the files of the hooks say; each is read once."""
        integrations = list(integrations)
        if any(each.domain not in self.known for each in integrations):
            async with self._lock:
                await self._async_read_unknown(integrations)
        return {each.domain: self.known[each.domain] for each in integrations}

    async def _async_read_unknown(self, integrations: list[Integration]) -> None:
        unread = [each for each in integrations if each.domain not in self.known]
        readings = await self._hass.async_add_executor_job(_read_all, read_hook, unread)
        for domain, reading in readings.items():
            self.known[domain] = None
            if isinstance(reading, Exception):
                self._faults.failed(domain, f"cannot be read: {said_by(reading)}")
            elif (
                reading is None
                or reading.placeholders is None
                or checked_placeholders(self._faults, domain, reading.placeholders)
                is not None
            ):
                self.known[domain] = reading

    async def async_urls(
        self, integrations: Iterable[Integration]
    ) -> dict[str, frozenset[str]]:
        """Return the URLs that the hooks of integrations are written with, by domain.

        Each is read once. Those that cannot be read are left out.
        """
        integrations = list(integrations)
        if any(each.domain not in self._urls for each in integrations):
            async with self._lock:
                await self._async_read_unknown_urls(integrations)
        known = {each.domain: self._urls[each.domain] for each in integrations}
        return {domain: urls for domain, urls in known.items() if urls is not None}

    async def _async_read_unknown_urls(self, integrations: list[Integration]) -> None:
        unread = [each for each in integrations if each.domain not in self._urls]
        readings = await self._hass.async_add_executor_job(_read_all, read_urls, unread)
        for domain, urls in readings.items():
            if isinstance(urls, Exception):
                self._faults.failed(domain, f"cannot be read: {said_by(urls)}")
                self._urls[domain] = None
            else:
                self._urls[domain] = urls


def _read_all[ReadingT](
    read: Callable[[Path], ReadingT], integrations: list[Integration]
) -> dict[str, ReadingT | Exception]:
    """Return what is read in the folder of each integration, or why it cannot be."""
    readings: dict[str, ReadingT | Exception] = {}
    for integration in integrations:
        try:
            readings[integration.domain] = read(integration.file_path)
        except Exception as err:  # noqa: BLE001 (a file may hold anything)
            readings[integration.domain] = err
    return readings
