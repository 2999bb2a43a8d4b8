"""Move accounts to another credential or to this one, and have them linked again."""

from collections.abc import Awaitable, Callable
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry, SubentryFlowResult

from ..accounts.usage import (
    async_can_reauthenticate,
    async_link_again,
    async_move_all,
    entries_linked_otherwise,
    entries_using,
    record_used_by,
)
from ..errors import CredentialError, CredentialNotFound
from ..models import CredentialRecord
from ..records.collection import DATA_COLLECTION
from .forms import CONF_ACCOUNTS, CONF_TARGET, Errors, Placeholders, one_of
from .steps import DialogFlow, ending_when_gone
from .texts import account_links, async_get_texts, async_overview, title_apart

type Fields = dict[Any, Any]


class AccountSteps(DialogFlow):
    """The steps after which accounts ask to be linked again."""

    @ending_when_gone
    async def async_step_move(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which accounts to move to which other credential of the integration."""
        entries = entries_using(self.hass, self._record)
        targets = self._others()
        if not targets:
            return self.async_abort(reason="no_other_credential")
        return await self._async_with_accounts(
            "move",
            user_input,
            {entry: entry.title for entry in entries},
            lambda ids, typed: async_move_all(
                self.hass,
                ids,
                self.hass.data[DATA_COLLECTION].record(typed[CONF_TARGET]),
                seen=self._item_id,
            ),
            {vol.Required(CONF_TARGET): one_of(await self._async_lines(targets))},
        )

    @ending_when_gone
    async def async_step_take(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which accounts that are linked otherwise are to use this credential."""
        record = self._record
        texts = await async_get_texts(self.hass)
        labels = {}
        for entry in entries_linked_otherwise(self.hass, record):
            used = record_used_by(self.hass, entry)
            labels[entry] = texts.text(
                "linked_with" if used else "linked_otherwise",
                account=entry.title,
                name=title_apart(self.hass, used) if used else "",
            )
        return await self._async_with_accounts(
            "take",
            user_input,
            labels,
            lambda ids, _: async_move_all(self.hass, ids, record),
        )

    @ending_when_gone
    async def async_step_link_again(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which accounts are to be linked again."""
        return await self._async_with_accounts(
            "link_again",
            user_input,
            {entry: entry.title for entry in entries_using(self.hass, self._record)},
            lambda ids, _: async_link_again(self.hass, ids),
        )

    async def _async_with_accounts(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        accounts: dict[ConfigEntry, str],
        do: Callable[[list[str], dict[str, Any]], Awaitable[None]],
        fields: Fields | None = None,
    ) -> SubentryFlowResult:
        """Ask for some of `accounts`, and `do` with them what the step is for."""
        record = self._record
        about = await self._async_about(record)
        if not accounts:
            return self.async_abort(reason="no_accounts")
        if not await async_can_reauthenticate(self.hass, record["domain"]):
            return self.async_abort(
                reason="cannot_link_again", description_placeholders=about
            )
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            try:
                if ids := user_input[CONF_ACCOUNTS]:
                    await do(ids, user_input)
                    return self.async_abort(
                        reason="ask_to_be_linked",
                        description_placeholders={
                            "accounts": account_links(
                                entry for entry in accounts if entry.entry_id in ids
                            )
                        },
                    )
                errors = {CONF_ACCOUNTS: "none_chosen"}
            except CredentialNotFound:
                raise
            except CredentialError as err:
                errors, placeholders = await self._async_error(err)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    {
                        vol.Required(
                            CONF_ACCOUNTS,
                            default=[entry.entry_id for entry in accounts],
                        ): one_of(
                            {
                                entry.entry_id: label
                                for entry, label in accounts.items()
                            },
                            multiple=True,
                        ),
                        **(fields or {}),
                    }
                ),
                user_input,
            ),
            errors=errors,
            description_placeholders={**about, **placeholders},
        )

    async def _async_lines(self, records: list[CredentialRecord]) -> dict[str, str]:
        return await async_overview(self.hass, records)
