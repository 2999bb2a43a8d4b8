"""A stored record cannot be read: what can be is shown, and it is deleted on request."""

from typing import Any, override

import voluptuous as vol

from ..dialog.forms import Errors, Placeholders, async_errors_of
from ..errors import CredentialError
from ..issues import readable_part, unreadable_with
from ..records.collection import DATA_COLLECTION
from ..text import as_markdown
from .flow import FixFlow, Result


class RecordUnreadableFlow(FixFlow):
    """Show what can be read of a damaged record, and delete it."""

    @override
    async def async_fix(self, user_input: dict[str, Any] | None) -> Result:
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
