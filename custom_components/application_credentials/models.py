"""What this integration stores, and the client that it hands to the integrations it serves.

What these import and return are the classes of the original, from its module.
"""

from collections.abc import Iterable
from typing import Any, Final, NotRequired, TypedDict, override

from homeassistant.components.application_credentials import ClientCredential

# Characters of a client ID: one of Google's has 72, and a phone has room for 30.
_SHORT: Final = 20


class CredentialRecord(TypedDict):
    """One stored client, in the shape of the file and of the websocket API.

    `id` never changes. `auth_domain` is what config entries call an imported
    client by; without it they call it by its `id`.
    """

    id: str
    domain: str
    client_id: str
    client_secret: str
    name: NotRequired[str]
    auth_domain: NotRequired[str]


class PrivateClientCredential(ClientCredential):
    """The client that a hook is handed: the original's, but for its secret in a log.

    Equal to the original's of the same values, whichever side it stands on.
    """

    __hash__ = None  # type: ignore[assignment]

    @override
    def __eq__(self, other: object) -> bool:
        """Compare the values; the original compares the classes as well."""
        return isinstance(other, ClientCredential) and (
            self.client_id,
            self.client_secret,
            self.name,
        ) == (other.client_id, other.client_secret, other.name)

    @override
    def __repr__(self) -> str:
        """Leave the secret out: hooks log what they are handed."""
        return f"ClientCredential(client_id={self.client_id!r}, name={self.name!r})"


def auth_domain_of(record: CredentialRecord) -> str:
    """Return the name under which `record` is handed to config entries."""
    return record.get("auth_domain", record["id"])


def is_same_client(
    record: CredentialRecord | None, other: CredentialRecord | None
) -> bool:
    """Return whether both are there, and what a provider says of one holds for the other."""
    return (
        record is not None
        and other is not None
        and (record["client_id"], record["client_secret"])
        == (other["client_id"], other["client_secret"])
    )


def title_of(record: CredentialRecord) -> str:
    """Return what people call `record`: its name, or else its client ID."""
    return record.get("name") or record["client_id"]


def link_of(token: Any) -> Any:
    """Return what stands for the link of an account in its token: the refresh token.

    Where there is none (RFC 6749 section 5.1 leaves it to the provider), all of it.
    """
    return token.get("refresh_token", token) if isinstance(token, dict) else token


def titles(records: Iterable[CredentialRecord]) -> dict[str, str]:
    """Return the titles of rows, by the ids of their credentials.

    Names, or else short client IDs; equal names of one integration are told apart.
    """
    records = list(records)
    named: dict[tuple[str, str | None], int] = {}
    for record in records:
        called = record["domain"], record.get("name")
        named[called] = named.get(called, 0) + 1
    found = {}
    for record in records:
        name, short = record.get("name"), short_client_id(record["client_id"])
        if not name:
            found[record["id"]] = short
        elif named[record["domain"], name] > 1:
            found[record["id"]] = f"{name} ({short})"
        else:
            found[record["id"]] = name
    return found


def short_client_id(client_id: str) -> str:
    """Return as much of a client ID as there is room for, from its beginning."""
    return client_id if len(client_id) <= _SHORT else f"{client_id[:_SHORT]}…"
