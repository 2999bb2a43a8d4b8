"""A stored record cannot be read: what can be is shown, and it is deleted on request."""

from typing import override

from ..dialog.steps import Input, Result, handle_errors
from ..issues import readable_part, unreadable_with
from ..text import as_markdown
from .flow import FixFlow


class RecordUnreadableFlow(FixFlow):
    """Show what can be read of a damaged record, and delete it."""

    @override
    @handle_errors
    async def async_fix(self, user_input: Input) -> Result:
        """Ask before deleting."""
        if (item := unreadable_with(self.hass, self.about)) is None:
            return self.end_done()
        if user_input is not None:
            await self.collection.async_delete_unreadable(item)
            return self.end_done()
        told = {"record": as_markdown(readable_part(item))}
        return self.show_fields("init", {}, told)
