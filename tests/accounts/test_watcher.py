"""What config entries and flows tell of a credential; they are left as they are."""

from typing import Any, override
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    mock_config_flow,
)

from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.models import Finding, Verdict
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from custom_components.application_credentials.signals import SIGNAL_CREDENTIAL
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    OAuth2Session,
    async_get_config_entry_implementation,
    async_get_implementations,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from tests.common import (
    SHOP,
    STATE,
    Disk,
    Wire,
    add_account,
    add_hook,
    add_integration,
    finding_of,
    issue_id,
    issue_ids,
    kept_state,
    link_again,
    link_flow,
    real_hook,
    reauthentications,
    settle,
)


async def test_the_credential_of_an_account_that_asks_is_checked(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """It may be the reason."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    await settle(hass)
    checks.clear()
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    await settle(hass)
    assert checks == ["abc"]


async def test_one_ended_link_has_the_provider_asked_once(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """However often the integration asks, until the account or the client is another."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    await settle(hass)
    checks.clear()

    async def ask() -> None:
        with link_flow():
            account.async_start_reauth(hass)
            await hass.async_block_till_done()
            for flow in hass.config_entries.flow.async_progress_by_handler(SHOP):
                hass.config_entries.flow.async_abort(flow["flow_id"])

    for _ in range(3):
        await ask()
    await settle(hass)
    assert checks == ["abc"]
    give(hass, account, {"access_token": "b", "refresh_token": "b"})
    await ask()
    await settle(hass)
    assert checks == ["abc"] * 2
    await wire.get(
        "update", application_credentials_id="shop_abc", client_secret="another"
    )
    await hass.async_block_till_done()
    await settle(hass)
    checks.clear()
    await ask()
    await settle(hass)
    assert checks == ["abc"]


async def verdict(wire: Wire) -> Any:
    """Return what is known of the client."""
    return (await wire.get("status"))["shop_abc"]["client"]


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire) -> MockConfigEntry:
    """Return an account of the credential shop_abc."""
    add_integration(hass)
    await wire.create()
    return add_account(hass, "shop_abc")


def give(hass: HomeAssistant, account: ConfigEntry, token: Any) -> None:
    """Have an account get a token."""
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": token}
    )


