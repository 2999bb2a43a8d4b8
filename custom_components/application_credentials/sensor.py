"""How many accounts use a credential, when it was last checked, and when its secret ends."""

from datetime import date, datetime
from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .accounts.ends import secret_end
from .accounts.usage import entries_using
from .data import DATA
from .entity import CredentialEntity, async_add_for_each_row
from .guides.table import may_secret_end
from .records.collection import DATA_COLLECTION
from .rows import Row

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of each credential."""

    def make(row: Row) -> list[CredentialEntity]:
        sensors: list[CredentialEntity] = [Accounts(row), LastChecked(row)]
        if may_secret_end(row.domain):
            sensors.append(SecretEnds(row))
        return sensors

    async_add_for_each_row(hass, entry, async_add_entities, make)


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


class SecretEnds(CredentialEntity, SensorEntity):
    """The day on which the client secret ends; unknown until a person enters it."""

    key = "secret_ends"
    _attr_translation_key = key
    _attr_device_class = SensorDeviceClass.DATE

    @property
    @override
    def native_value(self) -> date | None:
        return secret_end(self.hass, self.item_id)
