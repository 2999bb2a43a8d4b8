"""The entry on the Integrations page, whose options are the dialog.

Home Assistant makes the entry by itself. It holds nothing: the credentials are
there without it, and deleting it is the way to prepare for uninstalling.

Home Assistant imports this module together with `__init__`, so it imports
nothing of ours before a flow is opened: see there.
"""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.loader import async_get_integration


class EntryFlow(ConfigFlow, domain="application_credentials"):
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
        integration = await async_get_integration(self.hass, self.handler)
        return self.async_create_entry(title=integration.name, data={})

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the dialog, or what says that there is none."""
        if config_entry.state is not ConfigEntryState.LOADED:
            return NoDialogFlow()
        from .dialog.flow import CredentialsFlow  # noqa: PLC0415 (imported by the door)

        return CredentialsFlow()


class NoDialogFlow(OptionsFlow):
    """Says that the dialog is not there, since the original serves."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """End with the reason."""
        return self.async_abort(reason="original_serves")
