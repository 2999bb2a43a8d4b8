"""Show what a provider said, without the client secret that it may have quoted."""

from base64 import b64encode
from html import unescape
from typing import Final
from urllib.parse import quote_plus, unquote, unquote_plus

_MAX_SHOWN: Final = 300

# Characters of a secret; a shorter one may be part of any word.
_MIN_MASKED: Final = 6


def quote(said: str | None, client_id: str, *secrets: str) -> str | None:
    """Return what a provider said, fit to be shown to the administrator who asked.

    Short, printable, and with "…" in the place of a secret. None if nothing was said, and
    if a secret is in it that is very short, or written in another way.
    """
    if said is None:
        return None
    said = "".join(character for character in said if character.isprintable())
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        written = secret, *_in_base64(client_id, secret)
        if len(secret) >= _MIN_MASKED:
            for each in written:
                said = said.replace(each, "…")
        for read in (str, unescape, unquote, unquote_plus):
            if any(each in read(said) for each in written):
                return None
    return said[:_MAX_SHOWN]


def _in_base64(client_id: str, secret: str) -> list[str]:
    """Return a secret alone, and as HTTP Basic sends it (RFC 6749 section 2.3.1)."""
    shown = (
        secret,
        f"{client_id}:{secret}",
        f"{quote_plus(client_id)}:{quote_plus(secret)}",
    )
    encoded = [b64encode(each.encode()).decode() for each in shown]
    return [*encoded, *(each.rstrip("=") for each in encoded)]
