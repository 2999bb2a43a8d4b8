"""What follows from a change of a credential."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.application_credentials.accounts.changes import (
    async_create,
    async_update,
)
from custom_components.application_credentials.data import DATA
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
)
from homeassistant.setup import async_setup_component
from tests.common import (
    DOMAIN,
    SHOP,
    TOKEN_URL,
    Disk,
    Setups,
    Wire,
    add_account,
    add_integration,
    fail_as_titled,
    kept_state,
    link_flow,
    reauthentications,
    record,
    settle,
    stored,
)

NEW_SECRET = {"application_credentials_id": "shop_abc", "client_secret": "new"}
NEW_CLIENT = {"application_credentials_id": "shop_abc", "client_id": "new"}
NEW_NAME = {"application_credentials_id": "shop_abc", "name": "Kitchen"}


@pytest.fixture
def setups(hass: HomeAssistant) -> Setups:
    """Make the shop an integration that has accounts."""
    return add_integration(hass)


@pytest.fixture
async def accounts(
    hass: HomeAssistant, wire: Wire, setups: Setups
) -> dict[str, MockConfigEntry]:
    """Make accounts in every state; all but `other` use the credential shop_abc."""
    # `wire` has made the shop a plain one again.
    setups = add_integration(hass)
    hass.data["test_setups"] = setups
    setups.fails = fail_as_titled
    await wire.create("abc")
    await wire.create("other")
    accounts = {
        "loaded": add_account(hass, "shop_abc", title="loaded"),
        "retried": add_account(hass, "shop_abc", title="retried"),
        "failed": add_account(hass, "shop_abc", title="failed"),
        "unloaded": add_account(hass, "shop_abc", title="unloaded"),
        "disabled": add_account(
            hass, "shop_abc", title="disabled", disabled_by=ConfigEntryDisabler.USER
        ),
        "other": add_account(hass, "shop_other", title="other"),
    }
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        await hass.async_block_till_done()
        await hass.config_entries.async_unload(accounts["unloaded"].entry_id)
    assert {title: account.state for title, account in accounts.items()} == {
        "loaded": ConfigEntryState.LOADED,
        "retried": ConfigEntryState.SETUP_RETRY,
        "failed": ConfigEntryState.SETUP_ERROR,
        "unloaded": ConfigEntryState.NOT_LOADED,
        "disabled": ConfigEntryState.NOT_LOADED,
        "other": ConfigEntryState.LOADED,
    }
    setups.count.clear()
    setups.fails = lambda entry: None
    return accounts


def set_up_again(hass: HomeAssistant, accounts: dict[str, MockConfigEntry]) -> set[str]:
    """Return the titles of the accounts that were set up since the fixture, once each."""
    setups: Setups = hass.data["test_setups"]
    assert set(setups.count.values()) <= {1}
    return {
        title for title, account in accounts.items() if account.entry_id in setups.count
    }


USERS = {"loaded", "retried", "failed", "unloaded"}


@pytest.mark.parametrize("name", ["shop_abc", SHOP])
async def test_a_credential_that_was_missing_reloads_its_accounts(
    hass: HomeAssistant, wire: Wire, name: str
) -> None:
    """They failed without it; also those of an integration that gives it its own name."""

    async def named(hass: HomeAssistant, auth_domain: str, credential: Any) -> Any:
        return LocalOAuth2Implementation(hass, name, "abc", "s", "a", "t")

    setups = add_integration(hass, async_get_auth_implementation=named)
    account = add_account(hass, name, title="failed")
    setups.fails = fail_as_titled
    with link_flow():
        assert not await hass.config_entries.async_setup(account.entry_id)
        setups.fails = lambda entry: None
        await wire.create()
        await hass.async_block_till_done()
    assert account.state is ConfigEntryState.LOADED
    assert reauthentications(hass) == []


async def test_a_new_secret_reloads_every_account_that_uses_it(
    hass: HomeAssistant, wire: Wire, accounts: dict[str, MockConfigEntry]
) -> None:
    """Whatever state it is in; no disabled one, and nobody else's. Nobody has to link."""
    with link_flow():
        answer = await wire.get("update", **NEW_SECRET)
        await hass.async_block_till_done()
    assert answer["client_secret"] == "new"
    assert set_up_again(hass, accounts) == USERS
    assert all(accounts[title].state is ConfigEntryState.LOADED for title in USERS)
    assert accounts["disabled"].state is ConfigEntryState.NOT_LOADED
    assert reauthentications(hass) == []
    implementation: Any = await async_get_config_entry_implementation(
        hass, accounts["loaded"]
    )
    assert implementation.client_secret == "new"


async def test_a_new_name_concerns_nobody(
    hass: HomeAssistant, wire: Wire, accounts: dict[str, MockConfigEntry]
) -> None:
    """No account is reloaded or asks for anything."""
    with link_flow():
        await wire.get("update", **NEW_NAME)
        await hass.async_block_till_done()
    assert set_up_again(hass, accounts) == set()
    assert reauthentications(hass) == []


async def test_what_is_as_it_was_concerns_nobody(
    hass: HomeAssistant, wire: Wire, accounts: dict[str, MockConfigEntry]
) -> None:
    """A form sends all of its fields, changed or not."""
    with link_flow():
        await wire.get(
            "update",
            application_credentials_id="shop_abc",
            client_id="abc",
            client_secret=" the-secret ",
        )
        await hass.async_block_till_done()
    assert set_up_again(hass, accounts) == set()
    assert reauthentications(hass) == []


