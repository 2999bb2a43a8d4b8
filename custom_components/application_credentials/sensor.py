"""How many accounts use a credential, and when it was last checked."""

from datetime import datetime
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .accounts.usage import entries_using
from .data import DATA
from .entity import CredentialEntity, async_add_for_each_row
from .records.collection import DATA_COLLECTION

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of each credential."""
    await async_add_for_each_row(
        hass, entry, async_add_entities, lambda row: [Accounts(row), LastChecked(row)]
    )


class Accounts(CredentialEntity, SensorEntity):
    """The number of accounts that use the credential."""

    key = "accounts"
    _attr_translation_key = key

    @property
    @override
    def native_value(self) -> int:
        record = self.hass.data[DATA_COLLECTION].data.get(self.item_id)
        return len(entries_using(self.hass, record)) if record else 0


class LastChecked(CredentialEntity, SensorEntity):
    """When the provider last said something about the credential."""

    key = "last_checked"
    _attr_translation_key = key
    _attr_device_class = SensorDeviceClass.TIMESTAMP

    @property
    @override
    def native_value(self) -> datetime | None:
        finding = self.hass.data[DATA].findings.get(self.item_id)
        return finding.last_at if finding else None
