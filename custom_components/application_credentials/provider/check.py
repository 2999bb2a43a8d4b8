"""Ask the provider about a credential.

Two questions, neither of which changes anything there. *Does it know the
client?* The token endpoint is sent a code that cannot exist; whether it
complains about the client or about the code tells (RFC 6749 section 5.2).
*Does it know our redirect URI?* The authorization endpoint is asked with it; a
provider must not redirect to a URI that it does not know (section 4.1.2.1).
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from enum import StrEnum
import json
import logging
import re
import secrets
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import ClientResponse, ClientSession
from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..errors import CredentialError
from ..hooks.faults import is_for_us
from ..hooks.implementation import async_implementation_of
from ..models import CredentialRecord
from .redirect_uri import async_redirect_uri
from .token_request import async_write_token_request

_LOGGER = logging.getLogger(__name__)

# Seconds for the whole check, whatever the provider does.
CHECK_TIMEOUT: Final = 10
_MAX_BODY: Final = 256 * 1024
_MAX_REDIRECTS: Final = 5
_MAX_SAID: Final = 300

# RFC 6749 section 5.2: what is wrong with the client.
_CLIENT_ERRORS: Final = frozenset({"invalid_client", "unauthorized_client"})
# What is wrong with the code, once the client is known. redirect_uri_mismatch is Google's.
_GRANT_ERRORS: Final = frozenset(
    {
        "invalid_grant",
        "invalid_code",
        "invalid_authorization_code",
        "redirect_uri_mismatch",
    }
)

# A redirect URI that nobody can have registered: RFC 2606 reserves the domain.
_UNREGISTERED: Final = "https://unregistered.invalid/auth/external/callback"

_WRONG: Final = (
    r"(?:mismatch|invalid|illegal|unknown|unregistered|unsupported|not[ _]\w+|"
    r"(?:does|did|do)(?:n't| not)|isn't|wrong|unauthori[sz]ed|disallowed|must match)"
)
_REDIRECT_URI: Final = r"redirect(?:ion)?[ _-]?ur[il]s?"
# Close together, and not across what separates sentences, tags and query parameters.
_SAYS_REDIRECT_URI_IS_WRONG: Final = re.compile(
    rf"{_WRONG}[^.<>&=]{{0,80}}{_REDIRECT_URI}(?!=)|{_REDIRECT_URI}(?!=)[^.<>&]{{0,120}}{_WRONG}",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """What the provider makes of something it was asked about."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    `error` and `error_description` are what the provider said, never with the
    client secret in it; None where it said nothing.
    """

    client: Verdict = Verdict.UNKNOWN
    redirect_uri: Verdict = Verdict.UNKNOWN
    error: str | None = None
    error_description: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """Return the finding in the shape of the websocket API."""
        return asdict(self)


async def async_ask_provider(hass: HomeAssistant, record: CredentialRecord) -> Finding:
    """Return what the provider says about a credential, within CHECK_TIMEOUT seconds.

    Never raises for what hook or provider do: what cannot be asked is unknown.
    """
    deadline = hass.loop.time() + CHECK_TIMEOUT
    try:
        redirect_uri = async_redirect_uri(hass)
    except CredentialError:
        redirect_uri = None
    implementation = await _async_until(deadline, async_implementation_of(hass, record))
    if not isinstance(implementation, LocalOAuth2Implementation):
        return Finding()
    redirect_uri = _own_redirect_uri(implementation) or redirect_uri
    session = async_get_clientsession(hass)
    client, uri = await asyncio.gather(
        _async_until(
            deadline, _async_check_client(hass, session, implementation, redirect_uri)
        ),
        _async_until(
            deadline, _async_check_redirect_uri(session, implementation, redirect_uri)
        ),
    )
    return _combine(client or Finding(), uri or Verdict.UNKNOWN, record)


async def _async_check_client(
    hass: HomeAssistant,
    session: ClientSession,
    implementation: LocalOAuth2Implementation,
    redirect_uri: str | None,
) -> Finding:
    """Return what the token endpoint says of the client, given a code that cannot exist."""
    request = await async_write_token_request(
        hass,
        implementation,
        code=secrets.token_urlsafe(24),
        redirect_uri=redirect_uri or _UNREGISTERED,
    )
    if request is None:
        return Finding()
    # Not following redirects: the secret goes to the token endpoint alone.
    async with session.post(
        request.url, allow_redirects=False, **request.arguments
    ) as response:
        if not 400 <= response.status < 500 or response.status == 429:
            return Finding()
        answer = _parse_error(await _async_read(response))
    error = answer.get("error")
    if error in _CLIENT_ERRORS:
        verdict = Verdict.REJECTED
    elif error in _GRANT_ERRORS:
        verdict = Verdict.ACCEPTED
    else:
        verdict = Verdict.UNKNOWN
    return Finding(
        client=verdict,
        redirect_uri=(
            Verdict.REJECTED if error == "redirect_uri_mismatch" else Verdict.UNKNOWN
        ),
        error=error,
        error_description=answer.get("error_description"),
    )


async def _async_check_redirect_uri(
    session: ClientSession,
    implementation: LocalOAuth2Implementation,
    redirect_uri: str | None,
) -> Verdict:
    """Return whether the authorization endpoint knows `redirect_uri`.

    Where it neither redirects to the URI nor says that the URI is wrong, it is
    asked with one that it cannot know: if it says so then, it knows ours.
    """
    if redirect_uri is None or not implementation.authorize_url:
        return Verdict.UNKNOWN
    verdict = await _async_authorize(session, implementation, redirect_uri)
    if verdict is not Verdict.UNKNOWN:
        return verdict
    control = await _async_authorize(session, implementation, _UNREGISTERED)
    return Verdict.ACCEPTED if control is Verdict.REJECTED else Verdict.UNKNOWN


async def _async_authorize(
    session: ClientSession, implementation: LocalOAuth2Implementation, redirect_uri: str
) -> Verdict:
    """Ask the authorization endpoint with `redirect_uri`, as a browser without cookies."""
    url = (
        URL(implementation.authorize_url)
        .update_query(
            {
                "response_type": "code",
                "client_id": implementation.client_id,
                "redirect_uri": redirect_uri,
                "state": secrets.token_urlsafe(16),
            }
        )
        .update_query(implementation.extra_authorize_data)
    )
    for _ in range(_MAX_REDIRECTS + 1):
        async with session.get(url, allow_redirects=False) as response:
            location = response.headers.get("Location")
            if not (300 <= response.status < 400 and location):
                if not 200 <= response.status < 500 or response.status == 429:
                    return Verdict.UNKNOWN
                said = (await _async_read(response)).decode(errors="replace")
                if response.status >= 400 and _SAYS_REDIRECT_URI_IS_WRONG.search(said):
                    return Verdict.REJECTED
                return Verdict.UNKNOWN
            if location.startswith(redirect_uri):
                return Verdict.ACCEPTED
            next_url = url.join(URL(location))
        if "redirect_uri_mismatch" in next_url.query.values():
            return Verdict.REJECTED
        if next_url.scheme != "https" and next_url.origin() != url.origin():
            return Verdict.UNKNOWN
        url = next_url
    return Verdict.UNKNOWN


def _combine(client: Finding, uri: Verdict, record: CredentialRecord) -> Finding:
    """Return one finding from the answers of both endpoints, without the secret."""
    return Finding(
        client=client.client,
        redirect_uri=client.redirect_uri if uri is Verdict.UNKNOWN else uri,
        error=_quote(client.error, record["client_secret"]),
        error_description=_quote(client.error_description, record["client_secret"]),
    )


def _own_redirect_uri(implementation: LocalOAuth2Implementation) -> str | None:
    """Return the redirect URI of an implementation that does not use the usual one."""
    if type(implementation).redirect_uri is LocalOAuth2Implementation.redirect_uri:
        return None
    try:
        return implementation.redirect_uri
    except BaseException:  # noqa: BLE001 (it may need a request that there is not)
        return None


def _parse_error(body: bytes) -> dict[str, str]:
    """Return the strings in an error of RFC 6749 section 5.2, empty for anything else.

    A few providers form-encode it.
    """
    text = body.decode(errors="replace")
    try:
        answer: Any = json.loads(text)
    except (ValueError, RecursionError):
        answer = dict(parse_qsl(text)) if "error=" in text[:_MAX_SAID] else None
    if not isinstance(answer, dict):
        return {}
    return {
        key: value for key, value in answer.items() if isinstance(value, str) and value
    }


def _quote(said: str | None, secret: str) -> str | None:
    """Return what a provider said, fit to be shown: short, printable, without the secret."""
    if said is None:
        return None
    said = "".join(character for character in said if character.isprintable())
    if secret:
        said = said.replace(secret, "…")
    return said[:_MAX_SAID]


async def _async_read(response: ClientResponse) -> bytes:
    """Return the beginning of a body; no provider needs more to say what is wrong."""
    body, stream = b"", response.content
    while len(body) < _MAX_BODY:
        if not (chunk := await stream.read(_MAX_BODY - len(body))):
            break
        body += chunk
    return body


async def _async_until[ResultT](
    deadline: float, asking: Awaitable[ResultT]
) -> ResultT | None:
    """Return what `asking` finds out, None where there is no proper answer in time."""
    try:
        async with asyncio.timeout_at(deadline):
            return await asking
    except BaseException as err:
        # A provider may send anything, a URL may be none, an integration may exit.
        if is_for_us(err):
            raise
        _LOGGER.debug("The provider gave no answer: %s", type(err).__name__)
        return None
