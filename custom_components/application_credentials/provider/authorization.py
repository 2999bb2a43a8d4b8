"""Ask a provider's authorization endpoint whether it knows a redirect URI.

A provider must not redirect to a URI that it does not know (RFC 6749 section
4.1.2.1). Some say so on a page, some by where they send people, and some not
before a person has signed in. So it is asked about ours and, as a control,
about one that cannot be registered. Only a difference between the answers counts.
"""

from base64 import urlsafe_b64decode
from enum import Enum, auto
from ipaddress import ip_address
import secrets
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import ClientSession
from yarl import URL

from .answers import complaint_of, read_page
from .request import HEADERS, REQUEST_OPTIONS, Client, async_read
from .tables import WORDS, About

# A redirect URI that cannot be registered: RFC 2606 reserves the domain. It has no
# word in it that pages are searched for.
UNREGISTERED: Final = "https://nobody.example/auth/external/callback"

_MAX_REDIRECTS: Final = 5

# Google's `authError` is an encoded message whose first field, after two bytes for its kind
# and its length, is the error (seen in live error pages).
_GOOGLES_ERROR: Final = b"\n\x15redirect_uri_mismatch"
# What it refuses before it looks for it: an address of the local network, and one that is
# against its policies (jaredhanson/passport-google-oauth#38; live error pages).
_GOOGLES_RULES: Final = (b"private IP", b"#secure-response-handling")

# A page with one of these may be that of a firewall, and says nothing of the redirect URI.
_NO_ENTRY: Final = frozenset({401, 403, 404, 405})

# In these stands a sentence about it (RFC 6749 section 4.1.2.1; Ory Hydra:
# prankstr/hassio-whoop#4, GoogleCloudPlatform/fda-mystudies#2269).
_SENTENCES: Final = ("error_description", "error_hint")

# Names of what is in the house (RFC 6761, RFC 6762).
_LOCAL: Final = (".local", ".localhost")


class Page(Enum):
    """What an authorization endpoint makes of a redirect URI that it does not complain about."""

    # It sends people there.
    GOES_THERE = auto()
    # It does something else, as it would with a URI that it knows, or with any.
    GOES_ON = auto()


async def async_knows_redirect_uri(
    session: ClientSession, client: Client, redirect_uri: str | None
) -> About | Page | None:
    """Return what the authorization endpoint makes of `redirect_uri`, if that tells.

    What it complains about; GOES_THERE where it treats the URI as one that it knows; None
    where nothing can be said. Raises what aiohttp does.
    """
    if redirect_uri is None or not client.authorize_url:
        return None
    ours = await _async_open(session, client, redirect_uri, redirect_uri)
    if not isinstance(ours, Page):
        return ours
    control = await _async_open(session, client, UNREGISTERED, redirect_uri)
    # One that sends people to any URI whatever knows none.
    if isinstance(control, About) or (ours, control) == (Page.GOES_THERE, Page.GOES_ON):
        return Page.GOES_THERE
    return None


async def _async_open(
    session: ClientSession,
    client: Client,
    asked: str,
    ours: str,
) -> About | Page | None:
    """Open the page with the redirect URI `asked`, as a browser without cookies."""
    fields = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": asked,
        "state": secrets.token_urlsafe(16),
    }
    url = URL(client.authorize_url).update_query(fields)
    url = url.update_query(client.extra_authorize_data or {})
    if secret := client.client_secret:
        # An integration may put it there (neato); it goes to the token endpoint alone.
        url = url.without_query_params(
            *(
                name
                for name, value in url.query.items()
                if value == secret and name not in fields
            )
        )
    for _ in range(_MAX_REDIRECTS + 1):
        async with session.get(url, headers=HEADERS, **REQUEST_OPTIONS) as response:
            location = response.headers.get("Location")
            if not (300 <= response.status < 400 and location):
                if not 200 <= response.status < 500 or response.status == 429:
                    return None
                found = read_page(response.status, await async_read(response))
                if found is None and asked == ours and response.status in _NO_ENTRY:
                    return None
                return found or Page.GOES_ON
        next_url = url.join(URL(location))
        if _says_uri_is_wrong(next_url):
            return About.REDIRECT_URI
        if _bare(next_url) == _bare(URL(asked)):
            return Page.GOES_THERE
        if not _may_follow(url, next_url, URL(ours)):
            return Page.GOES_ON
        url = next_url
    return Page.GOES_ON


def _says_uri_is_wrong(location: URL) -> bool:
    """Return whether query or fragment have an error that is about the redirect URI."""
    said = dict((*location.query.items(), *parse_qsl(location.fragment)))
    error = said.get("error")
    return (
        WORDS.get(error or "") is About.REDIRECT_URI
        or _is_googles_complaint(said.get("authError", ""))
        or (
            error is not None
            and any(
                complaint_of(said.get(name, "").lower()) is About.REDIRECT_URI
                for name in _SENTENCES
            )
        )
    )


def _is_googles_complaint(auth_error: str) -> bool:
    """Return whether an error of Google is about the redirect URI."""
    try:
        # What is padded already may be padded again.
        error = urlsafe_b64decode(f"{auth_error}==")
    except ValueError:
        return False
    return error.startswith(_GOOGLES_ERROR) or any(
        rule in error for rule in _GOOGLES_RULES
    )


def _bare(url: URL) -> URL:
    """Return a URL without query and fragment, whose path counts to the last slash."""
    return url.with_query(None).with_fragment(None)


def _may_follow(url: URL, next_url: URL, ours: URL) -> bool:
    """Return whether a check may follow a redirect.

    Not without TLS, not into the local network, and not to the address of the redirect URI,
    where Home Assistant itself may be.
    """
    return next_url.origin() == url.origin() or (
        next_url.scheme == "https"
        and next_url.origin() != ours.origin()
        and not _is_in_the_house(next_url.host or "")
    )


def _is_in_the_house(host: str) -> bool:
    """Return whether a host has a name or an address that is private."""
    host = host.rstrip(".").lower()
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_LOCAL)
