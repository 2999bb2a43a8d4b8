"""The records as they would be after a change, and the rules for a change."""

from typing import Any, NamedTuple

from homeassistant.const import CONF_CLIENT_ID, CONF_DOMAIN, CONF_ID
from homeassistant.util import slugify

from ..errors import CredentialNotFound, InvalidCredential
from ..models import CredentialRecord, title_of


class Draft(NamedTuple):
    """The records as they would be after a change."""

    records: dict[str, CredentialRecord]
    unreadable: list[Any]

    def record(self, item_id: str) -> CredentialRecord:
        """Return the record with this id, or raise CredentialNotFound."""
        try:
            return self.records[item_id]
        except KeyError:
            raise CredentialNotFound(item_id) from None

    def find_client(self, domain: str, client_id: str) -> CredentialRecord | None:
        """Return the record that an integration has of a client."""
        for record in self.records.values():
            if str(record["client_id"]) == client_id and record["domain"] == domain:
                return record
        return None

    def is_imported(self, fields: dict[str, Any]) -> bool:
        """Return whether an import of these fields has been made before.

        By its id, as in the original, which a person may have given another client ID
        since; or by its client ID, which a person may have given another record.
        """
        return _base_id(fields) in self.records or (
            self.find_client(fields[CONF_DOMAIN], fields[CONF_CLIENT_ID]) is not None
        )

    def create(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Add a record and return it; raises InvalidCredential for a second of a client."""
        self._refuse_second(fields[CONF_DOMAIN], fields[CONF_CLIENT_ID])
        return self.add(fields)

    def add(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Add a record under the id that the original would make for it, and return it."""
        # No set: in a file that a person has edited, an id may be anything.
        taken = [
            item.get(CONF_ID) for item in self.unreadable if isinstance(item, dict)
        ]
        base = _base_id(fields)
        item_id, attempt = base, 1
        while item_id in self.records or item_id in taken:
            attempt += 1
            item_id = f"{base}_{attempt}"
        record: Any = {CONF_ID: item_id} | fields
        self.records[item_id] = record
        return record  # type: ignore[no-any-return]

    def update(self, item_id: str, changes: dict[str, str | None]) -> Any:
        """Change fields of a record, and return it; None takes a field away.

        Raises CredentialNotFound, and InvalidCredential for a second of a client.
        """
        current = self.record(item_id)
        client_id = changes.get(CONF_CLIENT_ID)
        if client_id is not None and client_id != str(current["client_id"]):
            self._refuse_second(current["domain"], client_id)
        updated: Any = {
            key: value
            for key, value in {**current, **changes}.items()
            if value is not None or key not in changes
        }
        if updated == current:
            return current
        self.records[item_id] = updated
        return updated

    def _refuse_second(self, domain: str, client_id: str) -> None:
        if existing := self.find_client(domain, client_id):
            raise InvalidCredential(
                "client_exists",
                CONF_CLIENT_ID,
                domain=domain,
                existing=title_of(existing),
                id=existing["id"],
            )


def _base_id(fields: dict[str, Any]) -> str:
    """Return the id that the original gives a record, unless it is taken."""
    return slugify(f"{fields[CONF_DOMAIN]}.{fields[CONF_CLIENT_ID]}")
