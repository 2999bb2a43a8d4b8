"""The link of an account ends by itself: the account asks to be linked again in time."""

from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers import issue_registry as ir

from ..accounts.link_life import DATA_LINK_LIFE
from ..accounts.usage import async_link_again
from ..const import DOMAIN
from ..dialog.texts import account_links
from ..errors import CredentialError
from ..issues import LINK_ENDS, PUBLISH_URL, about_link, integration_of
from ..markdown import as_markdown
from .flow import FixFlow, Result


class LinkEndsFlow(FixFlow):
    """Say when a link ends and how to have it last, and have the account ask."""

    @override
    async def async_fix(self, user_input: dict[str, Any] | None) -> Result:
        """Let the person choose; the issue stays until the account is linked."""
        if (entry := self._entry()) is None:
            return self._gone()
        if (end := self.hass.data[DATA_LINK_LIFE].end_of(entry)) is None:
            # It was linked meanwhile, with a link that lasts.
            return self._done()
        return self.async_show_menu(
            step_id="init",
            menu_options=["link_again", "ignore"],
            description_placeholders={
                **about_link(self.hass, entry, end),
                "account": as_markdown(entry.title),
                "publish": PUBLISH_URL,
            },
        )

    async def async_step_link_again(
        self, user_input: dict[str, Any] | None = None
    ) -> Result:
        """Have the account ask to be linked again, and lead to it."""
        if (entry := self._entry()) is None:
            return self._gone()
        try:
            await async_link_again(self.hass, [entry.entry_id])
        except CredentialError:
            return self.async_abort(
                reason="link_again_impossible",
                description_placeholders={
                    "integration": integration_of(self.hass, entry)
                },
            )
        # Not the end of a flow that has mended it, which would take the issue away.
        return self.async_abort(
            reason="ask_to_be_linked",
            description_placeholders={"accounts": account_links([entry])},
        )

    async def async_step_ignore(
        self, user_input: dict[str, Any] | None = None
    ) -> Result:
        """Ignore the issue, for which the dialog of a fix has no button."""
        if (entry := self._entry()) is None:
            return self._gone()
        ir.async_ignore_issue(self.hass, DOMAIN, f"{LINK_ENDS}_{entry.entry_id}", True)
        return self.async_abort(reason="ignored")

    def _entry(self) -> ConfigEntry | None:
        return self.hass.config_entries.async_get_entry(self._about)
