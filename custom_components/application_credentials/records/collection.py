"""The records: their ids, what may be done to them, and who hears of it.

A Home Assistant storage collection that changes nothing in memory before it is
on disk. What is wrong with a request is said before anything is written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
import logging
from typing import Any, Final, override

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_DOMAIN,
    CONF_ID,
    CONF_NAME,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import collection
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..errors import (
    CredentialInUse,
    CredentialNotFound,
    InvalidCredential,
    StorageFailed,
    StorageReadOnly,
)
from ..models import CredentialRecord, auth_domain_of
from .draft import Draft
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
        self._commit: GroupCommit[Draft] = GroupCommit(
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
                self._take_in(item[CONF_ID], item)
            else:
                self.unreadable.append(item)

    def records_of(self, domain: str) -> list[CredentialRecord]:
        """Return the records of one integration, oldest first; others are not looked at."""
        return self._index.of_domain(domain)

    def others_of(self, record: CredentialRecord) -> list[CredentialRecord]:
        """Return the other records of its integration; it need not be stored itself."""
        return [
            other
            for other in self.records_of(record["domain"])
            if other["id"] != record["id"]
        ]

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
    async def async_create_item(
        self,
        data: dict[str, Any],
        follow: Callable[[dict[str, Any]], None] = lambda _record: None,
    ) -> dict[str, Any]:
        """Create a record from what a person or script sent, and return it.

        `follow` is called with the record as soon as it is there, also where
        nobody waits for it any more. Raises InvalidCredential for what cannot be stored, for a client that is
        there already, and StorageFailed when it is not on disk.
        """
        fields = await self._process_create_data(data)
        return await self._async_commit(lambda draft: draft.create(fields), follow)

    async def async_copy_item(
        self,
        item_id: str,
        domains: list[str],
        follow: Callable[[list[dict[str, Any]]], None],
    ) -> list[dict[str, Any]]:
        """Create records of the same client for other integrations, all or none.

        They have been found to take credentials. The client is the one that is
        stored at that moment. Raises CredentialNotFound, and as `async_create_item`.
        """

        def create(draft: Draft) -> list[dict[str, Any]]:
            record: dict[str, Any] = {**draft.record(item_id)}
            client: dict[str, Any] = {
                field: record[field]
                for field in (CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME)
                if field in record
            }
            return draft.create_all(
                [validate_new({CONF_DOMAIN: domain, **client}) for domain in domains]
            )

        return await self._async_commit(create, follow)

    async def async_import_item(self, info: dict[str, Any]) -> None:
        """Create a record for an integration that brings its client, unless it is there.

        Called by Home Assistant's `async_import_client_credential`. Raises
        InvalidCredential for what is no record at all.
        """
        fields = validate_import(info)
        # Only looked at, so nothing is copied.
        present = Draft(self.data, self.unreadable, self._index)
        # During a write it may be about to be deleted.
        if self._commit.is_idle and present.is_imported(fields):
            return
        await self._refuse_without_hook(fields[CONF_DOMAIN])
        await self._async_commit(lambda draft: draft.import_once(fields))

    @override
    async def async_update_item(
        self,
        item_id: str,
        updates: dict[str, Any],
        *,
        also: Iterable[str] = (),
        seen: CredentialRecord | None = None,
        follow: Callable[[CredentialRecord, CredentialRecord], None] = (
            lambda _before, _after: None
        ),
    ) -> dict[str, Any]:
        """Change name, client ID or client secret of a record, and return the record.

        What is not among `updates` stays. The records `also` get the same client ID
        and client secret: all of them are changed, or none. `seen` is the record as the person has
        seen it. `follow` is called with the record as it was and as it is, as
        soon as it is, also where nobody waits for that any more. Raises
        CredentialNotFound, ChangedMeanwhile, InvalidCredential and StorageFailed.
        """
        self.record(item_id)
        changes = validate_changes(updates)

        others = [other for other in dict.fromkeys(also) if other != item_id]

        def update(draft: Draft) -> list[tuple[CredentialRecord, Any]]:
            return draft.update_with(item_id, changes, others, seen)

        def follow_all(changed: list[tuple[CredentialRecord, Any]]) -> None:
            for before, after in changed:
                follow(before, after)

        changed = await self._async_commit(update, follow_all)
        return changed[0][1]  # type: ignore[no-any-return]

    async def async_preview_create(self, data: dict[str, Any]) -> CredentialRecord:
        """Return the record that `async_create_item` would create, raising what it would."""
        fields = await self._process_create_data(data)
        record: Any = self._draft().create(fields)
        return record  # type: ignore[no-any-return]

    def preview_update(
        self,
        item_id: str,
        updates: dict[str, Any],
        seen: CredentialRecord | None = None,
    ) -> CredentialRecord:
        """Return the record that `async_update_item` would leave, raising what it would."""
        record: Any = self._draft().update(item_id, validate_changes(updates), seen)
        return record  # type: ignore[no-any-return]

    @override
    async def async_delete_item(self, item_id: str) -> None:
        """Delete a record that no config entry points at.

        Raises CredentialNotFound, CredentialInUse and StorageFailed.
        """
        record = self.record(item_id)

        def delete(draft: Draft) -> Draft:
            current = draft.record(item_id)
            if titles := self._titles_using(current):
                raise CredentialInUse(current["domain"], titles)
            draft.remove(current)
            return draft

        draft = await self._async_commit(delete)
        if item_id in draft.kept:
            raise CredentialInUse(record["domain"], self._titles_using(record))

    async def async_use[ResultT](
        self, item_id: str, use: Callable[[CredentialRecord], ResultT]
    ) -> ResultT:
        """Return what `use` makes of a record, at a moment when no delete is under way.

        An account that is made to point at the record by then is known to every
        delete. Raises CredentialNotFound, and StorageSlow.
        """
        return await self._commit.async_between_writes(
            lambda: use(self.record(item_id))
        )

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
        # Never called: a draft gives the ids.
        raise NotImplementedError

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
        self,
        change: Callable[[Draft], ResultT],
        follow: Callable[[ResultT], None] = lambda _result: None,
    ) -> ResultT:
        if not self.store.readable:
            raise StorageReadOnly
        return await self._commit.async_commit(change, follow)

    def _draft(self) -> Draft:
        return Draft(dict(self.data), list(self.unreadable), self._index)

    async def _async_write(self, draft: Draft) -> None:
        if draft.changes or len(draft.unreadable) != len(self.unreadable):
            await self.store.async_write(self._stored(draft))
            await self._async_keep_used(draft)

    async def _async_keep_used(self, draft: Draft) -> None:
        """Write those deleted records again that an account was linked with during the write."""
        used = [
            record["id"]
            for record in draft.removed
            if record["id"] not in draft.records and self._titles_using(record)
        ]
        if not used:
            return
        keeping = draft.keeping(used, self.data)
        try:
            await self.store.async_write(self._stored(keeping))
        except StorageFailed as err:
            if not err.is_new:
                # They are gone from the disk; a repair issue asks for another credential.
                return
        draft.become(keeping)

    def _stored(self, draft: Draft) -> Any:
        """Return what the file is to hold."""
        return {
            **self._envelope,
            _ITEMS: [*draft.records.values(), *draft.unreadable],
        }

    async def _async_adopt(self, draft: Draft) -> None:
        """Make `draft` the records, and tell the listeners."""
        self.unreadable = draft.unreadable
        for change in draft.changes:
            if change.change_type == collection.CHANGE_REMOVED:
                del self.data[change.item_id]
                self._index.remove(change.item_id)
            else:
                self._take_in(change.item_id, change.item)
        if draft.changes:
            await self._async_notify(draft.changes)

    async def _async_notify(
        self, changes: Iterable[collection.CollectionChange]
    ) -> None:
        """Tell the listeners; what they do with it is no reason to fail a request.

        They get copies: what one writes into a record is not stored.
        """
        try:
            await self.notify_changes(
                [replace(change, item=dict(change.item)) for change in changes]
            )
        except (Exception, asyncio.CancelledError):
            # Cancelled: not this task, but one that the listener waited for.
            _LOGGER.exception("A listener failed on a change of the credentials")

    def _take_in(self, item_id: str, record: CredentialRecord) -> None:
        self._index.add(item_id, record)
        self.data[item_id] = record


# The name under which the original's `async_import_client_credential` looks for us.
DATA_COLLECTION: HassKey[CredentialCollection] = HassKey(DOMAIN)


def credential_of(record: CredentialRecord) -> ClientCredential:
    """Return what a platform hook is handed for `record`."""
    return ClientCredential(
        client_id=record[CONF_CLIENT_ID],
        client_secret=record[CONF_CLIENT_SECRET],
        name=record.get("name"),
    )
