"""What the page System information shows of the credentials.

Part of the door, like `__init__`: see there.
"""

from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant, callback

from . import original_serves

if TYPE_CHECKING:
    # A start would import it for this name alone.
    from homeassistant.components.system_health import SystemHealthRegistration


@callback
def async_register(hass: HomeAssistant, register: "SystemHealthRegistration") -> None:
    """Register the summary and the page of the credentials; nothing if the original serves."""
    if not original_serves(hass):
        register.async_register_info(
            async_system_health_info, "/config/application_credentials"
        )


async def async_system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the summary."""
    from .report import summary  # noqa: PLC0415 (our modules are imported by now)

    return summary(hass)
