"""Whom a check asks about, and what it sends: from public attributes, to the token endpoint alone."""

from collections.abc import Awaitable, Callable
from typing import Any, override
from urllib.parse import quote_plus

from aiohttp import BasicAuth, ServerDisconnectedError
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    LocalOAuth2ImplementationWithPkce,
)
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    TOKEN_URL,
    Disk,
    Wire,
    add_hook,
    answer_token_requests,
    is_control,
    record,
    stored,
)

from .common import Asked, refusal

# With what is written in another way in a form.
SECRET = "s3cret/+ 1"

type Fields = dict[str, str]


class TokenEndpoint:
    """A token endpoint that knows one client, and reads it in some forms alone."""

    def __init__(
        self, provider: AiohttpClientMocker, url: str = TOKEN_URL, *, reads: str
    ) -> None:
        """Listen; `reads` has the names of the forms."""
        self._reads = reads
        self.requests: list[tuple[Fields, str | None]] = []
        provider.post(url, side_effect=self._respond)
        self._mock: Any = provider

    async def _respond(
        self, method: str, url: URL, data: Any
    ) -> AiohttpClientMockResponse:
        header = (self._mock.mock_calls[-1][3] or {}).get("Authorization")
        self.requests.append((dict(data), header))
        if header is not None:
            auth = BasicAuth.decode(header)
            shown, form = (auth.login, auth.password), "basic"
        else:
            shown, form = (data["client_id"], data.get("client_secret", "")), "body"
        if form not in self._reads:
            answer = "invalid_request"
        elif shown in (("abc", SECRET), ("abc", quote_plus(SECRET))):
            answer = "invalid_grant"
        else:
            answer = "invalid_client"
        return AiohttpClientMockResponse(
            method, url, **refusal(answer, error_description="Said")
        )

    @property
    def forms(self) -> list[str]:
        """The forms of the requests, one after the other."""
        return ["basic" if header else "body" for _, header in self.requests]


async def check(
    wire: Wire, client_secret: str = SECRET, domain: str = "shop"
) -> tuple[str, str | None]:
    """Create a credential and check it; return the verdict about the client, and why."""
    record = await wire.create(domain=domain, client_secret=client_secret)
    answer = await wire.get("check", application_credentials_id=record["id"])
    return answer["client"], answer["reason"]


def use(
    hass: HomeAssistant, implementation: type[LocalOAuth2Implementation]
) -> list[Any]:
    """Have the shop bring an implementation of its own; return those it made."""
    made: list[Any] = []

    async def own(hass: HomeAssistant, auth_domain: str, credential: Any) -> Any:
        made.append(
            implementation(
                hass,
                auth_domain,
                credential.client_id,
                credential.client_secret,
                AUTHORIZE_URL,
                TOKEN_URL,
            )
        )
        return made[-1]

    add_hook(hass, async_get_auth_implementation=own)
    return made


@pytest.fixture(autouse=True)
async def address(hass: HomeAssistant) -> None:
    """Give the home an address."""
    await hass.config.async_update(external_url="https://example.com")


# What is sent.


async def test_a_client_is_sent_in_the_body(
    wire: Wire, provider: AiohttpClientMocker
) -> None:
    """As most integrations do; and once more with a secret that cannot be right."""
    endpoint = TokenEndpoint(provider, reads="body")
    assert await check(wire) == ("accepted", None)
    assert endpoint.forms == ["body", "body"]
    (sent, _), (control, _) = endpoint.requests
    assert len(sent.pop("code")) >= 32
    assert sent == {
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT_URI,
        "client_id": "abc",
        "client_secret": SECRET,
    }
    assert is_control(control)


