"""What a provider said is shown without the secret, however it has written that."""

import base64
from html import escape
import json
from urllib.parse import quote as url_quote, quote_plus

import pytest

from custom_components.application_credentials.provider.answers import quote

CLIENT_ID = "id/1"
SECRET = "s3c/r+t ='\"<&>%"


def basic(*parts: str) -> str:
    """Return the value of a header."""
    return base64.b64encode(":".join(parts).encode()).decode()


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        basic(CLIENT_ID, SECRET),
        basic(quote_plus(CLIENT_ID), quote_plus(SECRET)),
    ],
)
def test_the_secret_is_taken_out(written: str) -> None:
    """Also as HTTP Basic sends it."""
    assert quote(f"You sent {written}!", CLIENT_ID, SECRET) == "You sent …!"


@pytest.mark.parametrize(
    "written",
    [
        url_quote(SECRET),
        url_quote(SECRET, ""),
        quote_plus(SECRET),
        # SECRET has no capital letters.
        url_quote(SECRET, "").lower(),
        escape(SECRET),
        escape(SECRET).replace("&#x27;", "&#39;"),
        escape(SECRET, quote=False),
        "".join(f"&#{ord(each)};" for each in SECRET),
        # An answer may quote a request in JSON; PHP escapes the slash, too.
        json.dumps(SECRET),
        SECRET.replace("/", r"\/"),
        "".join(f"\\u{ord(each):04x}" for each in SECRET),
    ],
)
def test_words_with_the_secret_in_another_coding_are_left_out(written: str) -> None:
    """Nothing of it is shown."""
    assert quote(f"You sent {written}!", CLIENT_ID, SECRET) is None


def test_words_that_cannot_be_decoded_are_left_out() -> None:
    """Python converts no number that is longer."""
    assert quote(f"You sent &#{'1' * 5000};", CLIENT_ID, SECRET) is None


def test_what_cannot_be_shown_does_not_hide_it() -> None:
    """What is not printable goes first."""
    hidden = "\u200b".join(SECRET)
    assert quote(f"You sent {hidden}\n!", CLIENT_ID, SECRET) == "You sent …!"


def test_what_is_cut_off_holds_no_part_of_it() -> None:
    """It is taken out before the end is."""
    said = quote("x" * 295 + SECRET, CLIENT_ID, SECRET)
    assert said == "x" * 295 + "…"
    assert len(quote("y" * 1000, CLIENT_ID, SECRET) or "") == 300


def test_without_a_secret_it_is_shown_as_it_is() -> None:
    """An empty one stands everywhere; and nothing said is nothing."""
    assert quote("Wrong", CLIENT_ID, "") == "Wrong"
    assert quote(None, CLIENT_ID, SECRET) is None


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("s", None), ("exist", None), ("zq", "The client does not exist on this server")],
)
def test_words_with_a_secret_in_them_that_is_very_short_are_left_out(
    secret: str, shown: str | None
) -> None:
    """Masked, it would spoil every word that it is a part of."""
    assert quote("The client does not exist on this server", "abc", secret) == shown
