"""Read what a provider answers: what it is about, by its shape and by its words."""

from collections.abc import Callable, Iterable
from functools import cache
from html import escape
import json
import re
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from ..models import Cause
from .tables import BUSY, CODES, GRANT_TYPE, PAGES, SENTENCES, WORDS, About

# Bytes; no provider needs more to say what is wrong.
MAX_READ: Final = 32 * 1024


class TokenAnswer(NamedTuple):
    """What a token endpoint said: what it is about, if that is clear, and its words."""

    about: About | None = None
    error: str | None = None
    description: str | None = None

    @property
    def says_nothing(self) -> bool:
        """Return whether this says nothing of what was sent."""
        return self.about is None and (self.error is None or self.error in BUSY)


class _Said(NamedTuple):
    """The words of an answer: a code of few, and a sentence for people."""

    code: str | None
    sentence: str | None = None


class _Shape(NamedTuple):
    """Where the words stand in an answer; who puts them there, and where that was seen."""

    read: Callable[[int, dict[str, Any]], _Said | None]
    provider: str
    source: str


def _text(value: Any) -> str | None:
    """Return a string that says something, None for anything else."""
    return value if isinstance(value, str) and value else None


def _in_list(status: int, answer: dict[str, Any]) -> _Said | None:
    match answer.get("errors"):
        case [{"errorType": str(code)} as first, *_]:
            return _Said(code, _text(first.get("message")))
    return None


def _in_capitals(status: int, answer: dict[str, Any]) -> _Said | None:
    if code := _text(answer.get("ErrorCode")):
        return _Said(code, _text(answer.get("Error")))
    return None


def _in_standard(status: int, answer: dict[str, Any]) -> _Said | None:
    if error := _text(answer.get("error")):
        code, colon, rest = error.partition(":")
        description = _text(answer.get("error_description"))
        if colon and code.replace("_", "").isalnum() and code.islower():
            return _Said(code, description or _text(rest.strip()))
        return _Said(error, description)
    return None


def _in_message(status: int, answer: dict[str, Any]) -> _Said | None:
    if answer.get("status") == status and (message := _text(answer.get("message"))):
        return _Said(None, message)
    return None


def _in_code(status: int, answer: dict[str, Any]) -> _Said | None:
    code, message = _text(answer.get("code")), _text(answer.get("message"))
    # What comes after the second dot goes into detail.
    return _Said(".".join(code.split(".")[:2]), message) if code and message else None


_SHAPES: Final = (
    _Shape(_in_list, "Fitbit", "djchen/oauth2-fitbit#12, #19"),
    _Shape(_in_capitals, "Honeywell Home", "Apigee's OAuthV2 policy"),
    _Shape(_in_standard, "most; Dropbox up to a colon", "RFC 6749 section 5.2"),
    _Shape(_in_message, "Twitch", "nicklaw5/helix, tests of access_token"),
    _Shape(_in_code, "Monzo", "monzo/docs#68"),
)


# One after the other and none of them nested, so that a text is gone through once.
@cache
def _parts() -> re.Pattern[str]:
    return re.compile(
        r"(?P<either>client or redirect)"
        r"|(?P<uri>(?:redirect(?:ion)?|callback)[ _-]?ur[il]s?(?!=))"
        r"|(?P<wrong>mismatch|invalid|illegal|unknown|unregistered|unsupported|wrong"
        r"|not[ _](?=\w)|(?:does|did|do)(?:n't| not)|isn't|unauthori[sz]ed|disallowed"
        r"|must match)"
        r"|(?P<end>[.<>&])"
        r"|(?P<is>=)"
    )


# What RFC 6749 appendix B leaves out.
_NOT_IN_FORM: Final = r"[\s<>{}\"]"

_FIRST_WORD: Final = re.compile(r"\w+")

# A name shorter than that may be part of any word.
_MIN_HOST: Final = 4

# Characters between what is wrong and the redirect URI, in one order and in the other.
_WRONG_BEFORE: Final = 80
_WRONG_AFTER: Final = 120


