"""Whether the provider has a problem with a credential."""

from typing import override

from homeassistant.components.binary_sensor import (  # type: ignore[attr-defined, unused-ignore]
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import DATA
from .entity import CredentialEntity, async_add_for_each_row
from .models import Verdict

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensor of each credential."""
    async_add_for_each_row(hass, entry, async_add_entities, lambda row: [Problem(row)])


class Problem(CredentialEntity, BinarySensorEntity):
    """On where the provider rejects client or redirect URI, off where it knows the client."""

    key = "problem"
    _attr_device_class = BinarySensorDeviceClass.PROBLEM

    @property
    @override
    def is_on(self) -> bool | None:
        finding = self.hass.data[DATA].findings.get(self.item_id)
        if finding is None:
            return None
        if finding.is_rejection:
            return True
        return False if finding.client is Verdict.ACCEPTED else None
