"""Facts about accounts that have to outlive a restart, in a file beside the credentials.

Where the original serves, nobody reads or changes the file. So whatever is kept says
itself what it was true of, and is compared with the account before it is believed.
"""

import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)

_VERSION: Final = 1
_ACCOUNTS: Final = "accounts"

type Fact = dict[str, Any]


class Kept:
    """One fact for each account that has one, by the id of its config entry."""

    def __init__(self, hass: HomeAssistant, name: str, *, delay: float) -> None:
        """Open the file of this name; a change is saved after `delay` seconds.

        At a regular end of Home Assistant it is saved anyway.
        """
        self._hass = hass
        self._delay = delay
        self._facts: dict[str, Fact] = {}
        self._store = Store[dict[str, dict[str, Fact]]](
            hass, _VERSION, f"{DOMAIN}.{name}", private=True, atomic_writes=True
        )

    async def async_load(self) -> None:
        """Bring back what was kept of the accounts that are still there.

        A file that cannot be read costs what stood in it, and nothing else.
        """
        try:
            stored = await self._store.async_load()
            facts = stored[_ACCOUNTS].items() if stored else ()
        except Exception as err:  # noqa: BLE001 (whatever it is, credentials do not need it)
            _LOGGER.warning("%s cannot be read: %s", self._store.key, err)
            return
        self._facts = {
            entry_id: fact
            for entry_id, fact in facts
            if isinstance(fact, dict)
            and self._hass.config_entries.async_get_entry(entry_id)
        }

    @callback
    def get(self, entry_id: str) -> Fact | None:
        """Return what is known of an account, None where nothing is."""
        return self._facts.get(entry_id)

    @callback
    def entry_ids(self) -> list[str]:
        """Return the ids of the config entries of which something is known."""
        return list(self._facts)

    @callback
    def keep(self, entry_id: str, fact: Fact) -> None:
        """Take note of what is true of an account from now on."""
        if self._facts.get(entry_id) != fact:
            self._facts[entry_id] = fact
            self._save()

    @callback
    def forget(self, entry_id: str) -> None:
        """Take note that it is true no longer."""
        if self._facts.pop(entry_id, None) is not None:
            self._save()

    @callback
    def _save(self) -> None:
        self._store.async_delay_save(
            lambda: {_ACCOUNTS: dict(self._facts)}, self._delay
        )
