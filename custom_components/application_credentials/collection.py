"""The records: their ids, what may be done to them, and who hears of it.

A Home Assistant storage collection that changes nothing in memory before it is
on disk. What is wrong with a request is said before anything is written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
import logging
from typing import Any, Final, override

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN, CONF_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import collection
from homeassistant.util import slugify
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .errors import (
    CredentialInUse,
    CredentialNotFound,
    InvalidCredential,
    StorageReadOnly,
)
from .models import ClientCredential, CredentialRecord, auth_domain_of, title_of
from .store import CredentialStore, GroupCommit
from .validation import is_readable, validate_changes, validate_import, validate_new

_LOGGER = logging.getLogger(__name__)

# The name under which the original's `async_import_client_credential` looks for us.
DATA_COLLECTION: HassKey[CredentialCollection] = HassKey(DOMAIN)

_ITEMS: Final = "items"


@dataclass(slots=True)
class Draft:
    """The records as they would be, and the changes that make them so."""

    records: dict[str, CredentialRecord]
    unreadable: list[Any]
    changes: list[collection.CollectionChange] = field(default_factory=list)

    @property
    def unreadable_ids(self) -> set[Any]:
        """The ids of records that cannot be read, which no other record may take."""
        return {
            item_id
            for item in self.unreadable
            if isinstance(item, dict) and isinstance(item_id := item.get(CONF_ID), str)
        }

    def add(self, record: CredentialRecord) -> None:
        """Put a new record after the others."""
        self._put(collection.CHANGE_ADDED, record)

    def replace(self, record: CredentialRecord) -> None:
        """Put `record` in the place of the one with its id."""
        self._put(collection.CHANGE_UPDATED, record)

    def remove(self, record: CredentialRecord) -> None:
        """Take `record` away."""
        del self.records[record["id"]]
        self.changes.append(
            collection.CollectionChange(collection.CHANGE_REMOVED, record["id"], record)
        )

    def _put(self, change_type: str, record: CredentialRecord) -> None:
        self.records[record["id"]] = record
        self.changes.append(
            collection.CollectionChange(change_type, record["id"], record)
        )


class CredentialCollection(collection.DictStorageCollection):
    """The stored credentials of all integrations.

    `has_hook` says whether an integration takes credentials at all, raising
    InvalidCredential where its hook is no use. `titles_using` names the config
    entries that point at a record.
    """

    store: CredentialStore
    data: dict[str, CredentialRecord]  # type: ignore[assignment]

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        has_hook: Callable[[str], Awaitable[bool]],
        titles_using: Callable[[CredentialRecord], list[str]],
    ) -> None:
        """Prepare a collection that `async_load` fills."""
        super().__init__(CredentialStore(hass))
        self.async_has_hook = has_hook
        self._titles_using = titles_using
        self._by_domain: dict[str, dict[str, CredentialRecord]] = {}
        self._by_client: dict[tuple[str, str], list[str]] = {}
        self._commit = GroupCommit[Draft](
            hass, draft=self._draft, write=self._async_write, adopt=self._async_adopt
        )
        # Everything beside the items, kept for a version that knows what it is.
        self._envelope: dict[str, Any] = {}
        self.unreadable: list[Any] = []

    @override
    async def async_load(self) -> None:
        """Fill the collection from the file.

        A record that cannot be read is kept in `unreadable`, and in the file.
        """
        stored = await self.store.async_read()
        if stored is None:
            return
        if not isinstance(stored, dict) or not isinstance(stored.get(_ITEMS), list):
            await self.store.async_set_aside()
            return
        self._envelope = {key: stored[key] for key in stored if key != _ITEMS}
        for item in stored[_ITEMS]:
            if is_readable(item) and item[CONF_ID] not in self.data:
                self._index(item)
            else:
                self.unreadable.append(item)

    def records_of(self, domain: str) -> list[CredentialRecord]:
        """Return the records of one integration, oldest first; others are not looked at."""
        return list(self._by_domain.get(domain, {}).values())

    def record(self, item_id: str) -> CredentialRecord:
        """Return the record with this id, or raise CredentialNotFound."""
        try:
            return self.data[item_id]
        except KeyError:
            raise CredentialNotFound(item_id) from None

    def async_client_credentials(self, domain: str) -> dict[str, ClientCredential]:
        """Return the credentials of one integration by the name entries call them."""
        return {
            auth_domain_of(record): credential_of(record)
            for record in self.records_of(domain)
        }

    @override
    async def async_create_item(self, data: dict[str, Any]) -> dict[str, Any]:
        """Create a record from what a person or script sent, and return it.

        Raises InvalidCredential for what cannot be stored, for a client that is
        there already, and StorageFailed when it is not on disk.
        """
        fields = await self._process_create_data(data)
        return await self._async_commit(lambda draft: self._create(draft, fields))

    async def async_create_items(
        self, items: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Create several records, or none: raises as `async_create_item`."""
        fields = [await self._process_create_data(item) for item in items]

        def create_all(draft: Draft) -> list[dict[str, Any]]:
            # In a copy: one that is refused must not leave the others in the draft.
            trial = Draft(dict(draft.records), draft.unreadable, list(draft.changes))
            created = [self._create(trial, each) for each in fields]
            draft.records, draft.changes = trial.records, trial.changes
            return created

        return await self._async_commit(create_all)

    async def async_import_item(self, info: dict[str, Any]) -> None:
        """Create a record for an integration that brings its client, unless it is there.

        Called by Home Assistant's `async_import_client_credential`. Raises
        InvalidCredential for what is no record at all.
        """
        fields = validate_import(info)
        if self._is_imported(Draft(self.data, self.unreadable), fields):
            return
        await self._refuse_without_hook(fields[CONF_DOMAIN])

        def add_import(draft: Draft) -> None:
            if not self._is_imported(draft, fields):
                self._add(draft, fields)

        await self._async_commit(add_import)

    @override
    async def async_update_item(
        self, item_id: str, updates: dict[str, Any]
    ) -> dict[str, Any]:
        """Change name, client ID or client secret of a record, and return the record.

        What is not among `updates` stays. Raises CredentialNotFound,
        InvalidCredential and StorageFailed.
        """
        self.record(item_id)
        changes = validate_changes(updates)
        return await self._async_commit(
            lambda draft: self._update(draft, item_id, changes)
        )

    async def async_preview_create(self, data: dict[str, Any]) -> CredentialRecord:
        """Return the record that `async_create_item` would create, raising what it would."""
        fields = await self._process_create_data(data)
        record: Any = self._create(self._draft(), fields)
        return record  # type: ignore[no-any-return]

    def preview_update(self, item_id: str, updates: dict[str, Any]) -> CredentialRecord:
        """Return the record that `async_update_item` would leave, raising what it would."""
        record: Any = self._update(self._draft(), item_id, validate_changes(updates))
        return record  # type: ignore[no-any-return]

    @override
    async def async_delete_item(self, item_id: str) -> None:
        """Delete a record that no config entry points at.

        Raises CredentialNotFound, CredentialInUse and StorageFailed.
        """
        self.record(item_id)

        def delete(draft: Draft) -> None:
            if (current := draft.records.get(item_id)) is None:
                raise CredentialNotFound(item_id)
            if titles := self._titles_using(current):
                raise CredentialInUse(current["domain"], titles)
            draft.remove(current)

        await self._async_commit(delete)

    async def async_delete_unreadable(self, item: Any) -> None:
        """Delete a record that cannot be read, as it stands in `unreadable`."""

        def delete(draft: Draft) -> None:
            if item in draft.unreadable:
                draft.unreadable.remove(item)

        await self._async_commit(delete)

    @override
    async def _process_create_data(self, data: dict[str, Any]) -> dict[str, Any]:
        fields = validate_new(data)
        await self._refuse_without_hook(fields[CONF_DOMAIN])
        return fields

    @callback
    @override
    def _get_suggested_id(self, info: dict[str, Any]) -> str:
        return f"{info[CONF_DOMAIN]}.{info[CONF_CLIENT_ID]}"

    @override
    async def _update_data(
        self, item: dict[str, Any], update_data: dict[str, Any]
    ) -> dict[str, Any]:
        # Never called: `async_update_item` edits a draft instead.
        raise NotImplementedError

    async def _refuse_without_hook(self, domain: str) -> None:
        if not await self.async_has_hook(domain):
            raise InvalidCredential("no_platform", CONF_DOMAIN, domain=domain)

    def _create(self, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
        self._refuse_second(draft, fields[CONF_DOMAIN], fields[CONF_CLIENT_ID])
        return self._add(draft, fields)

    def _update(
        self, draft: Draft, item_id: str, changes: dict[str, str | None]
    ) -> dict[str, Any]:
        if (current := draft.records.get(item_id)) is None:
            raise CredentialNotFound(item_id)
        client_id = changes.get(CONF_CLIENT_ID)
        if client_id is not None and client_id != current["client_id"]:
            self._refuse_second(draft, current["domain"], client_id)
        updated: Any = {
            key: value
            for key, value in {**current, **changes}.items()
            if value is not None
        }
        if updated != current:
            draft.replace(updated)
        return updated  # type: ignore[no-any-return]

    def _add(self, draft: Draft, fields: dict[str, Any]) -> dict[str, Any]:
        """Add a record under the id that the original would make for it."""
        base = slugify(self._get_suggested_id(fields))
        item_id, attempt = base, 1
        while item_id in draft.records or item_id in draft.unreadable_ids:
            attempt += 1
            item_id = f"{base}_{attempt}"
        record: Any = {CONF_ID: item_id} | fields
        draft.add(record)
        return record  # type: ignore[no-any-return]

    def _refuse_second(self, draft: Draft, domain: str, client_id: str) -> None:
        """Refuse a client that the integration has already."""
        if existing := self._find_client(draft, domain, client_id):
            raise InvalidCredential(
                "client_exists",
                CONF_CLIENT_ID,
                domain=domain,
                existing=title_of(existing),
                id=existing["id"],
            )

    def _find_client(
        self, draft: Draft, domain: str, client_id: str
    ) -> CredentialRecord | None:
        """Return the record of this client in `draft`, without a look at all of them."""
        changed = (change.item_id for change in draft.changes)
        for item_id in (*self._by_client.get((domain, client_id), ()), *changed):
            record = draft.records.get(item_id)
            if record and (record["domain"], record["client_id"]) == (
                domain,
                client_id,
            ):
                return record
        return None

    def _is_imported(self, draft: Draft, fields: dict[str, Any]) -> bool:
        """Return whether an import of these fields has been made before.

        By its client ID; or by the id it was given then, where a person has
        since put another client ID into that record. Two client IDs that only
        share a slug are two imports.
        """
        if self._find_client(draft, fields[CONF_DOMAIN], fields[CONF_CLIENT_ID]):
            return True
        item_id = slugify(self._get_suggested_id(fields))
        record = draft.records.get(item_id)
        return record is not None and item_id != slugify(
            self._get_suggested_id({**record})
        )

    async def _async_commit[ResultT](
        self, change: Callable[[Draft], ResultT]
    ) -> ResultT:
        if not self.store.readable:
            raise StorageReadOnly
        return await self._commit.async_commit(change)

    def _draft(self) -> Draft:
        return Draft(dict(self.data), list(self.unreadable))

    async def _async_write(self, draft: Draft) -> None:
        if draft.changes or len(draft.unreadable) != len(self.unreadable):
            stored: Any = {
                **self._envelope,
                _ITEMS: [*draft.records.values(), *draft.unreadable],
            }
            await self.store.async_write(stored)

    async def _async_adopt(self, draft: Draft) -> None:
        """Make `draft` the records, and tell the listeners."""
        self.unreadable = draft.unreadable
        for change in draft.changes:
            if change.change_type == collection.CHANGE_REMOVED:
                self._unindex(change.item_id)
            else:
                self._index(change.item)
        if draft.changes:
            await self._async_notify(draft.changes)

    async def _async_notify(
        self, changes: Iterable[collection.CollectionChange]
    ) -> None:
        """Tell the listeners; what they do with it is no reason to fail a request."""
        try:
            await self.notify_changes(changes)
        except Exception, asyncio.CancelledError:
            # Cancelled: not this task, but one that the listener waited for.
            _LOGGER.exception("A listener failed on a change of the credentials")

    def _index(self, record: CredentialRecord) -> None:
        item_id, domain = record["id"], record["domain"]
        if item_id in self.data:
            self._forget_client(self.data[item_id])
        self.data[item_id] = record
        self._by_domain.setdefault(domain, {})[item_id] = record
        # More than one, where the original has let a client in twice.
        self._by_client.setdefault((domain, record["client_id"]), []).append(item_id)

    def _unindex(self, item_id: str) -> None:
        record = self.data.pop(item_id)
        del self._by_domain[record["domain"]][item_id]
        self._forget_client(record)

    def _forget_client(self, record: CredentialRecord) -> None:
        client = record["domain"], record["client_id"]
        self._by_client[client].remove(record["id"])
        if not self._by_client[client]:
            del self._by_client[client]


def credential_of(record: CredentialRecord) -> ClientCredential:
    """Return what a platform hook is handed for `record`."""
    return ClientCredential(
        client_id=record[CONF_CLIENT_ID],
        client_secret=record[CONF_CLIENT_SECRET],
        name=record.get("name"),
    )
