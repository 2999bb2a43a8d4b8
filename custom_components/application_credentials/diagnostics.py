"""Diagnostics of our config entry.

Part of the door, like `__init__`: see there.
"""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from . import original_serves


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ConfigEntry
) -> dict[str, Any]:
    """Return the report, or that the original serves."""
    if original_serves(hass):
        return {"original_serves": True}
    from .report import report  # noqa: PLC0415 (our modules are imported by now)

    return report(hass, entry)
