"""Add a credential: find the integration, then enter its client."""

from typing import Any, override
from urllib.parse import urlsplit

import voluptuous as vol

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_DOMAIN
from homeassistant.core import callback
from homeassistant.helpers.selector import SelectSelectorMode
from homeassistant.loader import async_get_application_credentials

from ..accounts import changes
from ..const import DOMAIN
from ..errors import CredentialError
from ..hooks.hooks import DATA_HOOKS
from ..models import title_of
from ..provider.findings import DATA_FINDINGS
from ..records.collection import DATA_COLLECTION
from .client_file import NotAClientFile, async_read_client_file
from .forms import (
    CLIENT_FIELDS,
    CONF_DOMAINS,
    CONF_FILE,
    FILE_FIELD,
    NAME_FIELD,
    Errors,
    one_of,
)
from .new_rows import DATA_NEW_ROWS
from .saving import SavingSteps
from .steps import ending_when_gone
from .texts import (
    async_get_texts,
    async_instructions,
    async_name,
    async_names,
    async_redirect_uri_text,
    async_same_client_text,
    link_account_at,
    names_apart,
)


class AddSteps(SavingSteps):
    """The steps from an integration to a new credential, and its row."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the integration that the credential is for."""
        # The first step is asked for by the browser.
        self._redirect_uri.of_browser(self.hass)
        names = names_apart(
            await async_names(
                self.hass, await async_get_application_credentials(self.hass)
            )
        )
        errors: Errors = {}
        if user_input is not None:
            if not (typed := user_input.get(CONF_DOMAIN, "").strip()):
                errors = {CONF_DOMAIN: "none_chosen"}
            elif (domain := _find(typed, names)) is None:
                errors = {CONF_DOMAIN: "no_such_integration"}
            else:
                self._domain = domain
                self._typed = {}
                return await self.async_step_new()
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema(
                {
                    # Optional, or else the first would be picked from the start.
                    # By their names, since a list that can be typed into shows the value.
                    vol.Optional(CONF_DOMAIN): one_of(
                        {
                            name: name
                            for name in sorted(names.values(), key=str.casefold)
                        },
                        SelectSelectorMode.DROPDOWN,
                        typed=True,
                    )
                }
            ),
            errors=errors,
            last_step=False,
        )

    async def async_step_new(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the client of a new credential, typed or as a file."""
        errors, placeholders = await self._async_take_refusal()
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
                errors, placeholders = await self._async_error(err)
        # The file first: it stands for the two below.
        fields = FILE_FIELD if await self._async_is_google() else {}
        return self.async_show_form(
            step_id="new",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(fields | CLIENT_FIELDS | NAME_FIELD),
                self._typed if user_input is None else user_input,
            ),
            errors=errors,
            description_placeholders={
                "integration": await async_name(self.hass, self._domain),
                "instructions": await async_instructions(self.hass, self._domain),
                "redirect_uri": await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
                **placeholders,
            },
            last_step=False,
        )

    @ending_when_gone
    async def async_step_saved(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer the client to other integrations of the provider, and end with the row."""
        record = self._record
        finding = self.hass.data[DATA_FINDINGS].get(self._item_id) or self._finding
        told = await self._async_tell(record, finding)
        if user_input is None or user_input.get(CONF_DOMAINS):
            form = await self._async_offer_copy("saved", user_input, told)
            if form is not None:
                return form
        texts = await async_get_texts(self.hass)
        told["next"] = texts.text(
            "outcome_nobody",
            integration=told["integration"],
            link=link_account_at(record["domain"]),
        )
        if self.hass.config_entries.async_get_entry(self.handler[0]) is None:
            # Deleted meanwhile, and no row can be brought to it.
            return self.async_abort(
                reason="saved",
                description_placeholders={
                    **told,
                    "outcome": "\n\n".join(
                        (
                            told["next"],
                            texts.text("no_row", link=link_account_at(DOMAIN)),
                        )
                    ),
                },
            )
        if user_input is not None:
            told["outcome"] = await async_same_client_text(
                self.hass, user_input.get(CONF_DOMAINS, ())
            )
        return self.async_create_entry(
            title=title_of(record),
            data={},
            unique_id=self._item_id,
            # The rest was in the form before this.
            description="default" if user_input is None else "after_offer",
            description_placeholders=told,
        )

    async def _async_store_new(self) -> None:
        """Create the credential, whose row this dialog brings."""
        rows = self.hass.data[DATA_NEW_ROWS]
        assert self._candidate is not None
        rows.bring(self, self._domain, self._candidate["client_id"])
        try:
            record = await changes.async_create(
                self.hass, self._new_fields(), check=False
            )
        except CredentialError:
            rows.end(self)
            raise
        self._item_id = record["id"]

    @callback
    @override
    def async_remove(self) -> None:
        """Leave the row to others, where the dialog did not get to it."""
        self.hass.data[DATA_NEW_ROWS].end(self)

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


def _find(typed: str, names: dict[str, str]) -> str | None:
    """Return the integration that a person has picked, or has typed the name of."""
    if typed in names:
        return typed
    found = [
        domain for domain, name in names.items() if name.casefold() == typed.casefold()
    ]
    return found[0] if found else None
