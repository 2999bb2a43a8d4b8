"""From a client that was typed to the disk, for a new credential and for a changed one.

Nothing is saved before the provider was asked, and a person decides what to do
about a bad answer.
"""

from datetime import date
from typing import Any, Final

from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_DOMAIN,
    CONF_NAME,
)
from homeassistant.util import dt as dt_util

from ..accounts import changes
from ..accounts.ends import TOLD_BEFORE, keep_secret_end, secret_end
from ..accounts.usage import entries_using
from ..data import DATA
from ..models import CredentialRecord, Finding, Verdict, is_same_client, name_of
from ..provider.check import async_ask_provider
from ..provider.redirect_uri import async_browser_redirect_uri
from ..text import as_paragraph
from .forms import (
    ALSO_FIELD,
    CONF_ALSO,
    CONF_NEXT,
    CONF_SECRET_ENDS,
    Fields,
    Placeholders,
)
from .guide import async_patience_text, async_where_to_copy
from .steps import CredentialSteps, FormError, Input, Result, handle_errors

_CLIENT_FIELDS: Final = {
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_NAME,
    CONF_SECRET_ENDS,
}


class ClientSteps(CredentialSteps):
    """The steps that ask the provider about a client, and save it."""

    @handle_errors
    async def async_step_check(self, user_input: Input = None) -> Result:
        """Ask the provider about what was typed, or else about what is stored."""
        state = self.state
        redirect_uri = async_browser_redirect_uri(self.hass)
        if state.candidate is None:
            state.finding = await self.hass.data[DATA].findings.async_check(
                self.record["id"], redirect_uri
            )
        else:
            state.finding = await async_ask_provider(
                self.hass, state.candidate, redirect_uri
            )
        return await self.async_go_to("asked")

    @handle_errors
    async def async_step_asked(self, user_input: Input = None) -> Result:
        """Save what the provider accepts, and ask what to do about the rest."""
        if user_input is not None:
            return await self.async_go_to(user_input[CONF_NEXT])
        state = self.state
        finding = state.finding or Finding()
        # Raises where it is gone by now.
        stored = self.record if state.item_id else None
        asked = state.candidate or stored
        assert asked is not None
        if state.is_check:
            step_id, options = "finding", [state.form, "check"]
            if state.is_changed:
                is_accepted = finding.client is Verdict.ACCEPTED
                options.insert(0 if is_accepted else 1, "save_anyway")
        elif finding.client is Verdict.REJECTED:
            step_id, options = "rejected", [state.form, "save_anyway"]
        elif finding.redirect_uri is Verdict.REJECTED:
            step_id, options = "redirect_uri", ["check", "save_anyway", state.form]
        elif finding.client is Verdict.UNKNOWN:
            step_id, options = "unknown", ["save_anyway", state.form]
        else:
            return await self.async_save()
        return self.choose_next(step_id, options, await self.async_told(asked, finding))

    # The same step under the names of what it shows.
    async_step_finding = async_step_asked
    async_step_rejected = async_step_asked
    async_step_redirect_uri = async_step_asked
    async_step_unknown = async_step_asked

    @handle_errors
    async def async_step_save_anyway(self, user_input: Input = None) -> Result:
        """Save what the provider does not accept, or what was only checked."""
        return await self.async_save()

    async def async_show_stored(self, step_id: str, fields: Fields) -> Result:
        """Show the fields of the stored credential, and how it stands."""
        record, domain = self.record, self.record["domain"]
        same_client = await changes.async_same_client(self.hass, record)
        end = secret_end(self.hass, record["id"])
        stored = {
            CONF_NAME: name_of(record),
            CONF_CLIENT_ID: str(record["client_id"]),
            CONF_SECRET_ENDS: end.isoformat() if end else "",
        }
        self.state.shown = {
            field: value for field, value in stored.items() if field in fields
        }
        finding = self.hass.data[DATA].findings.get(record["id"])
        patience = await async_patience_text(self.hass, record, finding)
        placeholders = {
            **self.texts.about(record),
            "finding": as_paragraph(self.texts.finding_when(finding), patience),
            "said": as_paragraph(self.texts.said(finding), patience),
            "day": str(end or "–"),
            "use": await self.texts.async_use(record),
            "also": self.texts.same_client(same_client),
            "values": await async_where_to_copy(self.hass, domain),
            "links": self.texts.link(domain),
            "redirect_uri": self.texts.own_redirect_uri(domain, self.redirect_uri),
        }
        fields = fields | (ALSO_FIELD if same_client else {})
        return self.show_fields(step_id, fields, placeholders)

    async def async_take(self, user_input: dict[str, Any]) -> None:
        """Take what was typed; raise CredentialError for what cannot be stored.

        A field that holds what it showed is no change. A blank secret stays.
        """
        state = self.state
        state.changed = {}
        for field in _CLIENT_FIELDS:
            typed, shown = user_input.get(field, ""), state.shown.get(field, "")
            # A pasted value may have spaces around it, which are not stored.
            if typed != shown and typed.strip() != shown:
                state.changed[field] = typed.strip()
        if state.item_id and CONF_CLIENT_SECRET in state.changed:
            # It belongs to the client ID that was shown, whatever is stored by now.
            shown_id = state.shown[CONF_CLIENT_ID]
            if shown_id != str(self.record["client_id"]):
                state.changed.setdefault(CONF_CLIENT_ID, shown_id)
        if not state.item_id:
            state.candidate = await self.collection.async_preview_create(
                self.new_fields()
            )
            await self._async_refuse_second()
            return
        state.candidate = record = self.record
        if changed := self._changed_fields():
            state.candidate = self.collection.preview_update(state.item_id, changed)
        state.also = user_input.get(CONF_ALSO, False)
        if str(state.candidate["client_id"]) != str(record["client_id"]):
            await self._async_refuse_second()

    async def async_save(self) -> Result:
        """Save what was typed, with what the provider has said of it."""
        state = self.state
        if state.item_id:
            await self._async_save_changes()
        else:
            # It may have been added meanwhile.
            await self._async_refuse_second()
            fields = self.new_fields()
            created = await changes.async_create(self.hass, fields, check=False)
            state.item_id = created["id"]
            state.saved = [state.item_id]
        self._keep_secret_end()
        if state.candidate is not None and state.finding is not None:
            self.hass.data[DATA].findings.async_adopt(
                state.item_id, state.candidate, state.finding
            )
        return await self.async_end_saved()

    async def _async_save_changes(self) -> None:
        """Save what was typed for the stored credential, and for the others that get it."""
        state = self.state
        before = [self.record, *await self._async_others()]
        state.saved = [record["id"] for record in before]
        updates = self._changed_fields()
        if state.also and not updates:
            # An update needs a field: an unchanged client ID has the others get the client.
            updates = {CONF_CLIENT_ID: self.record["client_id"]}
        if not updates:
            return
        await changes.async_update(
            self.hass, state.item_id, updates, also=state.saved[1:], check=False
        )
        stored = self.collection.data
        state.with_new_client = [
            record["id"]
            for record in before
            if not is_same_client(record, stored.get(record["id"]))
        ]

    async def _async_others(self) -> list[CredentialRecord]:
        """Return the credentials that get the same client; none unless that was ticked."""
        if not self.state.also:
            return []
        return await changes.async_same_client(self.hass, self.record)

    def _keep_secret_end(self) -> None:
        """Keep the day that was entered for the client secret, or that stands in the form.

        A day in the next two weeks is dropped: it is why the secret was replaced.
        """
        state = self.state
        day = state.changed.get(CONF_SECRET_ENDS)
        shown = state.shown.get(CONF_SECRET_ENDS, "")
        near = (dt_util.now().date() + TOLD_BEFORE).isoformat()
        if day is None and state.with_new_client and shown > near:
            day = shown
        if day is not None:
            end = date.fromisoformat(day) if day else None
            for item_id in self.collection.data.keys() & state.saved:
                keep_secret_end(self.hass, item_id, end)

    async def _async_refuse_second(self) -> None:
        """Raise FormError if another credential of an integration has this client ID.

        It could be stored, but a person who enters it again means the one that is there.
        """
        candidate = self.state.candidate
        assert candidate is not None
        others = await self._async_others()
        own = {self.state.item_id, *(other["id"] for other in others)}
        for domain in (candidate["domain"], *(other["domain"] for other in others)):
            for record in self.collection.records_of(domain):
                is_same = str(record["client_id"]) == str(candidate["client_id"])
                if is_same and record["id"] not in own:
                    raise FormError(
                        "client_exists",
                        CONF_CLIENT_ID,
                        domain=domain,
                        existing=self.texts.title(record),
                    )

    async def async_end_saved(self) -> Result:
        """End the dialog with what happens to which account."""
        state, record, outcome = self.state, self.record, ""
        found = map(self.collection.data.get, state.with_new_client)
        entries = [
            entry
            for each in filter(None, found)
            for entry in entries_using(self.hass, each)
        ]
        is_rejected = self.hass.data[DATA].findings.is_rejected(record["id"])
        if entries or record["id"] in state.with_new_client or is_rejected:
            is_new_id = CONF_CLIENT_ID in state.changed
            outcome = self.texts.outcome(record, entries, is_new_client=is_new_id)
        return self.end("saved", **self.texts.about(record), outcome=outcome)

    def new_fields(self) -> dict[str, Any]:
        """Return the fields of the credential that is added."""
        return {
            CONF_DOMAIN: self.state.domain,
            CONF_CLIENT_ID: "",
            CONF_CLIENT_SECRET: "",
            **self._changed_fields(),
        }

    def _changed_fields(self) -> dict[str, Any]:
        """Return what was typed for the record; the day is kept beside it."""
        return {
            field: value
            for field, value in self.state.changed.items()
            if field != CONF_SECRET_ENDS
        }

    async def async_told(
        self, record: CredentialRecord, finding: Finding
    ) -> Placeholders:
        """Return the placeholders that say what the provider makes of a credential."""
        patience = await async_patience_text(self.hass, record, finding)
        result = self.texts.result(
            record["domain"], finding, patience, self.redirect_uri
        )
        if self.state.is_check and self.state.is_changed:
            result = f"{result}\n\n{self.texts.text('not_saved')}"
        return {**self.texts.about(record), "result": result}
