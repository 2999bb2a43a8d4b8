"""What this integration stores, and what it exchanges with the integrations it serves."""

from dataclasses import dataclass, field
from typing import NotRequired, TypedDict


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


@dataclass
class ClientCredential:
    """The client of RFC 6749 section 2.3.1 that a platform hook is handed."""

    client_id: str
    client_secret: str = field(repr=False)
    name: str | None = None


@dataclass
class AuthorizationServer:
    """The endpoints of RFC 6749 section 3, as URLs, that a platform hook returns."""

    authorize_url: str
    token_url: str


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
