"""What is of no use: a credential that is not needed, or a record that cannot be read."""

from typing import override

from ..accounts.changes import async_delete
from ..dialog.steps import Input, Result
from ..dialog.texts import async_get_texts
from ..guides.sentences import async_telling
from ..issues import readable_part, unreadable_with
from ..text import as_markdown
from .flow import FixFlow


class NotNeededFlow(FixFlow):
    """Say why no credential is needed, and why one was asked for, and delete it on request."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Ask before deleting."""
        record = self.record
        if user_input is None:
            about = (await async_get_texts(self.hass)).about(record)
            telling = await async_telling(self.hass, record["domain"])
            assert telling is not None
            return self.show_fields("init", {}, {**about, "need": telling.need()})
        await async_delete(self.hass, record["id"])
        return self.end_done()


class RecordUnreadableFlow(FixFlow):
    """Show what can be read of a damaged record, and delete it on request."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Ask before deleting."""
        if (item := unreadable_with(self.hass, self.about)) is None:
            return self.end_done()
        if user_input is None:
            told = {"record": as_markdown(readable_part(item))}
            return self.show_fields("init", {}, told)
        await self.collection.async_delete_unreadable(item)
        return self.end_done()
