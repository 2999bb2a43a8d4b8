"""The provider does not know the redirect URI: it is registered there, and checked again."""

from typing import override

from homeassistant.helpers import issue_registry as ir

from ..accounts.usage import entries_using
from ..const import DOMAIN
from ..data import DATA
from ..dialog.forms import FormError
from ..dialog.guide import async_where_to_register
from ..dialog.steps import Input, Result, handle_errors
from ..dialog.texts import async_about, async_links, async_next_text
from ..issues import REDIRECT_URI_REJECTED, issue_id_of
from ..models import CredentialRecord, Verdict
from .flow import FixFlow


class RedirectUriRejectedFlow(FixFlow):
    """Ask the provider again, when the person has registered the redirect URI."""

    @override
    @handle_errors
    async def async_fix(self, user_input: Input) -> Result:
        """Check again on request, about the URI that is shown."""
        self.state.item_id = self.about
        record = self.record
        if not self._is_open():
            # An account was linked meanwhile.
            return await self._async_end(record)
        if user_input is None:
            return self.show_fields(
                "init",
                {},
                {
                    **await async_about(self.hass, record),
                    "registration": await async_where_to_register(
                        self.hass, record["domain"], self.state.redirect_uri
                    ),
                    "links": await async_links(self.hass, record["domain"]),
                },
            )
        finding = await self.hass.data[DATA].findings.async_check(
            self.about, self.state.redirect_uri.of_browser(self.hass)
        )
        if finding.redirect_uri is Verdict.ACCEPTED:
            return await self._async_end(record)
        raise FormError("base", f"redirect_uri_{finding.redirect_uri}")

    async def _async_end(self, record: CredentialRecord) -> Result:
        """Say how to go on where no account uses the credential yet."""
        self.take_issue_away(issue_id_of(REDIRECT_URI_REJECTED, self.about))
        told = ""
        if not entries_using(self.hass, record):
            found = self.hass.data[DATA].findings.get(self.about)
            told = await async_next_text(self.hass, record, found)
        return self.end("known", next=told)

    def _is_open(self) -> bool:
        """Return whether the issue is there yet."""
        issue_id = issue_id_of(REDIRECT_URI_REJECTED, self.about)
        return ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id) is not None
