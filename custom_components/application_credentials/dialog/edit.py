"""A credential as it stands: who uses it, what the provider said, and what to change."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import (
    ConfigSubentryFlow,
    UnknownEntry,
    UnknownSubEntry,
)
from homeassistant.helpers.selector import SelectSelectorMode

from ..accounts import copying
from ..accounts.usage import entries_linked_otherwise, entries_using
from ..data import DATA
from ..errors import CredentialNotFound
from ..models import CredentialRecord, is_same_client
from .client import ClientSteps
from .forms import (
    ALSO_FIELD,
    CLIENT_ID_FIELD,
    CONF_NEXT,
    NAME_FIELD,
    SAVE,
    FormError,
    Placeholders,
    one_of_steps,
    secret_fields,
)
from .guide import async_patience_text
from .steps import Input, Result, handle_errors
from .texts import (
    async_about,
    async_get_texts,
    async_links,
    async_next_text,
    async_own_redirect_uri_text,
    async_same_client_text,
    async_use_text,
)

_CHECK: Final = "check"


class EditSteps(ClientSteps, ConfigSubentryFlow):
    """The step that edits a credential, from which all other steps start."""

    @handle_errors
    async def async_step_reconfigure(self, user_input: Input = None) -> Result:
        """Show a credential, and ask for what to change or what else to do."""
        state = self.state
        state.redirect_uri.of_browser(self.hass)
        state.item_id = state.item_id or self._item_id_of_row()
        record = self.record
        same_client = await copying.async_same_client(self.hass, record)
        if user_input is not None:
            return await self._async_edit(user_input, record, same_client)
        return self.show_fields(
            "reconfigure",
            # First and in one line: below the fields nobody would see it.
            {
                vol.Required(CONF_NEXT, default=SAVE): one_of_steps(
                    "reconfigure",
                    await self._async_what_else(record),
                    SelectSelectorMode.DROPDOWN,
                )
            }
            | secret_fields(record["domain"])
            | CLIENT_ID_FIELD
            | NAME_FIELD
            | (ALSO_FIELD if same_client else {}),
            await self._async_about_stored(record, same_client),
            self.fields_to_show(),
            last_step=False,
        )

    async def _async_edit(
        self,
        user_input: dict[str, Any],
        record: CredentialRecord,
        same_client: list[CredentialRecord],
    ) -> Result:
        """Do what was chosen with what was typed."""
        state = self.state
        self.take_changes(user_input, same_client)
        is_changed = bool(
            state.changed or state.also or state.secret_ends != state.shown_end
        )
        step_id = user_input[CONF_NEXT]
        if step_id not in (SAVE, _CHECK):
            if is_changed:
                raise FormError(CONF_NEXT, "save_first")
            return await self.async_go_to(step_id)
        if step_id == SAVE and not is_changed:
            return self.end("unchanged")
        state.is_check = step_id == _CHECK
        if is_same_client(record, state.candidate):
            # It is the stored client that the provider knows, or not.
            state.candidate = state.finding = None
            if step_id == SAVE:
                return await self.async_save()
        return await self.async_go_to(_CHECK)

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
        steps = [SAVE, _CHECK]
        if entries_using(self.hass, record):
            steps.append("link_again")
            if self.collection.others_of(record):
                steps.append("move")
        if entries_linked_otherwise(self.hass, record):
            steps.append("take")
        if await copying.async_copy_candidates(self.hass, record):
            steps.append("copy")
        return [*steps, "delete"]

    async def _async_about_stored(
        self, record: CredentialRecord, same_client: list[CredentialRecord]
    ) -> Placeholders:
        """Return the placeholders that say how a credential stands."""
        texts = await async_get_texts(self.hass)
        finding = self.hass.data[DATA].findings.get(record["id"])
        if entries_using(self.hass, record):
            use = await async_use_text(self.hass, record)
        else:
            use = await async_next_text(self.hass, record, finding)
        found = [
            texts.finding_when(finding, finding.at if finding else None),
            await async_patience_text(self.hass, record, finding),
        ]
        return {
            **await async_about(self.hass, record),
            "finding": " ".join(filter(None, found)),
            "use": use,
            "also": await async_same_client_text(
                self.hass, [each["domain"] for each in same_client]
            ),
            "links": await async_links(self.hass, record["domain"]),
            "redirect_uri": await async_own_redirect_uri_text(
                self.hass, record["domain"], self.state.redirect_uri
            ),
        }
