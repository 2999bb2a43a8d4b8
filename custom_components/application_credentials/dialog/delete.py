"""Delete a credential that nobody uses, or say who uses it."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import SubentryFlowResult

from ..accounts import changes
from ..accounts.usage import entries_using
from ..errors import CredentialError, CredentialNotFound
from .forms import Errors, Placeholders
from .steps import DialogFlow, ending_when_gone
from .texts import account_links, async_get_texts


class DeleteSteps(DialogFlow):
    """The steps that delete a credential, or say why not."""

    @ending_when_gone
    async def async_step_delete(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
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
                errors, placeholders = await self._async_error(err)
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
    ) -> SubentryFlowResult:
        """Say which accounts use the credential, and what can be done about them."""
        if user_input is not None:
            return await self._async_go_on(user_input)
        record = self._record
        texts = await async_get_texts(self.hass)
        about = await self._async_about(record)
        can_move = bool(self._others())
        return self._choose_next(
            "in_use",
            ["move", "reconfigure"] if can_move else ["reconfigure"],
            {
                **about,
                "accounts": account_links(entries_using(self.hass, record)),
                "way_out": texts.text(
                    "move_first" if can_move else "add_first",
                    integration=about["integration"],
                ),
            },
        )
