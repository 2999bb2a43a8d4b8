"""The flows that fix the issues of issues.py."""

from typing import Any, Final, override

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN, CONF_ID
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResult
from homeassistant.helpers import issue_registry as ir

from .accounts import changes
from .accounts.usage import async_move
from .const import DOMAIN
from .dialog.administrator import async_is_administrator
from .dialog.forms import (
    ADD,
    CLIENT_FIELDS,
    CONF_TARGET,
    NAME_FIELD,
    Errors,
    Placeholders,
    async_errors_of,
    one_of,
)
from .dialog.texts import (
    async_get_texts,
    async_instructions,
    async_names,
    async_overview,
    async_redirect_uri_text,
    async_use_text,
    title_apart,
)
from .errors import ChangedMeanwhile, CredentialError, CredentialNotFound
from .issues import (
    CLIENT_REJECTED,
    CREDENTIAL_MISSING,
    RECORD_UNREADABLE,
    REDIRECT_URI_REJECTED,
    credential_with,
    issue_id_of,
    readable_part,
    unreadable_with,
)
from .markdown import as_markdown
from .models import CredentialRecord
from .provider.check import Finding, Verdict, async_ask_provider
from .provider.findings import DATA_FINDINGS
from .provider.redirect_uri import FlowRedirectUri
from .records.collection import DATA_COLLECTION
from .records.stale_form import changed_fields

_OPENED_WITH: Final = "issue_id"

# The key of the error that asks the person to decide.
CLIENT_UNCLEAR: Final = "client_unclear"

