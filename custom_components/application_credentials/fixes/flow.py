"""What the flows that fix an issue share."""

from typing import Final

from homeassistant.components.repairs import RepairsFlow
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..dialog.steps import CredentialSteps, Input, Result

_OPENED_WITH: Final = "issue_id"


class FixFlow(CredentialSteps, RepairsFlow):
    """A flow about one thing, which `about` is the id of."""

    reason_gone = "gone"

    def __init__(self, about: str) -> None:
        """Initialize a flow about a credential, an account or a record."""
        super().__init__()
        self.about = about

    async def async_step_init(self, user_input: Input = None) -> Result:
        """Show the form, and take what was typed into it.

        Home Assistant opens the flow with the id of the issue in place of input.
        """
        self.state.redirect_uri.of_browser(self.hass)
        is_opened = user_input is None or _OPENED_WITH in user_input
        return await self.async_fix(None if is_opened else user_input)

    async def async_fix(self, user_input: Input) -> Result:
        """Show the form or, with input, fix the issue."""
        raise NotImplementedError

    def take_issue_away(self, issue_id: str) -> None:
        """Delete the issue of this flow, which ends with a text of its own.

        Home Assistant deletes it where a flow ends with an entry; but older frontends
        have one text for all of those.
        """
        ir.async_delete_issue(self.hass, DOMAIN, issue_id)

    def end_done(self) -> Result:
        """End where nothing is left to be said; Home Assistant takes the issue away."""
        return self.async_create_entry(data={})