async def test_a_new_client_id_keeps_the_id_and_has_every_account_linked_again(
    hass: HomeAssistant, wire: Wire, accounts: dict[str, MockConfigEntry]
) -> None:
    """Refresh tokens belong to the client that they were issued to."""
    with link_flow():
        answer = await wire.get("update", **NEW_CLIENT)
        await hass.async_block_till_done()
    assert answer == {
        "id": "shop_abc",
        "domain": SHOP,
        "client_id": "new",
        "client_secret": "the-secret",
    }
    assert set_up_again(hass, accounts) == USERS
    assert set(reauthentications(hass)) == {accounts[title].entry_id for title in USERS}
    assert len(reauthentications(hass)) == len(USERS)
    assert (await wire.get("usage"))["shop_abc"] != []


@pytest.mark.usefixtures("current_request_with_host")
async def test_after_a_person_has_linked_again_the_account_is_the_same(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """With the new client's token, under the entry's id."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc", unique_id="anna")
    provider.post(
        TOKEN_URL,
        json={
            "access_token": "new-access",
            "refresh_token": "new-refresh",
            "expires_in": 60,
        },
    )
    client = await hass_client_no_auth()
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        await wire.get("update", **NEW_CLIENT)
        await hass.async_block_till_done()
        (flow,) = hass.config_entries.flow.async_progress_by_handler(SHOP)
        step: Any = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
        url = URL(step["url"])
        assert url.query["client_id"] == "new"
        callback = URL(url.query["redirect_uri"]).path
        answer = await client.get(
            callback, params={"code": "the-code", "state": url.query["state"]}
        )
        assert answer.status == 200
        done: Any = await hass.config_entries.flow.async_configure(flow["flow_id"])
        await hass.async_block_till_done()
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    assert hass.config_entries.async_entries(SHOP) == [account]
    assert account.unique_id == "anna"
    assert account.data["auth_implementation"] == "shop_abc"
    assert account.data["token"]["access_token"] == "new-access"
    (_method, _url, sent, _headers) = provider.mock_calls[0]
    assert sent["client_id"] == "new"
    assert sent["client_secret"] == "the-secret"


async def test_accounts_that_cannot_be_linked_again_are_named_in_the_answer(
    hass: HomeAssistant, wire: Wire, setups: Setups
) -> None:
    """The change is saved all the same: that is the only way left to them."""
    setups = add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        answer = await wire.get("update", **NEW_CLIENT)
        await hass.async_block_till_done()
    assert answer.pop("without_reauthentication") == [
        {"config_entry_id": account.entry_id, "title": "anna@shop.test"}
    ]
    assert await wire.get("list") == [answer]
    assert answer["client_id"] == "new"
    assert setups.count == {account.entry_id: 1}
    assert reauthentications(hass) == []


async def test_a_new_secret_is_no_concern_of_integrations_that_cannot_link_again(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The token stays good."""
    add_integration(hass)
    await wire.create()
    add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        assert "without_reauthentication" not in await wire.get("update", **NEW_SECRET)
        await hass.async_block_till_done()


# When the provider is asked about a credential.


async def test_who_has_asked_the_provider_already_need_not_ask_again(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """The dialog asks before it saves."""
    await async_create(
        hass,
        {"domain": SHOP, "client_id": "abc", "client_secret": "the-secret"},
        check=False,
    )
    await async_update(hass, "shop_abc", {"client_secret": "new"}, check=False)
    await settle(hass)
    assert checks == []


async def test_what_was_found_is_forgotten_with_its_credential(
    hass: HomeAssistant,
    hass_storage: Disk,
    wire: Wire,
    provider: AiohttpClientMocker,
) -> None:
    """The same client under the same id is one that nobody has checked."""
    provider.post(TOKEN_URL, status=401, json={"error": "invalid_client"})
    await wire.create()
    await wire.get("check", application_credentials_id="shop_abc")
    assert "shop_abc" in (await kept_state(hass, hass_storage))["findings"]
    await wire.get("delete", application_credentials_id="shop_abc")
    assert (await kept_state(hass, hass_storage))["findings"] == {}


@pytest.mark.parametrize(
    ("changes", "set_ups", "verdict"),
    [({}, 1, "accepted"), ({"client_secret": "new"}, 2, "unknown")],
)
async def test_a_number_in_the_file_is_the_same_client_as_its_text(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
    changes: dict[str, str],
    set_ups: int,
    verdict: str,
) -> None:
    """Nobody has to link again, and what is known of it stays."""
    edited: Any = record(client_id=17, client_secret=18)
    hass_storage[DOMAIN] = stored(edited)
    wire = await start()
    setups = add_integration(hass)
    account = add_account(hass, "shop_abc")
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        hass.data[DATA].findings.async_accept(edited)
        await wire.get("update", **NEW_CLIENT | {"client_id": "17"} | changes)
        await hass.async_block_till_done()
    assert setups.count == {account.entry_id: set_ups}
    assert reauthentications(hass) == []
    assert (await wire.get("status"))["shop_abc"]["client"] == verdict
