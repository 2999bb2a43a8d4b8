"""The credential of an account is gone: it moves to another, or to a new one."""

from typing import override

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry

from ..accounts.relink import async_move
from ..dialog.forms import ADD, CONF_TARGET, FormError, Placeholders, one_of
from ..dialog.new import NewClientSteps
from ..dialog.steps import Input, Result, handle_errors
from ..dialog.texts import account_links, async_get_texts, async_name, async_overview
from ..errors import CredentialNotFound
from ..issues import CREDENTIAL_MISSING
from ..text import as_markdown
from .flow import FixFlow


class CredentialMissingFlow(NewClientSteps, FixFlow):
    """Move an account to a credential of its integration, an existing one or a new one."""

    reason_gone = "credential_gone"

    @override
    @handle_errors
    async def async_fix(self, user_input: Input) -> Result:
        """Ask which credential to move the account to."""
        if (entry := self._account()) is None:
            return self.end("gone")
        self.state.domain = entry.domain
        records = self.collection.records_of(entry.domain)
        if not records or (user_input and user_input[CONF_TARGET] == ADD):
            return await self.async_begin_new()
        if user_input is not None:
            return await self._async_move(entry, user_input[CONF_TARGET])
        texts = await async_get_texts(self.hass)
        lines = await async_overview(self.hass, records)
        targets = one_of({**lines, ADD: texts.text("add")})
        about = await self._async_about_account(entry)
        return self.show_fields("init", {vol.Required(CONF_TARGET): targets}, about)

    @override
    @handle_errors
    async def async_step_new(self, user_input: Input = None) -> Result:
        if self._account() is None:
            return self.end("gone")
        return await super().async_step_new(user_input)

    @override
    async def async_about_new(self) -> Placeholders:
        entry = self._account()
        assert entry is not None
        about = await super().async_about_new()
        return about | await self._async_about_account(entry)

    @override
    async def async_end_saved(self) -> Result:
        if (entry := self._account()) is None:
            return self.end("gone")
        return await self._async_move(entry, self.state.item_id)

    async def _async_move(self, entry: ConfigEntry, item_id: str) -> Result:
        """Move the account, which then asks to be linked again."""
        try:
            record = self.collection.record(item_id)
            await async_move(self.hass, [entry.entry_id], record)
        except CredentialNotFound:
            raise FormError(CONF_TARGET, "credential_not_found") from None
        self.take_issue_away(f"{CREDENTIAL_MISSING}_{entry.entry_id}")
        return self.end("ask_to_be_linked", accounts=account_links([entry]))

    async def _async_about_account(self, entry: ConfigEntry) -> Placeholders:
        """Return the placeholders that say which account this is."""
        return {
            "account": as_markdown(entry.title),
            "integration": await async_name(self.hass, entry.domain),
        }

    def _account(self) -> ConfigEntry | None:
        return self.hass.config_entries.async_get_entry(self.about)
