"""What a check found is kept for as long as it is true, and checks are made in time."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)

from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.errors import CredentialNotFound
from custom_components.application_credentials.models import Finding, Reason, Verdict
from custom_components.application_credentials.provider.authorization import (
    UNREGISTERED,
)
from custom_components.application_credentials.signals import SIGNAL_CREDENTIAL
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    TOKEN_URL,
    SlowDisk,
    Wire,
    client,
    finding_of,
    import_client,
    is_control,
    settle,
)

CHECK = f"custom_components.{DOMAIN}.provider.check"

Heard = list[tuple[str, Finding | None]]


@pytest.fixture
def checks() -> list[str]:
    """Let checks be made, where other tests only collect them."""
    return []


class TokenEndpoint:
    """The provider's answers, which can be held back."""

    def __init__(self, provider: AiohttpClientMocker) -> None:
        """Know every client."""
        self.asked: list[str] = []
        self.controls: list[str] = []
        self.error = "invalid_grant"
        self.open = asyncio.Event()
        self.open.set()
        self.both_asked = asyncio.Event()
        provider.post(TOKEN_URL, side_effect=self._respond)

    async def _respond(
        self, method: str, url: Any, data: Any
    ) -> AiohttpClientMockResponse:
        if "client_secret" not in data:
            # By HTTP Basic, after the same in the body.
            return AiohttpClientMockResponse(
                method, url, status=400, json={"error": self.error}
            )
        if is_control(data):
            self.controls.append(data["client_id"])
            return AiohttpClientMockResponse(
                method, url, status=401, json={"error": "invalid_client"}
            )
        self.asked.append(data["client_secret"])
        if len(self.asked) == 2:
            self.both_asked.set()
        await self.open.wait()
        return AiohttpClientMockResponse(
            method, url, status=400, json={"error": self.error}
        )


@pytest.fixture
async def endpoint(provider: AiohttpClientMocker) -> AsyncGenerator[TokenEndpoint]:
    """Have the shop's provider answer."""
    endpoint = TokenEndpoint(provider)
    yield endpoint
    endpoint.open.set()


@pytest.fixture
async def checked(hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint) -> Any:
    """Return the record of a credential that the provider was found to accept."""
    record = await wire.create()
    await settle(hass)
    assert found(hass) is Verdict.ACCEPTED
    return record


@pytest.fixture
async def held_back(wire: Wire, endpoint: TokenEndpoint) -> None:
    """Create a credential about which the provider holds its answer back."""
    endpoint.open.clear()
    await wire.create()


async def settle_start() -> None:
    """Let what was started begin."""
    await asyncio.sleep(0.1)


async def ask(hass: HomeAssistant) -> asyncio.Task[Finding]:
    """Begin to ask about the credential; return what is waited for."""
    asking = hass.async_create_task(hass.data[DATA].findings.async_check("shop_abc"))
    await settle_start()
    return asking


async def release(hass: HomeAssistant, endpoint: TokenEndpoint) -> None:
    """Have the provider give the answers that it has held back."""
    endpoint.open.set()
    await settle(hass)


def found(hass: HomeAssistant, item_id: str = "shop_abc") -> Verdict | None:
    """Return what is kept about a client."""
    finding = hass.data[DATA].findings.get(item_id)
    return finding.client if finding else None


def listen(hass: HomeAssistant) -> Heard:
    """Return a list of what is told from now on."""
    heard: Heard = []
    findings = hass.data[DATA].findings

    @callback
    def told(item_id: str) -> None:
        heard.append((item_id, findings.get(item_id)))

    async_dispatcher_connect(hass, SIGNAL_CREDENTIAL, told)
    return heard


UPDATE = {"application_credentials_id": "shop_abc"}


