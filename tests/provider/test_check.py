"""The provider is asked about a credential; only what it says is taken for an answer."""

import asyncio
from collections.abc import Awaitable, Callable
import json
from typing import Any, override
from unittest.mock import patch
from urllib.parse import quote

import aiohttp
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    SHOP,
    TOKEN_URL,
    Wire,
    add_hook,
    broken,
    own_implementation,
)

CHECK = f"custom_components.{DOMAIN}.provider.check"

Answer = Callable[[URL], Awaitable[AiohttpClientMockResponse]]


class Asked:
    """The shop's provider, and the requests that it got."""

    def __init__(self, wire: Wire, provider: AiohttpClientMocker) -> None:
        """Write down what is asked."""
        self._wire = wire
        self._provider = provider
        answer: Any = provider.match_request
        self.requests: list[tuple[str, URL, dict[str, Any]]] = []

        async def match_request(method: str, url: Any, **arguments: Any) -> Any:
            self.requests.append((method, URL(url), arguments))
            return await answer(method, url, **arguments)

        provider.match_request = match_request  # type: ignore[method-assign]

    def of(self, method: str) -> list[URL]:
        """Return the URLs of the requests of one method."""
        return [url for made, url, _ in self.requests if made == method]

    def page(self, answer: Callable[[URL], dict[str, Any]]) -> None:
        """Have the authorization endpoint answer depending on what it is asked."""

        async def respond(
            method: str, url: URL, data: Any
        ) -> AiohttpClientMockResponse:
            return AiohttpClientMockResponse(method=method, url=url, **answer(url))

        self._provider.get(AUTHORIZE_URL, side_effect=respond)

    async def check(self) -> dict[str, Any]:
        """Return what `check` answers."""
        answer: dict[str, Any] = await self._wire.get(
            "check", application_credentials_id="shop_abc"
        )
        return answer

    async def client(self) -> str:
        """Return the verdict about the client."""
        return str((await self.check())["client"])

    async def redirect_uri(self) -> str:
        """Return the verdict about the redirect URI."""
        return str((await self.check())["redirect_uri"])


@pytest.fixture
async def asked(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker
) -> Asked:
    """Make a credential of the shop, at a home with an address."""
    await hass.config.async_update(external_url="https://example.com")
    await wire.create(client_secret="the-secret")
    return Asked(wire, provider)


def refusal(error: str, **more: Any) -> dict[str, Any]:
    """Return an answer of RFC 6749 section 5.2."""
    return {"status": 400, "json": {"error": error, **more}}


# The client: what the token endpoint says of a code that cannot exist.


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        ("invalid_client", "rejected"),
        ("unauthorized_client", "rejected"),
        ("invalid_grant", "accepted"),
        ("invalid_code", "accepted"),
        ("invalid_authorization_code", "accepted"),
        ("redirect_uri_mismatch", "accepted"),
        ("invalid_request", "unknown"),
        ("unsupported_grant_type", "unknown"),
        ("server_error", "unknown"),
        ("something of its own", "unknown"),
    ],
)
async def test_the_error_tells_whether_the_client_is_known(
    asked: Asked, provider: AiohttpClientMocker, error: str, verdict: str
) -> None:
    """A provider looks at the client before it looks at the code."""
    provider.post(TOKEN_URL, **refusal(error, error_description="Because"))
    answer = await asked.check()
    assert answer["client"] == verdict
    assert answer["error"] == error
    assert answer["error_description"] == "Because"


@pytest.mark.parametrize("status", [401, 403, 404, 422])
async def test_every_status_of_a_refusal_will_do(
    asked: Asked, provider: AiohttpClientMocker, status: int
) -> None:
    """Providers differ."""
    provider.post(TOKEN_URL, status=status, json={"error": "invalid_client"})
    assert await asked.client() == "rejected"


@pytest.mark.parametrize("status", [200, 201, 302, 307, 429, 500, 502, 503])
async def test_what_is_no_refusal_is_not_taken_for_one(
    asked: Asked, provider: AiohttpClientMocker, status: int
) -> None:
    """Whatever its body says: something else is wrong."""
    provider.post(TOKEN_URL, status=status, json={"error": "invalid_client"})
    assert await asked.check() == {
        "client": "unknown",
        "redirect_uri": "unknown",
        "error": None,
        "error_description": None,
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html><body>Bad request</body></html>",
        b'<html>error="invalid_client"</html>',
        b'["invalid_client"]',
        b'"invalid_client"',
        b"null",
        b'{"error": {"code": "invalid_client"}}',
        b'{"error": ["invalid_client"]}',
        b'{"error": ""}',
        b'{"error": "invalid_client"',
        b"[" * 200_000,
        b'{"error": "invalid_client", "more": "' + b"x" * 300_000 + b'"}',
    ],
    ids=[
        "empty",
        "bytes",
        "page",
        "page with error=",
        "list",
        "text",
        "null",
        "object",
        "list of errors",
        "empty error",
        "cut off",
        "deep",
        "huge",
    ],
)
async def test_what_cannot_be_understood_is_unknown(
    asked: Asked, provider: AiohttpClientMocker, body: bytes
) -> None:
    """The verdict needs a clear word."""
    provider.post(TOKEN_URL, status=400, content=body)
    assert await asked.client() == "unknown"


