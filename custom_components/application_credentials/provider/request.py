"""Whom a provider is asked about, and how.

What tells a client is read from public attributes of its implementation, and written
into requests of our own (RFC 6749 sections 2.3.1 and 4.1.3). They carry no cookies,
follow no redirect, and read no more than the beginning of an answer.
"""

from asyncio import IncompleteReadError
from base64 import b64encode
from contextlib import suppress
import secrets
from typing import Any, Final
from urllib.parse import quote_plus

from aiohttp import (
    ClientResponse,
    ClientSession,
    DummyCookieJar,
    ServerDisconnectedError,
    hdrs,
)

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..models import CredentialRecord
from .answers import MAX_READ, TokenAnswer, read_token_answer

# An answer as it is: one that is compressed may be a thousand times larger than it looks.
HEADERS: Final[dict[str, str]] = {hdrs.ACCEPT_ENCODING: "identity"}

# Home Assistant refuses answers that redirect to this machine. Those here are looked at
# and not followed: a redirect URI may well be on this machine.
REQUEST_OPTIONS: Final[dict[str, Any]] = {"allow_redirects": False, "middlewares": ()}

# The methods with which Home Assistant asks for a token. An integration overrides them
# to ask in a way of its own.
_REQUEST_METHODS: Final = ("_token_request", "async_resolve_external_data")

# Home Assistant's names for where a request has the client ID and client secret (RFC 6749
# section 2.3.1), since 2026.11; before, all was in the body.
IN_BODY: Final = "client_secret_post"
FORMS: Final = (IN_BODY, "client_secret_basic")


class Client:
    """A client as its integration shows it to the provider.

    `redirect_uri` is None unless the integration has one of its own. `form` is how the
    integration authenticates it, None if that is not known.
    """

    def __init__(self, implementation: Any) -> None:
        """Read the client; raise whatever an integration raises that computes it."""
        self.token_url: str = implementation.token_url
        self.authorize_url: str = getattr(implementation, "authorize_url", "")
        # In a file that a person has edited, they may be numbers.
        self.client_id = str(implementation.client_id)
        self.client_secret = str(implementation.client_secret)
        self.extra_authorize_data = getattr(implementation, "extra_authorize_data", {})
        self.redirect_uri: str | None = None
        usual = LocalOAuth2Implementation.redirect_uri
        if getattr(type(implementation), "redirect_uri", usual) is not usual:
            # It may need a request.
            with suppress(Exception, SystemExit):
                self.redirect_uri = str(implementation.redirect_uri)
        is_usual = all(
            getattr(type(implementation), name, None)
            is getattr(LocalOAuth2Implementation, name)
            for name in _REQUEST_METHODS
        )
        form = getattr(implementation, "token_auth_method", IN_BODY)
        self.form: str | None = form if is_usual and form in FORMS else None


def client_of(implementation: Any, record: CredentialRecord) -> Client | None:
    """Return the client that an implementation shows to the provider.

    None if it does not say so, or if it shows another client than that of `record`: an
    integration may bring its own.
    """
    try:
        client = Client(implementation)
        is_shown = isinstance(client.token_url, str)
        is_shown &= client.client_id == str(record["client_id"])
        # A public client has no secret.
        is_shown &= client.client_secret in (str(record["client_secret"]), "")
    except (Exception, SystemExit):  # noqa: BLE001 (an integration may compute them)
        return None
    return client if is_shown and client.token_url else None


def async_open_session(hass: HomeAssistant) -> ClientSession:
    """Return a session of our own, which has to be detached."""
    return async_create_clientsession(
        hass, auto_cleanup=False, cookie_jar=DummyCookieJar(), auto_decompress=False
    )


async def async_send_test_code(
    session: ClientSession,
    client: Client,
    form: str,
    *,
    redirect_uri: str,
    wrong_secret: bool = False,
) -> TokenAnswer:
    """Return what the token endpoint says to a code that cannot exist.

    With `wrong_secret`, the client has a secret that cannot be right either. Raises what
    aiohttp raises.
    """
    secret = secrets.token_hex(16) if wrong_secret else client.client_secret
    data = {
        "grant_type": "authorization_code",
        "code": secrets.token_urlsafe(24),
        "redirect_uri": redirect_uri,
    }
    headers = dict(HEADERS)
    if form == IN_BODY:
        data["client_id"] = client.client_id
        if secret:
            data["client_secret"] = secret
    else:
        shown = f"{quote_plus(client.client_id)}:{quote_plus(secret)}".encode()
        headers[hdrs.AUTHORIZATION] = f"Basic {b64encode(shown).decode()}"
    try:
        answer = await _async_post(session, client.token_url, data, headers)
    except ServerDisconnectedError:
        # A server may close a connection that was kept open for the next request.
        answer = await _async_post(session, client.token_url, data, headers)
    return answer.without(client.client_id, secret)


async def _async_post(
    session: ClientSession, url: str, data: dict[str, str], headers: dict[str, str]
) -> TokenAnswer:
    async with session.post(
        url, data=data, headers=headers, **REQUEST_OPTIONS
    ) as response:
        return read_token_answer(response.status, await async_read(response))


async def async_read(response: ClientResponse) -> bytes:
    """Return the beginning of a body, MAX_READ bytes at the most."""
    try:
        return await response.content.readexactly(MAX_READ)
    except IncompleteReadError as err:
        return err.partial
