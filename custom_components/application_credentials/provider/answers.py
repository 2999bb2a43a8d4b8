"""Read the answers of providers by their shape and their words, and quote them without secrets."""

from base64 import b64encode
from html import unescape
import json
import re
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote_plus, unquote, unquote_plus

from ..models import Cause
from .tables import (
    BUSY,
    CLIENT_WITH_401,
    CODES,
    GRANT_TYPE,
    PAGES,
    SENTENCES,
    WORDS,
    About,
)

# Bytes; no provider needs more to say what is wrong.
MAX_READ: Final = 32 * 1024

# Characters of what is shown.
_MAX_SHOWN: Final = 300

# Characters of a secret; a shorter one may be part of any word.
_MIN_MASKED: Final = 6


class TokenAnswer(NamedTuple):
    """What a token endpoint said: what it is about, if that is clear, and its words."""

    about: About | None = None
    error: str | None = None
    description: str | None = None

    @property
    def says_nothing(self) -> bool:
        """Return whether this says nothing of what was sent."""
        return self.about is None and (self.error is None or self.error in BUSY)

    def without(self, client_id: str, *secrets: str) -> "TokenAnswer":
        """Return this answer without secrets in its words."""
        error = quote(self.error, client_id, *secrets)
        return TokenAnswer(
            self.about, error, quote(self.description, client_id, *secrets)
        )


# The patterns are compiled when an answer is read, not at a start. A dot within a URL ends no sentence.
_SENTENCE: Final = r"(?:[^.<>&=\"]+|\.(?!\s)|\"(?!,))+"

# Characters; what is longer is no sentence.
_MAX_SENTENCE: Final = 300

_REDIRECT_URI: Final = r"(?:redirect(?:ion)?|callback)[ _-]?ur[il]"
_WRONG: Final = (
    r"mismatch|invalid|illegal|unknown|unregistered|unsupported|wrong|not[ _]\w"
    r"|n't |unauthori[sz]ed|disallowed|must match"
)
_OR_CLIENT: Final = r"\bclient(?:[ _-]?id)? (?:and/)?or |\bor client"


def read_token_answer(status: int, body: bytes) -> TokenAnswer:
    """Return what a token endpoint says with an answer of this status.

    An answer that is no refusal, or that does not tell what is refused, is about
    nothing (RFC 6749 section 5.2).
    """
    if not 400 <= status < 500 or status == 429:
        return TokenAnswer()
    code, sentence = _words(status, _parse(body))
    return TokenAnswer(
        _about(status, code, sentence), code or sentence, sentence if code else None
    )


def read_page(status: int, page: bytes) -> About | None:
    """Return what an authorization page complains about, None where it does not."""
    text = page.decode(errors="replace").lower()
    if any(words in text for words in PAGES):
        return About.REDIRECT_URI
    return complaint_of(text) if 400 <= status < 500 else None


def complaint_of(text: str) -> About | None:
    """Return whether a sentence, in lower case, says that the redirect URI is wrong."""
    for sentence in re.findall(_SENTENCE, text):
        if len(sentence) > _MAX_SENTENCE:
            continue
        if re.search(_REDIRECT_URI, sentence) and re.search(_WRONG, sentence):
            is_either = re.search(_OR_CLIENT, sentence)
            return About.CLIENT_OR_REDIRECT_URI if is_either else About.REDIRECT_URI
    return None


def cause_of(error: str | None, description: str | None) -> Cause | None:
    """Return what the words of a rejection name as its cause, None where they do not.

    Some have it in the error, and some at the beginning of its description.
    """
    begins = (description or "").partition(":")[0]
    return CODES.get(error or "") or CODES.get(begins)


def _words(status: int, answer: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the words of an answer: a code of few, and a sentence for people."""
    match answer:
        # Fitbit: djchen/oauth2-fitbit#12, #19.
        case {"errors": [{"errorType": str(code), **more}, *_]}:
            sentence = more.get("message")
        # Honeywell Home: Apigee's OAuthV2 policy.
        case {"ErrorCode": str(code)}:
            sentence = answer.get("Error")
        # Most: RFC 6749 section 5.2. Dropbox has a sentence behind the code.
        case {"error": str(error)}:
            code, _, rest = error.partition(":")
            if code not in WORDS:
                code, rest = error, ""
            sentence = answer.get("error_description") or rest.strip()
        # Twitch: nicklaw5/helix, tests of access_token.
        case {"status": int(number), "message": str(said)} if number == status:
            code, sentence = "", said
        # Monzo: monzo/docs#68. What comes after the second dot goes into detail.
        case {"code": str(code), "message": sentence}:
            code = ".".join(code.split(".")[:2])
        case _:
            return None, None
    return code or None, (sentence if isinstance(sentence, str) else None) or None


def _about(status: int, code: str | None, sentence: str | None) -> About | None:
    if code == "unauthorized_client" and re.search(GRANT_TYPE, sentence or ""):
        return None
    if code == CLIENT_WITH_401:
        return About.CLIENT if status == 401 else None
    if code not in (None, "invalid_request"):
        return WORDS.get(code)
    return SENTENCES.get((sentence or "").lower().rpartition(": ")[2].rstrip("."))


def _parse(body: bytes) -> dict[str, Any]:
    """Return the members of an answer, JSON or form-encoded; none for anything else."""
    text = body.decode(errors="replace")
    try:
        answer: Any = json.loads(text)
    except (ValueError, RecursionError):
        # A page is no form.
        answer = {} if "<" in text else dict(parse_qsl(text))
    return answer if isinstance(answer, dict) else {}


def quote(said: str | None, client_id: str, *secrets: str) -> str | None:
    """Return what a provider said, fit to be shown to the administrator who asked.

    Short, printable, and with "…" in the place of a secret. None if nothing was said, if
    it cannot be decoded, and if a secret is in it that is very short, or written in another
    way.
    """
    if said is None:
        return None
    said = "".join(character for character in said if character.isprintable())
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        written = secret, *_in_base64(client_id, secret)
        if len(secret) >= _MIN_MASKED:
            for each in written:
                said = said.replace(each, "…")
        for read in (str, unescape, unquote, unquote_plus, _without_backslashes):
            try:
                decoded = read(said)
            except ValueError:
                # An HTML entity may be a number that is too long for Python.
                return None
            if any(each in decoded for each in written):
                return None
    return said[:_MAX_SHOWN]


def _without_backslashes(text: str) -> str:
    """Return a text as it was before JSON escaped it."""
    return re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|(.))",
        lambda escaped: escaped[2] or chr(int(escaped[1], 16)),
        text,
    )


def _in_base64(client_id: str, secret: str) -> list[str]:
    """Return a secret alone, and as HTTP Basic sends it (RFC 6749 section 2.3.1)."""
    shown = (
        secret,
        f"{client_id}:{secret}",
        f"{quote_plus(client_id)}:{quote_plus(secret)}",
    )
    encoded = [b64encode(each.encode()).decode() for each in shown]
    return [*encoded, *(each.rstrip("=") for each in encoded)]
