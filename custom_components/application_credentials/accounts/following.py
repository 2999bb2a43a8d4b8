"""How many accounts use each credential, followed as accounts come, change and go."""

from collections.abc import Callable, Iterable
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.collection import CollectionChange
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from ..ending import all_of
from ..records.collection import DATA_COLLECTION
from .usage import record_used_by

type AccountsListener = Callable[[set[str]], None]


class Accounts:
    """The number of config entries that use a credential, by its id.

    A change of one config entry costs a look at that one, so that a start with
    many of them is not slowed down.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nobody; `async_follow` counts."""
        self._hass = hass
        self._used: dict[str, str] = {}
        self._count: dict[str, int] = {}
        self._listeners: list[AccountsListener] = []

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Count, and follow what changes the count; return what ends that."""
        self._count_again(self._hass.config_entries.async_entries())
        return all_of(
            [
                async_dispatcher_connect(
                    self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
                ),
                self._hass.data[DATA_COLLECTION].async_add_change_set_listener(
                    self._async_credentials_changed
                ),
            ]
        )

    @callback
    def count(self, item_id: str) -> int:
        """Return how many config entries use a credential."""
        return self._count.get(item_id, 0)

    @callback
    def async_listen(self, listener: AccountsListener) -> CALLBACK_TYPE:
        """Have `listener` called with the ids of the credentials whose count has changed."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if change is ConfigEntryChange.REMOVED:
            self._tell(self._use(entry.entry_id, None))
        elif CONF_AUTH_IMPLEMENTATION in entry.data:
            self._count_again([entry])

    async def _async_credentials_changed(
        self, changes: Iterable[CollectionChange]
    ) -> None:
        """Look at the accounts of the integrations whose credentials have changed."""
        for domain in {change.item["domain"] for change in changes}:
            self._count_again(self._hass.config_entries.async_entries(domain))

    @callback
    def _count_again(self, entries: Iterable[ConfigEntry]) -> None:
        changed: set[str] = set()
        for entry in entries:
            record = record_used_by(self._hass, entry)
            changed |= self._use(entry.entry_id, record and record["id"])
        self._tell(changed)

    def _use(self, entry_id: str, item_id: str | None) -> set[str]:
        """Note which credential a config entry uses; return those whose count changes."""
        before = self._used.get(entry_id)
        if before == item_id:
            return set()
        if before is not None:
            del self._used[entry_id]
            self._count[before] -= 1
            if not self._count[before]:
                del self._count[before]
        if item_id is not None:
            self._used[entry_id] = item_id
            self._count[item_id] = self.count(item_id) + 1
        return {each for each in (before, item_id) if each is not None}

    def _tell(self, changed: set[str]) -> None:
        if changed:
            for listener in list(self._listeners):
                listener(changed)


DATA_ACCOUNTS: Final[HassKey[Accounts]] = HassKey(f"{DOMAIN}_accounts")
