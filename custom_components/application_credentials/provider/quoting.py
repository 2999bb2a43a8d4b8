"""Show what a provider said, without the client secret that it may have quoted."""

import base64
from collections.abc import Iterator
from html import escape
import json
from typing import Final
from urllib.parse import quote as url_quote, quote_plus

_MAX_SHOWN: Final = 300

# Characters of a secret; a shorter one may be part of any word.
_MIN_MASKED: Final = 6


def quote(said: str | None, client_id: str, *secrets: str) -> str | None:
    """Return what a provider said, fit to be shown to the administrator who asked.

    Short, printable, and with "…" in the place of a secret in any usual coding. None if
    nothing was said, or if a secret is in it that is so short that it may be part of any word.
    """
    if said is None:
        return None
    said = "".join(character for character in said if character.isprintable())
    written: dict[str, str] = {}
    for secret in filter(None, secrets):
        written |= dict.fromkeys(_ways_to_write(client_id, secret), secret)
    # The longest first: one may be part of another.
    for each in sorted(written, key=len, reverse=True):
        if each in said:
            if len(written[each]) < _MIN_MASKED:
                return None
            said = said.replace(each, "…")
    return said[:_MAX_SHOWN]


def _ways_to_write(client_id: str, client_secret: str) -> Iterator[str]:
    """Yield the secret plain, for a URL, for HTML, for JSON and for HTTP Basic."""
    for secret in (
        client_secret,
        url_quote(client_secret, ""),
        quote_plus(client_secret),
    ):
        yield from _with_lower_escapes(secret)
        yield secret.encode().hex()
        # RFC 6749 section 2.3.1 has both encoded, many providers want neither.
        for text in (
            secret,
            f"{client_id}:{secret}",
            f"{quote_plus(client_id)}:{secret}",
        ):
            encoded = base64.b64encode(text.encode()).decode()
            for each in (encoded, encoded.replace("+", "-").replace("/", "_")):
                yield each
                yield each.rstrip("=")
                yield url_quote(each, "")
    yield url_quote(client_secret)
    html = escape(client_secret)
    yield html
    yield escape(client_secret, quote=False)
    yield html.replace("&#x27;", "&#39;")
    yield html.replace("&#x27;", "&apos;")
    yield html.replace("&#x27;", "'")
    yield "".join(f"&#{ord(character)};" for character in client_secret)
    yield "".join(f"&#x{ord(character):x};" for character in client_secret)
    in_json = json.dumps(client_secret)[1:-1]
    yield in_json
    yield in_json.replace("/", "\\/")
    yield "".join(f"\\u{ord(character):04x}" for character in client_secret)
    # What HTML may stand in for, in JSON (RFC 8259 section 7).
    careful = in_json
    for character in "<>&'":
        careful = careful.replace(character, f"\\u{ord(character):04x}")
    yield careful


def _with_lower_escapes(text: str) -> Iterator[str]:
    """Yield a text whose "%2F" may also be written "%2f"."""
    yield text
    head, *rest = text.split("%")
    yield head + "".join(f"%{each[:2].lower()}{each[2:]}" for each in rest)
