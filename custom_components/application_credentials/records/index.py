"""Find records without a look at all of them."""

from ..models import CredentialRecord


class Index:
    """The records by their integration, and by their client."""

    def __init__(self) -> None:
        """Start with none."""
        self._by_domain: dict[str, dict[str, CredentialRecord]] = {}
        self._by_client: dict[tuple[str, str], list[str]] = {}

    def add(self, record: CredentialRecord) -> None:
        """Take in a record, or another state of one that is in."""
        item_id, domain = record["id"], record["domain"]
        if before := self._by_domain.get(domain, {}).get(item_id):
            self._forget_client(before)
        self._by_domain.setdefault(domain, {})[item_id] = record
        # More than one, where the original has let a client in twice.
        self._by_client.setdefault((domain, record["client_id"]), []).append(item_id)

    def remove(self, record: CredentialRecord) -> None:
        """Forget a record that is in."""
        del self._by_domain[record["domain"]][record["id"]]
        self._forget_client(record)

    def of_domain(self, domain: str) -> list[CredentialRecord]:
        """Return the records of one integration, oldest first."""
        return list(self._by_domain.get(domain, {}).values())

    def ids_of_client(self, domain: str, client_id: str) -> list[str]:
        """Return the ids of the records that an integration has of a client."""
        return self._by_client.get((domain, client_id), [])

    def _forget_client(self, record: CredentialRecord) -> None:
        client = record["domain"], record["client_id"]
        self._by_client[client].remove(record["id"])
        if not self._by_client[client]:
            del self._by_client[client]
