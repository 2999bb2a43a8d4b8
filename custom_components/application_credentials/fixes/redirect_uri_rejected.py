"""The provider does not know the redirect URI: it is registered there, and checked again."""

from typing import Any, override

import voluptuous as vol

from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..dialog.forms import Errors
from ..dialog.texts import (
    async_links,
    async_names,
    async_redirect_uri_text,
    title_apart,
)
from ..errors import CredentialNotFound
from ..issues import REDIRECT_URI_REJECTED, issue_id_of
from ..markdown import as_markdown
from ..provider.check import Verdict
from ..provider.findings import DATA_FINDINGS
from ..records.collection import DATA_COLLECTION
from .flow import FixFlow, Result


class RedirectUriRejectedFlow(FixFlow):
    """Ask the provider again, when the person has registered the redirect URI."""

    @override
    async def async_fix(self, user_input: dict[str, Any] | None) -> Result:
        """Check again on request, about the URI that is shown."""
        try:
            record = self.hass.data[DATA_COLLECTION].record(self._about)
        except CredentialNotFound:
            return self._gone()
        if not self._is_open(REDIRECT_URI_REJECTED):
            # An account was linked meanwhile.
            return self._done()
        errors: Errors = {}
        if user_input is not None:
            try:
                finding = await self.hass.data[DATA_FINDINGS].async_check(
                    self._about, self._redirect_uri.of_browser(self.hass)
                )
            except CredentialNotFound:
                return self._gone()
            if finding.redirect_uri is Verdict.ACCEPTED:
                return self._done()
            errors["base"] = f"redirect_uri_{finding.redirect_uri}"
        names = await async_names(self.hass, [record["domain"]])
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={
                "name": as_markdown(title_apart(self.hass, record)),
                "integration": names[record["domain"]],
                "redirect_uri": await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
                "links": await async_links(self.hass, record["domain"]),
            },
        )

    def _is_open(self, kind: str) -> bool:
        """Return whether there is an issue that is not mended yet."""
        issues = ir.async_get(self.hass)
        return (
            issues.async_get_issue(DOMAIN, issue_id_of(kind, self._about)) is not None
        )
