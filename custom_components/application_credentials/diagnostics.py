"""What a person downloads of our entry, to send it to who helps.

Part of the door, like `__init__`: see there.
"""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from . import async_ours_serves


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ConfigEntry
) -> dict[str, Any]:
    """Return the report; where the original serves, there is nothing to tell but that."""
    if not await async_ours_serves(hass):
        return {"original_serves": True}
    from .report import report  # noqa: PLC0415 (imported where ours serves)

    return report(hass, entry)
