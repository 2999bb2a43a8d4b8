"""What this integration stores and shows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
import json
from typing import Any, NamedTuple, NotRequired, TypedDict

from homeassistant.const import CONF_TOKEN

from .const import CONF_AUTH_IMPLEMENTATION


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

    # There was no answer, or none in time.
    UNREACHABLE = "unreachable"
    # The hook of the integration can be neither read nor called before it is set up.
    NOT_SET_UP = "not_set_up"
    # The integration does not say where to ask, or brings a client of its own.
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


class Finding(NamedTuple):
    """What a check found, or a token request of an account."""

    client: Verdict = Verdict.UNKNOWN
    redirect_uri: Verdict = Verdict.UNKNOWN
    # What the provider said, never with the client secret in it; not kept over a restart.
    error: str | None = None
    error_description: str | None = None
    # What the provider names as wrong with the client, if it is sure.
    cause: Cause | None = None
    # Why it is not known what the provider makes of the client.
    reason: Reason | None = None
    # The redirect URI that the check was about.
    asked_redirect_uri: str | None = None
    # When and how the verdict about the client came about; None until the finding is kept.
    at: datetime | None = None
    by: By | None = None
    # When a check last got an answer from the provider.
    last_at: datetime | None = None
    # Whether the provider has complained about the code of the check.
    is_about_grant: bool = False

    @property
    def is_answer(self) -> bool:
        """Return whether the provider has answered a check, whatever it said."""
        return (
            self.reason in (None, Reason.UNCLEAR)
            or self.redirect_uri is not Verdict.UNKNOWN
        )

    @property
    def is_rejection(self) -> bool:
        """Return whether the provider rejects the client or the redirect URI."""
        return Verdict.REJECTED in (self.client, self.redirect_uri)

    def without_times(self) -> "Finding":
        """Return what was found, whenever and however that was."""
        return self._replace(at=None, by=None, last_at=None)

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
        """Return what is known of a client after this finding and an earlier one.

        A verdict stands until another one replaces it. There is one exception: a complaint
        about the code ends a rejection by an earlier check, since that provider looks at the
        client first.
        """
        if earlier is None:
            return self
        rejected_by_check = (earlier.client, earlier.by) == (Verdict.REJECTED, By.CHECK)
        if self.is_about_grant and rejected_by_check:
            earlier = earlier._replace(client=Verdict.UNKNOWN)
        is_new = self.client is not Verdict.UNKNOWN or earlier.client is Verdict.UNKNOWN
        known = self if is_new else earlier
        if known.client is Verdict.REJECTED:
            return known._replace(redirect_uri=Verdict.UNKNOWN)
        uri = earlier if self.redirect_uri is Verdict.UNKNOWN else self
        return known._replace(
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
        and _client_of(record) == _client_of(other)
    )


def fingerprint(value: Any) -> str:
    """Return a hash that identifies a value without revealing it."""
    return sha256(str(value).encode()).hexdigest()


def client_fingerprint(record: CredentialRecord) -> str:
    """Return a hash that identifies a client without revealing its secret."""
    return fingerprint(json.dumps([record["id"], *_client_of(record)]))


def _client_of(record: CredentialRecord) -> list[str]:
    """Return client ID and client secret as a provider gets them: 17 as "17"."""
    return [str(record["client_id"]), str(record["client_secret"])]


def link_fingerprint(data: Mapping[str, Any]) -> str:
    """Return a hash that identifies the link of an account, by its refresh token.

    `data` is that of its config entry. Where there is no refresh token (RFC 6749 section
    5.1 leaves it to the provider), all of the token does.
    """
    # An integration may keep its token under a name of its own.
    other = {key: data[key] for key in data if key != CONF_AUTH_IMPLEMENTATION}
    token: Any = data.get(CONF_TOKEN, other)
    link = token.get("refresh_token", token) if isinstance(token, dict) else token
    return fingerprint(link)


def name_of(record: CredentialRecord) -> str:
    """Return the name of a credential without spaces around it, empty for none."""
    # People edit the file: what is called by a number is served, too.
    return str(record.get("name") or "").strip()


def titles(
    records: Iterable[CredentialRecord], integrations: Mapping[str, str]
) -> dict[str, str]:
    """Return what people call credentials, by id.

    That is the name, or else the integration, whose names are in `integrations` by
    domain. Where several of one integration are called the same, the later ones
    have a number.
    """
    found: dict[str, str] = {}
    # How many of an integration have a title already.
    taken: dict[tuple[str, str], int] = {}
    for record in records:
        domain = record["domain"]
        called = title = name_of(record) or integrations.get(domain, domain)
        while (domain, title) in taken:
            taken[domain, called] += 1
            title = f"{called} {taken[domain, called]}"
        taken[domain, title] = 1
        found[record["id"]] = title
    return found


def row_titles(
    records: Iterable[CredentialRecord], integrations: Mapping[str, str]
) -> dict[str, str]:
    """Return titles that hold beside those of other integrations, by id.

    Where two integrations have credentials of one title, each has its integration
    behind it.
    """
    records = list(records)
    found = titles(records, integrations)
    # Within an integration, no two are the same.
    count = Counter(found.values())
    for record in records:
        if count[title := found[record["id"]]] > 1:
            integration = integrations.get(record["domain"], record["domain"])
            found[record["id"]] = with_integration(title, integration)
    return found


def with_integration(title: str, integration: str) -> str:
    """Return a title that says which integration it is of, unless it does already."""
    return title if title.startswith(integration) else f"{title} ({integration})"
