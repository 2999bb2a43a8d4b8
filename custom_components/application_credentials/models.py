"""What this integration stores and shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NotRequired, TypedDict

# Characters of a client ID: one of Google's has 72, and a phone has room for 30.
_SHORT: Final = 20


class CredentialRecord(TypedDict):
    """One stored client, in the shape of the file and of the websocket API.

    `id` never changes. `auth_domain` is what config entries call an imported
    client by; without it they call it by its `id`. In a file that a person has edited,
    `name` may be None, and it, client ID and client secret may be numbers.
    """

    id: str
    domain: str
    client_id: str
    client_secret: str
    name: NotRequired[str]
    auth_domain: NotRequired[str]


class Verdict(StrEnum):
    """What the provider makes of something it was asked about."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why the provider's verdict about a client is unknown."""

    # There was no answer in time.
    UNREACHABLE = "unreachable"
    # The integration, or its hook, cannot be imported.
    NOT_IMPORTABLE = "not_importable"
    # The integration authenticates its client in a way that cannot be tried.
    NOT_ASKED = "not_asked"
    # There was an answer that does not tell.
    UNCLEAR = "unclear"


class By(StrEnum):
    """How it was found out what the provider makes of a client."""

    CHECK = "check"
    REQUEST = "token_request"


class Cause(StrEnum):
    """What is wrong with a client."""

    EXPIRED = "expired"
    ID_TAKEN = "id_taken"
    DISABLED = "disabled"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, or a token request of an account.

    `error` and `error_description` are what the provider said, never with the
    client secret in it; None where it said nothing, and after a restart. `cause` is what
    that names as wrong with the client, for sure. `reason` says why it is not
    known what it makes of the client. `asked_redirect_uri` is the one that the
    check was about, None where it was about none. `at` and `by` are when and how the
    verdict about the client came about, `last_at` when it was last asked for, with
    whatever answer; all of them None until the finding is kept.
    """

    client: Verdict = Verdict.UNKNOWN
    redirect_uri: Verdict = Verdict.UNKNOWN
    error: str | None = None
    error_description: str | None = None
    cause: Cause | None = None
    reason: Reason | None = None
    asked_redirect_uri: str | None = None
    at: datetime | None = field(default=None, compare=False)
    by: By | None = field(default=None, compare=False)
    last_at: datetime | None = field(default=None, compare=False)

    def as_status(self) -> dict[str, str | None]:
        """Return what is known of a credential in the shape of the websocket API."""
        return {
            "client": self.client,
            "redirect_uri": self.redirect_uri,
            "at": self.at.isoformat() if self.at else None,
            "by": self.by,
            "reason": self.reason,
        }

    def as_dict(self) -> dict[str, str | None]:
        """Return the finding in the shape of the websocket API."""
        return {
            "client": self.client,
            "redirect_uri": self.redirect_uri,
            "error": self.error,
            "error_description": self.error_description,
            "reason": self.reason,
        }

    def after(self, earlier: "Finding | None") -> "Finding":
        """Return what is known of a client of which `earlier` was found before.

        What was told stands until something else is told.
        """
        if earlier is None:
            return self
        known = self
        if self.client is Verdict.UNKNOWN and earlier.client is not Verdict.UNKNOWN:
            known = earlier
        if known.client is Verdict.REJECTED:
            return replace(known, redirect_uri=Verdict.UNKNOWN)
        uri = earlier if self.redirect_uri is Verdict.UNKNOWN else self
        return replace(
            known,
            redirect_uri=uri.redirect_uri,
            asked_redirect_uri=uri.asked_redirect_uri,
        )


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
    return str(record.get("name") or record["client_id"])


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
        name, short = record.get("name"), short_client_id(str(record["client_id"]))
        if not name:
            found[record["id"]] = short
        elif named[record["domain"], name] > 1:
            found[record["id"]] = f"{name} ({short})"
        else:
            found[record["id"]] = str(name)
    return found


def short_client_id(client_id: str) -> str:
    """Return as much of a client ID as there is room for, from its beginning."""
    return client_id if len(client_id) <= _SHORT else f"{client_id[:_SHORT]}…"
