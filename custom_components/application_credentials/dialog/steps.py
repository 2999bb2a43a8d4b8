"""What all steps of the dialog stand on.

What a step is about stands in the flow: the integration or the credential, what
was typed, and what the provider says of it.
"""

import asyncio
from collections.abc import Callable, Container, Coroutine
from functools import wraps
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult

from ..errors import CredentialError, CredentialNotFound
from ..models import CredentialRecord, Finding
from ..provider.redirect_uri import FlowRedirectUri
from ..records.collection import DATA_COLLECTION
from .forms import (
    CONF_NEXT,
    FIELDS,
    Errors,
    Placeholders,
    async_errors_of,
    one_of_steps,
)
from .texts import async_about, async_get_texts, async_redirect_uri_text

type Step = Callable[..., Coroutine[Any, Any, SubentryFlowResult]]


class DialogFlow(ConfigSubentryFlow):
    """The state of one visit to the dialog, and what every step may need."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._domain = ""
        # Empty while a credential is added.
        self._item_id = ""
        self._typed: dict[str, Any] = {}
        # The record as the form showed it, and what of it the person has changed.
        self._seen: CredentialRecord | None = None
        self._changed: dict[str, Any] = {}
        # The credentials that get the same client.
        self._also: list[str] = []
        self._candidate: CredentialRecord | None = None
        # Asked in the first step, by request of the browser, it holds in all of them.
        self._redirect_uri = FlowRedirectUri()
        self._asking: asyncio.Task[Finding] | None = None
        # What the provider said before what was typed was saved.
        self._finding = Finding()
        # Why what was typed could not be saved, until its form has said so.
        self._refused: CredentialError | None = None

    @property
    def _record(self) -> CredentialRecord:
        return self.hass.data[DATA_COLLECTION].record(self._item_id)

    async def _async_tell(
        self, record: CredentialRecord, finding: Finding
    ) -> Placeholders:
        """Return the placeholders that say what the provider makes of a credential."""
        texts = await async_get_texts(self.hass)
        return {
            **await self._async_about(record),
            "client": texts.finding_at_length(finding),
            "uri": texts.text(
                f"redirect_uri_{finding.redirect_uri}_long",
                redirect_uri=await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
            ),
            "said": texts.said(finding),
        }

    def _choose_next(
        self, step_id: str, steps: list[str], placeholders: Placeholders
    ) -> SubentryFlowResult:
        """Ask what to do next; not in a menu, which cannot be used with a keyboard."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_NEXT, default=steps[0]): one_of_steps(
                        step_id, steps
                    )
                }
            ),
            description_placeholders=placeholders,
            last_step=False,
        )

    async def _async_go_on(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        """Go to the step that was chosen, which the form has made sure is one of its own."""
        step: Step = getattr(self, f"async_step_{user_input[CONF_NEXT]}")
        return await step()

    def _others(self) -> list[CredentialRecord]:
        """Return the other credentials of the same integration."""
        return self.hass.data[DATA_COLLECTION].others_of(self._record)

    async def _async_take_refusal(self) -> tuple[Errors, Placeholders]:
        """Return why saving was refused, once."""
        refused, self._refused = self._refused, None
        return await self._async_error(refused) if refused else ({}, {})

    async def _async_error(
        self, err: CredentialError, fields: Container[str | None] = FIELDS
    ) -> tuple[Errors, Placeholders]:
        """Return the errors of the form in which something was typed."""
        return await async_errors_of(self.hass, err, self._typed, fields)

    async def _async_about(self, record: CredentialRecord) -> Placeholders:
        """Return the placeholders that say which credential this is."""
        return await async_about(self.hass, record)


def ending_when_gone(step: Step) -> Step:
    """Have a step end the dialog where its credential is gone meanwhile."""

    @wraps(step)
    async def checked(
        self: DialogFlow, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        try:
            return await step(self, user_input)
        except CredentialNotFound:
            return self.async_abort(reason="credential_gone")

    return checked
