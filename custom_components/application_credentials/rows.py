"""Each credential as a row of our entry on the Integrations page.

Rows are config subentries. The stored credentials are the truth, and rows mirror
them. A row that is deleted deletes its credential, and one that is renamed renames
it. Where that cannot be, the row is as it was, and a notification says why.
"""

from collections.abc import Callable, Container, Iterable
from contextlib import ExitStack
from itertools import islice
from types import MappingProxyType
from typing import Final, NamedTuple

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigSubentry,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.collection import CollectionChange
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .accounts import changes
from .const import DOMAIN
from .dialog.notification import async_notify_not_deleted, async_notify_not_renamed
from .dialog.texts import async_names, async_row_titles
from .ending import all_of
from .errors import CredentialError, CredentialNotFound
from .records.collection import DATA_COLLECTION
from .rounds import Rounds

SUBENTRY_TYPE: Final = "credential"

# A page with more of them is no help, and each costs a device and four entities.
MAX_ROWS: Final = 1000


class Row(NamedTuple):
    """What is shown of a credential."""

    item_id: str
    subentry_id: str
    title: str
    domain: str
    integration: str


type RowsListener = Callable[[list[Row]], None]


class Rows:
    """The rows of all credentials, in step with what is stored.

    Whatever state the entry is in: also while it is disabled, credentials come
    and go, and a person can delete a row. Beyond MAX_ROWS, credentials have none.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with none; `async_follow` makes them."""
        self._hass = hass
        self._credentials = hass.data[DATA_COLLECTION]
        # By the id of the credential, as they were left by the last round.
        self._subentries: dict[str, ConfigSubentry] = {}
        self._titles: dict[str, str] = {}
        self._shown: set[str] = set()
        self._listeners: list[RowsListener] = []
        # Home Assistant 2025.12 says that a row is gone before it takes its device and its
        # entities away: nothing may be done within that call.
        self._rounds = Rounds(hass, "rows", self._async_keep_in_step)

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Make the rows that there are to be, and follow what changes them.

        Returns what ends that.
        """
        end_following = all_of(
            (
                self._rounds.async_end,
                async_dispatcher_connect(
                    self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
                ),
                self._credentials.async_add_change_set_listener(
                    self._async_credentials_changed
                ),
            )
        )
        self._changed()
        return end_following

    async def async_listen(self, listener: RowsListener) -> CALLBACK_TYPE:
        """Have `listener` called with all rows now, and later with new ones."""
        with ExitStack() as undo:
            self._listeners.append(listener)
            undo.callback(self._listeners.remove, listener)
            await self._async_tell([listener], self._shown)
            return undo.pop_all().close

    async def _async_tell(
        self, listeners: Iterable[RowsListener], item_ids: Container[str]
    ) -> None:
        """Tell of the rows of these credentials, but for those that are gone by then."""
        records = {
            item_id: record
            for item_id, record in self._credentials.data.items()
            if item_id in item_ids
        }
        # Looks for the files of integrations, which only what shows the rows needs.
        names = await async_names(
            self._hass, {record["domain"] for record in records.values()}
        )
        rows = [
            Row(
                item_id,
                subentry.subentry_id,
                subentry.title,
                record["domain"],
                names[record["domain"]],
            )
            for item_id, record in records.items()
            if (subentry := self._subentries.get(item_id))
        ]
        for listener in listeners:
            listener(rows)

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            # With the entry, not each by itself.
            self._subentries, self._titles = {}, {}
            self._shown = set()
        self._changed()

    async def _async_credentials_changed(
        self, changes: Iterable[CollectionChange]
    ) -> None:
        self._changed()

    @callback
    def _changed(self) -> None:
        self._rounds.async_request()

    async def _async_keep_in_step(self) -> None:
        """Do what was done to rows by a person, and make them those of the credentials."""
        if (entry := self._entry()) is None:
            return
        for item_id in self._deleted(entry):
            await self._async_delete(item_id)
        for item_id, title in self._renamed():
            await self._async_rename(item_id, title)
        # As many as there are rows, of all of them: titles are told apart.
        shown = list(islice(self._credentials.data.values(), MAX_ROWS))
        named = await async_row_titles(self._hass, shown)
        if (entry := self._entry()) is None:
            return
        shown_before = self._shown
        self._mirror(entry, named)
        if self._listeners and (new := self._shown - shown_before):
            await self._async_tell(list(self._listeners), new)

    @callback
    def _entry(self) -> ConfigEntry | None:
        entries = self._hass.config_entries.async_entries(DOMAIN)
        return entries[0] if entries else None

    def _deleted(self, entry: ConfigEntry) -> list[str]:
        """Return the ids of the credentials whose rows a person has deleted."""
        return [
            item_id
            for item_id, subentry in self._subentries.items()
            if subentry.subentry_id not in entry.subentries
            and item_id in self._credentials.data
        ]

    def _renamed(self) -> list[tuple[str, str]]:
        """Return the credentials whose rows a person has renamed, and the new titles."""
        if (entry := self._entry()) is None:
            return []
        return [
            (item_id, subentry.title)
            for subentry in entry.subentries.values()
            if (item_id := subentry.unique_id) in self._credentials.data
            and subentry.title != self._titles.get(item_id, subentry.title)
        ]

    async def _async_rename(self, item_id: str, title: str) -> None:
        """Give a credential the name that its row was given, or say why not."""
        self._titles[item_id] = title
        try:
            await changes.async_update(self._hass, item_id, {CONF_NAME: title})
        except CredentialNotFound:
            return
        except CredentialError as err:
            await async_notify_not_renamed(
                self._hass, self._credentials.record(item_id), err
            )

    async def _async_delete(self, item_id: str) -> None:
        """Delete the credential of a deleted row, or say why not."""
        try:
            await changes.async_delete(self._hass, item_id)
        except CredentialNotFound:
            return
        except CredentialError as err:
            await async_notify_not_deleted(
                self._hass, self._credentials.record(item_id), err
            )
        else:
            return
        if (entry := self._entry()) and (back := self._subentries.get(item_id)):
            # The same one, by whose id the registries know what was set up for it.
            self._shown.discard(item_id)
            self._hass.config_entries.async_add_subentry(entry, back)

    @callback
    def _clear(
        self, entry: ConfigEntry, shown: Container[str | None]
    ) -> dict[str | None, ConfigSubentry]:
        """Remove the rows that are none, and at the start their devices; return the others.

        That is the row of a credential that is gone, one that stands twice, and one in
        another entry of ours: there may be a second one in a file that people edit.
        Home Assistant saves its registries later than we save the credentials: one
        that was killed knows devices at its next start whose rows are gone.
        """
        rows: dict[str | None, ConfigSubentry] = {}
        for each in self._hass.config_entries.async_entries(DOMAIN):
            for subentry in list(each.subentries.values()):
                if subentry.subentry_type != SUBENTRY_TYPE:
                    continue
                item_id = subentry.unique_id
                if each is entry and item_id in shown and item_id not in rows:
                    rows[item_id] = subentry
                else:
                    self._hass.config_entries.async_remove_subentry(
                        each, subentry.subentry_id
                    )
        if self._subentries:
            return rows
        registry = dr.async_get(self._hass)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            if not any(identifier[1] in shown for identifier in device.identifiers):
                registry.async_remove_device(device.id)
        return rows

    @callback
    def _mirror(self, entry: ConfigEntry, named: dict[str, str]) -> None:
        """Make the rows of `entry` those of the credentials, by their titles."""
        config_entries = self._hass.config_entries
        subentries: dict[str, ConfigSubentry] = {}
        gone: set[str] = set()
        # What was deleted since the titles were made has no row any more.
        named = {
            item_id: title
            for item_id, title in named.items()
            if item_id in self._credentials.data
        }
        there = self._clear(entry, named)
        for item_id, title in named.items():
            row_there = there.get(item_id)
            if row_there is None:
                if item_id in self._subentries:
                    # Deleted since this round began: the next one sees to it.
                    subentries[item_id] = self._subentries[item_id]
                    gone.add(item_id)
                    continue
                row_there = ConfigSubentry(
                    data=MappingProxyType({}),
                    subentry_type=SUBENTRY_TYPE,
                    title=title,
                    unique_id=item_id,
                )
                config_entries.async_add_subentry(entry, row_there)
            # Not one that was renamed since this round began.
            elif row_there.title == self._titles.get(item_id, row_there.title) != title:
                config_entries.async_update_subentry(entry, row_there, title=title)
            subentries[item_id] = row_there
        self._subentries = subentries
        _rename_devices(self._hass, entry, named)
        self._titles = {item_id: named[item_id] for item_id in subentries}
        self._shown = subentries.keys() - gone


def _rename_devices(
    hass: HomeAssistant, entry: ConfigEntry, named: dict[str, str]
) -> None:
    """Have the devices follow the titles; what a person calls a device stays."""
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        for _, item_id in device.identifiers:
            if named.get(item_id, device.name) != device.name:
                registry.async_update_device(device.id, name=named[item_id])
