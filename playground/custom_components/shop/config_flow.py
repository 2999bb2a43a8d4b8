"""Link an account at the Playground Shop."""

from collections.abc import Mapping
import logging
from typing import Any, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from .account import AccessDenied, Account, ShopUnreachable, async_fetch_account
from .const import DOMAIN, SCOPES


class ShopFlowHandler(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Links an account, and links it again when the shop no longer accepts the link."""

    DOMAIN = DOMAIN

    @property
    @override
    def logger(self) -> logging.Logger:
        """Where the flow logs to."""
        return logging.getLogger(__name__)

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """What the authorization page is to ask for."""
        return {"scope": SCOPES}

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Create the account's entry, or give the entry its new tokens."""
        try:
            account = await self.async_account_of(data[CONF_TOKEN])
        except (AccessDenied, ShopUnreachable):
            return self.async_abort(reason="cannot_connect")
        await self.async_set_unique_id(account.subject)
        if self.source == SOURCE_REAUTH:
            self._abort_if_unique_id_mismatch(reason="wrong_account")
            return self.async_update_reload_and_abort(
                self._get_reauth_entry(), data=data
            )
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title=account.email, data=data)

    async def async_account_of(self, token: dict[str, Any]) -> Account:
        """Return whose a token is."""
        return await async_fetch_account(self.hass, token[CONF_ACCESS_TOKEN])

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start to link an account again."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait until the user is there, then go on with the entry's own credential."""
        entry = self._get_reauth_entry()
        if user_input is None:
            return self.async_show_form(
                step_id="reauth_confirm",
                description_placeholders={"account": entry.title},
            )
        return await self.async_step_pick_implementation(
            {"implementation": entry.data["auth_implementation"]}
        )
