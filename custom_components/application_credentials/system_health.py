"""What the page System information says about the credentials."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .accounts.usage import usage
from .provider.check import Verdict
from .provider.findings import DATA_FINDINGS
from .records.collection import DATA_COLLECTION


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is told, and where to change it; nothing where the original serves."""
    if DATA_FINDINGS not in hass.data:
        return
    register.async_register_info(
        async_system_health_info, "/config/application_credentials"
    )


async def async_system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return how many credentials there are, are in use, and were rejected."""
    used = usage(hass)
    findings = hass.data[DATA_FINDINGS]
    rejected = [
        item_id
        for item_id in hass.data[DATA_COLLECTION].data
        if (finding := findings.get(item_id)) and finding.client is Verdict.REJECTED
    ]
    return {
        "credentials": len(used),
        "in_use": sum(bool(entries) for entries in used.values()),
        "rejected": len(rejected),
    }
