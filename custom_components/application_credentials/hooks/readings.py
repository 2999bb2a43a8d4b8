"""What the files of hooks say, each read once."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.loader import Integration

from .faults import Faults
from .placeholders import checked_placeholders
from .reading import HookReading, read_hook, read_urls


class HookReadings:
    """The readings of the hooks of all integrations."""

    def __init__(self, hass: HomeAssistant, faults: Faults) -> None:
        """Start with nothing read."""
        self._hass = hass
        self._faults = faults
        self.known: dict[str, HookReading | None] = {}

    async def async_read(
        self, integrations: Iterable[Integration]
    ) -> dict[str, HookReading | None]:
        """Return what the files of the hooks say; each is read once."""
        unread = [each for each in integrations if each.domain not in self.known]
        if unread:
            readings = await self._hass.async_add_executor_job(_read_all, unread)
            for domain, reading in readings.items():
                self.known[domain] = None
                if isinstance(reading, Exception):
                    self._faults.failed(domain, f"cannot be read: {reading!r}")
                elif (
                    reading is None
                    or reading.placeholders is None
                    or checked_placeholders(self._faults, domain, reading.placeholders)
                ):
                    self.known[domain] = reading
        return {each.domain: self.known[each.domain] for each in integrations}

    async def async_urls(
        self, integrations: Iterable[Integration]
    ) -> dict[str, frozenset[str]]:
        """Return the URLs that the hooks of integrations are written with, by domain."""
        return await self._hass.async_add_executor_job(
            lambda: {
                integration.domain: read_urls(integration.file_path)
                for integration in integrations
            }
        )


def _read_all(
    integrations: list[Integration],
) -> dict[str, HookReading | Exception | None]:
    """Return what each hook says, or why it cannot be read."""
    readings: dict[str, HookReading | Exception | None] = {}
    for integration in integrations:
        try:
            readings[integration.domain] = read_hook(integration.file_path)
        except Exception as err:  # noqa: BLE001 (a file may hold anything)
            readings[integration.domain] = err
    return readings