async def test_a_new_access_token_says_that_the_client_is_accepted(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """Whoever has asked for it."""
    assert await verdict(wire) == "unknown"
    give(hass, account, {**account.data["token"], "access_token": "new"})
    assert await verdict(wire) == "accepted"


async def test_a_token_of_a_client_that_is_known_by_a_name_of_its_own_counts(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The name is known once the hook was called, which may be amid the set-up."""
    real_hook(hass, "smartthings", DOMAIN="smartthings")
    await wire.create(domain="smartthings")
    account = add_account(hass, "smartthings", domain="smartthings")
    await async_get_implementations(hass, "smartthings")
    give(hass, account, {**account.data["token"], "access_token": "new"})
    assert finding_of(hass, "smartthings_abc").client is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("command", "change"),
    [
        ("update", {"client_secret": "new"}),
        ("update", {"client_id": "new"}),
        ("move", {}),
    ],
    ids=["secret", "client ID", "move"],
)
async def test_a_token_of_the_client_before_says_nothing_of_the_next(
    hass: HomeAssistant, wire: Wire, command: str, change: dict[str, str]
) -> None:
    """An account goes on with it until it is reloaded, which may have to wait."""
    add_integration(hass)
    await wire.create("old")
    await wire.create()
    account = add_account(hass, "shop_old" if command == "move" else "shop_abc")
    if command == "move":
        change = {"config_entry_id": account.entry_id}
    with link_flow():
        assert await hass.config_entries.async_setup(account.entry_id)
        async with account.setup_lock:
            await wire.get(command, application_credentials_id="shop_abc", **change)
            give(hass, account, {**account.data["token"], "access_token": "old"})
            assert await verdict(wire) == "unknown"
        await hass.async_block_till_done()
    give(hass, account, {**account.data["token"], "access_token": "new"})
    assert await verdict(wire) == "accepted"


@pytest.mark.parametrize(
    "token",
    [
        {"access_token": "access", "refresh_token": "refresh", "errcode": 10001},
        {"access_token": "access", "expires_at": 0},
        {"access_token": "", "refresh_token": "refresh"},
        {"error": "bad_verification_code"},
        ["new"],
        None,
    ],
)
async def test_an_answer_without_a_new_access_token_says_nothing(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, token: Any
) -> None:
    """Some integrations merge an error into the token that they have."""
    give(hass, account, token)
    assert await verdict(wire) == "unknown"


async def test_a_rejection_stays_through_an_answer_without_a_token(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """TTLock's integration merges the error into its token."""

    class Merging(LocalOAuth2Implementation):
        @override
        async def _async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
            return {**token, "errcode": 10001, "expires_in": 3600}

    async def own(hass: HomeAssistant, auth_domain: str, client: Any) -> Merging:
        return Merging(hass, auth_domain, client.client_id, "s", "a", "t")

    add_hook(hass, async_get_auth_implementation=own)
    asked = hass.data[DATA_COLLECTION].record("shop_abc")
    rejected = Finding(client=Verdict.REJECTED)
    hass.data[DATA].findings.async_adopt("shop_abc", asked, rejected)
    await hass.async_block_till_done()
    issue = {issue_id("client_rejected")}
    assert issue_ids(hass) == issue
    implementation = await async_get_config_entry_implementation(hass, account)
    session = OAuth2Session(hass, account, implementation)
    give(hass, account, {**account.data["token"], "expires_at": 0})
    await session.async_ensure_token_valid()
    await hass.async_block_till_done()
    assert account.data["token"]["errcode"] == 10001
    assert (await verdict(wire), issue_ids(hass)) == ("rejected", issue)
    give(hass, account, {"access_token": "new", "expires_at": 0})
    await hass.async_block_till_done()
    assert (await verdict(wire), issue_ids(hass)) == ("accepted", set())


async def test_an_ordinary_refresh_says_nothing_new(
    hass: HomeAssistant,
    wire: Wire,
    account: MockConfigEntry,
    hass_storage: Disk,
    freezer: FrozenDateTimeFactory,
) -> None:
    """No file, no state and no signal of it."""
    give(hass, account, {**account.data["token"], "access_token": "first"})
    await kept_state(hass, hass_storage)
    told: list[str] = []
    async_dispatcher_connect(hass, SIGNAL_CREDENTIAL, told.append)
    states: list[Any] = []
    hass.bus.async_listen(EVENT_STATE_CHANGED, states.append)
    del hass_storage[STATE]
    freezer.tick(3600)
    give(hass, account, {**account.data["token"], "access_token": "second"})
    await hass.async_block_till_done()
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert (told, states, STATE in hass_storage) == ([], [], False)


async def test_an_account_that_is_linked_accepts_the_redirect_uri(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """In its own flow, or for the first time; a refresh beside an open flow is no link."""
    uri_is_wrong(hass)
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
        give(hass, account, {"access_token": "a", "refresh_token": "b"})
        await hass.async_block_till_done()
        assert finding_of(hass).redirect_uri is Verdict.REJECTED
        assert reauthentications(hass) == [account.entry_id]
        await link_again(hass, account)
    assert finding_of(hass).redirect_uri is Verdict.ACCEPTED

    uri_is_wrong(hass)
    data = {"auth_implementation": "shop_abc", "token": {"access_token": "new"}}
    await hass.config_entries.async_add(MockConfigEntry(domain=SHOP, data=data))
    assert finding_of(hass).redirect_uri is Verdict.ACCEPTED


async def test_a_new_account_that_another_provider_serves_says_nothing(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """Its token is not from our client."""
    data = {"auth_implementation": "cloud", "token": {"access_token": "new"}}
    await hass.config_entries.async_add(MockConfigEntry(domain=SHOP, data=data))
    assert await verdict(wire) == "unknown"


def uri_is_wrong(hass: HomeAssistant) -> None:
    """Have the redirect URI of the credential known as wrong."""
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    finding = Finding(client=Verdict.ACCEPTED, redirect_uri=Verdict.REJECTED)
    hass.data[DATA].findings.async_adopt("shop_abc", record, finding)


async def test_an_account_that_another_provider_serves_is_left_alone(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """The provider is not asked, and a flow that ends is not started again."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "cloud")
    await settle(hass)
    checks.clear()
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
        [flow] = hass.config_entries.flow.async_progress_by_handler(SHOP)
        hass.config_entries.flow.async_abort(flow["flow_id"])
        await settle(hass)
    assert reauthentications(hass) == []
    assert checks == []


async def test_flows_that_are_no_links_are_left_alone(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """A discovered device, and the reauthentication of an integration without OAuth2."""

    class PasswordFlow(ConfigFlow):
        @override
        async def async_step_zeroconf(self, discovery_info: Any) -> Any:
            return self.async_show_form(step_id="zeroconf")

        async def async_step_reauth(self, entry_data: Any) -> Any:
            return self.async_show_form(step_id="reauth")

    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    await settle(hass)
    checks.clear()
    with mock_config_flow(SHOP, PasswordFlow):
        flows = hass.config_entries.flow
        found: Any = await flows.async_init(SHOP, context={"source": "zeroconf"})
        flows.async_abort(found["flow_id"])
        await settle(hass)
        assert checks == []
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    # It says the name of one of our credentials, so that is checked; the flow is as it was.
    await settle(hass)
    assert checks == ["abc"]


async def test_a_flow_that_ended_before_we_hear_of_it_is_no_error(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """Another listener may have ended it."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    await settle(hass)
    checks.clear()
    manager = hass.config_entries.flow
    with link_flow(), patch.object(manager, "async_get", side_effect=UnknownFlow):
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
    await settle(hass)
    assert checks == []


async def test_an_account_that_gets_its_token_in_a_step_of_its_own_flow_was_linked(
    hass: HomeAssistant, hass_storage: Disk, wire: Wire
) -> None:
    """Not each integration uses Home Assistant's OAuth2 flow."""

    class OwnFlow(ConfigFlow):
        async def async_step_reauth(self, entry_data: Any) -> Any:
            return self.async_show_form(step_id="code")

        async def async_step_code(self, user_input: Any = None) -> Any:
            token = {"access_token": "new", "refresh_token": "new"}
            return self.async_update_reload_and_abort(
                self._get_reauth_entry(), data_updates={"token": token}
            )

    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    with mock_config_flow(SHOP, OwnFlow):
        await wire.get("link_again", config_entry_id=account.entry_id)
        await hass.async_block_till_done()
        assert (
            account.entry_id in (await kept_state(hass, hass_storage))["link_requests"]
        )
        (flow,) = hass.config_entries.flow.async_progress_by_handler(SHOP)
        await hass.config_entries.flow.async_configure(flow["flow_id"], {})
        await hass.async_block_till_done()
    assert (await kept_state(hass, hass_storage))["link_requests"] == {}


async def test_another_refresh_token_of_an_account_that_is_asked_is_on_disk_at_once(
    hass: HomeAssistant, hass_storage: Disk, wire: Wire
) -> None:
    """After a kill, the next start would take it for a new link."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow():
        await wire.get("link_again", config_entry_id=account.entry_id)
        await hass.async_block_till_done()
        before = hass_storage[STATE]["data"]["link_requests"][account.entry_id]
        token = {"access_token": "next", "refresh_token": "next"}
        hass.config_entries.async_update_entry(
            account, data={**account.data, "token": token}
        )
        await hass.async_block_till_done()
    after = hass_storage[STATE]["data"]["link_requests"][account.entry_id]
    assert after not in ("", before)
