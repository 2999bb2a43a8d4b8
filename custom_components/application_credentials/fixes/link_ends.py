"""The link of an account ends by itself: the account asks to be linked again in time."""

from typing import Any, Final, override

import voluptuous as vol

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers import issue_registry as ir

from ..accounts.link_life import DATA_LINK_LIFE
from ..accounts.usage import async_link_again
from ..const import DOMAIN
from ..dialog.forms import CONF_NEXT, one_of_steps
from ..dialog.texts import account_links
from ..errors import CredentialError
from ..issues import LINK_ENDS, PUBLISH_URL, about_link, integration_of
from ..text import as_markdown
from .flow import FixFlow, Result

_LINK_AGAIN: Final = "link_again"
_IGNORE: Final = "ignore"
_CHOICE: Final = vol.Schema(
    {
        vol.Required(CONF_NEXT, default=_LINK_AGAIN): one_of_steps(
            LINK_ENDS, [_LINK_AGAIN, _IGNORE]
        )
    }
)


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
        if user_input is None:
            # Not a menu, which cannot be used with a keyboard.
            return self.async_show_form(
                step_id="init",
                data_schema=_CHOICE,
                description_placeholders={
                    **about_link(self.hass, entry, end),
                    "account": as_markdown(entry.title),
                    "publish": PUBLISH_URL,
                },
            )
        if user_input[CONF_NEXT] == _IGNORE:
            return self._ignore()
        return await self._async_link_again(entry)

    async def _async_link_again(self, entry: ConfigEntry) -> Result:
        """Have the account ask to be linked again, and lead to it."""
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

    def _ignore(self) -> Result:
        """Ignore the issue, for which the dialog of a fix has no button."""
        ir.async_ignore_issue(self.hass, DOMAIN, f"{LINK_ENDS}_{self._about}", True)
        return self.async_abort(reason="ignored")

    def _entry(self) -> ConfigEntry | None:
        return self.hass.config_entries.async_get_entry(self._about)
