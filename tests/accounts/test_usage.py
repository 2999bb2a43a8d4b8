"""Which accounts use which credential, and what becomes of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.application_credentials.accounts.usage import (
    async_entries_without_credential,
)
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
    LocalOAuth2Implementation,
    async_add_implementation_provider,
    async_get_implementations,
    async_register_implementation,
)
from homeassistant.setup import async_setup_component
from tests.common import (
    DOMAIN,
    PACKAGE,
    SHOP,
    Disk,
    Neighbours,
    Wire,
    add_account,
    add_hook,
    add_integration,
    add_movable,
    fail_as_titled,
    import_client,
    issue_ids,
    link_flow,
    move,
    real_hook,
    reauthentications,
    record,
    stored,
)


def used_by(
    account: ConfigEntry, state: str = "not_loaded", **changes: Any
) -> dict[str, Any]:
    """Return what `usage` says of an account."""
    return {
        "config_entry_id": account.entry_id,
        "title": account.title,
        "domain": account.domain,
        "state": state,
        "disabled_by": None,
        **changes,
    }


@pytest.fixture
def running(hass: HomeAssistant) -> None:
    """Have the shop be set up: what it may register itself would be there."""
    hass.config.components.add(SHOP)


async def test_every_credential_is_listed(hass: HomeAssistant, wire: Wire) -> None:
    """An unused one with an empty list, which is what a person looks for."""
    await wire.create("one")
    await wire.create("two")
    account = add_account(hass, "shop_one")
    assert await wire.get("usage") == {"shop_one": [used_by(account)], "shop_two": []}


async def test_accounts_are_listed_in_whatever_state(
    hass: HomeAssistant, wire: Wire
) -> None:
    """One that failed, or is disabled or ignored, holds on to its credential as well."""
    setups = add_integration(hass)
    setups.fails = fail_as_titled
    await wire.create()
    fields: dict[str, dict[str, Any]] = {
        "loaded": {},
        "retried": {},
        "failed": {},
        "disabled": {"disabled_by": ConfigEntryDisabler.USER},
        "ignored": {"source": SOURCE_IGNORE},
    }
    accounts = {
        title: add_account(hass, "shop_abc", title=title, **fields[title])
        for title in fields
    }
    with link_flow():
        await async_setup_component(hass, SHOP, {})
    assert (await wire.get("usage"))["shop_abc"] == [
        used_by(accounts["loaded"], "loaded"),
        used_by(accounts["retried"], "setup_retry"),
        used_by(accounts["failed"], "setup_error"),
        used_by(accounts["disabled"], disabled_by="user"),
        used_by(accounts["ignored"]),
    ]
    # Ends the retry.
    await hass.config_entries.async_remove(accounts["retried"].entry_id)


async def test_an_imported_credential_is_used_by_its_auth_domain(
    hass: HomeAssistant, wire: Wire
) -> None:
    """That is the only name under which it is served."""
    await import_client(hass, "abc", "old")
    account = add_account(hass, "old")
    assert await wire.get("usage") == {"shop_abc": [used_by(account)]}


async def test_an_imported_credential_is_meant_by_its_id_too(
    hass: HomeAssistant, wire: Wire
) -> None:
    """An entry that says the id cannot mean another one."""
    await import_client(hass, "abc", "old")
    account = add_account(hass, "shop_abc")
    assert await wire.get("usage") == {"shop_abc": [used_by(account)]}


async def test_of_two_credentials_with_one_auth_domain_the_last_is_used(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It is the one that Home Assistant's flow is handed."""
    for client_id in ("one", "two"):
        await import_client(hass, client_id, "old")
    account = add_account(hass, "old")
    assert await wire.get("usage") == {"shop_one": [], "shop_two": [used_by(account)]}


