"""A sensor that shows whose account is linked."""

from typing import override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import ShopConfigEntry, ShopCoordinator


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ShopConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensor of a linked account."""
    async_add_entities([CustomerSensor(entry.runtime_data)])


class CustomerSensor(CoordinatorEntity[ShopCoordinator], SensorEntity):
    """The name of the customer."""

    _attr_has_entity_name = True
    _attr_translation_key = "customer"

    def __init__(self, coordinator: ShopCoordinator) -> None:
        """Identify the sensor and its device by the account."""
        super().__init__(coordinator)
        account = coordinator.data
        self._attr_unique_id = f"{account.subject}_customer"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, account.subject)},
            name=account.email,
            manufacturer="Playground Shop",
            entry_type=DeviceEntryType.SERVICE,
        )

    @property
    @override
    def native_value(self) -> str:
        """The name that the shop knows."""
        return self.coordinator.data.name
