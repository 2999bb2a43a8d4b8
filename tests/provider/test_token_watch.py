"""What accounts ask of the token endpoint anyway says what there is to know."""

import asyncio
from collections.abc import Generator
import copy
from inspect import signature
from typing import Any, override
from unittest.mock import patch

from aiohttp import ClientResponseError
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from custom_components.application_credentials.models import Finding, Reason
from custom_components.application_credentials.provider import refusal, token_findings
from custom_components.application_credentials.provider.findings import DATA_FINDINGS
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
    async_get_implementations,
)
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    SHOP,
    TOKEN_URL,
    Disk,
    OwnImplementation,
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
        self.said: str | None = None
        self.looks_at_secret = True
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
        if data["grant_type"] == "authorization_code":
            await self.open.wait()
        error = self.client_error
        if is_control(data) and self.looks_at_secret:
            error = "invalid_client"
        if error is None and data.get("code") == "code":
            error = self.code_error
        if error is None and data["grant_type"] == "authorization_code":
            error = "invalid_grant"
        if error is None:
            error = self.link_error
        if error is None:
            answer = {"access_token": "new", "expires_in": 3600}
            return AiohttpClientMockResponse(method, url, json=answer)
        said = {"error_description": self.said} if self.said else {}
        return AiohttpClientMockResponse(
            method, url, status=self.status, json={"error": error, **said}
        )


