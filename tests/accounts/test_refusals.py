"""What accounts ask of the token endpoint anyway says what there is to know."""

import asyncio
from collections.abc import Generator
from contextlib import suppress
from contextvars import ContextVar
from datetime import timedelta
from inspect import signature
from typing import Any
from unittest.mock import patch

from aiohttp import ClientError, ClientResponseError, ServerTimeoutError
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from custom_components.application_credentials.accounts import refusals
from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.models import Finding, Reason
from custom_components.application_credentials.provider.findings import Findings
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_get_config_entry_implementation,
)
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    SHOP,
    TOKEN_URL,
    Wire,
    add_account,
    add_hook,
    add_integration,
    finding_of,
    is_control,
    issue_id,
    issue_ids,
    link_flow,
    reauthentications,
    settle,
)

# What the provider sends the browser back with.
CODE = {"code": "code", "state": {"redirect_uri": "https://ha.test"}}

NOW = "2026-11-24T12:00:00+00:00"


class Shop:
    """The shop's token endpoint."""

    def __init__(self, provider: AiohttpClientMocker) -> None:
        """Know the client, and every link."""
        self.requests: list[dict[str, Any]] = []
        self.client_error: str | None = None
        self.link_error: str | None = None
        self.code_error: str | None = None
        self.good_code: str | None = None
        self.said: str | None = None
        # What a refresh is answered with, whatever else is set.
        self.refresh_answer: dict[str, Any] | None = None
        self.looks_at_secret = True
        self.drops_checks = False
        self.status = 400
        self.open = asyncio.Event()
        self.open.set()
        provider.post(TOKEN_URL, side_effect=self._respond)

    @property
    def checks(self) -> int:
        """How often it was asked about the client."""
        return sum(
            request["grant_type"] == "authorization_code" and not is_control(request)
            for request in self.requests
        )

    async def _respond(
        self, method: str, url: URL, data: Any
    ) -> AiohttpClientMockResponse:
        self.requests.append(dict(data))
        if data["grant_type"] == "refresh_token" and self.refresh_answer is not None:
            if "exc" in self.refresh_answer:
                raise self.refresh_answer["exc"]
            return AiohttpClientMockResponse(method, url, **self.refresh_answer)
        if data["grant_type"] == "authorization_code":
            await self.open.wait()
            if self.drops_checks:
                raise ClientError
        error = self.client_error
        if is_control(data) and self.looks_at_secret:
            error = "invalid_client"
        if error is None and data.get("code") == "code":
            error = self.code_error
        if error is None and data.get("code") not in (None, self.good_code):
            error = "invalid_grant"
        if error is None:
            error = self.link_error
        if error is None:
            token = f"token {len(self.requests)}"
            answer = {"access_token": token, "expires_in": 3600}
            return AiohttpClientMockResponse(method, url, json=answer)
        said = {"error_description": self.said} if self.said else {}
        return AiohttpClientMockResponse(
            method, url, status=self.status, json={"error": error, **said}
        )


SCHEDULE = Findings.async_schedule


@pytest.fixture
def checks() -> Generator[None]:
    """Make none in the background, where a flow begins; most tests here do without."""
    with patch.object(Findings, "async_schedule"):
        yield


@pytest.fixture(autouse=True)
def shop_flow() -> Generator[None]:
    """Have the shop link accounts, for the first time and again."""
    with link_flow():
        yield


@pytest.fixture
def now(freezer: FrozenDateTimeFactory) -> None:
    """Let it be a time that a test knows."""
    freezer.move_to(NOW)


@pytest.fixture(autouse=True)
def old_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant be one that does not start reauthentication by itself."""
    monkeypatch.setattr(refusals, "_HOME_ASSISTANT_ASKS", False)


@pytest.fixture
def shop(provider: AiohttpClientMocker) -> Shop:
    """Return the shop's token endpoint."""
    return Shop(provider)


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire, shop: Shop) -> MockConfigEntry:
    """Return an account of the credential shop_abc."""
    add_integration(hass)
    await wire.create()
    return add_account(hass, "shop_abc")


