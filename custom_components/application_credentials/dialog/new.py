"""The form in which the client of a new credential is entered."""

from typing import Any

from ..hooks.hook import DATA_HOOKS
from ..hooks.reading import GOOGLE
from .client import ClientSteps
from .client_file import async_read_client_file
from .forms import (
    CLIENT_FIELDS,
    CONF_FILE,
    FILE_FIELD,
    NAME_FIELD,
    Fields,
    Placeholders,
)
from .steps import Input, Result, handle_errors
from .texts import async_instructions, async_name, async_redirect_uri_text


class NewClientSteps(ClientSteps):
    """The steps from the client of a new credential to the disk."""

    @handle_errors
    async def async_step_new(self, user_input: Input = None) -> Result:
        """Ask for the client of a new credential, typed or as a file."""
        state = self.state
        if user_input is not None:
            state.typed = await self._async_read(user_input)
            state.candidate = await self.collection.async_preview_create(
                self.new_fields()
            )
            return await self.async_go_to("check")
        fields: Fields = {**CLIENT_FIELDS, **NAME_FIELD}
        if await self._async_is_google():
            fields |= FILE_FIELD
        return self.show_fields(
            "new",
            fields,
            await self.async_about_new(),
            state.typed,
            last_step=False,
        )

    async def async_about_new(self) -> Placeholders:
        """Return the placeholders that say what to register, and where."""
        return {
            "integration": await async_name(self.hass, self.state.domain),
            "instructions": await async_instructions(self.hass, self.state.domain),
            "redirect_uri": await async_redirect_uri_text(
                self.hass, self.state.redirect_uri
            ),
        }

    async def _async_read(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return what was typed, with the client from the file where there is one."""
        typed = {**user_input}
        if file_id := typed.pop(CONF_FILE, None):
            typed |= await async_read_client_file(self.hass, file_id)
        return typed

    async def _async_is_google(self) -> bool:
        """Return whether the provider is the one that offers a client as a file."""
        domain = self.state.domain
        providers = await self.hass.data[DATA_HOOKS].async_providers([domain])
        return providers.get(domain) == GOOGLE
