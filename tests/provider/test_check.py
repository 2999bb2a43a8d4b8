"""The provider is asked about a credential; only what it says is taken for an answer."""

import asyncio
from collections.abc import Awaitable, Callable
import os
import sys
from typing import Any, cast, override
from unittest.mock import patch

import aiohttp
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.models import Finding, Reason, Verdict
from custom_components.application_credentials.provider.check import async_ask_provider
from custom_components.application_credentials.provider.findings import Findings
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    SHOP,
    TOKEN_URL,
    Disk,
    Neighbours,
    Wire,
    add_hook,
    answer_token_requests,
    broken,
    is_control,
    own_implementation,
    record,
    server,
    settle,
    stored,
)

from .common import Asked, refusal

CHECK = f"custom_components.{DOMAIN}.provider.check"

# The fixture of the websocket has nothing checked in the background.
SCHEDULE = Findings.async_schedule

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
    answer_token_requests(provider, error, "Because")
    answer = await asked.check()
    assert answer["client"] == verdict
    assert answer["error"] == error
    assert answer["error_description"] == "Because"


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
        "reason": "unclear",
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


class EndlessResponse(AiohttpClientMockResponse):
    """An answer without an end, that counts what is read of it."""

    bytes_read = 0

    @property
    @override
    def content(self) -> Any:
        """Be the stream."""
        return self

    async def readexactly(self, size: int) -> bytes:
        """Return so much of it."""
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
    assert 0 < endless.bytes_read <= 2 * 32 * 1024


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


async def test_the_secret_is_not_logged(
    asked: Asked, provider: AiohttpClientMocker, caplog: pytest.LogCaptureFixture
) -> None:
    """At no level."""
    caplog.set_level("DEBUG")
    provider.post(TOKEN_URL, **refusal("the-secret", error_description="the-secret"))
    await asked.check()
    assert "the-secret" not in caplog.text


# The redirect URI, at the token endpoint and of whom.


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


@pytest.mark.parametrize(
    ("external_url", "sent"),
    [
        ("https://outside.test", "https://outside.test/auth/external/callback"),
        (None, "https://nobody.example/auth/external/callback"),
    ],
    ids=["known", "unknown"],
)
async def test_without_a_browser_nothing_is_said_of_the_uri(
    hass: HomeAssistant,
    wire: Wire,
    asked: Asked,
    provider: AiohttpClientMocker,
    external_url: str | None,
    sent: str,
) -> None:
    """It is known of no address that a browser uses it; the client is checked all the same."""
    await hass.config.async_update(external_url=external_url)
    hass.config.api = None
    answer_token_requests(provider, "redirect_uri_mismatch")
    answer = await wire.get("check", application_credentials_id="shop_abc")
    assert (answer["client"], answer["redirect_uri"]) == ("accepted", "unknown")
    assert asked.of("GET") == []
    assert {arguments["data"]["redirect_uri"] for *_, arguments in asked.requests} == {
        sent
    }


async def test_without_a_browser_the_uri_of_my_home_assistant_is_known(
    hass: HomeAssistant, wire: Wire, asked: Asked
) -> None:
    """It is the same in all of them."""
    hass.config.components.add("my")
    asked.page(lambda url: {"text": "Sign in"})
    await wire.get("check", application_credentials_id="shop_abc")
    ours, _control = asked.of("GET")
    assert ours.query["redirect_uri"] == "https://my.home-assistant.io/redirect/oauth"


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
        return OwnUri(hass, auth_domain, "abc", "the-secret", AUTHORIZE_URL, TOKEN_URL)

    add_hook(hass, async_get_auth_implementation=own_uri)
    asked.page(lambda url: {"status": 302, "headers": {"Location": expected}})
    assert await asked.redirect_uri() == "accepted"
    assert {
        arguments["data"]["redirect_uri"]
        for method, _, arguments in asked.requests
        if method == "POST"
    } == {expected}


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
        "reason": "not_asked",
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


# The control: a request with a secret that cannot be right.


def controls(asked: Asked) -> list[str]:
    """Return the secrets of the controls that the provider got."""
    return [
        secret
        for method, _, arguments in asked.requests
        if method == "POST"
        and (secret := arguments["data"].get("client_secret", "the-secret"))
        != "the-secret"
    ]


