"""The config entry, whose subentries are the credentials.

The entry is created at a start. It holds nothing: the credentials work without it.
Delete it before you uninstall the component.

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
from homeassistant.helpers.translation import async_get_translations

from . import original_serves


class EntryFlow(ConfigFlow, domain="application_credentials"):
    """Create the one config entry."""

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create the entry for a person who has deleted it and wants it back."""
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "title", {self.handler}
        )
        return self.async_create_entry(
            title=texts[f"component.{self.handler}.title"], data={}
        )

    # At a start that finds no entry. Not a system entry, which the frontend cannot delete.
    async_step_import = async_step_user

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow of a credential; none if the original serves.

        Home Assistant calls this once for an entry, when a browser first lists the
        entries. The entry may not be set up then.
        """
        if config_entry.state is ConfigEntryState.SETUP_ERROR:
            return {}
        return {"credential": CredentialFlow}


class CredentialFlow(ConfigSubentryFlow):
    """Create the dialog of a credential when it is opened.

    Home Assistant asks for this class before our modules may be imported.
    """

    def __new__(cls) -> ConfigSubentryFlow:  # type: ignore[misc]
        """Return the dialog; raise UnknownHandler if the original serves by now."""
        if original_serves(async_get_hass()):
            raise UnknownHandler
        from .dialog.flow import CredentialFlow as Dialog  # noqa: PLC0415 (our modules are imported by now)

        return Dialog()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Declare the step; Home Assistant looks for it on this class."""
        raise NotImplementedError
