"""The config entry, whose subentries are the credentials.

Home Assistant creates the entry by itself. It holds nothing: the credentials work
without it. It is deleted before the component is uninstalled.

Part of the door, like `__init__`: see there.
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
from homeassistant.data_entry_flow import UnknownHandler
from homeassistant.loader import async_get_integration

from . import original_serves


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
        """Return the flow of a credential; none if the original serves.

        Home Assistant asks once for an entry, maybe before that is set up: whenever a
        browser lists the entries.
        """
        if config_entry.state is ConfigEntryState.SETUP_ERROR:
            return {}
        return {"credential": CredentialFlow}


class CredentialFlow(ConfigSubentryFlow):
    """Stands for the dialog of a credential, and becomes it when it is opened."""

    def __new__(cls) -> ConfigSubentryFlow:  # type: ignore[misc]
        """Return the dialog; raise UnknownHandler if the original has come to serve."""
        if original_serves(async_get_hass()):
            raise UnknownHandler
        from .dialog.flow import CredentialFlow as Dialog  # noqa: PLC0415 (our modules are imported by now)

        return Dialog()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that the dialog has this step."""
        raise NotImplementedError
