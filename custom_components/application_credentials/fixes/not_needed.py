"""A credential is probably of no use: why none is needed is said, and it is deleted on request."""

from typing import override

from ..accounts.changes import async_delete
from ..accounts.usage import entries_using
from ..dialog.steps import Input, Result, handle_errors
from ..dialog.texts import async_about
from ..guides.sentences import async_telling
from .flow import FixFlow


class NotNeededFlow(FixFlow):
    """Say why no credential is needed, and why one was asked for, and delete it."""

    @override
    @handle_errors
    async def async_fix(self, user_input: Input) -> Result:
        """Ask before deleting."""
        self.state.item_id = self.about
        record = self.record
        if entries_using(self.hass, record):
            return self.end_done()
        if user_input is not None:
            await async_delete(self.hass, record["id"])
            return self.end_done()
        telling = await async_telling(self.hass, record["domain"])
        assert telling is not None
        about = await async_about(self.hass, record)
        return self.show_fields("init", {}, {**about, "need": telling.need()})
