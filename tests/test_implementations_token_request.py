"""What ours sends and raises is what the original sends and raises, on every release."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
import logging
from typing import Any
from unittest.mock import patch

from aiohttp import (
    ClientError,
    ClientResponseError,
    ContentTypeError,
    ServerDisconnectedError,
)
import pytest

from custom_components.application_credentials import implementations
from custom_components.application_credentials.accounts.refusals import Refusals
from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations

from .common import AUTHORIZE_URL, DOMAIN, SHOP, Disk, Wire, add_hook, record, stored

pytestmark = pytest.mark.usefixtures("socket_enabled")

CODE = {"code": "c+d/é", "state": {"redirect_uri": "https://ha.test/?a=b&c"}}
TOKEN = {"access_token": "old", "refresh_token": "the-refresh-token", "scope": "a b"}

type Ask = Callable[[Any], Awaitable[Any]]

ASKED: dict[str, Ask] = {
    "code": lambda implementation: implementation.async_resolve_external_data(CODE),
    "refresh": lambda implementation: implementation.async_refresh_token(dict(TOKEN)),
}


@pytest.fixture(autouse=True)
def provider() -> None:
    """Let requests out, to a server of this test."""


@pytest.fixture(autouse=True)
def nobody_hears() -> Generator[None]:
    """Have nothing come of a refusal, which would be a request more."""
    with patch.object(Refusals, "refused"):
        yield


class Server:
    """A token endpoint that keeps each request byte for byte."""

    def __init__(self) -> None:
        """Answer nothing yet."""
        self.answer: bytes | None = b""
        self.requests: list[bytes] = []
        self.url = ""

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Keep a request, and answer it, or break off."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        # Not those of the check that follows a refusal.
        if b"Accept-Encoding: identity" not in head:
            self.requests.append(head + body)
        if self.answer is not None:
            writer.write(self.answer)
        writer.close()


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    """Return a token endpoint on this machine."""
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/token?a=b"
    yield server
    listening.close()


@pytest.fixture
async def both(hass: HomeAssistant, wire: Wire, server: Server) -> tuple[Any, Any]:
    """Return the implementation that flows and entries are handed, and the original's."""
    authorization_server = AuthorizationServer(AUTHORIZE_URL, server.url)

    async def hook(hass: HomeAssistant) -> AuthorizationServer:
        return authorization_server

    add_hook(hass, async_get_authorization_server=hook)
    await wire.create(client_secret="s3cr&t +", name="Kitchen")
    credential = ClientCredential("abc", "s3cr&t +", "Kitchen")
    return (
        (await async_get_implementations(hass, SHOP))["shop_abc"],
        AuthImplementation(hass, "shop_abc", credential, authorization_server),
    )


def answer(
    status: int, body: str = "", content_type: str = "application/json"
) -> bytes:
    """Return an answer as it goes over the wire."""
    return (
        f"HTTP/1.1 {status} Whatever\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nX-Request: 7\r\nConnection: close\r\n\r\n{body}"
    ).encode()


ANSWERS = {
    "token": answer(200, '{"access_token": "new", "expires_in": 3600}'),
    "token with words": answer(200, '{"access_token": "new", "expires_in": "x"}'),
    "no token": answer(200, '{"error": "invalid_client"}'),
    "page": answer(200, "<html>", "text/html"),
    "no JSON": answer(200, "{"),
    "empty": answer(200),
    **{
        error: answer(400, f'{{"error": "{error}", "error_description": "Why"}}')
        for error in (
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope",
            "temporarily_unavailable",
        )
    },
    **{
        f"{status}": answer(status, '{"error": "invalid_client"}')
        for status in (401, 403, 404, 405, 408, 415, 429, 451, 500, 503)
    },
    "refused with a page": answer(403, "<html>", "text/html"),
    "refused with a number": answer(
        400, f'{{"error": "invalid_client", "error_description": "&#{"1" * 5000};"}}'
    ),
    "refused without a word": answer(400),
    "refused at length": answer(400, "x" * 100_000),
    "redirected nowhere": answer(301),
    "broken off": answer(400, "x" * 100)[:-50],
    "no HTTP": b"Hello\r\n\r\n",
    "no answer": None,
}


SEEN_OF_AN_ERROR = (
    "domain",
    "status",
    "message",
    "headers",
    "history",
    "request_info",
    "translation_domain",
    "translation_key",
    "translation_placeholders",
)


