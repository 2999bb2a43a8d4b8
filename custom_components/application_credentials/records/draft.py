"""The records as they would be after some changes, and the rules for changing them."""

from collections.abc import Iterable
from copy import copy
import re
from typing import Any, Self

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_DOMAIN, CONF_ID
from homeassistant.helpers.collection import (
    CHANGE_ADDED,
    CHANGE_REMOVED,
    CHANGE_UPDATED,
    CollectionChange,
)
from homeassistant.util import slugify

from ..const import CONF_AUTH_DOMAIN
from ..errors import CredentialError, CredentialNotFound, InvalidCredential
from ..models import CredentialRecord, title_of
from .index import Index
from .stale_form import refuse_stale


def suggested_id(fields: dict[str, Any]) -> str:
    """Return what the original makes the id of a record from, by slugifying it."""
    return f"{fields[CONF_DOMAIN]}.{fields[CONF_CLIENT_ID]}"


class Draft:
    """The records as they would be, and the changes that make them so.

    Each change is made whole, or raises and leaves the draft as it was.
    """

    def __init__(
        self,
        records: dict[str, CredentialRecord],
        unreadable: list[Any],
        index: Index,
    ) -> None:
        """Start from the present records; `index` is theirs, and is not changed.

        `records` and `unreadable` are changed in place.
        """
        self.records = records
        self.unreadable = unreadable
        self.changes: list[CollectionChange] = []
        # The ids of records that were to be removed, and stay after all.
        self.kept: frozenset[str] = frozenset()
        self._index = index

    def create(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Add a record, and return it.

        Raises InvalidCredential for a client that the integration has already.
        """
        self._refuse_second(fields[CONF_DOMAIN], fields[CONF_CLIENT_ID])
        return self._add(fields)

    def create_all(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Add several records, or none: raises as `create`."""
        records, changes = dict(self.records), list(self.changes)
        try:
            return [self.create(fields) for fields in items]
        except InvalidCredential:
            self.records, self.changes = records, changes
            raise

    def import_once(self, fields: dict[str, Any]) -> None:
        """Add a record that an integration imports, unless that was done before."""
        if not self.is_imported(fields):
            self._add(fields)

    def record(self, item_id: str) -> CredentialRecord:
        """Return the record with this id, or raise CredentialNotFound."""
        try:
            return self.records[item_id]
        except KeyError:
            raise CredentialNotFound(item_id) from None

    def update(
        self,
        item_id: str,
        changes: dict[str, str | None],
        seen: CredentialRecord | None = None,
    ) -> dict[str, Any]:
        """Change fields of a record, and return it; None takes one away.

        `seen` is the record that whoever makes the changes has seen. Raises
        CredentialNotFound, ChangedMeanwhile where it is another by now, and
        InvalidCredential for a client that the integration has already.
        """
        current = self.record(item_id)
        if seen is not None:
            refuse_stale(seen, changes, current)
        client_id = changes.get(CONF_CLIENT_ID)
        if client_id is not None and client_id != current["client_id"]:
            self._refuse_second(current["domain"], client_id)
        updated: Any = {
            key: value
            for key, value in {**current, **changes, CONF_ID: item_id}.items()
            if value is not None
        }
        if updated != current:
            self._put(CHANGE_UPDATED, updated)
        return updated  # type: ignore[no-any-return]

    def update_with(
        self,
        item_id: str,
        changes: dict[str, str | None],
        also: Iterable[str],
        seen: CredentialRecord | None = None,
    ) -> list[tuple[CredentialRecord, Any]]:
        """Change a record, and have `also` the same client; return each before and after.

        All of them, or none: raises as `update`.
        """
        start = dict(self.records), list(self.changes)
        try:
            changed = [(self.record(item_id), self.update(item_id, changes, seen))]
            _, after = changed[0]
            client = {
                field: after[field] for field in (CONF_CLIENT_ID, CONF_CLIENT_SECRET)
            }
            changed += [
                (self.record(other), self.update(other, dict(client))) for other in also
            ]
        except CredentialError:
            self.records, self.changes = start
            raise
        return changed

    def remove(self, record: CredentialRecord) -> None:
        """Take `record` away."""
        del self.records[record["id"]]
        self.changes.append(CollectionChange(CHANGE_REMOVED, record["id"], record))

    @property
    def removed(self) -> list[CredentialRecord]:
        """The records that were there, and are to be no longer."""
        return [
            change.item
            for change in self.changes
            if change.change_type == CHANGE_REMOVED
        ]

    def keeping(self, kept: Iterable[str], before: dict[str, CredentialRecord]) -> Self:
        """Return the draft in which some of the removed records stay, where they were `before`."""
        draft = copy(self)
        draft.kept = frozenset(kept)
        records = {record["id"]: record for record in self.removed} | self.records
        draft.records = {
            item_id: records[item_id]
            for item_id in dict.fromkeys((*before, *records))
            if item_id in self.records or item_id in draft.kept
        }
        draft.changes = [
            change
            for change in self.changes
            if change.change_type != CHANGE_REMOVED or change.item_id not in draft.kept
        ]
        return draft

    def become(self, other: Self) -> None:
        """Be as another draft of the same records is."""
        self.records, self.changes, self.kept = other.records, other.changes, other.kept

    def is_imported(self, fields: dict[str, Any]) -> bool:
        """Return whether an import of these fields has been made before.

        By its client ID; or by the id it was given then, where a person has
        since put another client ID into that record. Two client IDs that only
        share a slug are two imports, and the id of the second has a number behind
        it, unless accounts would call both by one name: then none could have the first.
        """
        if self._find_client(fields[CONF_DOMAIN], fields[CONF_CLIENT_ID]):
            return True
        base = slugify(suggested_id(fields))
        numbered = re.compile(rf"{re.escape(base)}_[2-9]|{re.escape(base)}_[1-9]\d+")
        for item_id, record in self.records.items():
            has_its_name = record.get(CONF_AUTH_DOMAIN) == fields.get(CONF_AUTH_DOMAIN)
            if item_id == base:
                if has_its_name or slugify(suggested_id({**record})) != base:
                    return True
            elif (
                has_its_name
                and numbered.fullmatch(item_id)
                # Another import may have been given such an id for its own client ID.
                and slugify(suggested_id({**record})) != item_id
            ):
                return True
        return False

    def _add(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Add a record under the id that the original would make for it."""
        base = slugify(suggested_id(fields))
        item_id, attempt = base, 1
        while item_id in self.records or item_id in self._unreadable_ids:
            attempt += 1
            item_id = f"{base}_{attempt}"
        record: Any = {CONF_ID: item_id} | fields
        self._put(CHANGE_ADDED, record)
        return record  # type: ignore[no-any-return]

    @property
    def _unreadable_ids(self) -> set[Any]:
        """The ids of records that cannot be read, which no other record may take."""
        return {
            item_id
            for item in self.unreadable
            if isinstance(item, dict) and isinstance(item_id := item.get(CONF_ID), str)
        }

    def _put(self, change_type: str, record: CredentialRecord) -> None:
        self.records[record["id"]] = record
        self.changes.append(CollectionChange(change_type, record["id"], record))

    def _refuse_second(self, domain: str, client_id: str) -> None:
        """Refuse a client that the integration has already."""
        if existing := self._find_client(domain, client_id):
            raise InvalidCredential(
                "client_exists",
                CONF_CLIENT_ID,
                domain=domain,
                existing=title_of(existing),
                id=existing["id"],
            )

    def _find_client(self, domain: str, client_id: str) -> CredentialRecord | None:
        """Return the record of this client, without a look at all of them."""
        changed = (change.item_id for change in self.changes)
        for item_id in (*self._index.ids_of_client(domain, client_id), *changed):
            record = self.records.get(item_id)
            if record and (record["domain"], record["client_id"]) == (
                domain,
                client_id,
            ):
                return record
        return None
