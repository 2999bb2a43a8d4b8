"""The records as they would be after a change, and the rules for a change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from homeassistant.const import CONF_CLIENT_ID, CONF_DOMAIN, CONF_ID
from homeassistant.util import slugify

from ..errors import CredentialNotFound
from ..models import CredentialRecord
from .validation import is_readable


@dataclass
class Draft:
    """The records as they would be after a change."""

    records: dict[str, CredentialRecord]
    unreadable: list[Any]

    def record(self, item_id: str) -> CredentialRecord:
        """Return the record with this id, or raise CredentialNotFound."""
        try:
            return self.records[item_id]
        except KeyError:
            raise CredentialNotFound(item_id) from None

    def has_client(self, domain: str, client_id: str) -> bool:
        """Return whether an integration has a record of a client ID."""
        return any(
            str(record["client_id"]) == client_id and record["domain"] == domain
            for record in self.records.values()
        )

    def create(self, fields: dict[str, Any]) -> CredentialRecord:
        """Add a record under the id that the original would make for it, and return it.

        As in the original, an integration may have several records of a client ID: two
        servers (mcp) may know it with two secrets.
        """
        # No set: in a file that a person has edited, an id may be anything.
        taken = [
            item.get(CONF_ID) for item in self.unreadable if isinstance(item, dict)
        ]
        base = base_id(fields)
        item_id, attempt = base, 1
        while item_id in self.records or item_id in taken:
            attempt += 1
            item_id = f"{base}_{attempt}"
        record = cast("CredentialRecord", {CONF_ID: item_id} | fields)
        self.records[item_id] = record
        return record

    def update(
        self, item_id: str, changes: Mapping[str, str | None]
    ) -> CredentialRecord:
        """Change fields of a record, and return it; None takes a field away.

        Raises CredentialNotFound.
        """
        current = self.record(item_id)
        fields = {
            key: value
            for key, value in {**current, **changes}.items()
            if value is not None or key not in changes
        }
        updated = cast("CredentialRecord", fields)
        if updated == current:
            return current
        self.records[item_id] = updated
        return updated

    def delete(self, item_id: str) -> CredentialRecord:
        """Delete a record, and return it.

        Another one of this id, as in a file that a person has edited, goes as well: the next
        start would serve it.
        """
        self.unreadable = [
            item
            for item in self.unreadable
            if not (is_readable(item) and item[CONF_ID] == item_id)
        ]
        return self.records.pop(item_id)


def base_id(fields: dict[str, Any]) -> str:
    """Return the id that the original gives a record, unless it is taken."""
    return slugify(f"{fields.get(CONF_DOMAIN)}.{fields.get(CONF_CLIENT_ID)}")
