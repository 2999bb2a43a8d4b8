"""Add a credential: pick the integration, then enter its client."""

from typing import Any
from urllib.parse import urlsplit

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_DOMAIN
from homeassistant.helpers.selector import SelectSelectorMode
from homeassistant.loader import async_get_application_credentials

from ..errors import CredentialError
from ..hooks.hooks import DATA_HOOKS
from ..records.collection import DATA_COLLECTION
from .client_file import NotAClientFile, async_read_client_file
from .forms import (
    CLIENT_FIELDS,
    CONF_FILE,
    FILE_FIELD,
    NAME_FIELD,
    Errors,
    error_of,
    one_of,
)
from .saving import SavingSteps
from .texts import async_instructions, async_names, async_redirect_uri_text


class AddSteps(SavingSteps):
    """The steps from an integration to a new credential."""

    async def async_step_add(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the integration that the credential is for."""
        errors: Errors = {}
        if user_input is not None:
            if domain := user_input.get(CONF_DOMAIN):
                self._domain = domain
                self._item_id = ""
                self._typed = {}
                return await self.async_step_new()
            errors = {CONF_DOMAIN: "none_chosen"}
        names = await async_names(
            self.hass, await async_get_application_credentials(self.hass)
        )
        by_name = dict(sorted(names.items(), key=lambda item: item[1].casefold()))
        return self.async_show_form(
            step_id="add",
            data_schema=vol.Schema(
                {
                    # Optional, or else the first would be picked from the start.
                    vol.Optional(CONF_DOMAIN): one_of(
                        by_name, SelectSelectorMode.DROPDOWN
                    )
                }
            ),
            errors=errors,
            last_step=False,
        )

    async def async_step_new(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the client of a new credential, typed or as a file."""
        errors, placeholders = self._take_refusal()
        if user_input is not None:
            try:
                self._typed = await self._async_read(user_input)
                self._candidate = await self.hass.data[
                    DATA_COLLECTION
                ].async_preview_create(self._new_fields())
                return await self._async_ask()
            except NotAClientFile as err:
                errors = {CONF_FILE: err.reason}
            except CredentialError as err:
                errors, placeholders = error_of(err)
        return self.async_show_form(
            step_id="new",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    NAME_FIELD
                    | CLIENT_FIELDS
                    | (FILE_FIELD if await self._async_is_google() else {})
                ),
                self._typed if user_input is None else user_input,
            ),
            errors=errors,
            description_placeholders={
                "integration": (await async_names(self.hass, [self._domain]))[
                    self._domain
                ],
                "instructions": await async_instructions(self.hass, self._domain),
                "redirect_uri": await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
                **placeholders,
            },
            last_step=False,
        )

    async def _async_read(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return what was typed, with the client from the file where there is one."""
        typed = {**user_input}
        if file_id := typed.pop(CONF_FILE, None):
            typed |= await async_read_client_file(self.hass, file_id)
        return typed

    async def _async_is_google(self) -> bool:
        """Return whether the provider is the one that offers a client as a file."""
        urls = await self.hass.data[DATA_HOOKS].async_urls([self._domain])
        return any(
            (urlsplit(url).hostname or "").endswith((".google.com", ".googleapis.com"))
            for url in urls.get(self._domain, ())
        )
