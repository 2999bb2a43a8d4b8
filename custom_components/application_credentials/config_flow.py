"""The entry on the Integrations page, whose rows are the credentials.

Home Assistant makes the entry by itself. It holds nothing: the credentials are
there without it, and deleting it is the way to prepare for uninstalling.

Part of the door, like `__init__`: see there.
"""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.core import callback
from homeassistant.loader import async_get_integration

from . import async_ours_serves


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
    """The dialog of a row, or what says that it is not there.

    Home Assistant asks for it before it is known whether ours can be set up.
    """

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a credential."""
        if await self._async_is_dialog():
            return await self.async_step_user(user_input)
        return self.async_abort(reason="original_serves")

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Edit one."""
        if await self._async_is_dialog():
            return await self.async_step_reconfigure(user_input)
        return self.async_abort(reason="original_serves")

    async def _async_is_dialog(self) -> bool:
        """Become the dialog, with what Home Assistant has told this one; False without ours."""
        if not await async_ours_serves(self.hass):
            return False
        from .dialog.flow import CredentialFlow as Dialog  # noqa: PLC0415 (imported where ours serves)

        self.__class__ = Dialog  # type: ignore[assignment]
        Dialog.__init__(self)  # type: ignore[arg-type]
        return True
