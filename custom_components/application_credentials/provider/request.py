"""Whom a provider is asked about, and how.

What tells a client is read from public attributes of its implementation, and written
into requests of our own (RFC 6749 sections 2.3.1 and 4.1.3). They carry nobody's
cookies, follow no redirect, and read no more than the beginning of an answer.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
import secrets
from typing import Any, Final
from urllib.parse import quote_plus
import zlib

from aiohttp import (
    ClientResponse,
    ClientSession,
    DummyCookieJar,
    ServerDisconnectedError,
    hdrs,
)

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..models import CredentialRecord
from .answers import MAX_READ, TokenAnswer, read_token_answer

# An answer as it is: one that is compressed may be a thousand times larger than it looks.
_HEADERS: Final = {hdrs.ACCEPT_ENCODING: "identity"}

# For zlib: told by the beginning of the data, zlib's own format or that of gzip.
_EITHER_FORMAT: Final = 47

# Home Assistant refuses answers that redirect to this machine. Those here are looked at
# and not followed: a redirect URI may well be on this machine.
AS_THEY_ARE: Final[dict[str, Any]] = {"allow_redirects": False, "middlewares": ()}

# The methods with which Home Assistant asks for a token. An integration overrides them
# to ask in a way of its own.
_WAYS: Final = ("_token_request", "async_resolve_external_data")


class Form(Enum):
    """Where a request has the client ID and client secret (RFC 6749 section 2.3.1)."""

    BODY = auto()
    BASIC = auto()


# Home Assistant's names for them, since 2026.11; before, all was in the body.
_FORMS: Final = {"client_secret_post": Form.BODY, "client_secret_basic": Form.BASIC}


@dataclass(frozen=True, slots=True)
class Client:
    """A client as its integration shows it to the provider.

    `redirect_uri` is None unless the integration has one of its own. `form` is how the
    integration authenticates it, None if that is not known.
    """

    token_url: str
    authorize_url: str | None
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str | None
    extra_authorize_data: Mapping[str, Any] | None
    form: Form | None


def client_of(implementation: Any, record: CredentialRecord) -> Client | None:
    """Return the client that an implementation shows to the provider.

    None if it does not say so, or if it shows another client than that of `record`: an
    integration may bring its own.
    """
    try:
        client = Client(
            token_url=implementation.token_url,
            authorize_url=getattr(implementation, "authorize_url", None),
            client_id=implementation.client_id,
            client_secret=implementation.client_secret,
            redirect_uri=_own_redirect_uri(implementation),
            extra_authorize_data=getattr(implementation, "extra_authorize_data", None),
            form=_form_of(implementation),
        )
    except (Exception, SystemExit):  # noqa: BLE001 (an integration may compute them)
        return None
    texts = client.token_url, client.client_id, client.client_secret
    if not client.token_url or not all(isinstance(text, str) for text in texts):
        return None
    # A public client has no secret.
    if (client.client_id, client.client_secret) not in (
        (record["client_id"], record["client_secret"]),
        (record["client_id"], ""),
    ):
        return None
    return client


def _own_redirect_uri(implementation: Any) -> str | None:
    """Return the redirect URI of an implementation that does not use the usual one."""
    usual = LocalOAuth2Implementation.redirect_uri
    if getattr(type(implementation), "redirect_uri", usual) is usual:
        return None
    try:
        uri = implementation.redirect_uri
    except (Exception, SystemExit):  # noqa: BLE001 (it may need a request)
        return None
    return uri if isinstance(uri, str) else None


def _form_of(implementation: Any) -> Form | None:
    """Return how an implementation authenticates its client, None if that is not known."""
    if any(
        getattr(type(implementation), name, None)
        is not getattr(LocalOAuth2Implementation, name)
        for name in _WAYS
    ):
        return None
    method = getattr(implementation, "token_auth_method", "client_secret_post")
    return _FORMS.get(method)


def async_open_session(hass: HomeAssistant) -> ClientSession:
    """Return a session of our own, which ends with Home Assistant."""
    session = async_create_clientsession(
        hass,
        # Otherwise it may end with the config entry for which the first check is made.
        auto_cleanup=False,
        cookie_jar=DummyCookieJar(),
        headers=_HEADERS,
        auto_decompress=False,
    )

    @callback
    def end(_event: Event) -> None:
        session.detach()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, end)
    return session


async def async_request_token(
    session: ClientSession,
    client: Client,
    form: Form,
    *,
    redirect_uri: str,
    wrong_secret: bool = False,
) -> tuple[int, TokenAnswer]:
    """Return status and answer of the token endpoint to a code that cannot exist.

    With `wrong_secret`, the client has a secret that cannot be right either. Raises what
    aiohttp raises.
    """
    secret = secrets.token_hex(16) if wrong_secret else client.client_secret
    data = {
        "grant_type": "authorization_code",
        "code": secrets.token_urlsafe(24),
        "redirect_uri": redirect_uri,
    }
    headers: dict[str, str] = {}
    if form is Form.BASIC:
        encoded = f"{quote_plus(client.client_id)}:{quote_plus(secret)}".encode()
        headers[hdrs.AUTHORIZATION] = f"Basic {b64encode(encoded).decode()}"
    else:
        data["client_id"] = client.client_id
        if secret:
            data["client_secret"] = secret
    try:
        return await _async_post(session, client.token_url, data, headers)
    except ServerDisconnectedError:
        # A server may close a connection that was kept open for the next request.
        return await _async_post(session, client.token_url, data, headers)


async def _async_post(
    session: ClientSession, url: str, data: dict[str, str], headers: dict[str, str]
) -> tuple[int, TokenAnswer]:
    async with session.post(url, data=data, headers=headers, **AS_THEY_ARE) as response:
        body = await async_read(response)
        return response.status, read_token_answer(response.status, body)


async def async_read(response: ClientResponse) -> bytes:
    """Return the beginning of a body, MAX_READ bytes at the most."""
    body, stream = b"", response.content
    while len(body) < MAX_READ:
        if not (chunk := await stream.read(MAX_READ - len(body))):
            break
        body += chunk
    if response.headers.get(hdrs.CONTENT_ENCODING, "").lower() in ("gzip", "deflate"):
        try:
            return zlib.decompressobj(_EITHER_FORMAT).decompress(body, MAX_READ)
        except zlib.error:
            return b""
    return body
