"""Move accounts from one credential to another of the same integration."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult

from ..accounts.usage import async_can_reauthenticate, async_move, entries_using
from ..errors import CredentialError, CredentialNotFound
from ..records.collection import DATA_COLLECTION
from .forms import CONF_ACCOUNTS, CONF_TARGET, Errors, Placeholders, error_of, one_of
from .steps import DialogFlow, ending_when_gone
from .texts import async_overview


class MoveSteps(DialogFlow):
    """The step that moves accounts."""

    @ending_when_gone
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
                    await async_move(self.hass, entry_id, target, seen=self._item_id)
            except CredentialNotFound:
                raise
            except CredentialError as err:
                errors, placeholders = error_of(err)
            else:
                return self.async_abort(reason="moved")
        return self.async_show_form(
            step_id="move",
            data_schema=vol.Schema(
                {
                    vol.Required(
                        CONF_ACCOUNTS, default=[entry.entry_id for entry in entries]
                    ): one_of(
                        {entry.entry_id: entry.title for entry in entries},
                        multiple=True,
                    ),
                    vol.Required(CONF_TARGET): one_of(
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