async def test_a_provider_that_takes_any_secret_accepts_none(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """It looks at the code first, or at no secret at all."""
    provider.post(TOKEN_URL, **refusal("invalid_grant"))
    answer = await asked.check()
    assert (answer["client"], answer["reason"]) == ("unknown", "unclear")
    assert len(controls(asked)) == 1


async def test_there_is_one_control_for_a_client_id(
    asked: Asked, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """Providers count wrong secrets."""
    answer_token_requests(provider, "invalid_grant")
    assert await asked.client() == "accepted"
    assert await asked.client() == "accepted"
    assert len(controls(asked)) == 1
    await wire.get("update", application_credentials_id="shop_abc", client_id="new")
    assert await asked.client() == "accepted"
    assert len(controls(asked)) == 2


async def test_checks_of_one_client_at_the_same_time_have_one_control(
    hass: HomeAssistant, asked: Asked, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """As after a credential was copied into other integrations of its provider."""
    add_hook(hass, "other")
    await wire.create(domain="other", client_secret="the-secret")

    async def respond(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        await asyncio.sleep(0.01)
        error = "invalid_client" if is_control(data) else "invalid_grant"
        return AiohttpClientMockResponse(method, url, status=400, json={"error": error})

    provider.post(TOKEN_URL, side_effect=respond)
    findings = hass.data[DATA].findings
    both = [findings.async_check(item_id) for item_id in ("shop_abc", "other_abc")]
    found = await asyncio.gather(*both)
    assert {finding.client for finding in found} == {Verdict.ACCEPTED}
    assert len(controls(asked)) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, "slow_down"),
        (500, "invalid_client"),
        (403, "access_denied"),
        (400, "too_many_attempts"),
        (None, None),
    ],
)
async def test_a_control_that_tells_nothing_is_made_again(
    asked: Asked, provider: AiohttpClientMocker, status: int | None, error: str | None
) -> None:
    """The provider has not said whether it looks at the secret."""
    answers = iter([(status, error), (401, "invalid_client")])

    async def respond(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        if not is_control(data):
            return AiohttpClientMockResponse(
                method, url, status=400, json={"error": "invalid_grant"}
            )
        status, error = next(answers)
        if status is None:
            raise aiohttp.ClientConnectionError
        return AiohttpClientMockResponse(
            method, url, status=status, json={"error": error}
        )

    provider.post(TOKEN_URL, side_effect=respond)
    assert await asked.client() == "unknown"
    assert await asked.client() == "accepted"


# What it takes.


async def test_an_integration_that_was_never_set_up_is_asked_where_its_hook_says(
    wire: Wire, neighbours: Neighbours, provider: AiohttpClientMocker
) -> None:
    """Its libraries need not be there yet."""
    answer_token_requests(provider, "invalid_client")
    neighbours.add("early", server(), init="import nothing_of_this_name\n")
    await wire.create(domain="early")
    answer = await wire.get("check", application_credentials_id="early_abc")
    assert (answer["client"], answer["reason"]) == ("rejected", None)
    assert "custom_components.early" not in sys.modules


OWN_WAY = """
from homeassistant.components.application_credentials import (
    AuthImplementation, AuthorizationServer
)
async def async_get_auth_implementation(hass, auth_domain, credential):
    server = AuthorizationServer("https://provider.test/authorize", "https://provider.test/token")
    return AuthImplementation(hass, auth_domain, credential, server)
"""


async def test_a_person_is_not_told_what_a_check_in_the_background_may_not_do(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
) -> None:
    """Whenever they ask while it is under way, the hook is imported for them."""
    answer_token_requests(provider, "invalid_client")
    findings = hass.data[DATA].findings
    for turns in range(5):
        domain = f"early_{turns}"
        neighbours.add(domain, OWN_WAY)
        await wire.create(domain=domain)
        SCHEDULE(findings, f"{domain}_abc")
        await asyncio.sleep(turns * 0.001)
        finding = await findings.async_check(f"{domain}_abc")
        assert finding.reason != "not_set_up", turns


async def test_a_hook_that_has_to_be_called_is_imported_where_all_is_installed(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
) -> None:
    """Only for a person who asks."""
    answer_token_requests(provider, "invalid_client")
    neighbours.add("early", OWN_WAY)
    record: Any = await wire.create(domain="early")
    finding = await async_ask_provider(hass, record, may_import=False)
    assert finding.reason == "not_set_up"
    assert "custom_components.early" not in sys.modules
    answer = await wire.get("check", application_credentials_id="early_abc")
    assert (answer["client"], answer["reason"]) == ("rejected", None)


async def test_a_hook_that_is_not_imported_in_time_is_asked_the_next_time(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
) -> None:
    """Its import goes on; that it is slow says nothing of how it links accounts."""
    answer_token_requests(provider, "invalid_client")
    neighbours.add("early", f"import time\ntime.sleep(0.5)\n{OWN_WAY}")
    await wire.create(domain="early")
    with patch(f"{CHECK}.CHECK_TIMEOUT", 0.2):
        answer = await wire.get("check", application_credentials_id="early_abc")
    assert (answer["client"], answer["reason"]) == ("unknown", "unreachable")
    await settle(hass)
    answer = await wire.get("check", application_credentials_id="early_abc")
    assert (answer["client"], answer["reason"]) == ("rejected", None)


async def test_a_hook_that_does_not_answer_in_time_says_nothing(
    hass: HomeAssistant, asked: Asked
) -> None:
    """Not even that the integration links accounts in its own way."""

    async def hang(hass: HomeAssistant) -> None:
        await asyncio.sleep(3600)

    add_hook(hass, async_get_authorization_server=hang)
    with patch(f"{CHECK}.CHECK_TIMEOUT", 0.1):
        assert (await asked.check())["reason"] == "unreachable"


@pytest.mark.parametrize(
    "neighbour",
    [
        {"init": "raise RuntimeError\n"},
        {"requirements": ["nothing-of-this-name==1.0"]},
    ],
    ids=["broken", "a library lacks"],
)
async def test_what_can_be_neither_read_nor_called_yet_is_not_asked(
    wire: Wire,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    neighbour: dict[str, Any],
) -> None:
    """The person is told when it can be checked; it is no fault."""
    neighbours.add("early", OWN_WAY, **neighbour)
    await wire.create(domain="early")
    caplog.clear()
    answer = await wire.get("check", application_credentials_id="early_abc")
    assert (answer["client"], answer["reason"]) == ("unknown", "not_set_up")
    assert "platform of integration early" not in caplog.text


@pytest.mark.usefixtures("wire")
async def test_a_pipe_in_the_place_of_a_hook_is_not_imported(
    hass: HomeAssistant, neighbours: Neighbours
) -> None:
    """Python would wait for it for ever."""
    os.mkfifo(neighbours.add("early") / f"{DOMAIN}.py")
    finding = await async_ask_provider(hass, cast("Any", record(domain="early")))
    assert finding.reason == "not_set_up"


async def test_the_page_is_asked_with_nothing_of_anybody(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """Neither a cookie that it sets nor one that others have."""
    asked.page(lambda url: {"text": "Sign in", "cookies": {"planted": "1"}})
    await asked.check()
    for *_, arguments in asked.requests:
        assert "cookies" not in arguments
        assert arguments["headers"] == {"Accept-Encoding": "identity"}


# What is known after several checks.


@pytest.mark.parametrize(
    ("earlier", "now", "known"),
    [
        (None, Finding(reason=Reason.UNCLEAR), Finding(reason=Reason.UNCLEAR)),
        (
            Finding(Verdict.ACCEPTED, Verdict.ACCEPTED, asked_redirect_uri="a"),
            Finding(reason=Reason.UNREACHABLE, asked_redirect_uri="b"),
            Finding(Verdict.ACCEPTED, Verdict.ACCEPTED, asked_redirect_uri="a"),
        ),
        (
            Finding(Verdict.ACCEPTED, Verdict.ACCEPTED, asked_redirect_uri="a"),
            Finding(
                redirect_uri=Verdict.REJECTED,
                reason=Reason.UNCLEAR,
                asked_redirect_uri="b",
            ),
            Finding(Verdict.ACCEPTED, Verdict.REJECTED, asked_redirect_uri="b"),
        ),
        (
            Finding(Verdict.ACCEPTED, Verdict.ACCEPTED),
            Finding(Verdict.REJECTED, error="invalid_client"),
            Finding(Verdict.REJECTED, error="invalid_client"),
        ),
        (
            Finding(Verdict.REJECTED, error="invalid_client"),
            Finding(redirect_uri=Verdict.REJECTED, reason=Reason.UNCLEAR),
            Finding(Verdict.REJECTED, error="invalid_client"),
        ),
        (
            Finding(Verdict.REJECTED, error="invalid_client"),
            Finding(Verdict.ACCEPTED, error="invalid_grant"),
            Finding(Verdict.ACCEPTED, error="invalid_grant"),
        ),
    ],
)
def test_what_was_told_stands_until_something_else_is_told(
    earlier: Finding | None, now: Finding, known: Finding
) -> None:
    """About the same client; and never about the redirect URI of a rejected one."""
    assert now.after(earlier) == known


async def test_a_check_that_gets_no_turn_in_time_says_nothing(
    hass: HomeAssistant, wire: Wire
) -> None:
    """All places are taken by others."""
    await wire.create()
    places = hass.data[DATA].checks.places
    while not places.locked():
        await places.acquire()
    with patch(f"custom_components.{DOMAIN}.provider.check.CHECK_TIMEOUT", 0.01):
        answer = await wire.get("check", application_credentials_id="shop_abc")
    assert (answer["client"], answer["reason"]) == ("unknown", "unreachable")


async def test_a_credential_of_an_integration_that_is_gone_cannot_be_checked(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """It is no fault of anybody."""
    hass_storage[DOMAIN] = stored(record(id="gone_abc", domain="gone"))
    wire = await start()
    answer = await wire.get("check", application_credentials_id="gone_abc")
    assert (answer["client"], answer["reason"]) == ("unknown", "not_set_up")
