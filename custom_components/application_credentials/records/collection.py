"""The collection of the records.

A Home Assistant storage collection that changes nothing in memory before it is
on disk. One change at a time: it edits a copy, the copy is written, and then the
copy is the memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
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

from ..const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from ..errors import CredentialInUse, InvalidCredential, StorageFailed
from ..models import CredentialRecord, auth_domain_of
from ..signals import async_tell
from .draft import Draft, base_id
from .store import CredentialStore
from .validation import is_readable, validate_changes, validate_import, validate_new

_LOGGER = logging.getLogger(__name__)

# Seconds; a disk that takes longer has a fault that the person must hear of.
_TIMEOUT: Final = 60

type Users = Callable[[CredentialRecord], list[str]]


class CredentialCollection(collection.DictStorageCollection):
    """The stored credentials of all integrations.

    `has_hook` returns whether an integration takes credentials at all, and raises
    InvalidCredential where its hook cannot be used.

    Every change raises StorageFailed where it is not on disk; the records are as
    before then. A change goes on where its caller is cancelled.
    """

    store: CredentialStore
    data: dict[str, CredentialRecord]  # type: ignore[assignment]

    def __init__(
        self, hass: HomeAssistant, *, has_hook: Callable[[str], Awaitable[bool]]
    ) -> None:
        """Initialize an empty collection, which `async_load` fills."""
        super().__init__(CredentialStore(hass))
        self.async_has_hook = has_hook
        # What of the file cannot be read; it stays in the file as it is.
        self.unreadable: list[Any] = []
        self._lock = asyncio.Lock()
        self._by_domain: dict[str, list[CredentialRecord]] = {}

    @override
    async def async_load(self) -> None:
        """Fill the collection from the file, with nothing else."""
        records: dict[str, CredentialRecord] = {}
        unreadable: list[Any] = []
        for item in await self.store.async_read():
            if not is_readable(item):
                unreadable.append(item)
                continue
            if before := records.get(item[CONF_ID]):
                # The original serves the last of one id.
                unreadable.append(before)
            records[item[CONF_ID]] = item
        self._adopt(Draft(records, unreadable))

    def records_of(self, domain: str) -> list[CredentialRecord]:
        """Return the records of one integration, oldest first, without a look at others."""
        return list(self._by_domain.get(domain, ()))

    def record(self, item_id: str) -> CredentialRecord:
        """Return the record with this id, or raise CredentialNotFound."""
        return Draft(self.data, self.unreadable).record(item_id)

    def async_client_credentials(self, domain: str) -> dict[str, ClientCredential]:
        """Return the credentials of one integration by the name entries call them."""
        return {
            auth_domain_of(record): credential_of(record)
            for record in self.records_of(domain)
        }

    @override
    async def async_create_item(self, data: dict[str, Any]) -> dict[str, Any]:
        """Create a record from what a person or script sent, and return it.

        Raises InvalidCredential for what cannot be stored.
        """
        fields = await self._process_create_data(data)
        record = await self._async_change(lambda draft: draft.create(fields))
        return {**record}

    async def async_copy_item(
        self, item_id: str, domains: list[str]
    ) -> list[CredentialRecord]:
        """Create records of the same client for other integrations, all or none.

        They have been found to take credentials; those that have the client are skipped.
        The client is the one that is stored at that moment. Raises CredentialNotFound,
        and as `async_create_item`.
        """

        def copy(draft: Draft) -> list[CredentialRecord]:
            record: dict[str, Any] = {**draft.record(item_id)}
            client = {
                field: record[field]
                for field in (CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME)
                if record.get(field) is not None
            }
            return [
                draft.create(validate_new({CONF_DOMAIN: domain, **client}))
                for domain in domains
                if not draft.has_client(domain, str(record["client_id"]))
            ]

        return await self._async_change(copy)

    async def async_refuse_without_hook(self, domain: str) -> None:
        """Raise InvalidCredential for an integration that takes no credentials."""
        if not await self.async_has_hook(domain):
            raise InvalidCredential("no_platform", CONF_DOMAIN, domain=domain)

    async def async_import_item(self, info: dict[str, Any]) -> None:
        """Create a record for an integration that brings its client, unless it is there.

        Home Assistant's `async_import_client_credential` calls this. What cannot be saved,
        since the disk fails or the file could not be read, is served all the same, and saved
        with the next change that can be saved. Raises InvalidCredential for what is no record at all.
        """
        # By its id alone, as in the original. A change that is being written may delete it.
        if not self._lock.locked() and base_id(info) in self.data:
            return
        fields = validate_import(info)
        await self.async_refuse_without_hook(fields[CONF_DOMAIN])

        def import_once(draft: Draft) -> None:
            domain, client_id = fields[CONF_DOMAIN], fields[CONF_CLIENT_ID]
            # One with its id may have another client ID by now.
            if base_id(fields) not in draft.records and not draft.has_client(
                domain, client_id
            ):
                draft.create(fields)

        try:
            await self._async_change(import_once)
        except StorageFailed as err:
            if err.translation_key == "storage_not_serializable":
                raise
            # Integrations import at their set-up, and the original fails none of them.
            _LOGGER.error(
                "The credential that %s imports is not saved: %s",
                fields[CONF_DOMAIN],
                err,
            )
            # The change that keeps the lock of a slow disk was given up, too, and adopts nothing.
            # What waits for the lock begins with what is adopted here.
            is_slow = err.translation_key == "storage_slow"
            async with nullcontext() if is_slow else self._lock:
                draft = self._draft()
                import_once(draft)
                changes = self._changes(draft)
                self._adopt(draft)
            await self._async_tell(changes)

    async def async_update_items(
        self, item_id: str, updates: dict[str, Any], also: Iterable[str] = ()
    ) -> list[tuple[CredentialRecord, CredentialRecord]]:
        """Change name, client ID or client secret of a record; what is not named stays.

        The records `also` get the same client, all of them or none. Returns each as it was
        and as it is. Raises CredentialNotFound and InvalidCredential.
        """
        self.record(item_id)
        changes = validate_changes(updates)
        others = [other for other in dict.fromkeys(also) if other != item_id]

        def update(draft: Draft) -> list[tuple[CredentialRecord, CredentialRecord]]:
            changed = [(draft.record(item_id), draft.update(item_id, changes))]
            _, after = changed[0]
            client = {
                CONF_CLIENT_ID: after["client_id"],
                CONF_CLIENT_SECRET: after["client_secret"],
            }
            return changed + [
                (draft.record(other), draft.update(other, client)) for other in others
            ]

        return await self._async_change(update)

    async def async_preview_create(self, data: dict[str, Any]) -> CredentialRecord:
        """Return the record that `async_create_item` would create, raising what it would."""
        fields = await self._process_create_data(data)
        return self._draft().create(fields)

    def preview_update(self, item_id: str, updates: dict[str, Any]) -> CredentialRecord:
        """Return the record that `async_update_items` would leave, raising what it would."""
        return self._draft().update(item_id, validate_changes(updates))

    @override
    async def async_delete_item(self, item_id: str, users: Users | None = None) -> None:
        """Delete a record that no account uses.

        `users` names the accounts that use a record. Without it, as in the original,
        those whose `auth_implementation` is its id. Raises CredentialNotFound, and
        CredentialInUse also where an account began to use it during the write.
        """
        users = users or self._users_by_id

        def refuse_used(record: CredentialRecord) -> None:
            if titles := users(record):
                raise CredentialInUse(record["domain"], titles)

        def delete(draft: Draft) -> CredentialRecord:
            record = draft.record(item_id)
            refuse_used(record)
            return draft.delete(item_id)

        await self._async_change(delete, confirm=refuse_used)

    async def async_use[ResultT](
        self, item_id: str, use: Callable[[CredentialRecord], ResultT]
    ) -> ResultT:
        """Run `use` on a record while no change is under way, and return its result.

        An account that it points at the record is known to every delete after it.
        Raises CredentialNotFound, and what `use` raises.
        """
        return await self._async_change(lambda draft: use(draft.record(item_id)))

    async def async_delete_unreadable(self, item: Any) -> None:
        """Delete a record that cannot be read, as it stands in `unreadable`."""

        def delete(draft: Draft) -> None:
            with suppress(ValueError):
                draft.unreadable.remove(item)

        await self._async_change(delete)
        # There may be another one like it, whose issue goes with this one's.
        async_tell(self.hass, "")

    @override
    async def notify_changes(
        self, change_set: Iterable[collection.CollectionChange]
    ) -> None:
        """Start the listeners; no request waits for them, and none fails because of them.

        They get copies: what one writes into a record is not stored.
        """
        changes = list(change_set)

        def copies() -> list[collection.CollectionChange]:
            return [replace(change, item=dict(change.item)) for change in changes]

        calls: list[Callable[[], Awaitable[None]]] = [
            partial(listener, change.change_type, change.item_id, change.item)
            for listener in self.listeners
            for change in copies()
        ]
        calls += [partial(listener, copies()) for listener in self.change_set_listeners]
        for call in calls:
            self.hass.async_create_background_task(
                _async_call(call), f"{DOMAIN} listener", eager_start=True
            )

    @override
    async def _process_create_data(self, data: dict[str, Any]) -> dict[str, Any]:
        fields = validate_new(data)
        await self.async_refuse_without_hook(fields[CONF_DOMAIN])
        return fields

    @callback
    @override
    def _get_suggested_id(self, info: dict[str, Any]) -> str:
        # Never called: a draft makes the ids.
        raise NotImplementedError

    @override
    async def _update_data(
        self, item: dict[str, Any], update_data: dict[str, Any]
    ) -> dict[str, Any]:
        # Reached from Python by the inherited `async_update_item`; the original refuses it, too.
        raise ValueError("async_update_item is not supported")

    def _users_by_id(self, record: CredentialRecord) -> list[str]:
        return [
            entry.title
            for entry in self.hass.config_entries.async_entries(record["domain"])
            if entry.data.get(CONF_AUTH_IMPLEMENTATION) == record["id"]
        ]

    def _draft(self) -> Draft:
        return Draft(dict(self.data), list(self.unreadable))

    async def _async_change[ResultT](
        self,
        edit: Callable[[Draft], ResultT],
        confirm: Callable[[ResultT], None] = lambda _result: None,
    ) -> ResultT:
        """Return what `edit` makes of a draft, which is on disk and in memory by then.

        `confirm` is called after the write. If it raises, the write is undone.
        """
        if not self.store.readable:
            # What cannot be read must not be overwritten.
            raise StorageFailed("storage_read_only")
        results: list[ResultT] = []

        async def change() -> None:
            async with self._lock:
                draft = self._draft()
                result = edit(draft)
                changes = self._changes(draft)
                if changes or draft.unreadable != self.unreadable:
                    try:
                        await self._async_write(draft)
                        confirm(result)
                    except BaseException:
                        # A write that failed late, or was given up, may have replaced the file.
                        with suppress(StorageFailed):
                            await self._async_write(self._draft())
                        raise
                    self._adopt(draft)
            await self._async_tell(changes)
            # No result of the task: the debug mode of asyncio logs it, and a record holds a secret.
            results.append(result)

        task = self.hass.async_create_task(change(), f"{DOMAIN} change")
        done, _ = await asyncio.wait([task], timeout=_TIMEOUT)
        if not done:
            task.cancel()
            raise StorageFailed("storage_slow", seconds=str(_TIMEOUT))
        task.result()
        return results[0]

    async def _async_tell(self, changes: list[collection.CollectionChange]) -> None:
        for change in changes:
            async_tell(self.hass, change.item_id)
        if changes:
            await self.notify_changes(changes)

    async def _async_write(self, draft: Draft) -> None:
        # Of two records with one id the last is served, by the original as well.
        await self.store.async_write([*draft.unreadable, *draft.records.values()])

    def _changes(self, draft: Draft) -> list[collection.CollectionChange]:
        """Return what makes the records those of a draft."""
        return [
            collection.CollectionChange(collection.CHANGE_REMOVED, item_id, record)
            for item_id, record in self.data.items()
            if item_id not in draft.records
        ] + [
            collection.CollectionChange(
                collection.CHANGE_UPDATED
                if item_id in self.data
                else collection.CHANGE_ADDED,
                item_id,
                record,
            )
            for item_id, record in draft.records.items()
            if self.data.get(item_id) is not record
        ]

    def _adopt(self, draft: Draft) -> None:
        # In place: Home Assistant's id manager holds this dictionary, too.
        self.data.clear()
        self.data.update(draft.records)
        self.unreadable = draft.unreadable

        by_domain: dict[str, list[CredentialRecord]] = {}
        for record in self.data.values():
            by_domain.setdefault(record["domain"], []).append(record)
        # Not before it is whole: integrations ask from threads, too.
        self._by_domain = by_domain


# The name under which the original's `async_import_client_credential` looks for us.
DATA_COLLECTION: HassKey[CredentialCollection] = HassKey(DOMAIN)


def credential_of(record: CredentialRecord) -> ClientCredential:
    """Return what a platform hook is handed for `record`."""
    return ClientCredential(
        client_id=record[CONF_CLIENT_ID],
        client_secret=record[CONF_CLIENT_SECRET],
        name=record.get(CONF_NAME),
    )


async def _async_call(listener: Callable[[], Awaitable[None]]) -> None:
    """Call a listener, and log whatever it raises."""
    try:
        await listener()
    except (Exception, SystemExit):
        _LOGGER.exception("A listener failed on a change of the credentials")
