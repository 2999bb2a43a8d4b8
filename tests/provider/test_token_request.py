"""A client authenticates in a check as its integration would, and nothing is sent for that."""

import asyncio
import base64
from collections.abc import Callable, Generator
from typing import Any, override
from unittest.mock import patch
from urllib.parse import urlencode

from aiohttp import BasicAuth
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import (
    DATA_CLIENTSESSION,
    async_get_clientsession,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    LocalOAuth2ImplementationWithPkce,
)
from homeassistant.helpers.httpx_client import get_async_client
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    SHOP,
    TOKEN_URL,
    Wire,
    add_hook,
    answer_token_requests,
    real_hook,
)

BASIC = f"Basic {base64.b64encode(b'abc:the-secret').decode()}"


@pytest.fixture(autouse=True)
async def address(hass: HomeAssistant) -> None:
    """Give the home an address."""
    await hass.config.async_update(external_url="https://example.com")


@pytest.fixture(autouse=True)
def authorization() -> Generator[None]:
    """Show what a request says as `auth` in its headers, where aiohttp sends it."""
    match_request: Any = AiohttpClientMocker.match_request

    async def with_header(
        mocker: AiohttpClientMocker, method: str, url: Any, **arguments: Any
    ) -> Any:
        if auth := arguments.get("auth"):
            headers = arguments.get("headers") or {}
            arguments["headers"] = {**headers, "Authorization": auth.encode()}
        return await match_request(mocker, method, url, **arguments)

    with patch.object(AiohttpClientMocker, "match_request", with_header):
        yield


@pytest.fixture
def token_endpoint(provider: AiohttpClientMocker) -> AiohttpClientMocker:
    """Have the provider know every client."""
    answer_token_requests(provider, "invalid_grant")
    return provider


async def check(wire: Wire, domain: str = SHOP, **fields: Any) -> str:
    """Create a credential and check it; return the verdict about the client."""
    record = await wire.create(domain=domain, **fields)
    answer = await wire.get("check", application_credentials_id=record["id"])
    return str(answer["client"])


def sent(provider: AiohttpClientMocker) -> tuple[dict[str, Any], dict[str, str]]:
    """Return body and headers of the token request, before that of the control."""
    requests = [call for call in provider.mock_calls if call[0].upper() == "POST"]
    assert 1 <= len(requests) <= 2
    _method, _url, data, headers = requests[0]
    return data, headers or {}


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


async def test_the_default_is_to_authenticate_in_the_body(
    wire: Wire, token_endpoint: AiohttpClientMocker
) -> None:
    """RFC 6749 section 2.3.1, the way that most providers have."""
    assert await check(wire) == "accepted"
    data, headers = sent(token_endpoint)
    assert len(data.pop("code")) >= 32
    assert data == {
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT_URI,
        "client_id": "abc",
        "client_secret": "the-secret",
    }
    assert "Authorization" not in headers


async def test_no_two_checks_send_the_same_code(
    wire: Wire, token_endpoint: AiohttpClientMocker
) -> None:
    """A code that cannot exist has to stay one."""
    await check(wire)
    await wire.get("check", application_credentials_id="shop_abc")
    codes = {
        call[2]["code"]
        for call in token_endpoint.mock_calls
        if call[0].upper() == "POST"
    }
    # The control is not sent a second time.
    assert len(codes) == 3


