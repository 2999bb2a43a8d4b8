"""The dialog: see, add, edit, check, move, copy and delete credentials.

What a step is about stands in the flow: the integration or the credential, what
was typed, and what the provider says of it. Nothing is saved before the provider
was asked, and a person decides what to do about a bad answer.
"""

import asyncio
from collections.abc import Callable, Container, Coroutine
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

import probatio

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_DOMAIN,
    CONF_NAME,
)
from homeassistant.helpers.selector import (
    FileSelector,
    FileSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.loader import async_get_application_credentials

from . import changes
from .check import Finding, Verdict, async_ask_provider
from .client_file import NotAClientFile, async_read_client_file
from .collection import DATA_COLLECTION
from .errors import CredentialError, CredentialNotFound, InvalidCredential
from .findings import DATA_FINDINGS
from .hooks import DATA_HOOKS
from .models import CredentialRecord, is_same_client, title_of
from .texts import (
    account_list,
    async_get_texts,
    async_instructions,
    async_names,
    async_overview,
    async_redirect_uri_text,
)
from .usage import async_can_reauthenticate, async_move, entries_using

CONF_CREDENTIAL: Final = "credential"
CONF_FILE: Final = "file"
CONF_ACCOUNTS: Final = "accounts"
CONF_TARGET: Final = "target"
CONF_DOMAINS: Final = "domains"
CONF_NEXT: Final = "next"
ADD: Final = "add"

_FIELDS: Final = (CONF_NAME, CONF_CLIENT_ID, CONF_CLIENT_SECRET)

type Errors = dict[str, str]
type Placeholders = dict[str, str]
type Step = Callable[..., Coroutine[Any, Any, ConfigFlowResult]]

CLIENT_FIELDS: Final = {
    probatio.Optional(CONF_CLIENT_ID): TextSelector(
        TextSelectorConfig(autocomplete="off")
    ),
    probatio.Optional(CONF_CLIENT_SECRET): TextSelector(
        TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
    ),
}
_NAME_FIELD: Final = {probatio.Optional(CONF_NAME): TextSelector()}
_FILE_FIELD: Final = {
    probatio.Optional(CONF_FILE): FileSelector(
        FileSelectorConfig(accept=".json,application/json")
    )
}


def error_of(
    err: CredentialError, fields: Container[str | None] = _FIELDS
) -> tuple[Errors, Placeholders]:
    """Return the error at its field, and what its text has placeholders for.

    Where the form has no such field, the error is one of the whole form.
    """
    field = err.field if isinstance(err, InvalidCredential) else None
    assert err.translation_key is not None
    return (
        {field if field and field in fields else "base": err.translation_key},
        err.translation_placeholders or {},
    )


def _ending_when_gone(step: Step) -> Step:
    """Have a step end the dialog where its credential is gone meanwhile."""

    @wraps(step)
    async def checked(
        self: CredentialsFlow, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        try:
            return await step(self, user_input)
        except CredentialNotFound:
            return self.async_abort(reason="credential_gone")

    return checked


class CredentialsFlow(OptionsFlow):
    """One visit to the dialog."""

    def __init__(self) -> None:
        """Start at the overview."""
        self._domain = ""
        # Empty while a credential is added.
        self._item_id = ""
        self._typed: dict[str, Any] = {}
        self._candidate: CredentialRecord | None = None
        self._asking: asyncio.Task[Finding] | None = None
        # Why what was typed could not be saved, until its form has said so.
        self._refused: CredentialError | None = None

    @property
    def _record(self) -> CredentialRecord:
        return self.hass.data[DATA_COLLECTION].record(self._item_id)

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show all credentials to pick from."""
        credentials = self.hass.data[DATA_COLLECTION]
        if user_input is not None:
            if (picked := user_input[CONF_CREDENTIAL]) == ADD:
                return await self.async_step_add()
            self._item_id = picked
            self._typed = {}
            return await self.async_step_credential()
        texts = await async_get_texts(self.hass)
        lines = await async_overview(self.hass, credentials.data.values())
        return self.async_show_form(
            step_id="init",
            data_schema=probatio.Schema(
                {
                    probatio.Required(CONF_CREDENTIAL, default=ADD): one_of(
                        {**lines, ADD: texts.text("add")}
                    )
                }
            ),
            last_step=False,
        )

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
            data_schema=probatio.Schema(
                {
                    # Optional, or else the first would be picked from the start.
                    probatio.Optional(CONF_DOMAIN): one_of(
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
            except NotAClientFile:
                errors = {CONF_FILE: "file_invalid"}
            except CredentialError as err:
                errors, placeholders = error_of(err)
        return self.async_show_form(
            step_id="new",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    _NAME_FIELD
                    | CLIENT_FIELDS
                    | (_FILE_FIELD if await self._async_is_google() else {})
                ),
                self._typed if user_input is None else user_input,
            ),
            errors=errors,
            description_placeholders={
                "integration": (await async_names(self.hass, [self._domain]))[
                    self._domain
                ],
                "instructions": await async_instructions(self.hass, self._domain),
                "redirect_uri": await async_redirect_uri_text(self.hass),
                **placeholders,
            },
            last_step=False,
        )

    @_ending_when_gone
    async def async_step_credential(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show one credential, and what can be done with it."""
        if user_input is not None:
            return await self._async_go_on(user_input)
        record = self._record
        entries = entries_using(self.hass, record)
        options = ["edit", "check"]
        if entries:
            options.append("move")
        options += ["copy", "delete", "init"]
        texts = await async_get_texts(self.hass)
        finding = self.hass.data[DATA_FINDINGS].get(self._item_id)
        return self._choose_next(
            "credential",
            options,
            {
                **await self._async_about(record),
                "client_id": record["client_id"],
                "accounts": account_list(entries, texts),
                "finding": texts.finding(finding),
                "redirect_uri": await async_redirect_uri_text(self.hass),
            },
        )

    @_ending_when_gone
    async def async_step_edit(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new name, client ID or client secret; a blank secret stays."""
        record = self._record
        errors, placeholders = self._take_refusal()
        if user_input is not None:
            self._typed = {
                CONF_NAME: user_input.get(CONF_NAME, ""),
                CONF_CLIENT_ID: user_input.get(CONF_CLIENT_ID, ""),
            }
            if secret := user_input.get(CONF_CLIENT_SECRET):
                self._typed[CONF_CLIENT_SECRET] = secret
            try:
                self._candidate = self.hass.data[DATA_COLLECTION].preview_update(
                    self._item_id, self._typed
                )
            except InvalidCredential as err:
                errors, placeholders = error_of(err)
            else:
                if is_same_client(record, self._candidate):
                    return await self._async_save(None)
                return await self._async_ask()
        entries = entries_using(self.hass, record)
        return self.async_show_form(
            step_id="edit",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(_NAME_FIELD | CLIENT_FIELDS),
                user_input
                or {
                    CONF_NAME: record.get("name", ""),
                    CONF_CLIENT_ID: record["client_id"],
                    **self._typed,
                },
            ),
            errors=errors,
            description_placeholders={
                **await self._async_about(record),
                "accounts": account_list(entries, await async_get_texts(self.hass)),
                **placeholders,
            },
            last_step=False,
        )

    @_ending_when_gone
    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask the provider about a stored credential."""
        self._candidate = None
        self._typed = {}
        return await self._async_ask()

    async def async_step_asking(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show that the provider is being asked."""
        assert self._asking is not None
        if not self._asking.done():
            return self.async_show_progress(
                step_id="asking",
                progress_action="asking",
                progress_task=self._asking,
            )
        return self.async_show_progress_done(next_step_id="asked")

    @_ending_when_gone
    async def async_step_asked(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on from what the provider says: save what it accepts, ask about the rest."""
        # Where the answer was there at once, it is still the input of the step before.
        if user_input is not None and CONF_NEXT in user_input:
            return await self._async_go_on(user_input)
        assert self._asking is not None
        finding = await self._asking
        if self._candidate is None:
            return self._choose_next(
                "finding",
                ["edit", "check", "credential"],
                await self._async_tell(self._record, finding),
            )
        if finding.client is Verdict.ACCEPTED:
            return await self._async_save(finding)
        return self._choose_next(
            finding.client.value,
            ["edit" if self._item_id else "new", "save_anyway"],
            await self._async_tell(self._candidate, finding),
        )

    # The same step under the names of what it shows.
    async_step_finding = async_step_asked
    async_step_rejected = async_step_asked
    async_step_unknown = async_step_asked

    @_ending_when_gone
    async def async_step_save_anyway(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Save what the provider does not accept."""
        assert self._asking is not None
        return await self._async_save(await self._asking)

    @_ending_when_gone
    async def async_step_move(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which accounts to move to which other credential of the integration."""
        record = self._record
        entries = entries_using(self.hass, record)
        targets = [
            other
            for other in self.hass.data[DATA_COLLECTION].records_of(record["domain"])
            if other["id"] != record["id"]
        ]
        if not entries:
            return self.async_abort(reason="no_accounts")
        if not targets:
            return self.async_abort(reason="no_other_credential")
        if not await async_can_reauthenticate(self.hass, record["domain"]):
            return self.async_abort(
                reason="move_no_reauthentication",
                description_placeholders=await self._async_about(record),
            )
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            try:
                target = self.hass.data[DATA_COLLECTION].record(user_input[CONF_TARGET])
                for entry_id in user_input[CONF_ACCOUNTS]:
                    await async_move(self.hass, entry_id, target)
            except CredentialNotFound:
                raise
            except CredentialError as err:
                errors, placeholders = error_of(err)
            else:
                return self.async_abort(reason="moved")
        return self.async_show_form(
            step_id="move",
            data_schema=probatio.Schema(
                {
                    probatio.Required(
                        CONF_ACCOUNTS, default=[entry.entry_id for entry in entries]
                    ): one_of(
                        {entry.entry_id: entry.title for entry in entries},
                        multiple=True,
                    ),
                    probatio.Required(CONF_TARGET): one_of(
                        await async_overview(self.hass, targets),
                    ),
                }
            ),
            errors=errors,
            description_placeholders={
                **await self._async_about(record),
                **placeholders,
            },
        )

    @_ending_when_gone
    async def async_step_copy(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which other integrations of the provider are to use the same client."""
        return await self._async_offer_copy(
            "copy",
            user_input,
            await self._async_about(self._record),
            otherwise=self.async_abort(reason="no_other_integration"),
        )

    @_ending_when_gone
    async def async_step_delete(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to delete; where accounts use the credential, say which."""
        record = self._record
        if entries_using(self.hass, record):
            return await self.async_step_in_use()
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            try:
                await changes.async_delete(self.hass, self._item_id)
            except CredentialNotFound:
                raise
            except CredentialError as err:
                errors, placeholders = error_of(err)
            else:
                return self.async_abort(reason="deleted")
        return self.async_show_form(
            step_id="delete",
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders={
                **await self._async_about(record),
                **placeholders,
            },
        )

    @_ending_when_gone
    async def async_step_in_use(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say which accounts use the credential, and offer to move them."""
        if user_input is not None:
            return await self._async_go_on(user_input)
        record = self._record
        texts = await async_get_texts(self.hass)
        return self._choose_next(
            "in_use",
            ["move", "credential"],
            {
                **await self._async_about(record),
                "accounts": account_list(entries_using(self.hass, record), texts),
            },
        )

    @_ending_when_gone
    async def async_step_saved(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what was saved, and offer the client to other integrations of the provider."""
        finding = self.hass.data[DATA_FINDINGS].get(self._item_id) or Finding()
        told = await self._async_tell(self._record, finding)
        if user_input is not None and not user_input.get(CONF_DOMAINS):
            return self.async_abort(reason="saved")
        return await self._async_offer_copy(
            "saved",
            user_input,
            told,
            otherwise=self.async_abort(
                reason="saved_and_asked", description_placeholders=told
            ),
        )

    async def _async_ask(self) -> ConfigFlowResult:
        """Start asking the provider, about what was typed or about what is stored."""
        if self._candidate is None:
            asking = self.hass.data[DATA_FINDINGS].async_check(self._record["id"])
        else:
            asking = async_ask_provider(self.hass, self._candidate)
        self._asking = self.hass.async_create_task(asking, "ask the provider")
        return await self.async_step_asking()

    async def _async_save(self, finding: Finding | None) -> ConfigFlowResult:
        """Save what was typed; `finding` is what the provider says of it, if it was asked."""
        try:
            if self._item_id:
                await changes.async_update(
                    self.hass, self._item_id, self._typed, check=False
                )
            else:
                record = await changes.async_create(
                    self.hass, self._new_fields(), check=False
                )
                self._item_id = record["id"]
        except CredentialNotFound:
            raise
        except CredentialError as err:
            # Back to the form, so that nothing has to be typed again.
            self._refused = err
            return await (
                self.async_step_edit() if self._item_id else self.async_step_new()
            )
        if finding is None or self._candidate is None:
            return self.async_abort(reason="saved")
        self.hass.data[DATA_FINDINGS].async_adopt(
            self._item_id, self._candidate, finding
        )
        return await self.async_step_saved()

    async def _async_offer_copy(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        told: Placeholders,
        *,
        otherwise: ConfigFlowResult,
    ) -> ConfigFlowResult:
        """Ask which integrations are to use the same client; `otherwise` where none can."""
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            try:
                if domains := user_input.get(CONF_DOMAINS):
                    await changes.async_copy(self.hass, self._item_id, domains)
                    return self.async_abort(reason="copied")
                errors = {CONF_DOMAINS: "none_chosen"}
            except CredentialError as err:
                # What is wrong with the client is in no field of this form.
                errors, placeholders = error_of(err, ())
        candidates = await changes.async_copy_candidates(self.hass, self._record)
        if not candidates:
            return otherwise
        names = await async_names(self.hass, candidates)
        return self.async_show_form(
            step_id=step_id,
            data_schema=probatio.Schema(
                {
                    # Optional, or else the first would be ticked from the start.
                    probatio.Optional(CONF_DOMAINS): one_of(
                        dict(sorted(names.items(), key=lambda item: item[1])),
                        multiple=True,
                    )
                }
            ),
            errors=errors,
            description_placeholders={**told, **placeholders},
        )

    async def _async_tell(
        self, record: CredentialRecord, finding: Finding
    ) -> Placeholders:
        """Return the placeholders that say what the provider makes of a credential."""
        texts = await async_get_texts(self.hass)
        return {
            **await self._async_about(record),
            "client": texts.text(f"client_{finding.client}_long"),
            "uri": texts.text(
                f"redirect_uri_{finding.redirect_uri}_long",
                redirect_uri=await async_redirect_uri_text(self.hass),
            ),
            "said": texts.said(finding),
        }

    def _choose_next(
        self, step_id: str, steps: list[str], placeholders: Placeholders
    ) -> ConfigFlowResult:
        """Ask what to do next; not in a menu, which cannot be used with a keyboard."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=probatio.Schema(
                {
                    probatio.Required(CONF_NEXT): SelectSelector(
                        SelectSelectorConfig(
                            options=steps,
                            mode=SelectSelectorMode.LIST,
                            translation_key=f"after_{step_id}",
                        )
                    )
                }
            ),
            description_placeholders=placeholders,
            last_step=False,
        )

    async def _async_go_on(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Go to the step that was chosen, which the form has made sure is one of its own."""
        step: Step = getattr(self, f"async_step_{user_input[CONF_NEXT]}")
        return await step()

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

    def _take_refusal(self) -> tuple[Errors, Placeholders]:
        """Return why saving was refused, once."""
        refused, self._refused = self._refused, None
        return error_of(refused) if refused else ({}, {})

    def _new_fields(self) -> dict[str, Any]:
        return {
            CONF_DOMAIN: self._domain,
            CONF_CLIENT_ID: "",
            CONF_CLIENT_SECRET: "",
            **self._typed,
        }

    async def _async_about(self, record: CredentialRecord) -> Placeholders:
        """Return the placeholders that say which credential this is."""
        names = await async_names(self.hass, [record["domain"]])
        return {"name": title_of(record), "integration": names[record["domain"]]}


def one_of(
    options: dict[str, str],
    mode: SelectSelectorMode = SelectSelectorMode.LIST,
    *,
    multiple: bool = False,
) -> SelectSelector:
    """Return a selector for one or more of `options`, value to label."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in options.items()
            ],
            mode=mode,
            multiple=multiple,
        )
    )
