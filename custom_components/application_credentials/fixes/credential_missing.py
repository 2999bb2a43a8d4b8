"""The credential of an account is gone: it moves to another, or to a new one."""

from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN, CONF_ID

from ..accounts import changes
from ..accounts.usage import async_move
from ..dialog.forms import (
    ADD,
    CLIENT_FIELDS,
    CONF_TARGET,
    NAME_FIELD,
    Errors,
    Placeholders,
    async_errors_of,
    one_of,
)
from ..dialog.texts import (
    async_get_texts,
    async_instructions,
    async_name,
    async_overview,
    async_redirect_uri_text,
)
from ..errors import CredentialError
from ..provider.findings import DATA_FINDINGS
from ..records.collection import DATA_COLLECTION
from ..text import as_markdown, async_is_administrator
from .flow import FixFlow, Result


class CredentialMissingFlow(FixFlow):
    """Move an account to a credential of its integration, an existing one or a new one."""

    @override
    async def async_fix(self, user_input: dict[str, Any] | None) -> Result:
        """Ask which credential to move the account to."""
        if (entry := self.hass.config_entries.async_get_entry(self._about)) is None:
            return self._gone()
        records = self.hass.data[DATA_COLLECTION].records_of(entry.domain)
        if not records:
            return await self.async_step_add()
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            if (target := user_input[CONF_TARGET]) == ADD:
                return await self.async_step_add()
            errors, placeholders = await self._async_move(entry, target)
            if not errors:
                return self._done()
        texts = await async_get_texts(self.hass)
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_TARGET): one_of(
                        {
                            **await async_overview(self.hass, records),
                            ADD: texts.text("add"),
                        }
                    )
                }
            ),
            errors=errors,
            description_placeholders={
                **await self._async_about(entry),
                **placeholders,
            },
        )

    async def async_step_add(self, user_input: dict[str, Any] | None = None) -> Result:
        """Ask for the client of a new credential, and move the account to it."""
        if (entry := self.hass.config_entries.async_get_entry(self._about)) is None:
            return self._gone()
        errors: Errors = {}
        placeholders: Placeholders = {}
        said = ""
        if user_input is not None:
            credentials = self.hass.data[DATA_COLLECTION]
            fields = {
                CONF_DOMAIN: entry.domain,
                CONF_CLIENT_ID: "",
                CONF_CLIENT_SECRET: "",
                **user_input,
            }
            try:
                candidate = await credentials.async_preview_create(fields)
                finding, errors = await self._async_ask(candidate)
                if not await async_is_administrator(self.hass):
                    return self.async_abort(reason="not_administrator")
                if errors:
                    said = (await async_get_texts(self.hass)).asked(finding)
                else:
                    record = await changes.async_create(self.hass, fields, check=False)
                    self.hass.data[DATA_FINDINGS].async_adopt(
                        record[CONF_ID], candidate, finding
                    )
                    errors, placeholders = await self._async_move(
                        entry, record[CONF_ID]
                    )
                    if not errors:
                        return self._done()
            except CredentialError as err:
                errors, placeholders = await async_errors_of(self.hass, err, user_input)
        return self.async_show_form(
            step_id="add",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(CLIENT_FIELDS | NAME_FIELD), user_input
            ),
            errors=errors,
            description_placeholders={
                **await self._async_about(entry),
                "instructions": await async_instructions(self.hass, entry.domain),
                "redirect_uri": await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
                "said": said,
                **placeholders,
            },
        )

    async def _async_about(self, entry: ConfigEntry) -> Placeholders:
        """Return the placeholders that say which account this is."""
        return {
            "account": as_markdown(entry.title),
            "integration": await async_name(self.hass, entry.domain),
        }

    async def _async_move(
        self, entry: ConfigEntry, item_id: str
    ) -> tuple[Errors, Placeholders]:
        """Move the account; return the errors of the form."""
        try:
            record = self.hass.data[DATA_COLLECTION].record(item_id)
            await async_move(self.hass, entry.entry_id, record)
        except CredentialError as err:
            return await async_errors_of(self.hass, err)
        return {}, {}