async def refresh(hass: HomeAssistant, account: ConfigEntry) -> None:
    """Have an account refresh its token, as its integration does; it may be refused."""
    implementation = await async_get_config_entry_implementation(hass, account)
    token = await implementation.async_refresh_token(dict(account.data["token"]))
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": token}
    )


async def is_refused(hass: HomeAssistant, account: ConfigEntry) -> None:
    """Have an account refresh its token in vain, and wait for what comes of it."""
    with pytest.raises(ClientResponseError):
        await refresh(hass, account)
    await settle(hass)


async def code_is_refused(hass: HomeAssistant, account: ConfigEntry) -> None:
    """Have an account redeem a code in vain, and wait for what comes of it."""
    implementation = await async_get_config_entry_implementation(hass, account)
    with pytest.raises(ClientResponseError):
        await implementation.async_resolve_external_data(CODE)
    await settle(hass)


async def known(wire: Wire, item_id: str = "shop_abc") -> tuple[str, str | None]:
    """Return what is known of the client of a credential, and by what."""
    status = (await wire.get("status"))[item_id]
    return status["client"], status["by"]


# What is learned.


async def test_nothing_is_known_of_a_credential_that_nobody_uses(
    wire: Wire, account: MockConfigEntry
) -> None:
    """Its key is there all the same."""
    assert await wire.get("status") == {
        "shop_abc": {
            "client": "unknown",
            "redirect_uri": "unknown",
            "at": None,
            "by": None,
            "reason": None,
        }
    }


