"""The credential of an account is gone: it moves to another, or to a new one."""

from typing import override

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry

from ..accounts.relink import async_move
from ..dialog.forms import ADD, CONF_TARGET, Placeholders, one_of
from ..dialog.new import NewClientSteps
from ..dialog.steps import Input, Result
from ..dialog.texts import account_links, async_get_texts
from ..text import as_markdown
from .flow import FixFlow


class CredentialMissingFlow(NewClientSteps, FixFlow):
    """Move an account to a credential of its integration, an existing one or a new one."""

    reason_gone = "credential_gone"
    # The placeholders that say which account this is.
    about_account: Placeholders

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Ask which credential to move the account to."""
        if (entry := self._account()) is None:
            return self.end("gone")
        self.state.domain = entry.domain
        texts = await async_get_texts(self.hass)
        self.about_account = {
            "account": as_markdown(entry.title),
            "integration": texts.name(entry.domain),
        }
        records = self.collection.records_of(entry.domain)
        if not records or (user_input and user_input[CONF_TARGET] == ADD):
            return await self.async_begin_new()
        if user_input is not None:
            return await self._async_move(user_input[CONF_TARGET])
        targets = one_of({**texts.overview(records), ADD: texts.text("add")})
        fields = {vol.Required(CONF_TARGET): targets}
        return self.show_fields("init", fields, self.about_account)

    @override
    async def async_about_new(self) -> Placeholders:
        return await super().async_about_new() | self.about_account

    @override
    async def async_save(self) -> Result:
        if self._account() is None:
            return self.end("gone")
        return await super().async_save()

    @override
    async def async_end_saved(self) -> Result:
        return await self._async_move(self.state.item_id)

    async def _async_move(self, item_id: str) -> Result:
        """Move the account, which then asks to be linked again."""
        record = self.collection.record(item_id)
        await async_move(self.hass, [self.about], record)
        entry = self._account()
        assert entry is not None
        return self.end("ask_to_be_linked", accounts=account_links([entry]))

    def _account(self) -> ConfigEntry | None:
        return self.hass.config_entries.async_get_entry(self.about)
