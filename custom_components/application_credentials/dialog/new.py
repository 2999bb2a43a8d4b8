"""The form in which the client of a new credential is entered."""

from typing import Any

import voluptuous as vol

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME

from ..data import DATA
from ..guides.sentences import async_telling
from ..guides.table import same_console
from ..hooks.reading import GOOGLE
from ..models import CredentialRecord, Verdict, name_of
from .client import ClientSteps
from .client_file import async_read_client_file
from .forms import (
    ADD,
    CLIENT_ID_FIELD,
    CONF_FILE,
    CONF_SECRET_ENDS,
    CONF_TARGET,
    FILE_FIELD,
    NAME_FIELD,
    Fields,
    Placeholders,
    one_of,
    secret_fields,
)
from .guide import async_instructions
from .steps import Input, Result, handle_errors
from .texts import async_full_title, async_get_texts, async_name, async_names


class NewClientSteps(ClientSteps):
    """The steps from the client of a new credential to the disk."""

    async def async_begin_new(self) -> Result:
        """Offer a client of the same console where there is one, or else ask for a new one."""
        self.state.typed = {}
        return await self.async_go_to("reuse" if self._reusable() else "new")

    @handle_errors
    async def async_step_reuse(self, user_input: Input = None) -> Result:
        """Ask whether to use a client of another integration, or a new one."""
        state = self.state
        if user_input is not None:
            if user_input[CONF_TARGET] == ADD:
                state.typed = {}
                return await self.async_go_to("new")
            record = self.collection.record(user_input[CONF_TARGET])
            state.typed = {
                CONF_CLIENT_ID: str(record["client_id"]),
                CONF_CLIENT_SECRET: str(record["client_secret"]),
                CONF_NAME: name_of(record),
            }
            state.candidate = await self.collection.async_preview_create(
                self.new_fields()
            )
            return await self.async_go_to("check")
        records = self._reusable()
        texts = await async_get_texts(self.hass)
        targets = {
            each["id"]: await async_full_title(self.hass, each) for each in records
        } | {ADD: texts.text("other_client")}
        field = vol.Required(CONF_TARGET, default=next(iter(targets)))
        names = await async_names(self.hass, {each["domain"] for each in records})
        telling = await async_telling(self.hass, state.domain)
        assert telling is not None
        return self.show_fields(
            "reuse",
            {field: one_of(targets)},
            {
                **await self.async_about_new(),
                "reuse": telling.reuse(sorted(names.values(), key=str.casefold)),
            },
            last_step=False,
        )

    def _reusable(self) -> list[CredentialRecord]:
        """Return credentials whose client the integration can use; each client once."""
        domain = self.state.domain
        findings = self.hass.data[DATA].findings
        stored = {each["client_id"] for each in self.collection.records_of(domain)}
        found: dict[str, CredentialRecord] = {}
        for other in same_console(domain):
            for record in self.collection.records_of(other):
                finding = findings.get(record["id"])
                if record["client_id"] not in stored and (
                    finding is None or finding.client is not Verdict.REJECTED
                ):
                    found.setdefault(record["client_id"], record)
        return list(found.values())

    @handle_errors
    async def async_step_new(self, user_input: Input = None) -> Result:
        """Ask for the client of a new credential, typed or as a file."""
        state = self.state
        if user_input is not None:
            state.secret_ends = user_input.get(CONF_SECRET_ENDS, "")
            state.typed = await self._async_read(user_input)
            state.candidate = await self.collection.async_preview_create(
                self.new_fields()
            )
            return await self.async_go_to("check")
        fields: Fields = CLIENT_ID_FIELD | secret_fields(state.domain) | NAME_FIELD
        if await self._async_is_google():
            fields |= FILE_FIELD
        return self.show_fields(
            "new",
            fields,
            await self.async_about_new(),
            state.typed
            | ({CONF_SECRET_ENDS: state.secret_ends} if state.secret_ends else {}),
            last_step=False,
        )

    async def async_about_new(self) -> Placeholders:
        """Return the placeholders that say what to register, and where."""
        return {
            "integration": await async_name(self.hass, self.state.domain),
            "instructions": await async_instructions(
                self.hass, self.state.domain, self.state.redirect_uri
            ),
        }

    async def _async_read(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return what was typed, with the client from the file where there is one."""
        typed = {**user_input}
        typed.pop(CONF_SECRET_ENDS, None)
        if file_id := typed.pop(CONF_FILE, None):
            typed |= await async_read_client_file(self.hass, file_id)
        return typed

    async def _async_is_google(self) -> bool:
        """Return whether the provider is the one that offers a client as a file."""
        domain = self.state.domain
        providers = await self.hass.data[DATA].hooks.async_providers([domain])
        return providers.get(domain) == GOOGLE
