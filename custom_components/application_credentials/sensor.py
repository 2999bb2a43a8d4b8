"""How many accounts use a credential, and when it was last checked."""

from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR,
    SensorDeviceClass,
    SensorEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .accounts.client_life import secret_end
from .accounts.usage import entries_using
from .const import DOMAIN
from .data import DATA
from .entity import CredentialEntity, async_add_for_each_row
from .records.collection import DATA_COLLECTION
from .rows import Row
from .signals import SIGNAL_CREDENTIAL

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of each credential; that of the secret's end once it was known."""
    registry = er.async_get(hass)
    # The credentials without that one.
    without: set[str] = set()

    def make(row: Row) -> list[CredentialEntity]:
        sensors: list[CredentialEntity] = [Accounts(row), LastChecked(row)]
        unique_id = f"{row.item_id}_{SecretEnds.key}"
        is_known = secret_end(hass, row.item_id) is not None
        if is_known or registry.async_get_entity_id(SENSOR, DOMAIN, unique_id):
            without.discard(row.item_id)
            return [*sensors, SecretEnds(row)]
        without.add(row.item_id)
        return sensors

    @callback
    def changed(item_id: str) -> None:
        if item_id not in without or secret_end(hass, item_id) is None:
            return
        row = hass.data[DATA].rows.rows.get(item_id)
        if row is not None and row.subentry.subentry_id in entry.subentries:
            without.remove(item_id)
            async_add_entities(
                [SecretEnds(row)], config_subentry_id=row.subentry.subentry_id
            )

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CREDENTIAL, changed))
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
    """The day on which the client secret ends; unknown once there is a new one."""

    key = "secret_ends"
    _attr_translation_key = key
    _attr_device_class = SensorDeviceClass.TIMESTAMP

    @property
    @override
    def native_value(self) -> datetime | None:
        day = secret_end(self.hass, self.item_id)
        return dt_util.start_of_local_day(day) if day else None
