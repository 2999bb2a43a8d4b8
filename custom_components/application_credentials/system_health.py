"""What the page System information says about the credentials.

Part of the door, like `__init__`: see there.
"""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from . import async_ours_serves, original_serves


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is told, and where to change it; nothing where the original serves."""
    if original_serves(hass):
        return
    register.async_register_info(
        async_system_health_info, "/config/application_credentials"
    )


async def async_system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the summary; nothing where the original serves after all."""
    if not await async_ours_serves(hass):
        return {}
    from .report import summary  # noqa: PLC0415 (imported where ours serves)

    return summary(hass)