async def outcome(ask: Ask, implementation: Any) -> Any:
    """Return the result of a token request, or all public parts of its error."""
    try:
        token = await ask(implementation)
    except Exception as err:  # noqa: BLE001 (whatever it is)
        seen = {name: getattr(err, name, None) for name in SEEN_OF_AN_ERROR}
        request = seen.pop("request_info")
        seen["url"] = request and request.real_url
        return seen | {"type": type(err), "text": str(err), "of": type(err.__cause__)}
    if token:
        token.pop("expires_at", None)
    return token


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS)
async def test_it_sends_and_raises_what_the_original_does(
    hass: HomeAssistant,
    both: tuple[Any, Any],
    server: Server,
    said: bytes | None,
    ask: Ask,
) -> None:
    """Byte for byte, whatever the answer."""
    server.answer = said
    ours, original = [await outcome(ask, each) for each in both]
    if said == answer(400) and original["type"] is AttributeError:
        # Until 2026.2 the original does not look whether what it reads is an object.
        assert ours["type"] is ClientResponseError
    else:
        assert ours == original
    assert len(server.requests) == 2
    assert server.requests[0] == server.requests[1]


async def test_a_client_without_a_secret_sends_none(
    both: tuple[Any, Any], server: Server
) -> None:
    """As the original does."""
    server.answer = ANSWERS["token"]
    for implementation in both:
        implementation.client_secret = ""
        await ASKED["code"](implementation)
    assert server.requests[0] == server.requests[1]
    assert b"client_secret" not in server.requests[0]


async def test_a_client_that_is_a_number_in_the_file_is_refused_as_by_the_original(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
    server: Server,
) -> None:
    """It is served, as it stands."""
    authorization_server = AuthorizationServer(AUTHORIZE_URL, server.url)

    async def hook(hass: HomeAssistant) -> AuthorizationServer:
        return authorization_server

    hass_storage[DOMAIN] = stored(record(client_id=17, client_secret=18))
    await start()
    add_hook(hass, async_get_authorization_server=hook)
    credential: Any = ClientCredential(17, 18)  # type: ignore[arg-type]
    both = (
        (await async_get_implementations(hass, SHOP))["shop_abc"],
        AuthImplementation(hass, "shop_abc", credential, authorization_server),
    )
    server.answer = ANSWERS["invalid_client"]
    ours, original = [await outcome(ASKED["refresh"], each) for each in both]
    assert ours == original
    assert server.requests[0] == server.requests[1]


@pytest.mark.parametrize("failure", [TimeoutError, ClientError, OSError])
async def test_a_request_that_does_not_get_out_fails_as_the_originals(
    both: tuple[Any, Any], failure: type[Exception]
) -> None:
    """A timeout is left to whoever has set it."""
    with patch("aiohttp.ClientSession._request", side_effect=failure):
        outcomes = [await outcome(ASKED["code"], each) for each in both]
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("403", ClientResponseError),
        ("page", ContentTypeError),
        ("no answer", ServerDisconnectedError),
    ],
)
async def test_an_older_release_has_the_errors_of_aiohttp(
    both: tuple[Any, Any],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    error: type[Exception],
) -> None:
    """As Home Assistant until 2026.2."""
    for name in ("_ERROR", "_REAUTH_ERROR", "_CONNECTION_ERROR"):
        monkeypatch.setattr(implementations, name, None)
    server.answer = ANSWERS[said]
    with pytest.raises(error) as raised:
        await ASKED["code"](both[0])
    assert raised.type is error


async def test_it_looks_like_the_original(both: tuple[Any, Any]) -> None:
    """To flows and integrations."""
    ours, original = both
    assert isinstance(ours, AuthImplementation)
    for name in (
        "domain",
        "name",
        "client_id",
        "client_secret",
        "authorize_url",
        "token_url",
        "extra_authorize_data",
        "extra_token_resolve_data",
    ):
        assert getattr(ours, name) == getattr(original, name)
    assert type(ours).redirect_uri is type(original).redirect_uri


@pytest.mark.parametrize(("said", "words"), [("invalid_client", "invalid_client: Why")])
async def test_a_refusal_is_logged_at_the_originals_level(
    hass: HomeAssistant,
    both: tuple[Any, Any],
    server: Server,
    caplog: pytest.LogCaptureFixture,
    said: str,
    words: str,
) -> None:
    """With its words."""
    caplog.set_level(logging.DEBUG)
    server.answer = ANSWERS[said]
    levels = set()
    for implementation in both:
        caplog.clear()
        with pytest.raises(ClientResponseError):
            await ASKED["refresh"](implementation)
        levels |= {each.levelno for each in caplog.records if "Why" in each.message}
    assert len(levels) == 1
    assert levels == {implementations._LEVEL}


async def test_no_secret_is_logged(
    hass: HomeAssistant,
    both: tuple[Any, Any],
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Which a provider may quote."""
    caplog.set_level(logging.DEBUG)
    server.answer = answer(
        400, '{"error": "x", "error_description": "s3cr&t + the-refresh-token"}'
    )
    with pytest.raises(ClientResponseError):
        await ASKED["refresh"](both[0])
    assert "x: … …" in caplog.text
    assert "s3cr&t" not in caplog.text
    assert "the-refresh-token" not in caplog.text
