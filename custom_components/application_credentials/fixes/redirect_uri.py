"""The provider does not know the redirect URI: it is registered there, and checked again."""

from typing import override

from ..accounts.usage import entries_using
from ..data import DATA
from ..dialog.guide import async_patience_text, async_where_to_register
from ..dialog.steps import FormError, Input, Result
from ..dialog.texts import async_get_texts
from ..models import Verdict
from ..provider.redirect_uri import async_browser_redirect_uri
from .flow import FixFlow


class RedirectUriFlow(FixFlow):
    """Ask the provider again, when the person has registered the redirect URI."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Check again on request, about the URI that is shown."""
        record = self.record
        texts = await async_get_texts(self.hass)
        findings = self.hass.data[DATA].findings
        finding = findings.get(record["id"])
        # It may be known by now, since an account was linked.
        if finding is not None and finding.redirect_uri is Verdict.REJECTED:
            if user_input is None:
                where = await async_where_to_register(
                    self.hass, record["domain"], self.redirect_uri
                )
                patience = await async_patience_text(self.hass, record, finding)
                about = {
                    **texts.about(record),
                    "registration": "\n\n".join(filter(None, (where, patience))),
                    "links": texts.link(record["domain"]),
                }
                return self.show_fields("init", {}, about)
            finding = await findings.async_check(
                record["id"], async_browser_redirect_uri(self.hass)
            )
            if finding.redirect_uri is not Verdict.ACCEPTED:
                raise FormError(f"redirect_uri_{finding.redirect_uri}")
        told = ""
        if not entries_using(self.hass, record):
            told = texts.outcome(record, finding, [])
        return self.end("known", next=told)
