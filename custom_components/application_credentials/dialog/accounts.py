"""Move accounts to another credential or to this one, and have them linked again."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry

from ..accounts.relink import async_link_again, async_move
from ..accounts.usage import (
    async_can_reauthenticate,
    entries_linked_otherwise,
    entries_using,
    record_used_by,
)
from ..models import CredentialRecord
from .forms import CONF_ACCOUNTS, CONF_TARGET, Fields, FormError, one_of
from .steps import CredentialSteps, Input, Result, handle_errors
from .texts import (
    account_links,
    async_about,
    async_get_texts,
    async_overview,
    async_title,
)


class AccountSteps(CredentialSteps):
    """The steps after which accounts ask to be linked again."""

    @handle_errors
    async def async_step_move(self, user_input: Input = None) -> Result:
        """Ask which accounts to move to which other credential of the integration."""
        record = self.record
        if not (targets := self.collection.others_of(record)):
            return self.end("no_other_credential")
        lines = await async_overview(self.hass, targets)
        accounts = {entry: entry.title for entry in entries_using(self.hass, record)}
        if form := await self._async_ask_for_accounts(
            "move", user_input, accounts, {vol.Required(CONF_TARGET): one_of(lines)}
        ):
            return form
        assert user_input is not None
        target = self.collection.record(user_input[CONF_TARGET])
        await async_move(
            self.hass, user_input[CONF_ACCOUNTS], target, seen=record["id"]
        )
        return await self._async_end(user_input, accounts, target)

    @handle_errors
    async def async_step_take(self, user_input: Input = None) -> Result:
        """Ask which accounts that are linked otherwise are to use this credential."""
        record = self.record
        texts = await async_get_texts(self.hass)
        accounts = {}
        for entry in entries_linked_otherwise(self.hass, record):
            used = record_used_by(self.hass, entry)
            accounts[entry] = texts.text(
                "linked_with" if used else "linked_otherwise",
                account=entry.title,
                name=await async_title(self.hass, used) if used else "",
            )
        if form := await self._async_ask_for_accounts("take", user_input, accounts):
            return form
        assert user_input is not None
        await async_move(self.hass, user_input[CONF_ACCOUNTS], record)
        return await self._async_end(user_input, accounts, record)

    @handle_errors
    async def async_step_link_again(self, user_input: Input = None) -> Result:
        """Ask which accounts are to be linked again."""
        entries = entries_using(self.hass, self.record)
        accounts = {entry: entry.title for entry in entries}
        if form := await self._async_ask_for_accounts(
            "link_again", user_input, accounts
        ):
            return form
        assert user_input is not None
        await async_link_again(self.hass, user_input[CONF_ACCOUNTS])
        return await self._async_end(user_input, accounts)

    async def _async_ask_for_accounts(
        self,
        step_id: str,
        user_input: Input,
        accounts: dict[ConfigEntry, str],
        fields: Fields | None = None,
    ) -> Result | None:
        """Ask for some of `accounts`; return None once some were chosen."""
        record = self.record
        about = await async_about(self.hass, record)
        if not accounts:
            return self.end("no_accounts")
        if not await async_can_reauthenticate(self.hass, record["domain"]):
            return self.end("cannot_link_again", **about)
        if user_input is not None:
            if user_input[CONF_ACCOUNTS]:
                return None
            raise FormError(CONF_ACCOUNTS, "none_chosen")
        labels = {entry.entry_id: label for entry, label in accounts.items()}
        chosen = vol.Required(CONF_ACCOUNTS, default=list(labels))
        return self.show_fields(
            step_id, {chosen: one_of(labels, multiple=True), **(fields or {})}, about
        )

    async def _async_end(
        self,
        user_input: dict[str, Any],
        accounts: dict[ConfigEntry, str],
        target: CredentialRecord | None = None,
    ) -> Result:
        """Say which accounts ask to be linked again, and with which credential."""
        ids = user_input[CONF_ACCOUNTS]
        links = account_links(entry for entry in accounts if entry.entry_id in ids)
        if target is None:
            return self.end("ask_to_be_linked", accounts=links)
        about = await async_about(self.hass, target)
        return self.end("moved", accounts=links, **about)
