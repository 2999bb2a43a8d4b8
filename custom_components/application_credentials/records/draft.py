"""The records as they would be after some changes, and the rules for changing them."""

from typing import Any

from homeassistant.const import CONF_CLIENT_ID, CONF_DOMAIN, CONF_ID
from homeassistant.helpers.collection import (
    CHANGE_ADDED,
    CHANGE_REMOVED,
    CHANGE_UPDATED,
    CollectionChange,
)
from homeassistant.util import slugify

from ..errors import CredentialNotFound, InvalidCredential
from ..models import CredentialRecord, title_of
from .index import Index


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
        """Start from the present records; `index` is theirs, and is not changed."""
        self.records = dict(records)
        self.unreadable = list(unreadable)
        self.changes: list[CollectionChange] = []
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

    def update(self, item_id: str, changes: dict[str, str | None]) -> dict[str, Any]:
        """Change fields of a record, and return it; None takes one away.

        Raises CredentialNotFound, and InvalidCredential for a client that the
        integration has already.
        """
        if (current := self.records.get(item_id)) is None:
            raise CredentialNotFound(item_id)
        client_id = changes.get(CONF_CLIENT_ID)
        if client_id is not None and client_id != current["client_id"]:
            self._refuse_second(current["domain"], client_id)
        updated: Any = {
            key: value
            for key, value in {**current, **changes}.items()
            if value is not None
        }
        if updated != current:
            self._put(CHANGE_UPDATED, updated)
        return updated  # type: ignore[no-any-return]

    def remove(self, record: CredentialRecord) -> None:
        """Take `record` away."""
        del self.records[record["id"]]
        self.changes.append(CollectionChange(CHANGE_REMOVED, record["id"], record))

    def is_imported(self, fields: dict[str, Any]) -> bool:
        """Return whether an import of these fields has been made before.

        By its client ID; or by the id it was given then, where a person has
        since put another client ID into that record. Two client IDs that only
        share a slug are two imports.
        """
        if self._find_client(fields[CONF_DOMAIN], fields[CONF_CLIENT_ID]):
            return True
        item_id = slugify(suggested_id(fields))
        record = self.records.get(item_id)
        return record is not None and item_id != slugify(suggested_id({**record}))

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
