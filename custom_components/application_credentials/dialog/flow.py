"""The dialog of a row: add a credential, or see how one stands, and change it."""

from collections import Counter
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.config_entries import SOURCE_USER, ConfigSubentryFlow
from homeassistant.const import CONF_DOMAIN
from homeassistant.helpers.selector import SelectSelectorMode
from homeassistant.loader import async_get_application_credentials

from ..accounts.usage import entries_using
from ..data import DATA
from ..models import Finding, Verdict, is_same_client
from .actions import ActionSteps
from .forms import (
    CLIENT_ID_FIELD,
    CONF_NEXT,
    NAME_FIELD,
    one_of,
    one_of_steps,
    secret_fields,
)
from .guide import async_patience_text
from .new import NewClientSteps
from .steps import FormError, Input, Result, handle_errors

_SAVE: Final = "save"
_CHECK: Final = "check"


class CredentialFlow(NewClientSteps, ActionSteps, ConfigSubentryFlow):
    """One visit to the dialog; Home Assistant starts it at `user` or `reconfigure`."""

    @handle_errors
    async def async_step_user(self, user_input: Input = None) -> Result:
        """Ask for the integration that a new credential is for."""
        domains = await async_get_application_credentials(self.hass)
        names = {domain: self.texts.name(domain) for domain in domains}
        count = Counter(names.values())
        # Two integrations may have one name.
        called = {
            f"{name} ({domain})" if count[name] > 1 else name: domain
            for domain, name in names.items()
        }
        if user_input is not None:
            if not (typed := user_input.get(CONF_DOMAIN, "").strip().casefold()):
                raise FormError("none_picked", CONF_DOMAIN)
            found = {domain: domain for domain in domains}
            found |= {name.casefold(): domain for name, domain in called.items()}
            if typed not in found:
                raise FormError("no_such_integration", CONF_DOMAIN)
            self.state.domain = found[typed]
            return await self.async_begin_new()
        # Optional, or else the first would be picked from the start.
        # By their names, since a list that can be typed into shows the value.
        field = {
            vol.Optional(CONF_DOMAIN): one_of(
                {name: name for name in sorted(called, key=str.casefold)}, typed=True
            )
        }
        return self.show_fields("user", field, {})

    @override
    async def async_end_saved(self) -> Result:
        if self.source != SOURCE_USER:
            return await super().async_end_saved()
        record = self.record
        finding = self.hass.data[DATA].findings.get(record["id"]) or Finding()
        told = await self.async_told(record, finding)
        # It may be one that accounts have missed.
        outcome = self.texts.outcome(record, entries_using(self.hass, record))
        parts = [told["result"], outcome]
        if finding.client is Verdict.REJECTED:
            # The step before has said why.
            patience = await async_patience_text(self.hass, record, finding)
            parts = [outcome, patience]
        told["outcome"] = "\n\n".join(filter(None, parts))
        has_entry = self.hass.config_entries.async_get_entry(self.handler[0])
        if not has_entry or finding.is_rejection:
            # Home Assistant calls the other end "Success".
            return self.end("saved", **told)
        return self.async_create_entry(
            title=self.texts.title(record),
            data={},
            unique_id=record["id"],
            description_placeholders=told,
        )

    @override
    async def async_save(self) -> Result:
        if self.source != SOURCE_USER:
            return await super().async_save()
        # Home Assistant adds the row when this has returned, and `rows` must not do so before.
        async with self.hass.data[DATA].rows.adding:
            return await super().async_save()

    @handle_errors
    async def async_step_reconfigure(self, user_input: Input = None) -> Result:
        """Show a credential, and ask for what to change or what else to do."""
        state = self.state
        state.item_id = state.item_id or self._item_id_of_row()
        if user_input is not None:
            return await self._async_edit(user_input)
        record = self.record
        # First and in one line: below the fields it would be out of sight.
        choice = one_of_steps(
            "reconfigure",
            [_SAVE, _CHECK, *await self.async_what_else(record)],
            SelectSelectorMode.DROPDOWN,
        )
        return await self.async_show_stored(
            "reconfigure",
            {vol.Required(CONF_NEXT, default=_SAVE): choice}
            | secret_fields(record["domain"])
            | CLIENT_ID_FIELD
            | NAME_FIELD,
        )

    async def _async_edit(self, user_input: dict[str, Any]) -> Result:
        """Do what was chosen with what was typed."""
        state = self.state
        await self.async_take(user_input)
        step_id = user_input[CONF_NEXT]
        if step_id not in (_SAVE, _CHECK):
            if state.is_changed:
                raise FormError("save_first", CONF_NEXT)
            return await self.async_go_to(step_id)
        if step_id == _SAVE and not state.is_changed:
            return self.end("unchanged")
        state.is_check = step_id == _CHECK
        if is_same_client(self.record, state.candidate):
            # It is the stored client that the provider knows, or not.
            state.candidate = state.finding = None
            if step_id == _SAVE:
                return await self.async_save()
        return await self.async_go_to(_CHECK)

    def _item_id_of_row(self) -> str:
        """Return the id of the credential whose row was opened, empty where it is gone."""
        entry = self.hass.config_entries.async_get_entry(self.handler[0])
        row = entry.subentries.get(self.context["subentry_id"]) if entry else None
        return row.unique_id or "" if row else ""
