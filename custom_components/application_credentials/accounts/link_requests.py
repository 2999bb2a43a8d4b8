"""Which accounts have been asked to be linked again, and have not been yet.

Home Assistant forgets that with every reload of the account, with a page that was
abandoned, with a link to the wrong account, and with a restart.
"""

from hashlib import sha256
import json
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .kept import Kept

# What integrations change in a token that they want to have refreshed.
_PASSING: Final = frozenset({"expires_at", "expires_in"})

_ASKED_WITH: Final = "asked_with"
_BY_INTEGRATION: Final = "by_integration"


class LinkRequests:
    """The accounts that ask, each with the token that it had then.

    Another token answers the request: the account was linked again, or the provider
    has taken the link after all. That holds also for what the original has done.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with none; `async_load` brings back those from before the start."""
        # At once: who was told that an account asks may pull the plug.
        self._kept = Kept(hass, "link_requests", delay=0)

    async def async_load(self) -> None:
        """Bring back the requests from before the start."""
        await self._kept.async_load()

    @callback
    def ask(self, entry: ConfigEntry, *, by_integration: bool = False) -> None:
        """Take note that an account is to be linked again, whatever state it is in.

        `by_integration`: it says so itself, and a good client may be all it lacks.
        """
        if self.is_asked(entry) and by_integration:
            return
        self._kept.keep(
            entry.entry_id,
            {_ASKED_WITH: _fingerprint(entry), _BY_INTEGRATION: by_integration},
        )

    @callback
    def is_asked(self, entry: ConfigEntry) -> bool:
        """Return whether an account was asked and has the token that it had then."""
        fact = self._kept.get(entry.entry_id)
        return fact is not None and fact.get(_ASKED_WITH) == _fingerprint(entry)

    @callback
    def is_kept(self, entry: ConfigEntry) -> bool:
        """Return whether an account was asked, also if it has been linked meanwhile."""
        return self._kept.get(entry.entry_id) is not None

    @callback
    def take_back(self, entry: ConfigEntry) -> None:
        """Take note that an account need not be linked again, or is gone."""
        self._kept.forget(entry.entry_id)

    @callback
    def secret_changed(self, entry: ConfigEntry) -> None:
        """Take back what an integration asked for, until it asks again."""
        fact = self._kept.get(entry.entry_id)
        if fact is not None and fact.get(_BY_INTEGRATION):
            self.take_back(entry)


DATA_LINK_REQUESTS: HassKey[LinkRequests] = HassKey(f"{DOMAIN}_link_requests")


def _fingerprint(entry: ConfigEntry) -> str:
    """Return what tells the token of an account from others, and itself to nobody.

    An integration may keep it under a name of its own: then it is all that it keeps.
    """
    token: Any = entry.data.get(CONF_TOKEN, dict(entry.data))
    if isinstance(token, dict):
        token = {key: token[key] for key in token if key not in _PASSING}
    return sha256(json.dumps(token, sort_keys=True, default=str).encode()).hexdigest()
