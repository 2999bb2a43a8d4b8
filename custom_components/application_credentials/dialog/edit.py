"""A credential as it stands: who uses it, what the provider said, and what to change."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import (
    SubentryFlowResult,
    UnknownEntry,
    UnknownSubEntry,
)
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME
from homeassistant.helpers.selector import SelectSelectorMode

from ..accounts import changes
from ..accounts.usage import (
    async_can_reauthenticate,
    entries_linked_otherwise,
    entries_using,
)
from ..errors import CredentialNotFound, InvalidCredential
from ..models import CredentialRecord, is_same_client
from ..provider.findings import DATA_FINDINGS
from ..provider.memory import DATA_MEMORY
from ..records.collection import DATA_COLLECTION
from .forms import (
    ALSO_FIELD,
    CLIENT_ID_FIELD,
    CLIENT_SECRET_FIELD,
    CONF_ALSO,
    CONF_NEXT,
    NAME_FIELD,
    SAVE,
    one_of_steps,
    touched_fields,
)
from .saving import SavingSteps
from .steps import ending_when_gone
from .texts import (
    Texts,
    account_links,
    async_get_texts,
    async_links,
    async_redirect_uri_text,
    async_same_client_text,
    async_use_text,
    link_account_at,
)


class EditSteps(SavingSteps):
    """The step that edits a credential, from which all other steps start."""

    @ending_when_gone
    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show a credential, and ask for what to change or what else to do.

        A blank secret stays.
        """
        # The first step is asked for by the browser.
        self._redirect_uri.of_browser(self.hass)
        self._item_id = self._item_id or self._item_id_of_row()
        record = self._record
        same_client = await changes.async_same_client(self.hass, record)
        errors, placeholders = await self._async_take_refusal()
        if self._seen is None or (user_input is None and not self._typed):
            self._seen = record
        if user_input is not None:
            if user_input[CONF_NEXT] != SAVE:
                self._typed = {}
                return await self._async_go_on(user_input)
            self._typed = {
                CONF_NAME: user_input.get(CONF_NAME, ""),
                CONF_CLIENT_ID: user_input.get(CONF_CLIENT_ID, ""),
            }
            if secret := user_input.get(CONF_CLIENT_SECRET):
                self._typed[CONF_CLIENT_SECRET] = secret
            self._also = (
                [other["id"] for other in same_client]
                if user_input.get(CONF_ALSO)
                else []
            )
            self._changed = touched_fields(self._seen, record, self._typed)
            if not self._changed:
                return self.async_abort(reason="unchanged")
            try:
                self._candidate = self.hass.data[DATA_COLLECTION].preview_update(
                    self._item_id, self._changed
                )
            except InvalidCredential as err:
                errors, placeholders = await self._async_error(err)
            else:
                if is_same_client(record, self._candidate):
                    self._candidate = None
                    return await self._async_save(None)
                return await self._async_ask()
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(
                    # First and in one line: below the fields nobody would see it.
                    {
                        vol.Required(CONF_NEXT, default=SAVE): one_of_steps(
                            "reconfigure",
                            await self._async_what_else(record),
                            SelectSelectorMode.DROPDOWN,
                        )
                    }
                    | CLIENT_SECRET_FIELD
                    | CLIENT_ID_FIELD
                    | NAME_FIELD
                    | (ALSO_FIELD if same_client else {})
                ),
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
                **await self._async_state(record, same_client),
                **placeholders,
            },
            last_step=False,
        )

    def _item_id_of_row(self) -> str:
        """Return the id of the credential whose row was opened."""
        try:
            item_id = self._get_reconfigure_subentry().unique_id
        except (UnknownEntry, UnknownSubEntry):
            item_id = None
        if item_id is None:
            raise CredentialNotFound("")
        return item_id

    async def _async_what_else(self, record: CredentialRecord) -> list[str]:
        """Return what can be done with a credential, in the order of its use."""
        steps = [SAVE, "check"]
        if entries_using(self.hass, record):
            steps.append("link_again")
            if self._others():
                steps.append("move")
        if entries_linked_otherwise(self.hass, record):
            steps.append("take")
        if await changes.async_may_copy(self.hass, record):
            steps.append("copy")
        return [*steps, "delete"]

    async def _async_state(
        self, record: CredentialRecord, same_client: list[CredentialRecord]
    ) -> dict[str, str]:
        """Return the placeholders that say how a credential stands."""
        texts = await async_get_texts(self.hass)
        finding = self.hass.data[DATA_FINDINGS].get(record["id"])
        if not entries_using(self.hass, record):
            use = self._nobody(texts, record, await self._async_about(record))
        else:
            use = await async_use_text(self.hass, record)
        return {
            "finding": texts.finding_when(
                finding, self.hass.data[DATA_MEMORY].at(record["id"])
            ),
            "use": use,
            "also": await async_same_client_text(
                self.hass, [each["domain"] for each in same_client]
            ),
            "links": await async_links(self.hass, record["domain"]),
            "redirect_uri": await async_redirect_uri_text(
                self.hass, self._redirect_uri
            ),
        }

    def _nobody(
        self, texts: Texts, record: CredentialRecord, about: dict[str, str]
    ) -> str:
        return texts.text(
            "outcome_nobody",
            integration=about["integration"],
            link=link_account_at(record["domain"]),
        )

    async def _async_store_changes(self) -> None:
        """Change the credential, and those that are the same client."""
        await changes.async_update(
            self.hass,
            self._item_id,
            self._changed,
            also=self._also,
            check=False,
        )

    async def _async_end_changed(self) -> SubentryFlowResult:
        """End with what happens to which account."""
        record = self._record
        about = await self._async_about(record)
        texts = await async_get_texts(self.hass)
        entries = [
            entry
            for each in (self._item_id, *self._also)
            for entry in entries_using(
                self.hass, self.hass.data[DATA_COLLECTION].record(each)
            )
        ]
        if not self._changed.keys() & {CONF_CLIENT_ID, CONF_CLIENT_SECRET}:
            outcome = ""
        elif not entries:
            outcome = self._nobody(texts, record, about)
        else:
            relinks = await async_can_reauthenticate(self.hass, record["domain"])
            outcome = texts.text(
                "outcome_reloaded"
                if CONF_CLIENT_ID not in self._changed
                else "outcome_relink"
                if relinks
                else "outcome_stopped",
                accounts=account_links(entries),
                integration=about["integration"],
            )
        return self.async_abort(
            reason="saved", description_placeholders={**about, "outcome": outcome}
        )