# What a step returns. Its name in the integration, RepairsFlowResult, came with 2026.6.
type _Result = FlowResult[Any, str]


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue; `data` is what the issue was raised with."""
    assert data is not None
    kind, about = str(data["kind"]), str(data[CONF_ID])
    if kind in (CLIENT_REJECTED, REDIRECT_URI_REJECTED):
        about = credential_with(hass, about)
    return _FLOWS[kind](about)


class _FixFlow(RepairsFlow):
    """A flow about one thing, which `about` is the id of."""

    def __init__(self, about: str) -> None:
        """Take what the issue is about."""
        self._about = about
        # The first step runs by request of the browser; what it says holds in all.
        self._redirect_uri = FlowRedirectUri()
        # The client of which the person knows that the provider has not told.
        self._unclear: tuple[str, str] | None = None

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> _Result:
        """Show the form, and take what was typed into it.

        Home Assistant opens the flow with the id of the issue in place of input.
        """
        self._redirect_uri.of_browser(self.hass)
        is_opened = user_input is None or _OPENED_WITH in user_input
        return await self._async_fix(None if is_opened else user_input)

    async def _async_fix(self, user_input: dict[str, Any] | None) -> _Result:
        """Show the form or, with input, fix the issue."""
        raise NotImplementedError

    async def _async_ask(self, candidate: CredentialRecord) -> tuple[Finding, Errors]:
        """Ask the provider about a client that is about to be saved.

        What it rejects is an error; what is unclear is one, too, until the person
        submits the same client again.
        """
        finding = await async_ask_provider(
            self.hass, candidate, self._redirect_uri.of_browser(self.hass)
        )
        if finding.client is Verdict.REJECTED:
            return finding, {"base": CLIENT_REJECTED}
        client = candidate["client_id"], candidate["client_secret"]
        if finding.client is Verdict.UNKNOWN and client != self._unclear:
            self._unclear = client
            return finding, {"base": CLIENT_UNCLEAR}
        return finding, {}

    def _done(self) -> _Result:
        return self.async_create_entry(data={})

    def _gone(self) -> _Result:
        return self.async_abort(reason="gone")


class ClientRejectedFlow(_FixFlow):
    """Take the right client ID or client secret, ask the provider, and save them."""

    # The record as it was when the form was opened, or last shown with what is new.
    _seen: CredentialRecord | None = None

    @override
    async def _async_fix(self, user_input: dict[str, Any] | None) -> _Result:
        """Ask for the client; what the provider still rejects is not saved."""
        credentials = self.hass.data[DATA_COLLECTION]
        try:
            record = credentials.record(self._about)
        except CredentialNotFound:
            return self._gone()
        if self._seen is None:
            self._seen = record
        texts = await async_get_texts(self.hass)
        found = self.hass.data[DATA_FINDINGS].get(self._about)
        said = texts.said(found) if found else ""
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            typed = {CONF_CLIENT_ID: user_input.get(CONF_CLIENT_ID, "")}
            if secret := user_input.get(CONF_CLIENT_SECRET):
                typed[CONF_CLIENT_SECRET] = secret
            changed = changed_fields(self._seen, typed) or typed
            try:
                candidate = credentials.preview_update(self._about, changed, self._seen)
                finding, errors = await self._async_ask(candidate)
                if not await async_is_administrator(self.hass):
                    return self.async_abort(reason="not_administrator")
                if errors:
                    said = texts.asked(finding)
                else:
                    await changes.async_update(
                        self.hass, self._about, changed, check=False, seen=self._seen
                    )
                    self.hass.data[DATA_FINDINGS].async_adopt(
                        self._about, candidate, finding
                    )
                    return self._done()
            except CredentialNotFound:
                return self._gone()
            except ChangedMeanwhile as err:
                errors, placeholders = await async_errors_of(self.hass, err, user_input)
                self._seen = record = credentials.record(self._about)
                user_input = {
                    field: user_input[field]
                    for field in user_input
                    if field not in err.fields
                }
                user_input.setdefault(CONF_CLIENT_ID, record["client_id"])
            except CredentialError as err:
                errors, placeholders = await async_errors_of(self.hass, err, user_input)
        names = await async_names(self.hass, [record["domain"]])
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(CLIENT_FIELDS),
                user_input or {CONF_CLIENT_ID: record["client_id"]},
            ),
            errors=errors,
            description_placeholders={
                "name": as_markdown(title_apart(self.hass, record)),
                "integration": names[record["domain"]],
                "use": await async_use_text(self.hass, record),
                "said": said,
                **placeholders,
            },
        )


class RedirectUriRejectedFlow(_FixFlow):
    """Ask the provider again, when the person has registered the redirect URI."""

    @override
    async def _async_fix(self, user_input: dict[str, Any] | None) -> _Result:
        """Check again on request, about the URI that is shown."""
        try:
            record = self.hass.data[DATA_COLLECTION].record(self._about)
        except CredentialNotFound:
            return self._gone()
        if not self._is_open(REDIRECT_URI_REJECTED):
            # An account was linked meanwhile.
            return self._done()
        errors: Errors = {}
        if user_input is not None:
            try:
                finding = await self.hass.data[DATA_FINDINGS].async_check(
                    self._about, self._redirect_uri.of_browser(self.hass)
                )
            except CredentialNotFound:
                return self._gone()
            if finding.redirect_uri is Verdict.ACCEPTED:
                return self._done()
            errors["base"] = f"redirect_uri_{finding.redirect_uri}"
        names = await async_names(self.hass, [record["domain"]])
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={
                "name": as_markdown(title_apart(self.hass, record)),
                "integration": names[record["domain"]],
                "redirect_uri": await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
            },
        )

    def _is_open(self, kind: str) -> bool:
        """Return whether there is an issue that is not mended yet."""
        issues = ir.async_get(self.hass)
        return (
            issues.async_get_issue(DOMAIN, issue_id_of(kind, self._about)) is not None
        )


class CredentialMissingFlow(_FixFlow):
    """Move an account to a credential of its integration, an existing one or a new one."""

    @override
    async def _async_fix(self, user_input: dict[str, Any] | None) -> _Result:
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
        names = await async_names(self.hass, [entry.domain])
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
                "account": entry.title,
                "integration": names[entry.domain],
                **placeholders,
            },
        )

    async def async_step_add(self, user_input: dict[str, Any] | None = None) -> _Result:
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
        names = await async_names(self.hass, [entry.domain])
        return self.async_show_form(
            step_id="add",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(CLIENT_FIELDS | NAME_FIELD), user_input
            ),
            errors=errors,
            description_placeholders={
                "account": entry.title,
                "integration": names[entry.domain],
                "instructions": await async_instructions(self.hass, entry.domain),
                "redirect_uri": await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
                "said": said,
                **placeholders,
            },
        )

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


class RecordUnreadableFlow(_FixFlow):
    """Show what can be read of a damaged record, and delete it."""

    @override
    async def _async_fix(self, user_input: dict[str, Any] | None) -> _Result:
        """Ask before deleting."""
        if (item := unreadable_with(self.hass, self._about)) is None:
            return self._done()
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            try:
                await self.hass.data[DATA_COLLECTION].async_delete_unreadable(item)
            except CredentialError as err:
                errors, placeholders = await async_errors_of(self.hass, err)
            else:
                return self._done()
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={
                "record": as_markdown(readable_part(item)),
                **placeholders,
            },
        )


_FLOWS: Final[dict[str, type[_FixFlow]]] = {
    CLIENT_REJECTED: ClientRejectedFlow,
    REDIRECT_URI_REJECTED: RedirectUriRejectedFlow,
    CREDENTIAL_MISSING: CredentialMissingFlow,
    RECORD_UNREADABLE: RecordUnreadableFlow,
}
