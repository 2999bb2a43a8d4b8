"""The flows that fix our repair issues.

Part of the door, like `__init__`: see there.
"""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue; `data` is what the issue was raised with."""
    from .fixes import FLOWS  # noqa: PLC0415 (imported where ours serves, which raises issues)

    assert data is not None
    return FLOWS[str(data["kind"])]()
