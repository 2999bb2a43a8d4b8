"""What the flows that fix an issue share."""

from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow
from homeassistant.data_entry_flow import FlowResult

from ..dialog.forms import Errors
from ..issues import CLIENT_REJECTED
from ..models import CredentialRecord, Finding, Verdict
from ..provider.check import async_ask_provider
from ..provider.redirect_uri import FlowRedirectUri

_OPENED_WITH: Final = "issue_id"

# The key of the error that asks the person to decide.
CLIENT_UNCLEAR: Final = "client_unclear"

# What a step returns. Its name in the integration, RepairsFlowResult, came with 2026.6.
type Result = FlowResult[Any, str]


class FixFlow(RepairsFlow):
    """A flow about one thing, which `about` is the id of."""

    def __init__(self, about: str) -> None:
        """Take what the issue is about."""
        self._about = about
        # The first step runs by request of the browser; what it says holds in all.
        self._redirect_uri = FlowRedirectUri()
        # The client of which the person knows that the provider has not told.
        self._unclear: tuple[str, str] | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> Result:
        """Show the form, and take what was typed into it.

        Home Assistant opens the flow with the id of the issue in place of input.
        """
        self._redirect_uri.of_browser(self.hass)
        is_opened = user_input is None or _OPENED_WITH in user_input
        return await self.async_fix(None if is_opened else user_input)

    async def async_fix(self, user_input: dict[str, Any] | None) -> Result:
        """Show the form or, with input, fix the issue."""
        raise NotImplementedError

    async def _async_ask(self, candidate: CredentialRecord) -> tuple[Finding, Errors]:
        """Ask the provider about a client that is about to be saved.

        What it rejects is an error; what is unclear is one, too, until the person
        submits the same client again.
        """
        finding = await async_ask_provider(
            self.hass, candidate, self._redirect_uri.of_browser(self.hass)
        )
        if finding.client is Verdict.REJECTED:
            return finding, {"base": CLIENT_REJECTED}
        client = candidate["client_id"], candidate["client_secret"]
        if finding.client is Verdict.UNKNOWN and client != self._unclear:
            self._unclear = client
            return finding, {"base": CLIENT_UNCLEAR}
        return finding, {}

    def _done(self) -> Result:
        return self.async_create_entry(data={})

    def _gone(self) -> Result:
        return self.async_abort(reason="gone")
