"""The provider does not know the redirect URI: it is registered there, and checked again."""

from typing import Any, override

import voluptuous as vol

from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..dialog.forms import Errors
from ..dialog.texts import async_about, async_links, async_redirect_uri_text
from ..errors import CredentialNotFound
from ..issues import REDIRECT_URI_REJECTED, issue_id_of
from ..models import Verdict
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
        if not self._is_open():
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
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={
                **await async_about(self.hass, record),
                "redirect_uri": await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
                "links": await async_links(self.hass, record["domain"]),
            },
        )

    def _is_open(self) -> bool:
        """Return whether the issue is there yet."""
        issue_id = issue_id_of(REDIRECT_URI_REJECTED, self._about)
        return ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id) is not None