@pytest.fixture(autouse=True)
def readable() -> Generator[None]:
    """Have the answers that the tests give taken for what they stand for."""
    with patch.object(refusal, "ClientResponse", AiohttpClientMockResponse):
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


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_link_says_that_the_client_is_accepted(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """For the first time, in a config flow."""
    implementation = (await async_get_implementations(hass, SHOP))["shop_abc"]
    answer = {"access_token": "new", "expires_in": 3600}
    with patch.object(LocalOAuth2Implementation, "_token_request", return_value=answer):
        await implementation.async_resolve_external_data(CODE)
    assert await known(wire) == ("accepted", "token_request")


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
    other = add_account(hass, "shop_abc", title="ben@shop.test")
    hass.config_entries.async_update_entry(
        other, data={**other.data, "token": {"refresh_token": "another"}}
    )
    shop.link_error = "invalid_grant"
    await is_refused(hass, account)
    assert await known(wire) == ("accepted", "check")
    assert issue_ids(hass) == set()
    assert reauthentications(hass) == [account.entry_id]


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


@pytest.mark.usefixtures("now")
async def test_a_refusal_that_cannot_be_told_is_a_doubt(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """What was accepted may be so no longer, as with a secret that has expired."""
    await refresh(hass, account)
    shop.looks_at_secret = False
    shop.link_error = "no_such_word"
    await is_refused(hass, account)
    assert (await wire.get("status"))["shop_abc"] == {
        "client": "unknown",
        "redirect_uri": "unknown",
        "at": NOW,
        "by": "token_request",
        "reason": "unclear",
    }
    assert issue_ids(hass) == set()
    assert reauthentications(hass) == []


async def test_a_doubt_about_nothing_says_nothing(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """It was not known before, either."""
    shop.looks_at_secret = False
    shop.link_error = "no_such_word"
    await is_refused(hass, account)
    assert await known(wire) == ("unknown", "check")


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


async def test_a_provider_that_does_not_answer_a_check_has_said_nothing(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """It was there a moment ago, and is so no longer."""
    await refresh(hass, account)
    shop.link_error = "no_such_word"
    with patch(
        "custom_components.application_credentials.provider.check._async_send",
        side_effect=TimeoutError,
    ):
        await is_refused(hass, account)
    assert await known(wire) == ("accepted", "token_request")


async def test_an_account_that_tries_again_and_again_has_the_provider_asked_once(
    hass: HomeAssistant, account: MockConfigEntry, shop: Shop
) -> None:
    """And once more after a while."""
    shop.link_error = "invalid_grant"
    for _ in range(5):
        await is_refused(hass, account)
    assert shop.checks == 1
    with patch.object(token_findings, "_ASK_AGAIN", 0):
        await is_refused(hass, account)
    assert shop.checks == 2


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


async def test_a_refusal_of_a_credential_that_is_gone_is_no_matter(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """It was deleted meanwhile."""
    implementation = await async_get_config_entry_implementation(hass, account)
    token = dict(account.data["token"])
    await hass.config_entries.async_remove(account.entry_id)
    await wire.get("delete", application_credentials_id="shop_abc")
    shop.client_error = "invalid_client"
    with pytest.raises(ClientResponseError):
        await implementation.async_refresh_token(token)
    await settle(hass)
    assert await wire.get("status") == {}


async def test_a_token_of_another_client_says_nothing_of_this_one(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """An account that was under way with the old secret."""
    implementation = await async_get_config_entry_implementation(hass, account)
    await wire.get("update", application_credentials_id="shop_abc", client_secret="new")
    await implementation.async_refresh_token(dict(account.data["token"]))
    assert await known(wire) == ("unknown", None)


@pytest.mark.usefixtures("now")
async def test_what_is_known_outlives_a_restart(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, hass_storage: Disk
) -> None:
    """With how it came about."""
    await refresh(hass, account)
    hass.bus.async_fire("homeassistant_final_write")
    await settle(hass)
    kept = hass_storage[f"{DOMAIN}.findings"]["data"]["findings"]["shop_abc"]
    assert (kept["client"], kept["by"], kept["at"]) == (
        "accepted",
        "token_request",
        NOW,
    )


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
async def test_what_was_refused_to_another_client_says_nothing_of_this_one(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """The secret was changed while the provider was asked why."""
    shop.link_error = "invalid_client"
    shop.open.clear()
    with pytest.raises(ClientResponseError):
        await refresh(hass, account)
    await asyncio.sleep(0)
    await hass.data[DATA_COLLECTION].async_update_item(
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
    hass.data[DATA_FINDINGS].async_adopt(
        "shop_abc", record, Finding(reason=Reason.UNCLEAR)
    )
    assert (await known(wire))[0] == "unknown"


# What flows and entries are handed.


class Own(OwnImplementation):
    """An integration's own implementation, which it may share."""

    domain = "shop_abc"
    refused = 0

    @override
    async def async_refresh_token(self, token: Any) -> Any:
        """Count, or be refused."""
        if self.refused:
            raise ClientResponseError(None, (), status=self.refused)  # type: ignore[arg-type]
        return token


async def hand_out(hass: HomeAssistant, own: Own) -> Any:
    """Return what a config flow is handed where the hook of the shop returns `own`."""

    async def hook(hass: HomeAssistant, *_: Any) -> AbstractOAuth2Implementation:
        return own

    add_hook(hass, async_get_auth_implementation=hook)
    implementations = await async_get_implementations(hass, SHOP)
    return next(iter(implementations.values()))


async def test_an_implementation_stays_what_it_is(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """To whoever looks at its class."""
    implementation = await async_get_config_entry_implementation(hass, account)
    assert isinstance(implementation, LocalOAuth2Implementation)
    assert type(implementation).__name__ == "AuthImplementation"
    assert type(implementation).redirect_uri is LocalOAuth2Implementation.redirect_uri


async def test_one_of_an_integration_is_watched_too(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """Once, also where it is handed out again and again."""
    own = Own()
    first = own
    for _ in range(3):
        assert await hand_out(hass, own) is own
    assert isinstance(own, Own)
    assert type(own).__mro__[1] is Own
    await own.async_refresh_token({})
    assert await known(wire) == ("accepted", "token_request")
    # Another of its class.
    own = Own()
    await hand_out(hass, own)
    assert type(own) is type(first)


async def test_a_copy_is_not_watched(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """A check makes some, and asks them for what is no request of an account."""
    copied = copy.copy(await hand_out(hass, Own()))
    await copied.async_refresh_token({})
    copied.refused = 401
    with pytest.raises(ClientResponseError):
        await copied.async_refresh_token({})
    with pytest.raises(NotImplementedError):
        await copied.async_generate_authorize_url("flow")
    assert await known(wire) == ("unknown", None)


async def test_a_copy_that_is_handed_out_is_watched(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """An integration may make one of another."""
    own = copy.copy(await hand_out(hass, Own()))
    await hand_out(hass, own)
    assert type(own).__mro__[1] is Own
    await own.async_refresh_token({})
    assert await known(wire) == ("accepted", "token_request")


async def test_one_that_stands_for_several_credentials_says_nothing(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """Where it does not say whose client it has."""
    own = Own()
    await wire.create("other")
    await hand_out(hass, own)
    await own.async_refresh_token({})
    own.refused = 400
    with pytest.raises(ClientResponseError):
        await own.async_refresh_token({})
    assert await known(wire) == ("unknown", None)
    own.refused = 0
    own.client_id = "other"  # type: ignore[attr-defined]
    await own.async_refresh_token({})
    assert await known(wire) == ("unknown", None)
    assert await known(wire, "shop_other") == ("accepted", "token_request")


class Sealed:
    """An implementation on which nothing can be hung."""

    __slots__ = ("domain", "name")

    def __init__(self) -> None:
        """Have a name."""
        self.domain = self.name = "shop_abc"


class Stubborn(Own):
    """One whose class does not want to be inherited from."""

    @override
    def __init_subclass__(cls) -> None:
        """Refuse."""
        raise LookupError


class Lacking:
    """One that has not all that is watched."""

    domain = name = "shop_abc"


@pytest.mark.parametrize("cls", [Sealed, Stubborn, Lacking])
async def test_one_that_cannot_be_watched_is_handed_out_as_it_is(
    hass: HomeAssistant, account: MockConfigEntry, cls: type
) -> None:
    """It does its work without us."""
    own = cls()
    watch = hass.data["oauth2_providers"][DOMAIN].keywords["watch"]
    watch({"id": "shop_abc", "client_id": "abc", "client_secret": "s"}, own)
    assert type(own) is cls


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
        "name": r"\*a\*",
        "link": "/config/repairs",
    }


@pytest.mark.usefixtures("current_request_with_host", "rejected")
async def test_a_release_without_translated_reasons_shows_the_text(
    hass: HomeAssistant,
) -> None:
    """As Home Assistant was until 2026."""

    class Old(AbortFlow):
        def __init__(self, reason: str, placeholders: Any = None) -> None:
            super().__init__(reason, placeholders)

    with patch(
        "custom_components.application_credentials.provider.rejection.AbortFlow", Old
    ):
        step = await begin(hass)
    assert step["reason"].startswith("The provider rejects the client ID")
    assert "(/config/repairs)" in step["reason"]


@pytest.mark.usefixtures("current_request_with_host", "rejected")
async def test_an_account_that_is_linked_again_says_so_first(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """And asks on."""
    account.async_start_reauth(hass)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(SHOP)
    step: Any = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    assert tells_of_rejection(step)
    await settle(hass)
    assert reauthentications(hass) == [account.entry_id]


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
    check = hass.async_create_task(hass.data[DATA_FINDINGS].async_check("shop_abc"))
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
    check = hass.async_create_task(hass.data[DATA_FINDINGS].async_check("shop_abc"))
    await asyncio.sleep(0)
    with patch.object(token_findings, "_WAIT", 0.01):
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


# And the accounts that work.


async def test_ten_accounts_that_work_make_no_request_more(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, shop: Shop
) -> None:
    """One each, as with the original."""
    accounts = [account, *(add_account(hass, "shop_abc") for _ in range(9))]
    for each in accounts:
        await refresh(hass, each)
    await settle(hass)
    assert [request["grant_type"] for request in shop.requests] == [
        "refresh_token"
    ] * 10