async def test_an_account_of_another_integration_uses_nothing(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Even where it says the same name."""
    await wire.create()
    add_account(hass, "shop_abc", domain="other")
    assert await wire.get("usage") == {"shop_abc": []}


@pytest.mark.parametrize(
    "data", [{}, {"auth_implementation": None}, {"auth_implementation": ["a"]}]
)
async def test_an_account_that_says_no_name_uses_nothing(
    hass: HomeAssistant, wire: Wire, data: dict[str, Any]
) -> None:
    """An integration may have accounts of other kinds."""
    await wire.create()
    account = add_account(hass, "")
    hass.config_entries.async_update_entry(account, data=data)
    assert await wire.get("usage") == {"shop_abc": []}
    assert await wire.get("config_entry", config_entry_id=account.entry_id) == {}


async def test_the_refusal_to_delete_names_every_account(
    hass: HomeAssistant, wire: Wire
) -> None:
    """After the original's words, which scripts may look for."""
    await wire.create()
    add_account(hass, "shop_abc", title="anna@shop.test")
    add_account(
        hass, "shop_abc", title="ben@shop.test", disabled_by=ConfigEntryDisabler.USER
    )
    assert await wire.refused("delete", application_credentials_id="shop_abc") == (
        "home_assistant_error",
        "Cannot delete credential in use by integration shop (anna@shop.test, ben@shop.test)",
    )
    assert len(await wire.get("list")) == 1


async def test_an_unused_credential_is_deleted(hass: HomeAssistant, wire: Wire) -> None:
    """Accounts of others are no reason to keep it."""
    await wire.create("one")
    await wire.create("two")
    add_account(hass, "shop_one")
    assert await wire.get("delete", application_credentials_id="shop_two") is None
    assert [record["id"] for record in await wire.get("list")] == ["shop_one"]


# Move: an account to another credential of its integration.


async def test_a_moved_account_points_at_the_other_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It is reloaded, and asks to be linked again."""
    setups = add_integration(hass)
    account = await add_movable(hass, wire, unique_id="anna")
    with link_flow():
        await hass.config_entries.async_setup(account.entry_id)
        await move(hass, wire, account, "shop_two")
    assert account.data["auth_implementation"] == "shop_two"
    assert account.data["token"] == {
        "access_token": "access",
        "refresh_token": "refresh",
    }
    assert account.unique_id == "anna"
    assert setups.count == {account.entry_id: 2}
    assert reauthentications(hass) == [account.entry_id]
    assert await wire.get("usage") == {
        "shop_one": [],
        "shop_two": [used_by(account, "loaded")],
    }


async def test_an_account_is_moved_to_an_imported_credential_by_its_auth_domain(
    hass: HomeAssistant, wire: Wire
) -> None:
    """That is the only name under which it is served."""
    add_integration(hass)
    await wire.create("one")
    await import_client(hass, "two", "old")
    account = add_account(hass, "shop_one")
    with link_flow():
        await move(hass, wire, account, "shop_two")
    assert account.data["auth_implementation"] == "old"


async def test_a_disabled_account_is_moved_and_left_disabled(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It asks for what it needs when it is enabled."""
    setups = add_integration(hass)
    account = await add_movable(hass, wire, disabled_by=ConfigEntryDisabler.USER)
    with link_flow():
        await move(hass, wire, account, "shop_two")
    assert account.data["auth_implementation"] == "shop_two"
    assert setups.count == {}
    assert reauthentications(hass) == []


async def refused_move(
    hass: HomeAssistant, wire: Wire, account: ConfigEntry, credential_id: str
) -> tuple[str, str]:
    """Ask for a move that is refused; fail unless nothing is changed."""
    data = dict(account.data)
    refusal = await wire.refused(
        "move",
        config_entry_id=account.entry_id,
        application_credentials_id=credential_id,
    )
    await hass.async_block_till_done()
    assert account.data == data
    assert account.state is ConfigEntryState.NOT_LOADED
    assert reauthentications(hass) == []
    return refusal


async def test_an_account_is_not_moved_to_another_integrations_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It could not be served by it."""
    add_integration(hass)
    add_hook(hass, "other")
    await wire.create("abc")
    await wire.create("abc", domain="other")
    account = add_account(hass, "shop_abc")
    with link_flow():
        code, message = await refused_move(hass, wire, account, "other_abc")
    assert code == "home_assistant_error"
    assert "belongs to shop" in message
    assert "Choose a credential of shop" in message


async def test_an_account_is_not_moved_to_an_unknown_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """There is none to move to."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow():
        assert await refused_move(hass, wire, account, "shop_nothing") == (
            "not_found",
            "Unable to find application_credentials_id shop_nothing",
        )


async def test_an_unknown_account_is_not_moved(hass: HomeAssistant, wire: Wire) -> None:
    """The error is the one of `config_entry`."""
    await wire.create()
    assert await wire.refused(
        "move", config_entry_id="nothing", application_credentials_id="shop_abc"
    ) == ("invalid_config_entry_id", "Config entry not found: nothing")


async def test_an_account_that_cannot_be_linked_again_is_not_moved(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It would be left with a token that its credential does not know."""
    add_integration(hass)
    account = await add_movable(hass, wire)
    with link_flow(reauthentication=False):
        code, message = await refused_move(hass, wire, account, "shop_two")
    assert code == "home_assistant_error"
    assert "shop cannot link an account again" in message


@pytest.mark.parametrize(
    "config_flow",
    [
        None,
        "import nothing_of_this_name\n",
        "raise ValueError('broken')\n",
        "this is no Python\n",
    ],
    ids=["none", "library missing", "broken", "no Python"],
)
async def test_an_account_whose_config_flow_cannot_be_imported_is_not_moved(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours, config_flow: str | None
) -> None:
    """Nobody could link it again."""
    files = {} if config_flow is None else {"config_flow": config_flow}
    neighbours.add(
        "flowless", "async def async_get_authorization_server(hass): ...\n", **files
    )
    account = await add_movable(hass, wire, "flowless")
    code, message = await refused_move(hass, wire, account, "flowless_two")
    assert code == "home_assistant_error"
    assert "flowless cannot link an account again" in message


async def test_an_account_of_an_integration_that_is_gone_is_not_moved(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A custom integration may have been uninstalled."""
    account = await add_movable(hass, wire)
    hass.data["integrations"].pop(SHOP)
    code, message = await refused_move(hass, wire, account, "shop_two")
    assert code == "home_assistant_error"
    assert "shop cannot link an account again" in message


async def test_an_account_that_cannot_say_which_credential_it_means_is_not_moved(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Smartthings calls every credential by one name, so the move would change nothing."""
    add_integration(hass, "smartthings")
    real_hook(hass, "smartthings", DOMAIN="smartthings")
    await wire.create("one", domain="smartthings")
    await wire.create("two", domain="smartthings")
    account = add_account(hass, "smartthings", domain="smartthings")
    with link_flow("smartthings"):
        code, message = await refused_move(hass, wire, account, "smartthings_one")
    assert code == "home_assistant_error"
    assert "With smartthings, you cannot choose the credential of an account" in message


async def test_an_account_is_moved_while_its_hook_does_not_work(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Some work in their own flow alone, where the account is linked again."""

    async def fail(hass: HomeAssistant) -> None:
        raise LookupError

    add_integration(hass, async_get_authorization_server=fail)
    account = await add_movable(hass, wire)
    with link_flow():
        await move(hass, wire, account, "shop_two")
    assert reauthentications(hass) == [account.entry_id]


async def test_an_account_that_uses_no_credential_is_not_moved(
    hass: HomeAssistant, wire: Wire
) -> None:
    """LaMetric has accounts with an API key, and discoveries that are ignored are entries, too."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "")
    hass.config_entries.async_update_entry(account, data={"api_key": "key"})
    with link_flow():
        code, message = await refused_move(hass, wire, account, "shop_abc")
    assert code == "home_assistant_error"
    assert "anna@shop.test uses no credential that is stored here" in message


async def test_an_account_is_not_moved_to_a_credential_that_a_later_import_hides(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Both have one name, and the later one is what the account would use."""
    add_integration(hass)
    for client_id in ("one", "two"):
        await import_client(hass, client_id, "old")
    await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow():
        code, message = await refused_move(hass, wire, account, "shop_one")
        assert code == "home_assistant_error"
        assert "With shop, you cannot choose the credential of an account" in message
        await move(hass, wire, account, "shop_two")
    assert account.data["auth_implementation"] == "old"


async def test_a_credential_that_goes_during_a_move_is_an_error(
    hass: HomeAssistant, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking the hook takes a while."""
    add_integration(hass)
    account = await add_movable(hass, wire)

    async def delete_meanwhile(hass: HomeAssistant) -> None:
        await hass.data["application_credentials"].async_delete_item("shop_two")
        raise LookupError

    add_hook(hass, async_get_authorization_server=delete_meanwhile)
    with link_flow():
        code, _message = await refused_move(hass, wire, account, "shop_two")
    assert code == "not_found"


# What a repair looks for.


@pytest.mark.usefixtures("running")
async def test_an_account_whose_credential_is_gone_is_found(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It names one of our ids, or an import, and nothing else serves it."""
    await wire.create()
    gone = add_account(hass, "shop_gone")
    imported = add_account(hass, SHOP)
    add_account(hass, "shop_abc")
    add_account(hass, "cloud")
    add_account(hass, "shop_gone", disabled_by=ConfigEntryDisabler.USER)
    assert await async_entries_without_credential(hass) == [gone, imported]


@pytest.mark.usefixtures("running")
async def test_an_account_that_something_else_serves_misses_no_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Registered with Home Assistant, or from another provider of implementations."""

    def implementation(name: str) -> LocalOAuth2Implementation:
        return LocalOAuth2Implementation(hass, name, "c", "s", "a", "t")

    async def provide(hass: HomeAssistant, domain: str) -> list[Any]:
        return [implementation("shop_provided")]

    async_register_implementation(hass, SHOP, implementation("shop_own"))
    async_add_implementation_provider(hass, "another", provide)
    add_account(hass, "shop_own")
    add_account(hass, "shop_provided")
    assert await async_entries_without_credential(hass) == []


@pytest.mark.usefixtures("running")
async def test_nothing_is_said_while_a_provider_of_implementations_is_away(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Whatever it raises, or if it does not answer."""
    add_account(hass, "shop_gone")
    errors: list[BaseException] = [ImplementationUnavailableError(), SystemExit()]

    async def provide(hass: HomeAssistant, domain: str) -> list[Any]:
        if errors:
            raise errors.pop()
        await asyncio.Event().wait()
        return []

    async_add_implementation_provider(hass, "another", provide)
    for _ in range(2):
        assert await async_entries_without_credential(hass) == []
    with patch(f"{PACKAGE}.accounts.usage._ASK_TIMEOUT", 0):
        assert await async_entries_without_credential(hass) == []


async def test_nothing_is_said_while_the_integration_is_not_set_up(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It may register an implementation itself when it is."""
    gone = add_account(hass, "shop_gone")
    assert await async_entries_without_credential(hass) == []
    hass.config.components.add(SHOP)
    assert await async_entries_without_credential(hass) == [gone]


async def test_an_integration_that_takes_no_credentials_misses_none(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It makes its implementation itself, under a name that looks like an id; or it is gone."""
    mock_integration(hass, MockModule("nest_protect"))
    hass.config.components |= {"nest_protect", "gone"}
    add_account(hass, "nest_protect_production", domain="nest_protect")
    add_account(hass, "gone_abc", domain="gone")
    assert await async_entries_without_credential(hass) == []


@pytest.mark.parametrize(
    ("domain", "name"), [("willow", "willow"), ("ondilo_ico", "ondilo_ico_abc")]
)
async def test_an_imported_credential_that_is_gone_is_missed(
    hass: HomeAssistant, wire: Wire, domain: str, name: str
) -> None:
    """Some integrations import their client only when an account is added."""
    add_integration(hass, domain)
    hass.config.components.add(domain)
    account = add_account(hass, name, domain=domain)
    assert await async_entries_without_credential(hass) == [account]


async def test_an_integration_that_registers_its_client_late_misses_none(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Homelink registers it once the provider has answered, which may be after the start."""
    add_integration(hass, "gentex_homelink")
    hass.config.components.add("gentex_homelink")
    add_account(hass, "gentex_homelink", domain="gentex_homelink")
    assert await async_entries_without_credential(hass) == []


async def test_a_credential_with_a_name_of_its_own_is_used_by_that(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Deletion is refused, too."""
    real_hook(hass, "smartthings", DOMAIN="smartthings")
    await wire.create(domain="smartthings")
    account = add_account(hass, "smartthings", domain="smartthings")
    await async_get_implementations(hass, "smartthings")
    assert await wire.get("usage") == {"smartthings_abc": [used_by(account)]}
    _code, message = await wire.refused(
        "delete", application_credentials_id="smartthings_abc"
    )
    assert "in use by integration smartthings" in message


# After a start, the hook of a disabled account is asked for its own name once.

SMART = {"application_credentials_id": "smartthings_abc"}


@pytest.fixture
def disabled(hass: HomeAssistant) -> MockConfigEntry:
    """Return a disabled account of a credential whose hook gives it a name of its own."""
    add_integration(hass, "smartthings")
    real_hook(hass, "smartthings", DOMAIN="smartthings")
    return add_account(
        hass, "smartthings", domain="smartthings", disabled_by=ConfigEntryDisabler.USER
    )


@pytest.fixture
async def started(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
    disabled: MockConfigEntry,
) -> Wire:
    """Start with that credential."""
    hass_storage[DOMAIN] = stored(record(id="smartthings_abc", domain="smartthings"))
    wire = await start()
    await hass.async_block_till_done(wait_background_tasks=True)
    return wire


async def test_a_credential_of_a_disabled_account_is_not_deleted(
    started: Wire, disabled: MockConfigEntry
) -> None:
    """The refusal names the account."""
    _code, message = await started.refused("delete", **SMART)
    assert "in use by integration smartthings (anna@shop.test)" in message


async def test_the_credential_of_a_disabled_account_is_known(
    started: Wire, disabled: MockConfigEntry
) -> None:
    """By the account."""
    request = {"config_entry_id": disabled.entry_id}
    assert await started.get("config_entry", **request) == SMART


async def test_a_disabled_account_is_among_those_that_use_its_credential(
    hass: HomeAssistant, started: Wire, disabled: MockConfigEntry
) -> None:
    """Everywhere: no issue says that nobody does."""
    used = {"smartthings_abc": [used_by(disabled, disabled_by="user")]}
    assert await started.get("usage") == used
    await hass.async_block_till_done()
    assert issue_ids(hass) == set()


@pytest.mark.parametrize("command", ["update", "link_again"])
async def test_a_disabled_account_asks_to_be_linked_when_it_is_enabled(
    hass: HomeAssistant, started: Wire, disabled: MockConfigEntry, command: str
) -> None:
    """After a new client ID, and if a person asks for it."""
    entry_id = disabled.entry_id
    requests = {
        "update": SMART | {"client_id": "new"},
        "link_again": {"config_entry_id": entry_id},
    }
    with link_flow("smartthings"):
        await started.get(command, **requests[command])
        await hass.config_entries.async_set_disabled_by(entry_id, None)
        await hass.async_block_till_done()
    assert reauthentications(hass, "smartthings") == [entry_id]


async def test_hooks_are_asked_for_their_own_names_at_the_same_time(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """None waits for another, and one that cancels its task costs nobody the answer."""
    asked: set[str] = set()
    all_are_asked = asyncio.Event()

    async def wait(hass: HomeAssistant, auth_domain: str, credential: Any) -> Any:
        if credential.client_id == "cancels":
            current_task = asyncio.current_task()
            assert current_task
            current_task.cancel()
            await hass.loop.create_future()
        asked.add(auth_domain)
        if asked == {"cafe_abc", "cafe_def", "mart_abc"}:
            all_are_asked.set()
        await all_are_asked.wait()
        return LocalOAuth2Implementation(hass, auth_domain[:4], "c", "s", "a", "t")

    hass_storage[DOMAIN] = stored(
        record(domain="cafe", id="cafe_abc"),
        record("def", domain="cafe", id="cafe_def"),
        record("cancels", domain="cafe", id="cafe_cancels"),
        record(domain="mart", id="mart_abc"),
    )
    accounts = []
    for domain in ("cafe", "mart"):
        add_hook(hass, domain, async_get_auth_implementation=wait)
        accounts.append(add_account(hass, domain, domain=domain))
    wire = await start()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await wire.get("usage") == {
        "cafe_abc": [],
        "cafe_def": [used_by(accounts[0])],
        "cafe_cancels": [],
        "mart_abc": [used_by(accounts[1])],
    }


async def test_an_account_that_cannot_be_unloaded_still_asks_to_be_linked(
    hass: HomeAssistant, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what could not be done."""
    add_integration(hass)
    account = await add_movable(hass, wire)
    account.mock_state(hass, ConfigEntryState.FAILED_UNLOAD)
    hass.config.components.add(SHOP)
    with link_flow():
        await move(hass, wire, account, "shop_two")
    assert "anna@shop.test could not be reloaded" in caplog.text
    assert reauthentications(hass) == [account.entry_id]


async def test_an_account_that_is_removed_meanwhile_is_not_linked_again(
    hass: HomeAssistant, wire: Wire
) -> None:
    """There is nobody left to link."""
    add_integration(hass)
    account = await add_movable(hass, wire)
    removed = hass.config_entries.async_remove
    with link_flow(), patch.object(hass.config_entries, "async_reload", removed):
        await move(hass, wire, account, "shop_two")
    assert hass.config_entries.async_get_entry(account.entry_id) is None
    assert reauthentications(hass) == []
