"""What can be done with a stored credential but edit it: move, link again, copy, delete."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry

from ..accounts import changes
from ..accounts.relink import async_link_again, async_move
from ..accounts.usage import (
    async_can_reauthenticate,
    entries_linked_otherwise,
    entries_using,
    has_own_name,
    is_hidden,
    move_targets,
)
from ..models import CredentialRecord
from .forms import (
    CONF_ACCOUNTS,
    CONF_DOMAINS,
    CONF_NEXT,
    CONF_TARGET,
    Fields,
    Placeholders,
    one_of,
)
from .steps import CredentialSteps, FormError, Input, Result, handle_errors
from .texts import account_links

_MOVE: Final = "move"


class ActionSteps(CredentialSteps):
    """A step for each of them."""

    async def async_what_else(self, record: CredentialRecord) -> list[str]:
        """Return the steps that are possible with a credential, in the order of their use."""
        steps = []
        if await async_can_reauthenticate(self.hass, record["domain"]):
            # Some integrations call all of their credentials by one name.
            can_choose = not has_own_name(self.hass, record)
            if entries_using(self.hass, record):
                steps.append("link_again")
                if can_choose and move_targets(self.hass, record):
                    steps.append(_MOVE)
            if (
                can_choose
                and not is_hidden(self.hass, record)
                and entries_linked_otherwise(self.hass, record)
            ):
                steps.append("take")
        if await changes.async_copy_candidates(self.hass, record):
            steps.append("copy")
        return [*steps, "delete"]

    @handle_errors
    async def async_step_move(self, user_input: Input = None) -> Result:
        """Ask which accounts to move to which other credential of the integration."""
        record = self.record
        if user_input is not None:
            target = self.collection.record(user_input[CONF_TARGET])
            return await self._async_move(user_input, target)
        others = move_targets(self.hass, record)
        targets = one_of(self.texts.overview(others))
        entries = entries_using(self.hass, record)
        fields = {vol.Required(CONF_TARGET): targets}
        return self._ask_for_accounts("move", entries, fields)

    @handle_errors
    async def async_step_take(self, user_input: Input = None) -> Result:
        """Ask which accounts that are linked otherwise are to use this credential."""
        record = self.record
        if user_input is not None:
            return await self._async_move(user_input, record)
        entries = entries_linked_otherwise(self.hass, record)
        return self._ask_for_accounts("take", entries)

    @handle_errors
    async def async_step_link_again(self, user_input: Input = None) -> Result:
        """Ask which accounts are to be linked again."""
        record = self.record
        if user_input is not None:
            chosen = _chosen(user_input, CONF_ACCOUNTS)
            await async_link_again(self.hass, chosen)
            return self.end("ask_to_be_linked", **self._told(chosen, record))
        entries = entries_using(self.hass, record)
        return self._ask_for_accounts("link_again", entries)

    def _ask_for_accounts(
        self,
        step_id: str,
        entries: list[ConfigEntry],
        fields: Fields | None = None,
    ) -> Result:
        """Ask for some of the accounts; all are ticked from the start."""
        labels = {entry.entry_id: entry.title for entry in entries}
        # An account that is gone has no tick that could be taken away.
        if entered := self.state.entered.get(CONF_ACCOUNTS):
            self.state.entered[CONF_ACCOUNTS] = [
                each for each in entered if each in labels
            ]
        chosen = vol.Required(CONF_ACCOUNTS, default=list(labels))
        return self.show_fields(
            step_id,
            {chosen: one_of(labels, multiple=True), **(fields or {})},
            self.texts.about(self.record),
        )

    async def _async_move(
        self, user_input: dict[str, Any], target: CredentialRecord
    ) -> Result:
        """Move the chosen accounts to a credential."""
        chosen = _chosen(user_input, CONF_ACCOUNTS)
        await async_move(self.hass, chosen, target)
        return self.end("moved", **self._told(chosen, target))

    def _told(self, entry_ids: list[str], record: CredentialRecord) -> Placeholders:
        """Return the placeholders that say what the accounts use now, and what to do with them."""
        found = map(self.hass.config_entries.async_get_entry, entry_ids)
        outcome = self.texts.outcome(record, [*filter(None, found)])
        return {**self.texts.about(record), "outcome": outcome}

    @handle_errors
    async def async_step_copy(self, user_input: Input = None) -> Result:
        """Ask which other integrations of the provider are to use the same client."""
        record = self.record
        if user_input is not None:
            chosen = _chosen(user_input, CONF_DOMAINS)
            copies = await changes.async_copy(self.hass, record["id"], chosen)
            if not copies:
                # All of them have it by now.
                return self.end("unchanged")
            stored = [self.collection.record(each["id"]) for each in copies]
            told = [self.texts.same_client(stored)]
            for each in stored:
                told.append(self.texts.about(each)["credential"])
                told.append(self.texts.outcome(each, entries_using(self.hass, each)))
            return self.end("copied", outcome="\n\n".join(told))
        candidates = await changes.async_copy_candidates(self.hass, record)
        names = {domain: self.texts.name(domain) for domain in candidates}
        labels = dict(sorted(names.items(), key=lambda item: item[1].casefold()))
        # Optional, or else the first would be ticked from the start.
        field = {vol.Optional(CONF_DOMAINS): one_of(labels, multiple=True)}
        return self.show_fields("copy", field, self.texts.about(record))

    @handle_errors
    async def async_step_delete(self, user_input: Input = None) -> Result:
        """Ask whether to delete; where accounts use the credential, say which."""
        record = self.record
        if entries_using(self.hass, record):
            return await self.async_go_to("in_use")
        if user_input is None:
            about = self.texts.about(record)
            return self.show_fields("delete", {}, about)
        await changes.async_delete(self.hass, record["id"])
        return self.end("deleted")

    @handle_errors
    async def async_step_in_use(self, user_input: Input = None) -> Result:
        """Show which accounts use the credential, and what can be done with them."""
        if user_input is not None:
            return await self.async_go_to(user_input[CONF_NEXT])
        record = self.record
        can_move = _MOVE in await self.async_what_else(record)
        return self.choose_next(
            "in_use",
            [_MOVE, "reconfigure"] if can_move else ["reconfigure"],
            {
                **self.texts.about(record),
                "accounts": account_links(entries_using(self.hass, record)),
                "way_out": await self.texts.async_way_out(record),
            },
        )


def _chosen(user_input: dict[str, Any], field: str) -> list[str]:
    """Return what was ticked in a field, or raise FormError."""
    chosen: list[str] = user_input.get(field, [])
    if not chosen:
        raise FormError("none_chosen", field)
    return chosen
