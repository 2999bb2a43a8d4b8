"""From a client that was typed to the disk, for a new credential and for a changed one.

Nothing is saved before the provider was asked, and a person decides what to do
about a bad answer.
"""

import asyncio
from datetime import date
from typing import Any, Final

from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_DOMAIN,
    CONF_NAME,
)

from ..accounts import changes
from ..accounts.secret_end import keep_secret_end, secret_end
from ..data import DATA
from ..models import CredentialRecord, Finding, Verdict, name_of
from ..provider.check import async_ask_provider
from ..text import async_is_administrator
from .forms import CONF_ALSO, CONF_NEXT, CONF_SECRET_ENDS, Placeholders
from .guide import async_patience_text
from .steps import CredentialSteps, Input, Result, handle_errors
from .texts import async_about, async_get_texts, async_outcome, async_result

# How long a step waits for an answer before it shows that it waits. Most providers answer
# sooner; and Home Assistant's dialogs miss an answer that comes while they open that page.
_AT_ONCE_SECONDS: Final = 1


class ClientSteps(CredentialSteps):
    """The steps that ask the provider about a client, and save it."""

    @handle_errors
    async def async_step_check(self, user_input: Input = None) -> Result:
        """Ask the provider about what was typed, or else about what is stored."""
        state = self.state
        redirect_uri = state.redirect_uri.of_browser(self.hass)
        if state.candidate is None:
            asking = self.hass.data[DATA].findings.async_check(
                self.record["id"], redirect_uri
            )
        else:
            asking = async_ask_provider(self.hass, state.candidate, redirect_uri)
        state.asking = self.hass.async_create_task(asking, "ask the provider")
        await asyncio.wait([state.asking], timeout=_AT_ONCE_SECONDS)
        return await self.async_go_to("asked" if state.asking.done() else "asking")

    async def async_step_asking(self, user_input: Input = None) -> Result:
        """Show that the provider is being asked."""
        assert self.state.asking is not None
        if self.state.asking.done():
            return self.async_show_progress_done(next_step_id="asked")
        return self.async_show_progress(
            step_id="asking",
            progress_action="asking",
            progress_task=self.state.asking,
        )

    @handle_errors
    async def async_step_asked(self, user_input: Input = None) -> Result:
        """Save what the provider accepts, and ask what to do about the rest."""
        if user_input is not None:
            return await self.async_go_to(user_input[CONF_NEXT])
        state = self.state
        assert state.asking is not None
        state.finding = finding = await state.asking
        # Raises where it is gone by now.
        stored = self.record if state.item_id else None
        asked = state.candidate or stored
        assert asked is not None
        if state.is_check:
            return await self._async_show_finding(asked, finding)
        if finding.client is Verdict.REJECTED:
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

    async def _async_show_finding(
        self, record: CredentialRecord, finding: Finding
    ) -> Result:
        """Show what the provider said; what was typed can be saved from here."""
        options = [self.state.form, "check"]
        if self.state.candidate is not None:
            is_accepted = finding.client is Verdict.ACCEPTED
            options.insert(0 if is_accepted else 1, "save_anyway")
        told = await self.async_told(record, finding)
        return self.choose_next("finding", options, told)

    def fields_to_show(self) -> dict[str, Any]:
        """Return what the fields of the stored credential are to show.

        What was changed stays; the rest is as it is stored now.
        """
        state, record = self.state, self.record
        state.shown = {
            CONF_NAME: name_of(record),
            CONF_CLIENT_ID: str(record["client_id"]),
        } | {
            field: state.shown[field] for field in state.changed if field in state.shown
        }
        end = secret_end(self.hass, record["id"])
        state.shown_end = end.isoformat() if end else ""
        shown = {**state.shown, **state.changed, CONF_ALSO: bool(state.also)}
        if day := state.secret_ends or state.shown_end:
            shown[CONF_SECRET_ENDS] = day
        return shown

    def take_changes(
        self, user_input: dict[str, Any], same_client: list[CredentialRecord]
    ) -> None:
        """Take what was typed as changes of the stored credential.

        A field that holds what it showed is no change. A blank secret stays. Raises
        InvalidCredential.
        """
        state, record = self.state, self.record
        state.typed = {
            field: user_input.get(field, "")
            for field in (CONF_CLIENT_ID, CONF_NAME)
            if field in state.fields
        }
        if secret := user_input.get(CONF_CLIENT_SECRET):
            state.typed[CONF_CLIENT_SECRET] = secret
        state.secret_ends = user_input.get(CONF_SECRET_ENDS, "")
        if secret and state.secret_ends == state.shown_end:
            # It was the day of the secret before.
            state.secret_ends = ""
        state.changed = {
            field: value
            for field, value in state.typed.items()
            if value != state.shown.get(field, "")
        }
        state.also = (
            [other["id"] for other in same_client] if user_input.get(CONF_ALSO) else []
        )
        state.candidate = record
        if state.changed:
            state.candidate = self.collection.preview_update(
                state.item_id, state.changed
            )

    async def async_save(self) -> Result:
        """Save what was typed, with what the provider has said of it."""
        if not await async_is_administrator(self.hass):
            # No more, since this step began to wait for the provider.
            return self.end("not_administrator")
        await self.async_store()
        state = self.state
        if state.candidate is not None and state.finding is not None:
            self.hass.data[DATA].findings.async_adopt(
                state.item_id, state.candidate, state.finding
            )
        return await self.async_end_saved()

    async def async_store(self) -> None:
        """Create or change the credential; raises CredentialError."""
        state = self.state
        if state.item_id:
            # Unchanged, its client is what the credentials `also` get.
            updates = state.changed or {CONF_CLIENT_ID: self.record["client_id"]}
            await changes.async_update(
                self.hass, state.item_id, updates, also=state.also, check=False
            )
        else:
            record = await changes.async_create(
                self.hass, self.new_fields(), check=False
            )
            state.item_id = record["id"]
        if state.secret_ends != state.shown_end:
            day = date.fromisoformat(state.secret_ends) if state.secret_ends else None
            for item_id in (state.item_id, *state.also):
                keep_secret_end(self.hass, item_id, day)

    async def async_end_saved(self) -> Result:
        """Say what happens to which account."""
        state = self.state
        about = await async_about(self.hass, self.record)
        outcome = await async_outcome(
            self.hass,
            [self.collection.record(each) for each in (state.item_id, *state.also)],
            state.changed,
            state.finding,
        )
        return self.end("saved", **about, outcome=outcome)

    def new_fields(self) -> dict[str, Any]:
        """Return the fields of the credential that is added."""
        return {
            CONF_DOMAIN: self.state.domain,
            CONF_CLIENT_ID: "",
            CONF_CLIENT_SECRET: "",
            **self.state.typed,
        }

    async def async_told(
        self, record: CredentialRecord, finding: Finding
    ) -> Placeholders:
        """Return the placeholders that say what the provider makes of a credential."""
        state = self.state
        result = await async_result(
            self.hass, record["domain"], finding, state.redirect_uri
        )
        if patience := await async_patience_text(self.hass, record, finding):
            result = f"{result}\n\n{patience}"
        if state.is_check and state.candidate is not None:
            texts = await async_get_texts(self.hass)
            result = f"{result}\n\n{texts.text('not_saved')}"
        return {**await async_about(self.hass, record), "result": result}
