"""What a provider is, for the playground to play it: in which order it checks, and how it answers.

A played provider knows one client, with one secret and one redirect URI. Some more client IDs stand for what may be
wrong with it, or for another answer that was seen; see `Question`.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
import json
from typing import Any, Final, Literal
from urllib.parse import unquote_plus

SECRET: Final = "played-S3cret/right"
WRONG_SECRET: Final = "played-S3cret/wrong"

# Why nothing is said of a client that is refused.
OWN_WAY: Final = "Its integration asks for a token in a way of its own"

Verdict = Literal["accepted", "rejected", "unknown"]


class Client(StrEnum):
    """What is right or wrong with a client, which is its client ID."""

    KNOWN = "known"
    # Known; the credential has another secret.
    MISTYPED = "mistyped"
    UNKNOWN = "no-such-client"
    # Known, with another redirect URI than Home Assistant's.
    UNREGISTERED = "registered-elsewhere"
    # Known, with a slash at the end of the redirect URI that Home Assistant does not send.
    SLASH = "registered-with-slash"


@dataclass(frozen=True)
class Answer:
    """What a server sends: JSON where the body is a dictionary, and a page where it is a text.

    In `location`, {registered} is the redirect URI that the provider knows.
    """

    status: int
    body: Mapping[str, Any] | str = ""
    location: str | None = None

    @property
    def content(self) -> bytes:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()

    @property
    def content_type(self) -> str:
        return "text/html" if isinstance(self.body, str) else "application/json"

    def sent_for(self, registered: str) -> "Answer":
        location = self.location and self.location.format(registered=registered)
        return Answer(self.status, self.body, location)


def error(status: int, code: str, description: str | None = None) -> Answer:
    """Return an error as RFC 6749 section 5.2 has it."""
    more = {"error_description": description} if description else {}
    return Answer(status, {"error": code, **more})


def page(text: str, status: int = 200) -> Answer:
    """Return a page with a text."""
    return Answer(status, f"<!doctype html><title>Provider</title><p>{text}</p>")


def sends_to(location: str, status: int = 302) -> Answer:
    """Return an answer that sends people elsewhere."""
    return Answer(status, location=location)


SIGN_IN: Final = page(
    "Sign in as"
    ' <form method="post"><input name="sub" value="anna" required autofocus>'
    " <button>Authorize</button></form>"
)


def read_client(form: Mapping[str, str], header: str | None) -> tuple[str, str]:
    """Return client ID and client secret of a token request, from its header or else its form."""
    if header is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    shown = base64.b64decode(header.removeprefix("Basic ")).decode()
    client_id, _, secret = shown.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


@dataclass(frozen=True)
class Other:
    """One more answer of a token endpoint that was seen, and what is right to make of it.

    `control` is the answer to the same with another secret, where that is not the usual one; `stays_unknown` says why a
    check cannot tell what is right.
    """

    case: str
    answer: Answer
    right: Verdict
    source: str
    control: Answer | None = None
    stays_unknown: str | None = None


@dataclass(frozen=True)
class Authorize:
    """An authorization endpoint: what it does with a redirect URI that it does not know, and with an unknown client.

    `tells` is whether a check can see what is right; it says nothing where people have to sign in first.
    """

    wrong_uri: Answer = SIGN_IN
    unknown_client: Answer = SIGN_IN
    known: Answer = SIGN_IN
    # Where these send people.
    elsewhere: Answer = SIGN_IN
    # Whether it compares whole URIs, and was seen to tell one with a slash at the end apart.
    asks_about_slash: bool = False
    stays_unknown: str | None = None

    @property
    def tells(self) -> bool:
        return self.wrong_uri != self.known or self.stays_unknown is not None


class Mood(StrEnum):
    """What a played provider makes of the accounts that are linked with it."""

    WORKS = "works"
    # It refreshes no link, since each has ended.
    ENDED = "ended"
    # It refuses the client, as when its secret has expired.
    REFUSES = "refuses"
    # It does not answer.
    SILENT = "silent"
    # What it links now does not end by itself.
    LASTS = "lasts"


@dataclass(frozen=True)
class Links:
    """What the token endpoint says to accounts, beside their tokens, and where it refuses to refresh one.

    `linked` is in the answer to a real code, `refreshed` in that to a refresh token, `lasting` in the one to a code where
    links do not end by themselves.
    """

    ended: Answer
    refused: Answer
    source: str
    linked: Mapping[str, Any] = field(default_factory=dict)
    refreshed: Mapping[str, Any] = field(default_factory=dict)
    lasting: Mapping[str, Any] = field(default_factory=dict)
    renews_refresh_token: bool = True


@dataclass(frozen=True)
class Question:
    """A question to a played provider, and what is right to say."""

    about: Literal["client", "redirect_uri"]
    case: str
    client_id: str
    client_secret: str
    right: Verdict
    stays_unknown: str | None = None

    @property
    def expected(self) -> Verdict:
        """Return what a check says: what is right, or that it cannot tell."""
        return "unknown" if self.stays_unknown else self.right


@dataclass(frozen=True)
class Provider:
    """A provider as it was seen to answer; `sources` says by whom.

    `code_first`: it looks at the code before it looks at the client, so that nothing can be told by a code that does
    not exist. `own_way`: its integration overrides how Home Assistant asks for a token, so that a refusal may be for the way
    in which a check asks. `basic_only`: it reads a client by HTTP Basic alone. `usual`: its answers to a right and a wrong client were both seen, so these questions are asked.
    """

    slug: str
    name: str
    integrations: tuple[str, ...]
    no_such_code: Answer
    wrong_secret: Answer
    sources: tuple[str, ...]
    unknown_client: Answer | None = None
    code_first: bool = False
    own_way: bool = False
    basic_only: bool = False
    others: tuple[Other, ...] = ()
    authorize: Authorize | None = None
    stays_unknown: str | None = None
    usual: bool = True
    links: Links | None = None
    _others: dict[str, Other] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Give each of the other answers a client ID that stands for it."""
        others = {f"other-{number}": other for number, other in enumerate(self.others)}
        object.__setattr__(self, "_others", others)

    def answer_token(
        self, client_id: str, client_secret: str, *, is_basic: bool = False
    ) -> Answer:
        """Return what the token endpoint says of a client with a code that does not exist."""
        if self.basic_only and not is_basic:
            return self.wrong_secret
        if (other := self._others.get(client_id)) is not None:
            if client_secret == SECRET:
                return other.answer
            return other.control or self.wrong_secret
        if self.code_first:
            return self.no_such_code
        if client_id == Client.UNKNOWN:
            return self.unknown_client or self.wrong_secret
        return self.no_such_code if client_secret == SECRET else self.wrong_secret

    def answer_authorize(
        self, client_id: str, redirect_uri: str, home: str, *, has_scope: bool = False
    ) -> Answer | None:
        """Return what the authorization endpoint does, None where that is not known.

        `home` is Home Assistant's own redirect URI, which a person registers. A person is sent with a scope, a check without.
        """
        if self.authorize is None:
            return None
        if client_id == Client.UNKNOWN:
            return self.authorize.unknown_client.sent_for("")
        registered = (
            {
                Client.UNREGISTERED: "https://elsewhere.invalid/callback",
                Client.SLASH: f"{home}/",
            }.get(Client(client_id), home)
            if client_id in set(Client)
            else home
        )
        is_known = redirect_uri == registered
        if is_known and has_scope:
            return SIGN_IN
        answer = self.authorize.known if is_known else self.authorize.wrong_uri
        return answer.sent_for(registered)

    @property
    def said_to_accounts(self) -> Links:
        """What it says to accounts, and where nobody has seen that, what it says to a check."""
        return self.links or Links(
            ended=self.no_such_code, refused=self.wrong_secret, source=""
        )

    def questions(self) -> Iterator[Question]:
        """Yield what can be asked."""
        if self.usual:
            yield from self._usual_questions()
        for client_id, other in self._others.items():
            yield Question(
                "client",
                other.case,
                client_id,
                SECRET,
                other.right,
                other.stays_unknown,
            )
        if self.authorize is not None:
            yield from self._redirect_uri_questions(self.authorize)

    def _usual_questions(self) -> Iterator[Question]:
        for case, client_id, secret, right in (
            ("right client", Client.KNOWN, SECRET, "accepted"),
            ("wrong secret", Client.MISTYPED, WRONG_SECRET, "rejected"),
            ("unknown client", Client.UNKNOWN, SECRET, "rejected"),
        ):
            own_way = OWN_WAY if self.own_way and right == "rejected" else None
            verdict: Verdict = "unknown" if self.code_first else right  # type: ignore[assignment]
            yield Question(
                "client",
                case,
                client_id,
                secret,
                verdict,
                self.stays_unknown or own_way,
            )

    def _redirect_uri_questions(self, authorize: Authorize) -> Iterator[Question]:
        cases: list[tuple[str, Client, Verdict]] = [
            ("registered", Client.KNOWN, "accepted"),
            ("not registered", Client.UNREGISTERED, "rejected"),
            ("unknown client", Client.UNKNOWN, "unknown"),
        ]
        if authorize.asks_about_slash:
            cases.append(("registered with a slash", Client.SLASH, "rejected"))
        for case, client_id, right in cases:
            verdict = right if authorize.tells else "unknown"
            yield Question(
                "redirect_uri",
                case,
                client_id,
                SECRET,
                verdict,
                authorize.stays_unknown if verdict != "unknown" else None,
            )
