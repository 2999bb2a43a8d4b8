"""The entry on the Integrations page, whose options are the dialog.

Home Assistant makes the entry by itself. It holds nothing: the credentials are
there without it, and deleting it is the way to prepare for uninstalling.
"""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.loader import async_get_integration

from .const import DOMAIN
from .options_flow import CredentialsFlow


class EntryFlow(ConfigFlow, domain=DOMAIN):
    """Make the one entry."""

    async def async_step_import(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make the entry at start-up, where there is none."""
        return await self.async_step_user()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make the entry for a person who has deleted it and wants it back."""
        integration = await async_get_integration(self.hass, DOMAIN)
        return self.async_create_entry(title=integration.name, data={})

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the dialog."""
        return CredentialsFlow()