async def test_fitbit_authenticates_by_http_basic(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """Its own class does."""
    hook = real_hook(hass, "fitbit")
    provider.post(hook.OAUTH2_TOKEN, status=401, json={"error": "invalid_client"})
    assert await check(wire, "fitbit") == "rejected"
    data, headers = sent(provider)
    assert headers["Authorization"] == BASIC
    assert "client_secret" not in data


async def test_smartthings_authenticates_by_http_basic(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """With another helper, in another method."""
    real_hook(hass, "smartthings", DOMAIN="smartthings")
    errors = iter(["invalid_grant", "invalid_client"])

    async def respond(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        return AiohttpClientMockResponse(
            method, url, status=400, json={"error": next(errors)}
        )

    provider.post(
        "https://auth-global.api.smartthings.com/oauth/token", side_effect=respond
    )
    assert await check(wire, "smartthings") == "accepted"
    assert sent(provider)[1]["Authorization"] == BASIC
    control = provider.mock_calls[-1][3]["Authorization"].removeprefix("Basic ")
    client_id, secret = base64.b64decode(control).decode().split(":")
    assert client_id == "abc"
    assert secret != "the-secret"


@pytest.mark.skipif(
    not hasattr(LocalOAuth2Implementation, "token_auth_method"),
    reason="Home Assistant has it since 2026.11",
)
async def test_an_implementation_may_declare_http_basic(
    hass: HomeAssistant, wire: Wire, token_endpoint: AiohttpClientMocker
) -> None:
    """Then Home Assistant's own helper does it."""

    class Basic(LocalOAuth2Implementation):
        token_auth_method = "client_secret_basic"

    use(hass, Basic)
    assert await check(wire) == "accepted"
    data, headers = sent(token_endpoint)
    assert headers["Authorization"] == BASIC
    assert "client_secret" not in data


async def test_pkce_without_a_secret_sends_its_verifier(
    hass: HomeAssistant, wire: Wire, token_endpoint: AiohttpClientMocker
) -> None:
    """A public client has nothing else, and without a secret nothing that could be wrong."""

    async def pkce(hass: HomeAssistant, auth_domain: str, credential: Any) -> Any:
        return LocalOAuth2ImplementationWithPkce(
            hass, auth_domain, credential.client_id, AUTHORIZE_URL, TOKEN_URL
        )

    add_hook(hass, async_get_auth_implementation=pkce)
    assert await check(wire, client_secret="") == "unknown"
    data, _headers = sent(token_endpoint)
    assert data["client_id"] == "abc"
    assert data["code_verifier"]
    assert "client_secret" not in data


class ByRequest(LocalOAuth2Implementation):
    """Sends JSON, by the session's general method."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass)
        await session.request(
            "post", self.token_url, json={**data, "key": self.client_secret}
        )
        return {}


class ByPrivateRequest(LocalOAuth2Implementation):
    """Sends JSON, by the method under all others."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass)
        await session._request(
            "POST", self.token_url, json={**data, "key": self.client_secret}
        )
        return {}


class WithoutVerification(LocalOAuth2Implementation):
    """Uses another of Home Assistant's sessions, as a context."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass, verify_ssl=False)
        async with session.post(
            self.token_url, json={**data, "key": self.client_secret}
        ):
            return {}


class ThroughData(LocalOAuth2Implementation):
    """Takes the session from where Home Assistant keeps it."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        sessions: Any = self.hass.data[DATA_CLIENTSESSION]
        sessions_again: Any = self.hass.data.get(DATA_CLIENTSESSION)
        session = sessions.get("any") or sessions_again["any"]
        await session.post(self.token_url, json={**data, "key": self.client_secret})
        return {}


class LooksAround(LocalOAuth2Implementation):
    """Needs what else there is of Home Assistant."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        assert self.hass.config.external_url == "https://example.com"
        assert "integrations" in self.hass.data
        assert "integrations" in list(self.hass.data)
        assert self.hass.data["integrations"][SHOP].domain == SHOP
        assert self.hass.data.get("other_key", "default") == "default"
        assert self.hass.data.setdefault("test_key", "set") == "set"
        assert self.hass.data.get("test_key", "default") == "set"
        session = async_get_clientsession(self.hass)
        await session.post(self.token_url, json={**data, "key": self.client_secret})
        return {}


class Careful(LocalOAuth2Implementation):
    """Catches whatever goes wrong."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass)
        try:
            await session.post(self.token_url, json={**data, "key": self.client_secret})
        except Exception:  # noqa: BLE001
            return {"error": "caught"}
        return {}


@pytest.mark.parametrize(
    "implementation",
    [
        ByRequest,
        ByPrivateRequest,
        WithoutVerification,
        ThroughData,
        LooksAround,
        Careful,
    ],
)
async def test_an_implementation_may_have_a_way_of_its_own(
    hass: HomeAssistant,
    wire: Wire,
    token_endpoint: AiohttpClientMocker,
    implementation: type[LocalOAuth2Implementation],
) -> None:
    """What it would send is what is sent, once."""
    use(hass, implementation)
    assert await check(wire) == "accepted"
    data, _headers = sent(token_endpoint)
    assert data["key"] == "the-secret"
    assert data["code"]


class AsksOtherHost(LocalOAuth2Implementation):
    """Goes somewhere else than its token endpoint says."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass)
        await session.post("https://other.test/token", data=data)
        return {}


class AsksByGet(LocalOAuth2Implementation):
    """Puts everything into the URL."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass)
        await session.request("GET", self.token_url, params=data)
        return {}


class AsksByHttpx(LocalOAuth2Implementation):
    """Has a client of another library."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        await get_async_client(self.hass).post(self.token_url, data=data)
        return {}


class AsksNobody(LocalOAuth2Implementation):
    """Has its token from elsewhere."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}


class WantsMore(LocalOAuth2Implementation):
    """Wants more than a code back from the provider's page."""

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Look for more than the code."""
        return {"account": external_data["account"]}


@pytest.mark.parametrize(
    "implementation", [AsksOtherHost, AsksByGet, AsksByHttpx, AsksNobody, WantsMore]
)
async def test_an_implementation_that_cannot_be_asked_is_unknown(
    hass: HomeAssistant,
    wire: Wire,
    token_endpoint: AiohttpClientMocker,
    implementation: type[LocalOAuth2Implementation],
) -> None:
    """Nothing is sent then."""
    use(hass, implementation)
    assert await check(wire) == "unknown"
    assert not [call for call in token_endpoint.mock_calls if call[0].upper() == "POST"]


@pytest.mark.parametrize(
    "error",
    [
        lambda: ValueError("the-secret"),
        asyncio.CancelledError,
        lambda: SystemExit(1),
        KeyboardInterrupt,
    ],
    ids=["error", "cancelled", "exit", "interrupt"],
)
async def test_whatever_an_implementation_raises_is_no_verdict(
    hass: HomeAssistant,
    wire: Wire,
    token_endpoint: AiohttpClientMocker,
    error: Callable[[], BaseException],
) -> None:
    """Who asks gets an answer, and Home Assistant goes on."""

    class Raises(LocalOAuth2Implementation):
        @override
        async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
            raise error()

    use(hass, Raises)
    assert await check(wire) == "unknown"


async def test_an_implementation_that_hangs_is_unknown_in_time(
    hass: HomeAssistant, wire: Wire, token_endpoint: AiohttpClientMocker
) -> None:
    """It has no more time than its provider."""

    class Hangs(LocalOAuth2Implementation):
        @override
        async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
            await asyncio.sleep(3600)
            return {}

    made = use(hass, Hangs)
    with patch(f"custom_components.{DOMAIN}.provider.check.CHECK_TIMEOUT", 0.1):
        async with asyncio.timeout(3):
            assert await check(wire) == "unknown"
    assert made[-1].hass is hass


async def test_an_implementation_gets_home_assistant_back(
    hass: HomeAssistant, wire: Wire, token_endpoint: AiohttpClientMocker
) -> None:
    """An integration may hand out the same one again."""
    made = use(hass, LocalOAuth2Implementation)
    await check(wire)
    assert made[-1].hass is hass


class KeepsSession(LocalOAuth2Implementation):
    """Has a session of its own, from when it was made."""

    def __init__(self, *arguments: Any) -> None:
        """Take one."""
        super().__init__(*arguments)
        self.session = async_get_clientsession(self.hass)

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        await self.session.post(
            self.token_url, data={**data, "client_secret": self.client_secret}
        )
        return {}


class KeepsBasic(LocalOAuth2Implementation):
    """Has its header made once."""

    def __init__(self, *arguments: Any) -> None:
        """Make it."""
        super().__init__(*arguments)
        self.auth = BasicAuth(self.client_id, self.client_secret)

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass)
        await session.post(self.token_url, data=data, auth=self.auth)
        return {}


class WritesForm(LocalOAuth2Implementation):
    """Writes its body by itself."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass)
        body = urlencode({**data, "client_secret": self.client_secret})
        await session.post(self.token_url, data=body.encode())
        return {}


class SendsPairs(LocalOAuth2Implementation):
    """Has its body as a list."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        session = async_get_clientsession(self.hass)
        pairs = [*data.items(), ("client_secret", self.client_secret), ("n", 1)]
        await session.post(self.token_url, data=pairs)
        return {}


@pytest.mark.parametrize(
    "implementation", [KeepsSession, KeepsBasic, WritesForm, SendsPairs]
)
async def test_the_secret_is_another_one_in_the_control_wherever_it_is(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    implementation: type[LocalOAuth2Implementation],
) -> None:
    """In what the implementation keeps, and in what it makes of it."""
    made = use(hass, implementation)
    errors = iter(["invalid_grant", "invalid_client"])
    requests: list[str] = []

    async def respond(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        requests.append(f"{data}")
        return AiohttpClientMockResponse(
            method, url, status=400, json={"error": next(errors)}
        )

    provider.post(TOKEN_URL, side_effect=respond)
    assert await check(wire, client_secret="s3cret/+") == "accepted"
    assert len(requests) == 2
    sent_headers = [call[3] or {} for call in provider.mock_calls]
    basic = base64.b64encode(b"abc:s3cret/+").decode()
    carried = [
        "s3cret/+" in body
        or "s3cret%2F%2B" in body
        or basic in headers.get("Authorization", "")
        for body, headers in zip(requests, sent_headers, strict=True)
    ]
    assert carried == [True, False]
    assert made[-1].client_secret == "s3cret/+"