def read_token_answer(status: int, body: bytes) -> TokenAnswer:
    """Return what a token endpoint says with an answer of this status.

    An answer that is no refusal, or that does not tell what is refused, is about
    nothing (RFC 6749 section 5.2).
    """
    if not 400 <= status < 500 or status == 429:
        return TokenAnswer()
    answer = _parse(body)
    for shape in _SHAPES:
        if (said := shape.read(status, answer)) is not None:
            return TokenAnswer(
                _about(said, status),
                said.code or said.sentence,
                said.sentence if said.code else None,
            )
    return TokenAnswer()


def about_of(error: str) -> About | None:
    """Return what an `error` in a redirect is about (RFC 6749 section 4.1.2.1)."""
    return next((line.about for line in WORDS if line.word == error), None)


def read_page(status: int, page: bytes, uris: Iterable[str]) -> About | None:
    """Return what an authorization page complains about, None where it does not.

    `uris` are those that it was asked about: they are taken out of what it says,
    since they have the words in them that are looked for.
    """
    text = page[:MAX_READ].decode(errors="replace").lower()
    for uri in uris:
        for written in _ways_to_write(uri.lower()):
            text = text.replace(written, " ")
    if any(line.words in text for line in PAGES):
        return About.REDIRECT_URI
    return complaint_of(text) if 400 <= status < 500 else None


def cause_of(error: str | None, description: str | None) -> Cause | None:
    """Return what the words of a rejection name as its cause, None where they do not.

    `error` is all of its code; of `description` the word with which it begins.
    """
    begins = _FIRST_WORD.match(description or "")
    said = {error, begins and begins[0]}
    return next((line.cause for line in CODES if line.code in said), None)


def _about(said: _Said, status: int) -> About | None:
    if said.code == "unauthorized_client" and GRANT_TYPE.search(said.sentence or ""):
        return None
    for line in WORDS:
        if line.word == said.code and line.status in (None, status):
            return line.about
    if said.sentence:
        last = said.sentence.lower().rpartition(": ")[2].rstrip(".")
        for line in SENTENCES:
            # A word that is known as such has its meaning by itself.
            if line.word == last and said.code in (None, "invalid_request"):
                return line.about
    return None


def _parse(body: bytes) -> dict[str, Any]:
    """Return the members of an answer, JSON or form-encoded; none for anything else."""
    if len(body) >= MAX_READ:
        # It goes on, and is a page.
        return {}
    text = body.decode(errors="replace")
    try:
        answer: Any = json.loads(text)
    except (ValueError, RecursionError):
        is_form = "error=" in text and not re.search(_NOT_IN_FORM, text)
        answer = dict(parse_qsl(text)) if is_form else None
    return answer if isinstance(answer, dict) else {}


def _ways_to_write(uri: str) -> list[str]:
    """Return how a page may write a URI, the longest first."""
    written = {uri, quote(uri), quote(uri, ""), quote_plus(uri), escape(uri)}
    written |= {each.replace("/", "\\/") for each in written}
    # A page may cut it short.
    if len(host := urlsplit(uri).hostname or "") >= _MIN_HOST:
        written.add(host)
    return sorted((each.lower() for each in written), key=len, reverse=True)


def complaint_of(text: str) -> About | None:
    """Return whether a text, in lower case, says that the redirect URI is wrong.

    What is wrong and the redirect URI stand close together, and not across what
    separates sentences, tags and query parameters.
    """
    wrong = uri = -1
    for part in _parts().finditer(text):
        match part.lastgroup:
            case "either":
                return About.CLIENT_OR_REDIRECT_URI
            case "uri":
                if wrong >= 0 and part.start() - wrong <= _WRONG_BEFORE:
                    return About.REDIRECT_URI
                uri = part.end()
            case "wrong":
                if uri >= 0 and part.start() - uri <= _WRONG_AFTER:
                    return About.REDIRECT_URI
                wrong = part.end()
            case "is":
                wrong = -1
            case _:
                wrong = uri = -1
    return None