async def test_a_new_credential_is_checked(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """And what was found is told."""
    heard = listen(hass)
    await wire.create()
    await settle(hass)
    assert found(hass) is Verdict.ACCEPTED
    assert heard[-1] == ("shop_abc", hass.data[DATA].findings.get("shop_abc"))


async def test_the_answer_does_not_wait_for_the_check(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """A provider that hangs is in nobody's way."""
    endpoint.open.clear()
    async with asyncio.timeout(3):
        await wire.create()
        await wire.get("update", **UPDATE, client_secret="new")
    assert found(hass) is None
    await release(hass, endpoint)
    assert found(hass) is Verdict.ACCEPTED


@pytest.mark.usefixtures("checked")
@pytest.mark.parametrize(
    "change", [{"client_secret": "new"}, {"client_id": "new"}], ids=["secret", "client"]
)
async def test_a_changed_client_is_another_one(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint, change: dict[str, str]
) -> None:
    """What was found about the old one is forgotten at once, and the new one checked."""
    endpoint.error = "invalid_client"
    endpoint.open.clear()
    heard = listen(hass)
    await wire.get("update", **UPDATE, **change)
    assert found(hass) is None
    assert set(heard) == {("shop_abc", None)}
    await release(hass, endpoint)
    assert heard.pop() == ("shop_abc", finding_of(hass))
    assert found(hass) is Verdict.REJECTED
    assert set(heard) == {("shop_abc", None)}


@pytest.mark.usefixtures("checked")
async def test_a_new_name_changes_nothing_about_the_client(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """What was found still holds."""
    heard = listen(hass)
    await wire.get("update", **UPDATE, name="Kitchen")
    await settle(hass)
    assert found(hass) is Verdict.ACCEPTED
    assert [finding is not None for _, finding in heard] == [True]
    assert endpoint.asked == ["the-secret"]


@pytest.mark.usefixtures("checked")
async def test_what_was_found_goes_with_its_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A new one under the same id starts with nothing."""
    heard = listen(hass)
    await wire.get("delete", application_credentials_id="shop_abc")
    assert found(hass) is None
    assert heard == [("shop_abc", None)]


@pytest.mark.usefixtures("held_back")
async def test_what_is_found_about_a_client_that_has_changed_meanwhile_is_not_kept(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """The new one is checked for itself, without waiting for that."""
    await wire.get("update", **UPDATE, client_secret="new")
    await endpoint.both_asked.wait()
    heard = listen(hass)
    await release(hass, endpoint)
    assert endpoint.asked == ["the-secret", "new"]
    assert [item_id for item_id, _ in heard] == ["shop_abc"]


@pytest.mark.usefixtures("held_back")
async def test_what_is_found_about_a_credential_that_has_gone_meanwhile_is_not_kept(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """Nobody is told either."""
    await wire.get("delete", application_credentials_id="shop_abc")
    heard = listen(hass)
    await release(hass, endpoint)
    assert found(hass) is None
    assert heard == []


@pytest.mark.usefixtures("held_back")
async def test_who_asks_while_a_check_is_under_way_gets_its_answer(
    hass: HomeAssistant, endpoint: TokenEndpoint
) -> None:
    """A provider is not asked twice for that."""
    findings = hass.data[DATA].findings
    asking = [asyncio.ensure_future(findings.async_check("shop_abc")) for _ in range(3)]
    await asyncio.sleep(0.1)
    # Who gives up takes nothing from the others.
    asking[0].cancel()
    endpoint.open.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    kept = findings.get("shop_abc")
    assert kept is not None
    assert answers[1] is answers[2]
    assert answers[1] == kept.without_times()
    assert len(endpoint.asked) == 1
    await findings.async_check("shop_abc")
    assert len(endpoint.asked) == 2


async def test_nothing_is_checked_at_start_up(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """Home Assistant has enough to do; it is made up for afterwards."""
    hass.set_state(CoreState.starting)
    await wire.create("abc")
    await wire.create("def")
    await wire.get("delete", application_credentials_id="shop_def")
    await settle(hass)
    assert endpoint.asked == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settle(hass)
    # That of the deleted one is not made up for.
    assert endpoint.asked == ["the-secret"]
    assert found(hass) is Verdict.ACCEPTED


async def test_an_import_is_not_checked(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """Integrations import at every start."""
    await import_client(hass)
    await settle(hass)
    assert len(await wire.get("list")) == 1
    assert endpoint.asked == []


async def test_what_was_found_before_a_credential_was_saved_is_adopted(
    hass: HomeAssistant, checked: Any
) -> None:
    """The dialog asks first."""
    heard = listen(hass)
    finding = Finding(client=Verdict.REJECTED)
    hass.data[DATA].findings.async_adopt("shop_abc", checked, finding)
    [(item_id, kept)] = heard
    assert item_id == "shop_abc"
    assert kept is not None
    assert kept.without_times() == finding
    assert found(hass) is Verdict.REJECTED


async def test_what_was_found_about_another_client_is_not_adopted(
    hass: HomeAssistant, checked: Any
) -> None:
    """Somebody else may have saved something in between."""
    heard = listen(hass)
    asked: Any = {**checked, "client_secret": "another"}
    hass.data[DATA].findings.async_adopt(
        "shop_abc", asked, Finding(client=Verdict.REJECTED)
    )
    assert heard == []
    assert found(hass) is Verdict.ACCEPTED


# The queue.


async def until(come: Callable[[], bool]) -> None:
    """Wait for what comes in some turns of the event loop, and see that no more comes then."""
    async with asyncio.timeout(20):
        while not come():  # noqa: ASYNC110 (what comes sets no event)
            await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert come()


async def test_many_new_credentials_delay_nobody_who_asks(
    hass: HomeAssistant,
    wire: Wire,
    endpoint: TokenEndpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At a provider that takes its time: four at once at the most, and who asks goes first."""
    endpoint.open.clear()
    monkeypatch.setattr(f"{CHECK}.CHECK_TIMEOUT", 120)
    created = await wire.ask_together(
        "create", *(client(f"abc{number}") for number in range(60))
    )
    assert all(answer["success"] for answer in created)
    await until(lambda: len(endpoint.asked) == 3)
    # One that waits in the background, and one that nobody has checked before.
    asking = [
        hass.async_create_task(
            hass.data[DATA].findings.async_check(f"shop_abc{number}")
        )
        for number in (59, 30)
    ]
    await until(lambda: len(endpoint.asked) == 4)
    endpoint.open.set()
    done = await asyncio.gather(*asking)
    assert {finding.client for finding in done} == {Verdict.ACCEPTED}
    assert len(endpoint.asked) < 20
    await settle(hass)
    # Each of them once, whoever asked for it.
    assert len(endpoint.asked) == 60
    assert len(endpoint.controls) == 60


async def test_what_is_deleted_while_it_waits_is_not_asked_about(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """Nor is what it was before a change."""
    endpoint.open.clear()
    for number in range(6):
        await wire.create(f"abc{number}", client_secret=f"secret-{number}")
    await wire.get("delete", application_credentials_id="shop_abc5")
    await wire.get(
        "update", application_credentials_id="shop_abc4", client_secret="new"
    )
    await release(hass, endpoint)
    assert sorted(endpoint.asked) == [
        "new",
        "secret-0",
        "secret-1",
        "secret-2",
        "secret-3",
    ]


@pytest.mark.usefixtures("held_back")
async def test_who_asks_about_what_is_deleted_meanwhile_is_told_so(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """When the provider answers."""
    asking = await ask(hass)
    await wire.get("delete", application_credentials_id="shop_abc")
    endpoint.open.set()
    with pytest.raises(CredentialNotFound):
        await asking


@pytest.mark.usefixtures("held_back")
async def test_who_asks_about_what_is_changed_meanwhile_is_told_of_the_new_one(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """That is what the credential is now."""
    asking = await ask(hass)
    await wire.get("update", **UPDATE, client_secret="new")
    endpoint.error = "invalid_client"
    endpoint.open.set()
    assert (await asking).client is Verdict.REJECTED
    assert endpoint.asked[-1] == "new"


async def test_a_check_that_does_not_get_its_turn_in_time_is_none(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """Ten seconds are for all of it."""
    endpoint.open.clear()
    with patch(f"{CHECK}.CHECK_TIMEOUT", 0.2):
        for number in range(12):
            await wire.create(f"abc{number}")
        asking = [
            hass.data[DATA].findings.async_check(f"shop_abc{number}")
            for number in range(12)
        ]
        async with asyncio.timeout(5):
            found = await asyncio.gather(*asking)
    assert {(each.client, each.reason) for each in found} == {
        (Verdict.UNKNOWN, Reason.UNREACHABLE)
    }
    await release(hass, endpoint)


async def test_a_browser_that_asks_is_told_of_its_own_redirect_uri(
    hass: HomeAssistant,
    wire: Wire,
    browser: Wire,
    provider: AiohttpClientMocker,
    endpoint: TokenEndpoint,
) -> None:
    """Also while a check is under way that knows of none."""
    provider.get(AUTHORIZE_URL, status=302, headers={"Location": REDIRECT_URI})
    endpoint.open.clear()
    await wire.create()
    await asyncio.sleep(0.1)
    asking = hass.async_create_task(
        browser.get("check", application_credentials_id="shop_abc")
    )
    await asyncio.sleep(0.05)
    endpoint.open.set()
    assert (await asking)["redirect_uri"] == "accepted"
    # Both have asked, and the control was one for both.
    assert endpoint.asked == ["the-secret"] * 2
    assert endpoint.controls == ["abc"]


async def test_who_creates_is_checked_about_their_own_redirect_uri(
    hass: HomeAssistant,
    open_browser: Callable[[str], Awaitable[Wire]],
    slow_disk: SlowDisk,
    provider: AiohttpClientMocker,
    endpoint: TokenEndpoint,
) -> None:
    """Also where another person's write is under way."""
    provider.get(AUTHORIZE_URL, text="Sign in")
    origins = {name: f"https://{name}.test" for name in ("one", "two", "three")}
    browsers = {name: await open_browser(origin) for name, origin in origins.items()}
    slow_disk.hold()
    creating = [
        hass.async_create_task(browser.create(name))
        for name, browser in browsers.items()
    ]
    await slow_disk.under_way.wait()
    slow_disk.release()
    await asyncio.gather(*creating)
    await settle(hass)
    asked = {
        (url.query["client_id"], url.query["redirect_uri"])
        for method, url, *_ in provider.mock_calls
        if method.lower() == "get"
    }
    assert {uri for _, uri in asked} == {
        UNREGISTERED,
        *(f"{origin}/auth/external/callback" for origin in origins.values()),
    }
    for name, origin in origins.items():
        assert (name, f"{origin}/auth/external/callback") in asked
    assert len(asked) == 2 * len(origins)


@pytest.mark.usefixtures("checked")
async def test_no_unclear_answer_takes_away_what_is_known(
    hass: HomeAssistant, wire: Wire, endpoint: TokenEndpoint
) -> None:
    """Who asks is told; what is kept stands."""
    endpoint.error = "server_error"
    answer = await wire.get("check", application_credentials_id="shop_abc")
    assert (answer["client"], answer["reason"]) == ("unknown", "unclear")
    assert found(hass) is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("error", "client"),
    [
        ("invalid_grant", "unknown"),
        # These may come before the client is looked at.
        ("redirect_uri_mismatch", "rejected"),
        ("server_error", "rejected"),
    ],
)
async def test_a_provider_that_goes_on_to_the_code_no_longer_rejects_the_client(
    wire: Wire, provider: AiohttpClientMocker, error: str, client: str
) -> None:
    """Where it has looked at the client first; also if it takes any secret by now."""
    await wire.create()
    for said in ("invalid_client", error):
        provider.clear_requests()
        provider.post(TOKEN_URL, status=400, json={"error": said})
        await wire.get("check", application_credentials_id="shop_abc")
    assert (await wire.get("status"))["shop_abc"]["client"] == client


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Verdict.REJECTED, Verdict.ACCEPTED),
        (Verdict.ACCEPTED, Verdict.ACCEPTED),
        (Verdict.UNKNOWN, Verdict.UNKNOWN),
    ],
)
async def test_an_account_that_was_linked_has_a_redirect_uri_that_is_known(
    hass: HomeAssistant, checked: Any, before: Verdict, after: Verdict
) -> None:
    """Whatever the provider said before."""
    findings = hass.data[DATA].findings
    findings.async_adopt("shop_abc", checked, Finding(redirect_uri=before))
    findings.async_accept_redirect_uri("shop_abc")
    findings.async_accept_redirect_uri("nothing")
    assert finding_of(hass).redirect_uri is after


async def test_only_a_check_with_an_answer_moves_when_it_was_last_checked(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker, checked: Any
) -> None:
    """Not one without, and no token request of an account."""
    first = finding_of(hass).last_at
    assert first is not None
    hass.data[DATA].findings.async_accept(checked)
    assert finding_of(hass).last_at == first
    provider.clear_requests()
    answer = await wire.get("check", application_credentials_id="shop_abc")
    assert answer["reason"] == "unreachable"
    assert finding_of(hass).last_at == first
    provider.post(TOKEN_URL, status=400, text="<p>What?")
    answer = await wire.get("check", application_credentials_id="shop_abc")
    assert answer["reason"] == "unclear"
    last = finding_of(hass).last_at
    assert last is not None
    assert last > first


async def test_a_client_that_was_never_checked_has_no_time_of_a_check(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The provider could not be reached, or an account has got a token."""
    record = await wire.create()
    await wire.get("check", application_credentials_id="shop_abc")
    assert finding_of(hass).last_at is None
    hass.data[DATA].findings.async_accept(record)
    assert (finding_of(hass).client, finding_of(hass).last_at) == ("accepted", None)
    assert finding_of(hass).at is not None


async def test_a_person_who_joins_a_check_that_may_import_nothing_has_it_made_anew(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The one in the background could not tell."""
    await wire.create()
    await settle(hass)
    go_on = asyncio.Event()

    async def ask_provider(*_: Any, may_import: bool) -> Finding:
        if may_import:
            return Finding(client=Verdict.ACCEPTED)
        await go_on.wait()
        return Finding(reason=Reason.NOT_SET_UP)

    await wire.get("update", application_credentials_id="shop_abc", client_secret="n")
    await settle(hass)
    hass.data[DATA].state.findings.clear()
    with patch(
        f"custom_components.{DOMAIN}.provider.findings.async_ask_provider", ask_provider
    ):
        hass.data[DATA].findings.async_schedule("shop_abc")
        await settle_start()
        asking = await ask(hass)
        go_on.set()
        assert (await asking).client is Verdict.ACCEPTED
