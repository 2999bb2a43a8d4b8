"""What the entities of a credential have in common: its device, and when they change."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .data import DATA
from .rows import SIGNAL_NEW_ROWS, Row
from .signals import signal_of


class CredentialEntity(Entity):
    """An entity of a credential; `key` tells it from the others of the same one."""

    key: str
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, row: Row) -> None:
        """Take the row whose credential it is about."""
        self.item_id = row.item_id
        self._row = row
        self._attr_unique_id = f"{row.item_id}_{self.key}"

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the device, with the title that the row has now."""
        row = self.hass.data[DATA].rows.rows.get(self.item_id, self._row)
        return DeviceInfo(
            identifiers={(DOMAIN, row.item_id)},
            entry_type=DeviceEntryType.SERVICE,
            name=row.title,
            manufacturer=row.integration,
            configuration_url=(
                f"homeassistant://config/integrations/integration/{row.domain}"
            ),
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is known of the credential."""
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass, signal_of(self.item_id), self.async_write_ha_state
            )
        )


@callback
def async_add_for_each_row(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[Row], list[CredentialEntity]],
) -> None:
    """Add the entities that `make` makes of each row, now and of those to come."""

    @callback
    def add(rows: Iterable[Row]) -> None:
        for row in rows:
            subentry_id = row.subentry.subentry_id
            # Not one that has been deleted, which the next refresh notices.
            if subentry_id in entry.subentries:
                async_add_entities(make(row), config_subentry_id=subentry_id)

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_NEW_ROWS, add))
    add(hass.data[DATA].rows.rows.values())