@pytest.mark.usefixtures("now")
async def test_a_token_says_that_the_client_is_accepted(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """At that time; and no request is made that was not made anyway."""
    await refresh(hass, account)
    await settle(hass)
    assert await wire.get("status") == {
        "shop_abc": {
            "client": "accepted",
            "redirect_uri": "unknown",
            "at": NOW,
            "by": "token_request",
            "reason": None,
        }
    }
    assert [request["grant_type"] for request in shop.requests] == ["refresh_token"]


async def test_a_rejected_client_is_an_issue_at_once(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """Also where the integration only tries again; the link is not what is wrong."""
    shop.client_error = "invalid_client"
    await is_refused(hass, account)
    assert await known(wire) == ("rejected", "check")
    assert issue_ids(hass) == {issue_id("client_rejected")}
    assert reauthentications(hass) == []


async def test_a_client_that_works_again_is_no_issue(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """It was mended at the provider."""
    shop.client_error = "invalid_client"
    await is_refused(hass, account)
    shop.client_error = None
    await refresh(hass, account)
    await settle(hass)
    assert await known(wire) == ("accepted", "token_request")
    assert issue_ids(hass) == set()


async def test_an_ended_link_is_the_accounts(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """It asks to be linked again, also where the integration only tries again."""
    add_account(
        hass, "shop_abc", title="ben", data={"token": {"refresh_token": "another"}}
    )
    shop.link_error = "invalid_grant"
    await is_refused(hass, account)
    assert await known(wire) == ("accepted", "check")
    assert issue_ids(hass) == set()
    assert reauthentications(hass) == [account.entry_id]
    await is_refused(hass, account)
    assert reauthentications(hass) == [account.entry_id]


async def test_a_link_that_ended_with_its_client_asks_nobody(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """A new link would fail."""
    shop.client_error = "invalid_client"
    shop.refresh_answer = {"status": 400, "json": {"error": "invalid_grant"}}
    await is_refused(hass, account)
    assert await known(wire) == ("rejected", "check")
    assert reauthentications(hass) == []


async def test_another_way_to_authenticate_is_home_assistants(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """It sends the request; of a refusal there are no words."""
    implementation: Any = await async_get_config_entry_implementation(hass, account)
    implementation.token_auth_method = "client_secret_basic"
    shop.client_error = "invalid_client"
    with pytest.raises(ClientResponseError):
        await implementation.async_refresh_token({"refresh_token": "refresh"})
    await settle(hass)
    assert await known(wire) == ("unknown", None)


async def test_an_integration_that_cannot_link_again_is_not_asked_to(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop
) -> None:
    """Home Assistant would show an error."""
    shop.link_error = "invalid_grant"
    with link_flow(reauthentication=False):
        await is_refused(hass, account)
    assert hass.config_entries.flow.async_progress() == []


async def test_a_newer_home_assistant_asks_by_itself(
    hass: HomeAssistant,
    account: MockConfigEntry,
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In its session, which this integration does not use."""
    monkeypatch.setattr(refusals, "_HOME_ASSISTANT_ASKS", True)
    shop.link_error = "invalid_grant"
    await is_refused(hass, account)
    assert reauthentications(hass) == []


PAGE = {"text": "<html>Access denied</html>", "headers": {"Content-Type": "text/html"}}


@pytest.mark.parametrize(
    "answer",
    [
        *(
            {"status": 400, "json": {"error": error}}
            for error in (
                "temporarily_unavailable",
                "server_error",
                "slow_down",
                "invalid_request",
            )
        ),
        {"status": 400},
        *({"status": status} | PAGE for status in (401, 403, 404, 405, 415, 451, 503)),
        {"exc": ClientError()},
        {"exc": ServerTimeoutError()},
    ],
    ids=lambda answer: " ".join(str(part) for part in answer.values())[:40],
)
async def test_a_refusal_that_says_nothing_of_the_link_starts_no_flow(
    hass: HomeAssistant,
    wire: Wire,
    account: MockConfigEntry,
    shop: Shop,
    answer: dict[str, Any],
) -> None:
    """The client is accepted by a check; and nobody has to link anything."""
    shop.refresh_answer = answer
    with pytest.raises(ClientError):
        await refresh(hass, account)
    await settle(hass)
    assert reauthentications(hass) == []
    assert issue_ids(hass) == set()
    assert (await known(wire))[0] != "rejected"


@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"error": "incorrect_client_credentials"}},
        {"json": {"errcode": 10001, "expires_in": 3600}},
        {"json": {"body": {"access_token": "new"}, "expires_in": 3600}},
        {"json": {"access_token": "", "expires_in": 3600}},
        {"json": ["access_token"]},
        PAGE,
    ],
)
async def test_an_answer_without_an_access_token_is_no_acceptance(
    hass: HomeAssistant,
    wire: Wire,
    account: MockConfigEntry,
    shop: Shop,
    answer: dict[str, Any],
) -> None:
    """What was known before stays, with its issue."""
    shop.client_error = "invalid_client"
    await is_refused(hass, account)
    shop.refresh_answer = answer
    with suppress(Exception):
        await refresh(hass, account)
    await settle(hass)
    assert await known(wire) == ("rejected", "check")
    assert issue_ids(hass) == {issue_id("client_rejected")}


async def test_an_ordinary_refresh_moves_nothing(
    hass: HomeAssistant,
    wire: Wire,
    account: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Of a client that is accepted."""
    await refresh(hass, account)
    before = await wire.get("status")
    found = finding_of(hass)
    freezer.tick(3600)
    await refresh(hass, account)
    assert await wire.get("status") == before
    assert finding_of(hass) is found


@pytest.mark.parametrize(
    ("error", "client"), [("invalid_grant", "accepted"), ("invalid_client", "rejected")]
)
async def test_a_code_that_is_refused_says_whose_fault_it_is(
    hass: HomeAssistant,
    wire: Wire,
    account: MockConfigEntry,
    shop: Shop,
    error: str,
    client: str,
) -> None:
    """Where an account is added, and the page of the provider has said nothing."""
    shop.client_error = error if client == "rejected" else None
    await code_is_refused(hass, account)
    assert await known(wire) == (client, "check")
    assert reauthentications(hass) == []


async def test_nobody_is_asked_who_was_linked_meanwhile(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop
) -> None:
    """While the provider was being asked why."""
    shop.link_error = "invalid_grant"
    shop.open.clear()
    with pytest.raises(ClientResponseError):
        await refresh(hass, account)
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": {"refresh_token": "new"}}
    )
    shop.open.set()
    await settle(hass)
    assert reauthentications(hass) == []


async def test_no_answer_says_nothing(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """Nor does a provider that wants to be left alone."""
    await refresh(hass, account)
    shop.client_error = "slow_down"
    for status in (408, 429, 500, 503):
        shop.status = status
        await is_refused(hass, account)
    assert await known(wire) == ("accepted", "token_request")
    assert shop.checks == 0


async def test_an_account_that_tries_again_and_again_has_the_provider_asked_once(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop
) -> None:
    """And once more after a while."""
    shop.link_error = "invalid_grant"
    for _ in range(5):
        await is_refused(hass, account)
    assert shop.checks == 1
    with patch.object(refusals, "_ASK_AGAIN", timedelta()):
        await is_refused(hass, account)
    assert shop.checks == 2


async def test_accounts_that_are_refused_for_several_reasons_have_the_provider_asked_once_for_each(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop
) -> None:
    """Not each time that the reason is another one than the last."""
    for _ in range(3):
        for shop.link_error in ("invalid_grant", "invalid_scope"):
            await is_refused(hass, account)
    assert shop.checks == 2


async def test_a_provider_that_drops_checks_is_not_asked_at_each_refusal(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop
) -> None:
    """It has no answer to count from."""
    shop.drops_checks = True
    shop.link_error = "invalid_grant"
    for _ in range(3):
        await is_refused(hass, account)
    assert shop.checks == 1


async def test_many_refusals_delay_nobody_who_asks(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """They leave a place free."""
    accounts = [account]
    for client_id in ("two", "three", "four"):
        await wire.create(client_id)
        accounts.append(add_account(hass, f"shop_{client_id}", title=client_id))
    await wire.create("mine")
    shop.link_error = "invalid_grant"
    shop.open.clear()
    for refused in accounts:
        with pytest.raises(ClientResponseError):
            await refresh(hass, refused)
    await asyncio.sleep(0.05)
    assert shop.checks == 3
    check = hass.async_create_task(hass.data[DATA].findings.async_check("shop_mine"))
    await asyncio.sleep(0.05)
    assert shop.checks == 4
    shop.open.set()
    assert (await check).client == "accepted"
    await settle(hass)


async def test_a_check_in_between_that_finds_the_same_has_the_provider_asked_no_more(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """Only its time is another one."""
    shop.link_error = "invalid_grant"
    await is_refused(hass, account)
    await wire.get("check", application_credentials_id="shop_abc")
    checks = shop.checks
    await is_refused(hass, account)
    assert shop.checks == checks


@pytest.mark.parametrize("at_once", [True, False])
async def test_one_ended_link_has_the_provider_asked_once(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop, at_once: bool
) -> None:
    """After the refusal, and not again for the flow that comes of it."""
    # It is known at which address the account would be linked.
    hass.config.components.add("my")
    shop.link_error = "invalid_grant"
    with patch.object(Findings, "async_schedule", SCHEDULE):
        with pytest.raises(ClientResponseError):
            await refresh(hass, account)
        if not at_once:
            await settle(hass)
        account.async_start_reauth(hass)
        await settle(hass)
    assert reauthentications(hass) == [account.entry_id]
    assert shop.checks == 1


async def test_the_provider_is_not_asked_during_the_start(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """But when that is over."""
    hass.set_state(CoreState.starting)
    shop.client_error = "invalid_client"
    await is_refused(hass, account)
    assert shop.checks == 0
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settle(hass)
    assert await known(wire) == ("rejected", "check")


async def test_a_credential_that_goes_while_the_provider_is_asked_is_no_matter(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop
) -> None:
    """It has no issue."""
    shop.link_error = "invalid_client"
    shop.open.clear()
    with pytest.raises(ClientResponseError):
        await refresh(hass, account)
    await asyncio.sleep(0)
    await hass.config_entries.async_remove(account.entry_id)
    await hass.data[DATA_COLLECTION].async_delete_item("shop_abc")
    shop.open.set()
    await settle(hass)
    assert issue_ids(hass) == set()


# Of a provider that looks at the code before it looks at the client.

EXPIRED = "AADSTS7000222: The provided client secret keys are expired."


@pytest.fixture
def code_first(shop: Shop) -> None:
    """Have a check tell nothing, since the code is what is wrong first."""
    shop.looks_at_secret = False


@pytest.mark.usefixtures("code_first")
async def test_a_secret_that_has_expired_is_told_by_the_words_of_the_refusal(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """At once, where no check could tell; nobody has to link anything."""
    await refresh(hass, account)
    shop.link_error, shop.said, shop.status = "invalid_client", EXPIRED, 401
    await is_refused(hass, account)
    assert await known(wire) == ("rejected", "token_request")
    assert issue_ids(hass) == {issue_id("client_rejected")}
    assert reauthentications(hass) == []
    finding = finding_of(hass)
    assert (finding.error, finding.error_description) == ("invalid_client", EXPIRED)
    # A check that cannot tell takes nothing back; a token does.
    await wire.get("check", application_credentials_id="shop_abc")
    assert await known(wire) == ("rejected", "token_request")
    shop.link_error = None
    await refresh(hass, account)
    await settle(hass)
    assert await known(wire) == ("accepted", "token_request")
    assert issue_ids(hass) == set()


@pytest.mark.usefixtures("code_first")
async def test_no_secret_is_kept_of_what_a_refusal_says(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """Not the client's, and none of the account."""
    await wire.get(
        "update", application_credentials_id="shop_abc", client_secret="the-secret"
    )
    token = {"refresh_token": "the-refresh-token", "token_type": "Bearer"}
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": token}
    )
    shop.link_error = "invalid_client"
    shop.said = "No Bearer with the-secret or the-refresh-token"
    await is_refused(hass, account)
    assert finding_of(hass).error_description == "No Bearer with … or …"


@pytest.mark.usefixtures("code_first")
async def test_a_link_that_has_ended_is_told_by_the_words_of_the_refusal(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """The account asks to be linked again; of the client is known what was."""
    await refresh(hass, account)
    shop.link_error = "invalid_grant"
    await is_refused(hass, account)
    assert await known(wire) == ("accepted", "token_request")
    assert issue_ids(hass) == set()
    assert reauthentications(hass) == [account.entry_id]


@pytest.mark.usefixtures("code_first")
async def test_a_refusal_of_a_new_secret_is_heard_at_once(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """There and back, and after a refusal that said nothing."""
    for client_secret in ("one", "two", "one"):
        await wire.get(
            "update",
            application_credentials_id="shop_abc",
            client_secret=client_secret,
        )
        await settle(hass)
        shop.link_error = "no_such_word"
        await is_refused(hass, account)
        assert (await known(wire))[0] == "unknown"
        shop.link_error = "invalid_client"
        await is_refused(hass, account)
        assert await known(wire) == ("rejected", "token_request")


@pytest.mark.usefixtures("code_first")
@pytest.mark.parametrize(
    ("error", "client"),
    [
        ("invalid_client", ("rejected", "token_request")),
        # Of Home Connect, also where the redirect URI is wrong.
        ("unauthorized_client", ("unknown", "check")),
    ],
)
async def test_the_words_of_a_code_that_is_refused_tell_of_the_client(
    hass: HomeAssistant,
    wire: Wire,
    account: MockConfigEntry,
    shop: Shop,
    error: str,
    client: tuple[str, str],
) -> None:
    """Those alone that can be about nothing else."""
    shop.code_error = error
    await code_is_refused(hass, account)
    assert await known(wire) == client
    assert reauthentications(hass) == []


@pytest.mark.usefixtures("code_first")
@pytest.mark.parametrize(
    ("said", "client"),
    [
        # Of Google, where the link belongs to another client.
        ("Unauthorized", ("unknown", "check")),
        ("AADSTS7000112: Application is disabled.", ("rejected", "token_request")),
    ],
)
async def test_a_client_that_is_unauthorized_may_have_the_link_of_another_one(
    hass: HomeAssistant,
    wire: Wire,
    account: MockConfigEntry,
    shop: Shop,
    said: str,
    client: tuple[str, str],
) -> None:
    """Unless the words of the refusal say what is wrong with it."""
    shop.link_error, shop.said, shop.status = "unauthorized_client", said, 401
    await is_refused(hass, account)
    assert await known(wire) == client
    shop.link_error = "invalid_client"
    await is_refused(hass, account)
    assert await known(wire) == ("rejected", "token_request")


async def test_what_one_server_of_several_refuses_says_nothing_of_the_client(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """The hook names the server of the account at hand (mcp), and so cannot be asked later."""
    server_of_account: ContextVar[str] = ContextVar("server_of_account")

    async def get_server_of_account(hass: HomeAssistant) -> AuthorizationServer:
        return AuthorizationServer(AUTHORIZE_URL, server_of_account.get())

    add_hook(hass, async_get_authorization_server=get_server_of_account)
    reset = server_of_account.set(TOKEN_URL)
    implementation = await async_get_config_entry_implementation(hass, account)
    server_of_account.reset(reset)
    shop.client_error = "invalid_client"
    with pytest.raises(ClientResponseError):
        await implementation.async_refresh_token(dict(account.data["token"]))
    await settle(hass)
    assert (await known(wire))[0] == "unknown"
    assert issue_ids(hass) == set()


@pytest.mark.usefixtures("code_first")
async def test_what_was_refused_to_another_client_says_nothing_of_this_one(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """The secret was changed while the provider was asked why."""
    shop.link_error = "invalid_client"
    shop.open.clear()
    with pytest.raises(ClientResponseError):
        await refresh(hass, account)
    await asyncio.sleep(0)
    await hass.data[DATA_COLLECTION].async_update_items(
        "shop_abc", {"client_secret": "new"}
    )
    shop.open.set()
    await settle(hass)
    assert (await known(wire))[0] == "unknown"
    assert issue_ids(hass) == set()


@pytest.mark.usefixtures("code_first")
async def test_who_saves_the_same_client_all_the_same_is_not_held_up(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """It was mended at the provider, which no check can tell."""
    shop.link_error = "invalid_client"
    await is_refused(hass, account)
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    hass.data[DATA].findings.async_adopt(
        "shop_abc", record, Finding(reason=Reason.UNCLEAR)
    )
    assert (await known(wire))[0] == "unknown"


# Before a person is sent to the provider.


TRANSLATES_REASONS = "translation_domain" in signature(AbortFlow).parameters


def tells_of_rejection(step: Any) -> bool:
    """Return whether a flow has ended with the reason, in the way of this release."""
    reason = "client_rejected" if TRANSLATES_REASONS else "The provider rejects"
    return bool(step["type"] == "abort" and step["reason"].startswith(reason))


@pytest.fixture
async def rejected(wire: Wire, account: MockConfigEntry, shop: Shop) -> None:
    """Have the client be one that the provider is known to reject."""
    shop.client_error = "invalid_client"
    await wire.get("check", application_credentials_id="shop_abc")


async def begin(hass: HomeAssistant) -> Any:
    """Begin to add an account; return the step that a person sees."""
    return await hass.config_entries.flow.async_init(
        SHOP, context={"source": SOURCE_USER}
    )


@pytest.mark.usefixtures("current_request_with_host", "rejected")
async def test_a_person_is_not_sent_to_a_provider_that_rejects_the_client(
    hass: HomeAssistant,
) -> None:
    """They read that, and where to mend it."""
    step = await begin(hass)
    assert tells_of_rejection(step)


@pytest.mark.skipif(not TRANSLATES_REASONS, reason="shows the text instead")
@pytest.mark.usefixtures("current_request_with_host", "rejected")
async def test_the_reason_is_translated_in_the_browser(
    hass: HomeAssistant, wire: Wire
) -> None:
    """With our texts, though it is the flow of another integration."""
    await wire.get("update", application_credentials_id="shop_abc", name="*a*")
    step = await begin(hass)
    assert step["reason"] == "client_rejected"
    assert step["translation_domain"] == DOMAIN
    assert step["description_placeholders"] == {
        "name": r"\*a\* \(shop\)",
        "link": "/config/repairs",
    }


@pytest.mark.usefixtures("current_request_with_host", "rejected")
async def test_a_release_without_translated_reasons_shows_the_text(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Home Assistant was until 2026."""

    monkeypatch.setattr(refusals, "_TRANSLATES_REASONS", False)
    step = await begin(hass)
    assert step["reason"].startswith("The provider rejects the client ID")
    # It has no name, and a client ID is nobody's to read.
    assert "credential shop," in step["reason"]
    assert "(/config/repairs)" in step["reason"]


@pytest.mark.usefixtures("current_request_with_host", "rejected")
async def test_an_account_that_is_linked_again_says_so_first(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """And asks on where a person has asked for it."""
    await wire.get("link_again", config_entry_id=account.entry_id)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(SHOP)
    step: Any = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    assert tells_of_rejection(step)
    await settle(hass)
    assert reauthentications(hass) == [account.entry_id]


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_person_who_is_at_the_provider_may_come_back(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """Though the client is found to be rejected meanwhile: such a step can only go on."""
    step = await begin(hass)
    shop.client_error = "invalid_client"
    await wire.get("check", application_credentials_id="shop_abc")
    again: Any = await hass.config_entries.flow.async_configure(step["flow_id"])
    assert again["type"] == "external"
    assert again["url"].startswith(AUTHORIZE_URL)


@pytest.mark.usefixtures("current_request_with_host", "rejected")
async def test_a_client_that_was_mended_at_the_provider_is_not_held_up(
    hass: HomeAssistant, shop: Shop
) -> None:
    """It is asked again before anybody is told."""
    shop.client_error = None
    step = await begin(hass)
    assert step["type"] == "external"
    assert step["url"].startswith(AUTHORIZE_URL)


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_check_that_is_under_way_is_waited_for(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """As after a wrong secret was typed into the dialog that adds a credential."""
    shop.client_error = "invalid_client"
    shop.open.clear()
    check = hass.async_create_task(hass.data[DATA].findings.async_check("shop_abc"))
    asking = hass.async_create_task(begin(hass))
    await asyncio.sleep(0.05)
    assert not asking.done()
    shop.open.set()
    step = await asking
    assert tells_of_rejection(step)
    await check


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_provider_that_takes_its_time_holds_nobody_up(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """The page of the provider will show."""
    shop.open.clear()
    check = hass.async_create_task(hass.data[DATA].findings.async_check("shop_abc"))
    await asyncio.sleep(0)
    with patch.object(refusals, "_WAIT", 0.01):
        step = await begin(hass)
    assert step["type"] == "external"
    shop.open.set()
    await check


@pytest.mark.usefixtures("current_request_with_host")
async def test_what_is_not_known_is_no_reason_to_wait(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop
) -> None:
    """Nor is anybody asked for it."""
    assert (await begin(hass))["type"] == "external"
    assert shop.requests == []
