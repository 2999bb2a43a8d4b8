"""Each credential as a row of our entry on the Integrations page.

Rows are config subentries. The stored credentials are the truth, and rows mirror
them. A row that is deleted deletes its credential, and one that is renamed renames
it. Where that cannot be, the row is as it was, and a notification says why.
"""

import asyncio
from collections.abc import Container, Iterable
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
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.collection import CollectionChange
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.start import async_at_started
from homeassistant.loader import async_get_integrations

from .accounts import changes
from .const import DOMAIN
from .dialog.notification import async_notify
from .dialog.texts import names_in
from .errors import CredentialError, CredentialNotFound
from .models import CredentialRecord, row_titles
from .records.collection import DATA_COLLECTION
from .signals import Refresher

SUBENTRY_TYPE: Final = "credential"

# A page with more of them is no help, and each costs a device and its entities.
MAX_ROWS: Final = 1000

# Sent with the list of rows that are new.
SIGNAL_NEW_ROWS: Final = f"{DOMAIN}_new_rows"


class Row(NamedTuple):
    """The row of a credential, and what it is called."""

    item_id: str
    subentry: ConfigSubentry
    title: str
    domain: str
    integration: str


class Rows:
    """The rows of all credentials, in step with what is stored.

    Whatever state the entry is in: also while it is disabled, credentials come
    and go, and a person can delete a row. Beyond MAX_ROWS, credentials have none.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with none; `async_follow` makes them."""
        self._hass = hass
        self._credentials = hass.data[DATA_COLLECTION]
        # By the id of the credential, as the last refresh has left them.
        self.rows: dict[str, Row] = {}
        # Held by a dialog that adds a row itself; then no other row is added or removed.
        self.adding = asyncio.Lock()
        # While they are put in step, each change of the entry is one of ours.
        self._is_mirroring = False
        # Home Assistant 2025.12 says that a row is gone before it takes its device and its
        # entities away: nothing may be done within that call.
        self._refresher = Refresher(hass, "rows", self._async_refresh)

    @callback
    def async_follow(self, undo: ExitStack) -> None:
        """Start to keep the rows in step; `undo` gets what ends that.

        The set-up of the entry is a change of it. While the entry is disabled, nothing needs
        the rows before Home Assistant has started.
        """
        refresh = self._refresher.async_request_refresh
        undo.callback(async_at_started(self._hass, refresh))
        undo.callback(self._refresher.async_shutdown)
        undo.callback(
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
            )
        )
        # Not the signal: what is found out about a credential changes no row.
        undo.callback(
            self._credentials.async_add_change_set_listener(
                self._async_credentials_changed
            )
        )

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN or self._is_mirroring:
            return
        if change is ConfigEntryChange.REMOVED:
            # With the entry, not each by itself.
            self.rows = {}
        self._refresher.async_request_refresh()

    async def _async_credentials_changed(
        self, _changes: Iterable[CollectionChange]
    ) -> None:
        self._refresher.async_request_refresh()

    async def _async_refresh(self) -> None:
        """Do to credentials what a person has done to rows, then mirror the credentials."""
        if (entry := self._entry()) is None or not self._credentials.store.readable:
            return
        for row in self._deleted(entry):
            await self._async_delete(entry, row)
        for row, title in self._renamed(entry):
            await self._async_rename(row, title)
        async with self.adding:
            domains = {record["domain"] for record in self._shown()}
            names = names_in(await async_get_integrations(self._hass, domains))
            if (
                self._entry() is not entry
                or any(record["domain"] not in names for record in self._shown())
                or self._deleted(entry)
                or self._renamed(entry)
            ):
                # Something has changed meanwhile: the next refresh has been requested.
                return
            self._is_mirroring = True
            try:
                new = self._mirror(entry, names)
            finally:
                self._is_mirroring = False
        async_dispatcher_send(self._hass, SIGNAL_NEW_ROWS, new)

    def _entry(self) -> ConfigEntry | None:
        entries = self._hass.config_entries.async_entries(DOMAIN)
        return entries[0] if entries else None

    def _shown(self) -> list[CredentialRecord]:
        return list(islice(self._credentials.data.values(), MAX_ROWS))

    def _deleted(self, entry: ConfigEntry) -> list[Row]:
        """Return the rows that a person has deleted, and whose credentials are there."""
        return [
            row
            for item_id, row in self.rows.items()
            if row.subentry.subentry_id not in entry.subentries
            and item_id in self._credentials.data
        ]

    def _renamed(self, entry: ConfigEntry) -> list[tuple[Row, str]]:
        """Return the rows that a person has renamed, and their new titles."""
        return [
            (row, subentry.title)
            for subentry in entry.subentries.values()
            if (row := self.rows.get(str(subentry.unique_id)))
            and row.item_id in self._credentials.data
            and subentry.title != row.title
        ]

    async def _async_rename(self, row: Row, title: str) -> None:
        """Give a credential the name that its row was given, or notify why not."""
        if row.item_id not in self.rows:
            # The entry was deleted meanwhile.
            return
        # It is no new title any more, whatever comes of it.
        self.rows[row.item_id] = row._replace(title=title)
        try:
            await changes.async_update(self._hass, row.item_id, {CONF_NAME: title})
        except CredentialNotFound:
            return
        except CredentialError as err:
            await async_notify(self._hass, row.item_id, err, title="not_renamed")

    async def _async_delete(self, entry: ConfigEntry, row: Row) -> None:
        """Delete the credential of a deleted row, or notify why not and bring the row back."""
        # It is a new one, should it come back.
        self.rows.pop(row.item_id, None)
        try:
            await changes.async_delete(self._hass, row.item_id)
        except CredentialNotFound:
            return
        except CredentialError as err:
            await async_notify(self._hass, row.item_id, err, title="not_deleted")
            if self._entry() is entry:
                # The same one, by whose id the registries know what was set up for it.
                self._hass.config_entries.async_add_subentry(entry, row.subentry)

    @callback
    def _mirror(self, entry: ConfigEntry, names: dict[str, str]) -> list[Row]:
        """Make the rows of `entry` those of the credentials; return the new ones."""
        records = self._shown()
        titles = row_titles(records, names)
        there = self._clear(entry, titles)
        rows: dict[str, Row] = {}
        for record in records:
            item_id, domain = record["id"], record["domain"]
            title = titles[item_id]
            if (subentry := there.get(item_id)) is None:
                subentry = ConfigSubentry(
                    data=MappingProxyType({}),
                    subentry_type=SUBENTRY_TYPE,
                    title=title,
                    unique_id=item_id,
                )
                self._hass.config_entries.async_add_subentry(entry, subentry)
            elif subentry.title != title:
                self._hass.config_entries.async_update_subentry(
                    entry, subentry, title=title
                )
            rows[item_id] = Row(item_id, subentry, title, domain, names[domain])
        new = [row for item_id, row in rows.items() if item_id not in self.rows]
        self.rows = rows
        _mirror_devices(self._hass, entry, titles)
        return new

    @callback
    def _clear(
        self, entry: ConfigEntry, shown: Container[str | None]
    ) -> dict[str | None, ConfigSubentry]:
        """Remove the rows that do not belong there, and return the others.

        Removed is the row of a credential that is gone, the second row of a credential, and
        a row of a second entry: people edit the file.
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
        return rows


def _mirror_devices(
    hass: HomeAssistant, entry: ConfigEntry, titles: dict[str, str]
) -> None:
    """Give the devices the titles of their rows, and remove those that have no row.

    What a person calls a device stays. Home Assistant saves its registries after we save the
    credentials, so after a power cut it may know devices of credentials that are gone.
    """
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        for _, item_id in device.identifiers:
            if item_id not in titles:
                registry.async_remove_device(device.id)
            elif titles[item_id] != device.name:
                registry.async_update_device(device.id, name=titles[item_id])
