"""Enter a new name, client ID or client secret of a credential."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME

from ..accounts.usage import entries_using
from ..errors import InvalidCredential
from ..models import is_same_client
from ..records.collection import DATA_COLLECTION
from ..records.stale_form import changed_fields
from .forms import CLIENT_FIELDS, NAME_FIELD, error_of
from .saving import SavingSteps
from .steps import ending_when_gone
from .texts import account_list, async_get_texts


class EditSteps(SavingSteps):
    """The step that edits a credential."""

    @ending_when_gone
    async def async_step_edit(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new name, client ID or client secret; a blank secret stays."""
        record = self._record
        errors, placeholders = self._take_refusal()
        if self._seen is None or (user_input is None and not self._typed):
            self._seen = record
        if user_input is not None:
            self._typed = {
                CONF_NAME: user_input.get(CONF_NAME, ""),
                CONF_CLIENT_ID: user_input.get(CONF_CLIENT_ID, ""),
            }
            if secret := user_input.get(CONF_CLIENT_SECRET):
                self._typed[CONF_CLIENT_SECRET] = secret
            self._changed = changed_fields(self._seen, self._typed)
            if not self._changed:
                return self.async_abort(reason="saved")
            try:
                self._candidate = self.hass.data[DATA_COLLECTION].preview_update(
                    self._item_id, self._changed, self._seen
                )
            except InvalidCredential as err:
                errors, placeholders = error_of(err)
            else:
                if is_same_client(record, self._candidate):
                    return await self._async_save(None)
                return await self._async_ask()
        if "changed_meanwhile" in errors.values():
            # What others have changed is shown as it is now; the rest as it was typed.
            self._seen, user_input = record, None
            self._typed = {
                field: value
                for field, value in self._typed.items()
                if field not in errors
            }
        entries = entries_using(self.hass, record)
        return self.async_show_form(
            step_id="edit",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(NAME_FIELD | CLIENT_FIELDS),
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
