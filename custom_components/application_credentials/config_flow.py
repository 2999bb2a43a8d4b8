"""The config entry, whose subentries are the credentials.

Home Assistant creates the entry by itself. It holds nothing: the credentials work
without it. It is deleted before the component is uninstalled.

Part of the door, like `__init__`: see there.
"""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.core import callback
from homeassistant.loader import async_get_integration


class EntryFlow(ConfigFlow, domain="application_credentials"):
    """Create the one config entry."""

    async def async_step_import(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry at a start that finds none."""
        return await self.async_step_user()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry for a person who has deleted it and wants it back."""
        integration = await async_get_integration(self.hass, self.handler)
        return self.async_create_entry(title=integration.name, data={})

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow of a credential; none unless the entry is loaded."""
        if not hasattr(config_entry, "runtime_data"):
            return {}
        from .dialog.flow import CredentialFlow  # noqa: PLC0415 (our modules are imported by now)

        return {"credential": CredentialFlow}
