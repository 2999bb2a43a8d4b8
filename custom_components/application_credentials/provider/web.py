"""Connections to providers that carry nobody's cookies, and read no more than a little."""

from typing import Any, Final
import zlib

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, hdrs

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession

from .answers import MAX_READ

# An answer as it is: one that is compressed may be a thousand times larger than it looks.
_HEADERS: Final = {hdrs.ACCEPT_ENCODING: "identity"}

# For zlib: told by the beginning of the data, zlib's own format or that of gzip.
_EITHER_FORMAT: Final = 47

# Home Assistant refuses answers that redirect to this machine. Those here are looked at
# and not followed: a redirect URI may well be on this machine.
AS_THEY_ARE: Final[dict[str, Any]] = {"allow_redirects": False, "middlewares": ()}


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
