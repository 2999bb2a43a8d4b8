"""Find records without a look at all of them."""

from ..models import CredentialRecord


class Index:
    """The records by their integration, and by their client.

    Each stays where it was put, whatever others have written into it since.
    """

    def __init__(self) -> None:
        """Start with none."""
        self._by_domain: dict[str, dict[str, CredentialRecord]] = {}
        # Not before somebody looks for a client, which most starts never see.
        self._by_client: dict[tuple[str, str], list[str]] | None = None
        # By record id, the domain and the client ID under which it was put.
        self._places: dict[str, tuple[str, str]] = {}

    def add(self, item_id: str, record: CredentialRecord) -> None:
        """Take in a record, or another state of one that is in."""
        place = record["domain"], record["client_id"]
        if (before := self._places.get(item_id)) is not None:
            self._forget_client(item_id, before)
            if before[0] != place[0]:
                del self._by_domain[before[0]][item_id]
        self._places[item_id] = place
        self._by_domain.setdefault(place[0], {})[item_id] = record
        if self._by_client is not None:
            self._by_client.setdefault(place, []).append(item_id)

    def remove(self, item_id: str) -> None:
        """Forget a record that is in."""
        place = self._places.pop(item_id)
        del self._by_domain[place[0]][item_id]
        self._forget_client(item_id, place)

    def of_domain(self, domain: str) -> list[CredentialRecord]:
        """Return the records of one integration, oldest first."""
        return list(self._by_domain.get(domain, {}).values())

    def ids_of_client(self, domain: str, client_id: str) -> list[str]:
        """Return the ids of the records that an integration has of a client."""
        if self._by_client is None:
            self._by_client = {}
            for item_id, place in self._places.items():
                # More than one, where the original has let a client in twice.
                self._by_client.setdefault(place, []).append(item_id)
        return self._by_client.get((domain, client_id), [])

    def _forget_client(self, item_id: str, place: tuple[str, str]) -> None:
        if self._by_client is None:
            return
        self._by_client[place].remove(item_id)
        if not self._by_client[place]:
            del self._by_client[place]
