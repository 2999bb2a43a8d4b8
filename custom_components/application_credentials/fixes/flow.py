"""What the flows that fix an issue share."""

from typing import Final

from homeassistant.components.repairs import RepairsFlow
from homeassistant.const import CONF_ID

from ..dialog.steps import CredentialSteps, Input, Result, handle_errors
from ..issues import credential_with

_OPENED_WITH: Final = "issue_id"


class FixFlow(CredentialSteps, RepairsFlow):
    """A flow about one thing: a credential, an account or a record that cannot be read.

    The issue itself goes when what it is about is mended: see issues.py.
    """

    reason_gone = "gone"

    @property
    def about(self) -> str:
        """Return the id in the data of the issue."""
        assert self.data is not None
        return str(self.data[CONF_ID])

    @handle_errors
    async def async_step_init(self, user_input: Input = None) -> Result:
        """Show the form, and take what was typed into it.

        Home Assistant opens the flow with the id of the issue in place of input.
        """
        self.state.item_id = credential_with(self.hass, self.about)
        is_opened = user_input is None or _OPENED_WITH in user_input
        return await self.async_fix(None if is_opened else user_input)

    async def async_fix(self, user_input: Input) -> Result:
        """Show the form or, with input, fix the issue."""
        raise NotImplementedError

    def end_done(self) -> Result:
        """End where nothing is left to be said; Home Assistant takes the issue away."""
        return self.async_create_entry(data={})