async def test_a_form_encoded_error_is_understood(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """A few providers answer like that."""
    provider.post(
        TOKEN_URL,
        status=400,
        text="error=invalid_client&error_description=No+such+client",
    )
    answer = await asked.check()
    assert answer["client"] == "rejected"
    assert answer["error_description"] == "No such client"


class EndlessResponse(AiohttpClientMockResponse):
    """An answer without an end, that counts what is read of it."""

    bytes_read = 0

    @property
    @override
    def content(self) -> Any:
        """Be the stream."""
        return self

    @override
    async def read(self, size: int = -1) -> bytes:
        """Return a bit of it."""
        size = min(size, 10_000) if size >= 0 else 10_000_000
        self.bytes_read += size
        return b"x" * size


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_endless_answer_is_not_read_to_its_end(
    asked: Asked, provider: AiohttpClientMocker, method: str
) -> None:
    """No provider needs more than a few hundred bytes to say what is wrong."""
    url = URL(TOKEN_URL if method == "POST" else AUTHORIZE_URL)
    endless = EndlessResponse(method, url, status=400)

    async def respond(*_: Any) -> AiohttpClientMockResponse:
        return endless

    provider.request(method, url, side_effect=respond)
    answer = await asked.check()
    assert (answer["client"], answer["redirect_uri"]) == ("unknown", "unknown")
    # The authorization endpoint is asked twice.
    assert 0 < endless.bytes_read <= 2 * 256 * 1024


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ClientConnectionError("the-secret"),
        TimeoutError(),
        OSError("no route to host"),
        ValueError("the-secret"),
    ],
)
async def test_a_provider_that_cannot_be_reached_is_unknown(
    asked: Asked,
    provider: AiohttpClientMocker,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A network error is no verdict, and its text not for the log."""
    caplog.set_level("DEBUG", CHECK)
    provider.post(TOKEN_URL, exc=error)
    provider.get(AUTHORIZE_URL, exc=error)
    answer = await asked.check()
    assert (answer["client"], answer["redirect_uri"]) == ("unknown", "unknown")
    said = [record.getMessage() for record in caplog.records if record.name == CHECK]
    assert said
    assert "the-secret" not in "".join(said)


async def test_a_provider_that_hangs_is_unknown_in_time(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """One endpoint that hangs takes nothing from what the other says."""

    async def hang(*_: Any) -> Any:
        await asyncio.sleep(3600)

    provider.post(TOKEN_URL, side_effect=hang)
    asked.page(lambda url: {"status": 302, "headers": {"Location": REDIRECT_URI}})
    with patch(f"{CHECK}.CHECK_TIMEOUT", 0.1):
        async with asyncio.timeout(3):
            answer = await asked.check()
    assert (answer["client"], answer["redirect_uri"]) == ("unknown", "accepted")


async def test_an_endpoint_that_is_no_url_is_unknown(
    hass: HomeAssistant, asked: Asked
) -> None:
    """An integration's endpoints are not ours to check."""

    async def nonsense(hass: HomeAssistant) -> Any:
        return LocalOAuth2Implementation(hass, "", "", "", "http://[", "http://[")

    add_hook(hass, async_get_authorization_server=nonsense)
    answer = await asked.check()
    assert (answer["client"], answer["redirect_uri"]) == ("unknown", "unknown")


# The secret.


async def test_the_secret_is_sent_to_the_token_endpoint_alone(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """Redirects are not followed there, and only by us elsewhere."""
    provider.post(
        TOKEN_URL,
        status=307,
        headers={"Location": "https://evil.test/the-secret-please"},
    )
    asked.page(
        lambda url: {"status": 302, "headers": {"Location": "https://login.test/"}}
    )
    provider.get("https://login.test/", text="Log in")
    await asked.check()
    assert {url.host for _method, url, _ in asked.requests} == {
        "provider.test",
        "login.test",
    }
    assert all(
        arguments["allow_redirects"] is False for *_, arguments in asked.requests
    )
    with_secret = [
        (method, str(url))
        for method, url, arguments in asked.requests
        if "the-secret" in f"{url} {arguments}"
    ]
    assert with_secret == [("POST", TOKEN_URL)]


@pytest.mark.parametrize("key", ["error", "error_description"])
async def test_a_provider_that_quotes_the_secret_is_not_quoted(
    asked: Asked, provider: AiohttpClientMocker, key: str
) -> None:
    """What it says is shown to people, and kept for a repair."""
    provider.post(
        TOKEN_URL,
        status=400,
        json={"error": "invalid_client", key: "Client abc, secret the-secret: wrong"},
    )
    answer = await asked.check()
    assert answer[key] == "Client abc, secret …: wrong"


async def test_what_a_provider_says_is_cut_to_what_can_be_shown(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """It ends up in a dialog."""
    provider.post(
        TOKEN_URL,
        **refusal("invalid_client", error_description="a\n\x1b[31m" + "b" * 1000),
    )
    description = (await asked.check())["error_description"]
    assert description.startswith("a[31mb")
    assert len(description) == 300


async def test_without_a_secret_what_a_provider_says_is_shown_as_it_is(
    asked: Asked, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """An empty secret stands between all characters."""
    await wire.get("update", application_credentials_id="shop_abc", client_secret="")
    provider.post(TOKEN_URL, **refusal("invalid_client", error_description="Wrong"))
    assert (await asked.check())["error_description"] == "Wrong"


async def test_the_secret_is_not_logged(
    asked: Asked, provider: AiohttpClientMocker, caplog: pytest.LogCaptureFixture
) -> None:
    """At no level."""
    caplog.set_level("DEBUG")
    provider.post(TOKEN_URL, **refusal("the-secret", error_description="the-secret"))
    await asked.check()
    assert "the-secret" not in caplog.text


# The redirect URI: what the authorization endpoint makes of it.


async def test_the_authorization_endpoint_is_asked_as_a_browser_asks(
    asked: Asked,
) -> None:
    """With everything that a request needs (RFC 6749 section 4.1.1)."""
    asked.page(
        lambda url: {"status": 302, "headers": {"Location": f"{REDIRECT_URI}?code=1"}}
    )
    assert await asked.redirect_uri() == "accepted"
    (url,) = asked.of("GET")
    assert url.query["response_type"] == "code"
    assert url.query["client_id"] == "abc"
    assert url.query["redirect_uri"] == REDIRECT_URI
    assert url.query["state"]


async def test_the_authorization_endpoint_is_sent_what_the_integration_sends(
    hass: HomeAssistant, asked: Asked
) -> None:
    """Some providers refuse a request without a scope."""

    class WithScope(LocalOAuth2Implementation):
        @property
        @override
        def extra_authorize_data(self) -> dict[str, str]:
            return {"scope": "everything"}

    async def own(hass: HomeAssistant, auth_domain: str, _: Any) -> WithScope:
        return WithScope(
            hass, auth_domain, "abc", "s", f"{AUTHORIZE_URL}?tenant=1", TOKEN_URL
        )

    add_hook(hass, async_get_auth_implementation=own)
    asked.page(lambda url: {"status": 302, "headers": {"Location": REDIRECT_URI}})
    await asked.check()
    (url,) = asked.of("GET")
    assert url.query["scope"] == "everything"
    assert url.query["tenant"] == "1"


async def test_a_redirect_with_an_error_is_still_one_to_a_known_uri(
    asked: Asked,
) -> None:
    """A provider must not redirect to a URI that it does not know (section 4.1.2.1)."""
    asked.page(
        lambda url: {
            "status": 303,
            "headers": {"Location": f"{REDIRECT_URI}?error=no_scope"},
        }
    )
    assert await asked.redirect_uri() == "accepted"


@pytest.mark.parametrize(
    "page",
    [
        "Error 400: redirect_uri_mismatch",
        "INVALID_CLIENT: Invalid redirect URI",
        "invalid_client: The redirect_uri is not registered",
        (
            "<p>The redirect URI 'https://example.com/auth' specified in the request does not match"
            " the redirect URIs configured for the application.</p>"
        ),
        "The provided value for the input parameter 'redirect_uri' is not valid.",
        '{"error": "invalid_request", "error_description": "Unknown redirect uri"}',
        "Mismatching redirect URI.",
        "redirection URL isn't allowed",
        "Unregistered redirect_uri",
    ],
)
async def test_a_page_that_says_the_uri_is_wrong_is_a_refusal(
    asked: Asked, page: str
) -> None:
    """In the words of one provider or another."""
    asked.page(lambda url: {"status": 400, "text": page})
    assert await asked.redirect_uri() == "rejected"
    assert len(asked.of("GET")) == 1


@pytest.mark.parametrize(
    "page",
    [
        "Unknown client",
        "invalid_request. Here is your redirect_uri.",
        f"<a href='/login?error=invalid&redirect_uri={quote(REDIRECT_URI)}'>Log in</a>",
        "<b>Invalid</b> <i>redirect_uri</i>",
        "This client is disabled.",
    ],
)
async def test_a_page_that_says_something_else_is_none(asked: Asked, page: str) -> None:
    """It says the same of a URI that nobody can have registered."""
    asked.page(lambda url: {"status": 400, "text": page})
    assert await asked.redirect_uri() == "unknown"
    ours, control = asked.of("GET")
    assert ours.query["redirect_uri"] == REDIRECT_URI
    assert URL(control.query["redirect_uri"]).host == "unregistered.invalid"


@pytest.mark.parametrize("status", [200, 302, 429, 500, 503])
async def test_only_a_refusal_says_that_the_uri_is_wrong(
    asked: Asked, status: int
) -> None:
    """A page that is shown to everyone may say anything."""
    asked.page(lambda url: {"status": status, "text": "Invalid redirect_uri"})
    assert await asked.redirect_uri() == "unknown"


async def test_a_provider_that_refuses_another_uri_knows_ours(asked: Asked) -> None:
    """It shows a page to log in for ours, which says nothing by itself."""

    def answer(url: URL) -> dict[str, Any]:
        if url.query["redirect_uri"] == REDIRECT_URI:
            return {"status": 200, "text": "Log in"}
        return {"status": 400, "text": "Invalid redirect_uri"}

    asked.page(answer)
    assert await asked.redirect_uri() == "accepted"


async def test_a_provider_that_redirects_anywhere_knows_nothing(asked: Asked) -> None:
    """It would take every URI."""

    def answer(url: URL) -> dict[str, Any]:
        if url.query["redirect_uri"] == REDIRECT_URI:
            return {"status": 200, "text": "Log in"}
        return {"status": 302, "headers": {"Location": url.query["redirect_uri"]}}

    asked.page(answer)
    assert await asked.redirect_uri() == "unknown"


async def test_the_way_to_the_login_page_is_followed(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """Relative addresses and other hosts on the way included."""
    asked.page(lambda url: {"status": 302, "headers": {"Location": "/step2"}})
    provider.get(
        "https://provider.test/step2",
        status=302,
        headers={"Location": "https://login.test/error"},
    )
    provider.get("https://login.test/error", status=400, text="Invalid redirect_uri")
    assert await asked.redirect_uri() == "rejected"


@pytest.mark.parametrize("parameter", ["error", "authError"])
async def test_googles_error_page_is_known_by_its_address(
    asked: Asked, parameter: str
) -> None:
    """It is a page that is shown with status 200."""
    asked.page(
        lambda url: {
            "status": 302,
            "headers": {
                "Location": f"https://accounts.test/oauth/error?{parameter}=redirect_uri_mismatch"
            },
        }
    )
    assert await asked.redirect_uri() == "rejected"
    assert len(asked.of("GET")) == 1


async def test_googles_token_endpoint_knows_the_uri_too(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """Where the authorization endpoint says nothing."""
    provider.post(TOKEN_URL, **refusal("redirect_uri_mismatch"))
    assert await asked.redirect_uri() == "rejected"


async def test_the_authorization_endpoint_goes_before_the_token_endpoint(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """It is the one that people are sent to."""
    provider.post(TOKEN_URL, **refusal("redirect_uri_mismatch"))
    asked.page(lambda url: {"status": 302, "headers": {"Location": REDIRECT_URI}})
    assert await asked.redirect_uri() == "accepted"


async def test_a_loop_of_redirects_is_left(asked: Asked) -> None:
    """After a few of them."""
    asked.page(lambda url: {"status": 302, "headers": {"Location": str(url)}})
    assert await asked.redirect_uri() == "unknown"
    assert len(asked.of("GET")) == 12


@pytest.mark.parametrize(
    "location",
    [
        "http://other.test/",
        "http://provider.test/authorize2",
        "file:///etc/passwd",
        "app://open",
        "https://[",
        "//",
    ],
)
async def test_only_the_web_is_followed(asked: Asked, location: str) -> None:
    """And to no place that others could read along."""
    asked.page(lambda url: {"status": 302, "headers": {"Location": location}})
    assert await asked.redirect_uri() == "unknown"
    assert {url.with_query(None) for url in asked.of("GET")} == {URL(AUTHORIZE_URL)}


async def test_a_provider_at_home_is_followed_without_encryption(
    hass: HomeAssistant, asked: Asked, provider: AiohttpClientMocker
) -> None:
    """Where its authorization endpoint is without it, too."""

    async def at_home(hass: HomeAssistant) -> Any:
        return LocalOAuth2Implementation(
            hass, "", "", "", "http://home.test/authorize", TOKEN_URL
        )

    add_hook(hass, async_get_authorization_server=at_home)
    provider.get(
        "http://home.test/authorize", status=302, headers={"Location": "/refused"}
    )
    provider.get("http://home.test/refused", status=400, text="Invalid redirect_uri")
    assert await asked.redirect_uri() == "rejected"


async def test_without_an_authorization_endpoint_the_uri_is_unknown(
    hass: HomeAssistant, asked: Asked, provider: AiohttpClientMocker
) -> None:
    """There is nobody to ask; the client is checked all the same."""

    async def without_page(hass: HomeAssistant) -> Any:
        return LocalOAuth2Implementation(hass, "", "", "", "", TOKEN_URL)

    add_hook(hass, async_get_authorization_server=without_page)
    provider.post(TOKEN_URL, **refusal("invalid_grant"))
    answer = await asked.check()
    assert (answer["client"], answer["redirect_uri"]) == ("accepted", "unknown")
    assert asked.of("GET") == []


async def test_without_an_address_the_uri_is_unknown(
    hass: HomeAssistant, asked: Asked, provider: AiohttpClientMocker
) -> None:
    """There is nothing to ask about; the client is checked all the same."""
    await hass.config.async_update(external_url=None)
    hass.config.api = None
    provider.post(TOKEN_URL, **refusal("invalid_client"))
    answer = await asked.check()
    assert (answer["client"], answer["redirect_uri"]) == ("rejected", "unknown")
    assert asked.of("GET") == []


@pytest.mark.parametrize(
    ("own", "expected"),
    [("https://own.test/callback", "https://own.test/callback"), (None, REDIRECT_URI)],
    ids=["own", "cannot be told"],
)
async def test_an_integration_may_have_a_redirect_uri_of_its_own(
    hass: HomeAssistant, asked: Asked, own: str | None, expected: str
) -> None:
    """That is the one to ask about, if it says it without a request."""

    class OwnUri(LocalOAuth2Implementation):
        @property
        @override
        def redirect_uri(self) -> str:
            if own is None:
                raise RuntimeError("No current request in context")
            return own

    async def own_uri(hass: HomeAssistant, auth_domain: str, _: Any) -> OwnUri:
        return OwnUri(hass, auth_domain, "abc", "s", AUTHORIZE_URL, TOKEN_URL)

    add_hook(hass, async_get_auth_implementation=own_uri)
    asked.page(lambda url: {"status": 302, "headers": {"Location": expected}})
    assert await asked.redirect_uri() == "accepted"
    (request,) = [
        arguments for method, _, arguments in asked.requests if method == "POST"
    ]
    assert request["data"]["redirect_uri"] == expected


# What cannot be asked.


@pytest.mark.parametrize("function", [own_implementation, broken])
async def test_what_cannot_be_asked_is_unknown(
    hass: HomeAssistant, asked: Asked, function: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """And no error: nothing is wrong with it."""
    add_hook(hass, async_get_auth_implementation=function)
    answer = await asked.check()
    assert answer == {
        "client": "unknown",
        "redirect_uri": "unknown",
        "error": None,
        "error_description": None,
    }
    assert asked.requests == []
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_credential_whose_integration_is_gone_is_unknown(
    hass: HomeAssistant, asked: Asked
) -> None:
    """Nobody knows its provider."""
    hass.data["integrations"].pop(SHOP)
    assert await asked.client() == "unknown"
    assert asked.requests == []


async def test_an_unknown_credential_is_an_error(wire: Wire) -> None:
    """There is nothing to ask about."""
    assert await wire.refused("check", application_credentials_id="nothing") == (
        "not_found",
        "Unable to find application_credentials_id nothing",
    )


async def test_the_answer_can_be_sent(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """It has the four keys, whatever was found."""
    provider.post(TOKEN_URL, **refusal("invalid_client", error_description="Wrong"))
    asked.page(lambda url: {"status": 302, "headers": {"Location": REDIRECT_URI}})
    assert json.loads(json.dumps(await asked.check())) == {
        "client": "rejected",
        "redirect_uri": "accepted",
        "error": "invalid_client",
        "error_description": "Wrong",
    }
