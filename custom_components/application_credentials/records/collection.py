"""The records: their ids, what may be done to them, and who hears of it.

A Home Assistant storage collection that changes nothing in memory before it is
on disk. What is wrong with a request is said before anything is written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
import logging
from typing import Any, Final, override

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN, CONF_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import collection
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..errors import (
    CredentialInUse,
    CredentialNotFound,
    InvalidCredential,
    StorageReadOnly,
)
from ..models import ClientCredential, CredentialRecord, auth_domain_of
from .draft import Draft, suggested_id
from .group_commit import GroupCommit
from .index import Index
from .store import CredentialStore
from .validation import is_readable, validate_changes, validate_import, validate_new

_LOGGER = logging.getLogger(__name__)

_ITEMS: Final = "items"


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
        self._index = Index()
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
                self._take_in(item)
            else:
                self.unreadable.append(item)

    def records_of(self, domain: str) -> list[CredentialRecord]:
        """Return the records of one integration, oldest first; others are not looked at."""
        return self._index.of_domain(domain)

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
        return await self._async_commit(lambda draft: draft.create(fields))

    async def async_create_items(
        self, items: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Create several records, or none: raises as `async_create_item`."""
        fields = [await self._process_create_data(item) for item in items]
        return await self._async_commit(lambda draft: draft.create_all(fields))

    async def async_import_item(self, info: dict[str, Any]) -> None:
        """Create a record for an integration that brings its client, unless it is there.

        Called by Home Assistant's `async_import_client_credential`. Raises
        InvalidCredential for what is no record at all.
        """
        fields = validate_import(info)
        if self._draft().is_imported(fields):
            return
        await self._refuse_without_hook(fields[CONF_DOMAIN])
        await self._async_commit(lambda draft: draft.import_once(fields))

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
        return await self._async_commit(lambda draft: draft.update(item_id, changes))

    async def async_preview_create(self, data: dict[str, Any]) -> CredentialRecord:
        """Return the record that `async_create_item` would create, raising what it would."""
        fields = await self._process_create_data(data)
        record: Any = self._draft().create(fields)
        return record  # type: ignore[no-any-return]

    def preview_update(self, item_id: str, updates: dict[str, Any]) -> CredentialRecord:
        """Return the record that `async_update_item` would leave, raising what it would."""
        record: Any = self._draft().update(item_id, validate_changes(updates))
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
        return suggested_id(info)

    @override
    async def _update_data(
        self, item: dict[str, Any], update_data: dict[str, Any]
    ) -> dict[str, Any]:
        # Never called: `async_update_item` edits a draft instead.
        raise NotImplementedError

    async def _refuse_without_hook(self, domain: str) -> None:
        if not await self.async_has_hook(domain):
            raise InvalidCredential("no_platform", CONF_DOMAIN, domain=domain)

    async def _async_commit[ResultT](
        self, change: Callable[[Draft], ResultT]
    ) -> ResultT:
        if not self.store.readable:
            raise StorageReadOnly
        return await self._commit.async_commit(change)

    def _draft(self) -> Draft:
        return Draft(self.data, self.unreadable, self._index)

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
                self._index.remove(self.data.pop(change.item_id))
            else:
                self._take_in(change.item)
        if draft.changes:
            await self._async_notify(draft.changes)

    async def _async_notify(
        self, changes: Iterable[collection.CollectionChange]
    ) -> None:
        """Tell the listeners; what they do with it is no reason to fail a request."""
        try:
            await self.notify_changes(changes)
        except (Exception, asyncio.CancelledError):
            # Cancelled: not this task, but one that the listener waited for.
            _LOGGER.exception("A listener failed on a change of the credentials")

    def _take_in(self, record: CredentialRecord) -> None:
        self._index.add(record)
        self.data[record["id"]] = record


# The name under which the original's `async_import_client_credential` looks for us.
DATA_COLLECTION: HassKey[CredentialCollection] = HassKey(DOMAIN)


def credential_of(record: CredentialRecord) -> ClientCredential:
    """Return what a platform hook is handed for `record`."""
    return ClientCredential(
        client_id=record[CONF_CLIENT_ID],
        client_secret=record[CONF_CLIENT_SECRET],
        name=record.get("name"),
    )
