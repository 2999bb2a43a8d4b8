"""The entry on the Integrations page, whose rows are the credentials.

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
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.core import async_get_hass, callback
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

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what a row is: a credential, with a flow that adds and one that edits."""
        return {"credential": CredentialFlow}


class CredentialFlow(ConfigSubentryFlow):
    """Stands for the dialog of ours, or says that it is not there.

    Home Assistant asks for it before it is known whether ours can be set up.
    """

    def __new__(cls) -> ConfigSubentryFlow:  # type: ignore[misc]
        """Return the dialog; where the original serves, what says so."""
        entries = async_get_hass().config_entries.async_entries(
            "application_credentials"
        )
        if not any(entry.state is ConfigEntryState.LOADED for entry in entries):
            return super().__new__(cls)
        from .dialog.flow import CredentialFlow as Dialog  # noqa: PLC0415 (imported by the door)

        return Dialog()

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """End with the reason."""
        return self.async_abort(reason="original_serves")

    async_step_reconfigure = async_step_user
