"""The link of an account ends by itself: the account asks to be linked again in time."""

from typing import Final, override

from homeassistant.helpers import issue_registry as ir

from ..accounts.link_life import end_of_link
from ..accounts.relink import async_link_again
from ..const import DOMAIN
from ..dialog.forms import CONF_NEXT
from ..dialog.steps import Input, Result
from ..dialog.texts import account_links
from ..errors import CredentialError
from ..guides.sentences import async_telling
from ..issues import LINK_ENDS, about_link, integration_of
from ..text import as_markdown
from .flow import FixFlow

# One of its integrations: apps are published in the same way for all of them.
_GOOGLE: Final = "google"
_LINK_AGAIN: Final = "link_again"
_IGNORE: Final = "ignore"


class LinkEndsFlow(FixFlow):
    """Say when a link ends and how to have it last, and have the account ask."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Let the person choose; the issue stays until the account is linked."""
        if (entry := self.hass.config_entries.async_get_entry(self.about)) is None:
            return self.end("gone")
        if (end := end_of_link(self.hass, entry)) is None:
            # It was linked meanwhile, with a link that lasts.
            return self.end_done()
        if user_input is None:
            google = await async_telling(self.hass, _GOOGLE)
            assert google is not None
            about = {
                **about_link(self.hass, entry, end),
                "account": as_markdown(entry.title),
                "publishing": google.publishing(),
            }
            return self.choose_next("init", [_LINK_AGAIN, _IGNORE], about, LINK_ENDS)
        if user_input[CONF_NEXT] == _IGNORE:
            # The dialog of a fix has no button for it.
            ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, True)
            return self.end("ignored")
        try:
            await async_link_again(self.hass, [self.about])
        except CredentialError:
            integration = integration_of(self.hass, entry)
            return self.end("link_again_impossible", integration=integration)
        return self.end("ask_to_be_linked", accounts=account_links([entry]))
