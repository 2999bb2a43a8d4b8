"""Ask the provider about a credential, at the press of a button."""

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import DATA
from .entity import CredentialEntity, async_add_for_each_row
from .provider.redirect_uri import async_browser_redirect_uri

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of each credential."""
    async_add_for_each_row(hass, entry, async_add_entities, lambda row: [Check(row)])


class Check(CredentialEntity, ButtonEntity):
    """Checks the credential; what comes of it is what the other entities say."""

    key = "check"
    _attr_translation_key = key

    @override
    async def async_press(self) -> None:
        await self.hass.data[DATA].findings.async_check(
            self.item_id, async_browser_redirect_uri(self.hass)
        )
