"""What all steps of the dialog and of the repairs stand on.

What a visit is about is in its `FlowState`. `handle_errors` turns what a step raises
into an error of the form that was shown last, or into an end.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import voluptuous as vol

from homeassistant.data_entry_flow import FlowHandler, FlowResult

from ..errors import CredentialError, CredentialNotFound, InvalidCredential
from ..models import CredentialRecord, Finding
from ..provider.redirect_uri import async_redirect_uri
from ..records.collection import DATA_COLLECTION, CredentialCollection
from .forms import CONF_ALSO, CONF_NEXT, Fields, Placeholders, one_of_steps
from .texts import Texts, async_get_texts

# What a step gets, and what it returns.
type Input = dict[str, Any] | None
type Result = FlowResult[Any, Any]
type Step[FlowT] = Callable[[FlowT, Input], Coroutine[Any, Any, Result]]


class FormError(InvalidCredential):
    """What was entered is no use; the text is one of the form."""


class FlowState:
    """What a visit is about, what was typed, and what the provider says of it."""

    def __init__(self) -> None:
        """Initialize the state of a visit that begins."""
        # The integration of a credential that is added.
        self.domain = ""
        # The stored credential; empty until a new one is saved.
        self.item_id = ""
        # What the fields of the client showed as stored, and what was typed instead.
        self.shown: dict[str, str] = {}
        self.changed: dict[str, str] = {}
        # Whether the credentials that are the same client get the new one.
        self.also = False
        # The ids of the credentials that were saved, and of those that have another client now.
        self.saved: list[str] = []
        self.with_new_client: list[str] = []
        # The record that would be saved; None where the question is about the stored one.
        self.candidate: CredentialRecord | None = None
        # Whether the provider's answer is only to be shown.
        self.is_check = False
        self.finding: Finding | None = None
        # The last step that `show_fields` has shown, its fields, and what was wrong with the input.
        self.form = ""
        self.fields: frozenset[str] = frozenset()
        self.entered: dict[str, Any] = {}
        self.errors: dict[str, str] = {}
        self.placeholders: Placeholders = {}

    @property
    def is_changed(self) -> bool:
        """Return whether anything is to be saved."""
        return self.also or bool(self.changed)


class CredentialSteps(FlowHandler[Any, FlowResult[Any, Any], Any]):
    """The state of one visit, and what every step may need."""

    # The reason to end with where the credential is gone.
    reason_gone = "credential_gone"
    # In the language of the person, read anew for every step.
    texts: Texts

    def __init__(self) -> None:
        """Initialize a visit."""
        self.state = FlowState()

    @property
    def collection(self) -> CredentialCollection:
        """Return the stored credentials."""
        return self.hass.data[DATA_COLLECTION]

    @property
    def record(self) -> CredentialRecord:
        """Return the credential of this visit, or raise CredentialNotFound."""
        return self.collection.record(self.state.item_id)

    @property
    def redirect_uri(self) -> str | None:
        """Return the redirect URI to register, None where it is not known."""
        return async_redirect_uri(self.hass)

    def show_fields(
        self, step_id: str, fields: Fields, placeholders: Placeholders
    ) -> Result:
        """Show a form, with what was typed before, and what was wrong with it."""
        state = self.state
        state.form = step_id
        state.fields = frozenset(map(str, fields))
        shown = {**state.shown, **state.changed, CONF_ALSO: state.also}
        suggested = {field: value for field, value in shown.items() if value}
        form = self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(fields), {**suggested, **state.entered}
            ),
            errors=state.errors,
            description_placeholders={**placeholders, **state.placeholders},
        )
        state.entered, state.errors, state.placeholders = {}, {}, {}
        return form

    def choose_next(
        self, step_id: str, steps: list[str], placeholders: Placeholders
    ) -> Result:
        """Ask what to do next; not in a menu, which cannot be used with a keyboard."""
        choice = vol.Required(CONF_NEXT, default=steps[0])
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema({choice: one_of_steps(step_id, steps)}),
            description_placeholders=placeholders,
        )

    def end(self, reason: str, **placeholders: str) -> Result:
        """End with a text."""
        return self.async_abort(reason=reason, description_placeholders=placeholders)

    async def async_go_to(self, step_id: str) -> Result:
        """Go to a step."""
        result: Result = await getattr(self, f"async_step_{step_id}")()
        return result


def handle_errors[FlowT: CredentialSteps](step: Step[FlowT]) -> Step[FlowT]:
    """Show the last form again with the error that a step raises.

    A step may raise only while it handles input, after `show_fields`. An error stands at its
    field, or at the form where that has no such field. End the visit where its credential is
    gone.
    """

    @wraps(step)
    async def handled(self: FlowT, user_input: Input = None) -> Result:
        state = self.state
        self.texts = await async_get_texts(self.hass)
        try:
            return await step(self, user_input)
        except CredentialNotFound:
            is_known = self.collection.store.readable
            return self.end(self.reason_gone if is_known else "storage_read_only")
        except CredentialError as err:
            field = getattr(err, "field", None)
            place = field if field in state.fields else "base"
            state.errors = {place: err.translation_key or ""}
            state.placeholders = self.texts.named(err.translation_placeholders or {})
        # Only what was typed: the rest is shown as it is stored by then.
        state.entered = {
            field: value
            for field, value in (user_input or {}).items()
            if value != state.shown.get(field)
        }
        return await self.async_go_to(state.form)

    return handled