async def test_a_number_in_the_file_is_sent_as_its_text(
    hass: HomeAssistant,
    hass_storage: Disk,
    provider: AiohttpClientMocker,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """In both forms; that the client is rejected is known then."""
    endpoint = TokenEndpoint(provider, reads="body basic")
    hass_storage[DOMAIN] = stored(record(client_id=17, client_secret=18))
    wire = await start()
    answer = await wire.get("check", application_credentials_id="shop_abc")
    assert answer["client"] == "rejected"
    in_body, by_basic = endpoint.requests
    assert in_body[0]["client_id"] == "17"
    assert in_body[0]["client_secret"] == "18"
    assert BasicAuth.decode(by_basic[1] or "") == BasicAuth("17", "18")


async def test_no_two_requests_have_the_same_code(
    wire: Wire, provider: AiohttpClientMocker
) -> None:
    """A code that cannot exist has to stay one."""
    endpoint = TokenEndpoint(provider, reads="body")
    await check(wire)
    await wire.get("check", application_credentials_id="shop_abc")
    # The control is not sent a second time.
    assert len({sent["code"] for sent, _ in endpoint.requests}) == 3


async def test_a_client_that_is_refused_is_sent_by_http_basic_too(
    wire: Wire, provider: AiohttpClientMocker
) -> None:
    """Before it is called rejected (RFC 6749 section 2.3.1)."""
    endpoint = TokenEndpoint(provider, reads="body basic")
    assert await check(wire, "mistyped") == ("rejected", None)
    assert endpoint.forms == ["body", "basic"]
    sent, header = endpoint.requests[1]
    assert header is not None
    assert BasicAuth.decode(header) == BasicAuth("abc", "mistyped")
    assert not {"client_id", "client_secret"} & set(sent)


@pytest.mark.parametrize(
    ("secret", "verdict"), [(SECRET, "accepted"), ("mistyped", "unknown")]
)
async def test_a_provider_that_reads_http_basic_alone_can_accept(
    wire: Wire, provider: AiohttpClientMocker, secret: str, verdict: str
) -> None:
    """It says of the usual form that something is missing, which is about no client."""
    endpoint = TokenEndpoint(provider, reads="basic")
    assert (await check(wire, secret))[0] == verdict
    assert endpoint.forms == ["body", "basic", "basic"][: 3 if secret == SECRET else 2]


async def test_a_provider_that_does_not_read_http_basic_can_reject(
    wire: Wire, provider: AiohttpClientMocker
) -> None:
    """What it says of that is that something is missing."""
    TokenEndpoint(provider, reads="body")
    assert await check(wire, "mistyped") == ("rejected", None)


@pytest.mark.parametrize(
    "second",
    [
        {"status": 503},
        {"status": 429, "json": {"error": "invalid_client"}},
        {"status": 403, "text": "<p>Blocked"},
        {"exc": TimeoutError()},
        refusal("temporarily_unavailable"),
        refusal("slow_down"),
        refusal("server_error"),
    ],
)
async def test_nobody_is_rejected_while_the_second_request_has_no_answer(
    wire: Wire, provider: AiohttpClientMocker, second: dict[str, Any]
) -> None:
    """It might have been accepted."""
    answers = iter([refusal("invalid_client"), second])

    async def respond(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        answer = next(answers)
        if exc := answer.get("exc"):
            raise exc
        return AiohttpClientMockResponse(method, url, **answer)

    provider.post(TOKEN_URL, side_effect=respond)
    assert await check(wire) == ("unknown", "unclear")


async def test_a_connection_that_was_closed_between_two_requests_is_opened_again(
    wire: Wire, provider: AiohttpClientMocker
) -> None:
    """A provider may close one that was kept open, just as the next request is sent."""
    answers = iter([{}, {"exc": ServerDisconnectedError()}, {}])

    async def respond(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        if exc := next(answers).get("exc"):
            raise exc
        return AiohttpClientMockResponse(method, url, **refusal("invalid_client"))

    provider.post(TOKEN_URL, side_effect=respond)
    assert await check(wire) == ("rejected", None)


@pytest.mark.parametrize(
    "error", ["temporarily_unavailable", "server_error", "slow_down"]
)
async def test_a_busy_provider_is_asked_once(
    asked: Asked, provider: AiohttpClientMocker, error: str
) -> None:
    """Whatever it says, it is not about the client."""
    provider.post(TOKEN_URL, **refusal(error))
    assert await asked.client() == "unknown"
    assert len(asked.of("POST")) == 1


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("invalid_client", "rejected"), ("invalid_grant", "unknown")],
)
async def test_a_public_client_has_no_secret_that_could_be_wrong(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    asked: Asked,
    answer: str,
    verdict: str,
) -> None:
    """It is sent in one form, and without a control."""

    async def pkce(hass: HomeAssistant, auth_domain: str, credential: Any) -> Any:
        return LocalOAuth2ImplementationWithPkce(
            hass, auth_domain, credential.client_id, AUTHORIZE_URL, TOKEN_URL
        )

    add_hook(hass, async_get_auth_implementation=pkce)
    provider.post(TOKEN_URL, **refusal(answer))
    assert await asked.client() == verdict
    ((_method, _url, sent),) = [each for each in asked.requests if each[0] == "POST"]
    assert sent["data"]["client_id"] == "abc"
    assert "client_secret" not in sent["data"]


# A way of its own.


class InAWayOfItsOwn(LocalOAuth2Implementation):
    """Sends its token request by itself."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError("a check must not run it")


class WithACodeOfItsOwn(LocalOAuth2Implementation):
    """Makes a token of a code by itself."""

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Never be called."""
        raise AssertionError("a check must not run it")


class WithAnotherMethod(LocalOAuth2Implementation):
    """Says that it authenticates in a way that a later release has."""

    token_auth_method: Any = "private_key_jwt"


class WithHttpBasic(LocalOAuth2Implementation):
    """Says that it authenticates by HTTP Basic, as integrations do since 2026.11."""

    token_auth_method: Any = "client_secret_basic"


OWN_WAYS = [InAWayOfItsOwn, WithACodeOfItsOwn, WithAnotherMethod]


@pytest.mark.parametrize("implementation", OWN_WAYS)
@pytest.mark.parametrize("reads", ["body", "basic", "body basic"])
async def test_of_an_integration_with_its_own_way_an_acceptance_is_believed(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    implementation: type[LocalOAuth2Implementation],
    reads: str,
) -> None:
    """The provider has told a right secret from a wrong one."""
    TokenEndpoint(provider, reads=reads)
    use(hass, implementation)
    assert await check(wire) == ("accepted", None)


@pytest.mark.parametrize("implementation", OWN_WAYS)
async def test_of_an_integration_with_its_own_way_a_refusal_is_not(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    implementation: type[LocalOAuth2Implementation],
) -> None:
    """The client may be wrong, or sent in the wrong way."""
    endpoint = TokenEndpoint(provider, reads="body basic")
    use(hass, implementation)
    assert await check(wire, "mistyped") == ("unknown", "unclear")
    assert endpoint.forms == ["body", "basic"]


@pytest.mark.parametrize(
    ("secret", "verdict", "forms"),
    [
        (SECRET, "accepted", ["basic", "basic"]),
        ("mistyped", "rejected", ["basic", "body"]),
    ],
)
async def test_an_integration_may_say_that_it_uses_http_basic(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    secret: str,
    verdict: str,
    forms: list[str],
) -> None:
    """That is tried first then, and is no way of its own."""
    endpoint = TokenEndpoint(provider, reads="basic")
    use(hass, WithHttpBasic)
    assert (await check(wire, secret))[0] == verdict
    assert endpoint.forms == forms


class Minimal:
    """What behaves like an implementation as far as anybody can see."""

    domain = "minimal"
    name = "minimal"

    def __init__(self, **attributes: Any) -> None:
        """Take the attributes that an implementation has, and others in their place."""
        vars(self).update(
            {
                "token_url": TOKEN_URL,
                "client_id": "abc",
                "client_secret": SECRET,
                **attributes,
            }
        )


async def test_what_only_behaves_like_an_implementation_is_asked_about(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """How it authenticates is not known."""
    TokenEndpoint(provider, reads="body basic")

    async def own(hass: HomeAssistant, *_: Any) -> Minimal:
        return Minimal()

    add_hook(hass, async_get_auth_implementation=own)
    assert await check(wire) == ("accepted", None)


# What is not asked about.


class Raises(LocalOAuth2Implementation):
    """Computes its secret, and fails."""

    error: Callable[[], BaseException]

    @override
    def __getattribute__(self, name: str) -> Any:
        if name == "client_secret":
            raise type(self).error()
        return super().__getattribute__(name)


@pytest.mark.parametrize("error", [LookupError, lambda: SystemExit(1)])
async def test_an_implementation_that_does_not_say_its_secret_is_not_asked_about(
    hass: HomeAssistant,
    wire: Wire,
    asked: Asked,
    error: Callable[[], BaseException],
) -> None:
    """Whatever it raises."""
    use(hass, type("Raising", (Raises,), {"error": staticmethod(error)}))
    answer = await asked.check()
    assert (answer["client"], answer["reason"]) == ("unknown", "not_asked")
    assert asked.requests == []


@pytest.mark.parametrize(
    "attributes",
    [
        {"token_url": None},
        {"token_url": ""},
        {"token_url": URL(TOKEN_URL)},
        {"client_id": None},
        {"client_secret": None},
        {"client_secret": 1},
        {"client_id": "of the integration"},
        {"client_secret": "of the integration"},
    ],
)
async def test_nothing_is_said_of_a_client_that_is_not_shown(
    hass: HomeAssistant, asked: Asked, attributes: dict[str, Any]
) -> None:
    """Not even where the integration puts in one of its own."""

    async def own(hass: HomeAssistant, *_: Any) -> Minimal:
        return Minimal(**{"client_secret": "the-secret", **attributes})

    add_hook(hass, async_get_auth_implementation=own)
    answer = await asked.check()
    assert (answer["client"], answer["redirect_uri"], answer["reason"]) == (
        "unknown",
        "unknown",
        "not_asked",
    )
    assert asked.requests == []


# What is left behind.


async def test_an_implementation_is_as_it_was(
    hass: HomeAssistant, asked: Asked, provider: AiohttpClientMocker
) -> None:
    """An integration may hand out the same one again, and use it meanwhile."""
    made = use(hass, LocalOAuth2Implementation)
    answer_token_requests(provider, "invalid_grant")
    assert await asked.client() == "accepted"
    assert {
        name: value for name, value in vars(made[-1]).items() if name != "hass"
    } == {
        "_domain": "shop_abc",
        "client_id": "abc",
        "client_secret": "the-secret",
        "authorize_url": AUTHORIZE_URL,
        "token_url": TOKEN_URL,
    }
    assert made[-1].hass is hass
    assert type(made[-1]) is LocalOAuth2Implementation
