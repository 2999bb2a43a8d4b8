"""Ask the provider, and save what it accepts.

Nothing is saved before the provider was asked, and a person decides what to do
about a bad answer.
"""

import asyncio
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN

from ..errors import CredentialError, CredentialNotFound
from ..models import Finding, Verdict
from ..provider.check import async_ask_provider
from ..provider.findings import DATA_FINDINGS
from ..records.collection import DATA_COLLECTION
from ..text import async_is_administrator
from .copy import CopySteps
from .steps import ending_when_gone

# How long a step waits for an answer before it shows that it waits. Most providers answer
# sooner; and Home Assistant's dialogs miss an answer that comes while they open that page.
_AT_ONCE_SECONDS: Final = 1


class SavingSteps(CopySteps):
    """The steps between a form and the disk."""

    @ending_when_gone
    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask the provider about a stored credential."""
        self._candidate = None
        self._typed = {}
        return await self._async_ask()

    async def async_step_asking(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show that the provider is being asked."""
        assert self._asking is not None
        if not self._asking.done():
            return self.async_show_progress(
                step_id="asking",
                progress_action="asking",
                progress_task=self._asking,
            )
        return self.async_show_progress_done(next_step_id="asked")

    @ending_when_gone
    async def async_step_asked(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on from what the provider says: save what it accepts, ask about the rest."""
        if user_input is not None:
            return await self._async_go_on(user_input)
        assert self._asking is not None
        finding = await self._asking
        if self._item_id:
            # It may be gone by now.
            self.hass.data[DATA_COLLECTION].record(self._item_id)
        if self._candidate is None:
            return await self._async_show_finding(finding)
        if finding.client is Verdict.ACCEPTED:
            return await self._async_save(finding)
        # First what most people do.
        options = ["save_anyway", "reconfigure" if self._item_id else "new"]
        if finding.client is Verdict.REJECTED:
            options.reverse()
        return self._choose_next(
            finding.client.value,
            options,
            await self._async_tell(self._candidate, finding),
        )

    # The same step under the names of what it shows.
    async_step_finding = async_step_asked
    async_step_rejected = async_step_asked
    async_step_unknown = async_step_asked

    async def _async_show_finding(self, finding: Finding) -> SubentryFlowResult:
        return self._choose_next(
            "finding",
            ["reconfigure", "check"],
            await self._async_tell(self._record, finding),
        )

    @ending_when_gone
    async def async_step_save_anyway(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Save what the provider does not accept."""
        assert self._asking is not None
        return await self._async_save(await self._asking)

    async def _async_show_form_again(self) -> SubentryFlowResult:
        """Show the form that was submitted last, with what was typed into it."""
        raise NotImplementedError

    async def _async_store(self) -> None:
        """Save what was typed; raises CredentialError."""
        raise NotImplementedError

    async def _async_end_saved(self) -> SubentryFlowResult:
        """Say that it is saved, and what comes next."""
        raise NotImplementedError

    async def _async_ask(self) -> SubentryFlowResult:
        """Start asking the provider, about what was typed or about what is stored."""
        redirect_uri = self._redirect_uri.of_browser(self.hass)
        if self._candidate is None:
            asking = self.hass.data[DATA_FINDINGS].async_check(
                self._record["id"], redirect_uri
            )
        else:
            asking = async_ask_provider(self.hass, self._candidate, redirect_uri)
        self._asking = self.hass.async_create_task(asking, "ask the provider")
        await asyncio.wait([self._asking], timeout=_AT_ONCE_SECONDS)
        if self._asking.done():
            return await self.async_step_asked()
        return await self.async_step_asking()

    async def _async_save(self, finding: Finding | None) -> SubentryFlowResult:
        """Save what was typed; `finding` is what the provider says of it, if it was asked."""
        self._finding = finding or Finding()
        if not await async_is_administrator(self.hass):
            # No more, since this step began to wait for the provider.
            return self.async_abort(reason="not_administrator")
        try:
            await self._async_store()
        except CredentialNotFound:
            raise
        except CredentialError as err:
            # Back to the form, so that nothing has to be typed again.
            self._refused = err
            return await self._async_show_form_again()
        return await self._async_tell_saved()

    async def _async_tell_saved(self) -> SubentryFlowResult:
        """Keep what the provider has said before, and say that it is saved."""
        if self._candidate is not None:
            self.hass.data[DATA_FINDINGS].async_adopt(
                self._item_id, self._candidate, self._finding
            )
        return await self._async_end_saved()

    def _new_fields(self) -> dict[str, Any]:
        return {
            CONF_DOMAIN: self._domain,
            CONF_CLIENT_ID: "",
            CONF_CLIENT_SECRET: "",
            **self._typed,
        }
