"""The form in which the client of a new credential is entered, or given as a file."""

import json
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME
from homeassistant.core import HomeAssistant

from ..data import DATA
from ..guides.sentences import async_telling
from ..guides.table import same_console
from ..hooks.reading import GOOGLE
from ..models import CredentialRecord, name_of
from .client import ClientSteps
from .forms import (
    ADD,
    CLIENT_ID_FIELD,
    CONF_FILE,
    CONF_TARGET,
    FILE_FIELD,
    NAME_FIELD,
    Fields,
    Placeholders,
    one_of,
    secret_fields,
)
from .guide import async_instructions
from .steps import FormError, Input, Result, handle_errors

# Google's files have 400 bytes.
_MAX_SIZE: Final = 64 * 1024


class NewClientSteps(ClientSteps):
    """The steps from the client of a new credential to the disk."""

    async def async_begin_new(self) -> Result:
        """Offer a client of the same console where there is one, or else ask for a new one."""
        return await self.async_go_to("reuse" if self._reusable() else "new")

    @handle_errors
    async def async_step_reuse(self, user_input: Input = None) -> Result:
        """Ask whether to use a client of another integration, or a new one."""
        state = self.state
        if user_input is not None:
            state.changed = {}
            if user_input[CONF_TARGET] == ADD:
                return await self.async_go_to("new")
            record = self.collection.record(user_input[CONF_TARGET])
            client = {
                CONF_CLIENT_ID: str(record["client_id"]),
                CONF_CLIENT_SECRET: str(record["client_secret"]),
                CONF_NAME: name_of(record),
            }
            await self.async_take(client)
            return await self.async_go_to("check")
        records = self._reusable()
        targets = {each["id"]: self.texts.full_title(each) for each in records} | {
            ADD: self.texts.text("other_client")
        }
        field = vol.Required(CONF_TARGET, default=next(iter(targets)))
        names = {self.texts.name(each["domain"]) for each in records}
        telling = await async_telling(self.hass, state.domain)
        assert telling is not None
        return self.show_fields(
            "reuse",
            {field: one_of(targets)},
            {
                **await self.async_about_new(),
                "reuse": telling.reuse(sorted(names, key=str.casefold)),
            },
        )

    def _reusable(self) -> list[CredentialRecord]:
        """Return credentials whose client the integration can use; each client once."""
        domain = self.state.domain
        findings = self.hass.data[DATA].findings
        stored = {str(each["client_id"]) for each in self.collection.records_of(domain)}
        found = {
            str(record["client_id"]): record
            for other in same_console(domain)
            for record in self.collection.records_of(other)
            if not findings.is_rejected(record["id"])
        }
        return [record for key, record in found.items() if key not in stored]

    @handle_errors
    async def async_step_new(self, user_input: Input = None) -> Result:
        """Ask for the client of a new credential, typed or as a file."""
        domain = self.state.domain
        if user_input is not None:
            # A file can be read once: after an error, another one is chosen.
            if file_id := user_input.pop(CONF_FILE, None):
                user_input |= await self.hass.async_add_executor_job(
                    _read_client_file, self.hass, file_id
                )
            await self.async_take(user_input)
            return await self.async_go_to("check")
        fields: Fields = CLIENT_ID_FIELD | secret_fields(domain) | NAME_FIELD
        providers = await self.hass.data[DATA].hooks.async_providers([domain])
        if providers.get(domain) == GOOGLE:
            fields |= FILE_FIELD
        return self.show_fields("new", fields, await self.async_about_new())

    async def async_about_new(self) -> Placeholders:
        """Return the placeholders that say what to register, and where."""
        domain, instructions = self.state.domain, ""
        # A dialog on a phone jumps to the top, and an error below a guide is out of sight.
        if not self.state.errors:
            instructions = await async_instructions(
                self.hass, domain, self.redirect_uri
            )
        return {
            "integration": self.texts.name(domain),
            "instructions": instructions,
        }


def _read_client_file(hass: HomeAssistant, file_id: str) -> dict[str, str]:
    """Return client ID and client secret from a file of Google's console, which is deleted.

    Raise FormError, also for an upload that is not there.
    """
    try:
        with process_uploaded_file(hass, file_id) as path, path.open("rb") as file:
            text = file.read(_MAX_SIZE)
    except (ValueError, OSError) as err:
        # Taken by another step or another user, or Home Assistant was restarted.
        raise FormError("file_gone", CONF_FILE) from err
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as err:
        raise FormError("file_invalid", CONF_FILE) from err
    match content:
        case {"web": {"client_id": str(client_id), "client_secret": str(secret)}} | {
            "installed": {"client_id": str(client_id), "client_secret": str(secret)}
        }:
            return {CONF_CLIENT_ID: client_id, CONF_CLIENT_SECRET: secret}
    raise FormError("file_invalid", CONF_FILE)
