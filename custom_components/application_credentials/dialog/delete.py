"""Delete a credential that nobody uses, or say who uses it."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult

from ..accounts import changes
from ..accounts.usage import entries_using
from ..errors import CredentialError, CredentialNotFound
from .forms import Errors, Placeholders, error_of
from .steps import DialogFlow, ending_when_gone
from .texts import account_list, async_get_texts


class DeleteSteps(DialogFlow):
    """The steps that delete a credential, or say why not."""

    @ending_when_gone
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
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={
                **await self._async_about(record),
                **placeholders,
            },
        )

    @ending_when_gone
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
