"""A request to link an account again stays until the account is linked."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack
from datetime import timedelta
import json
from pathlib import Path
import threading
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.application_credentials.accounts.watcher import AccountWatcher
from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.file import write_private
from custom_components.application_credentials.models import link_fingerprint
from homeassistant.config_entries import (
    HANDLERS,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.common import (
    DOMAIN,
    PACKAGE,
    SHOP,
    STATE,
    Disk,
    Setups,
    Wire,
    add_account,
    add_integration,
    add_movable,
    kept_state,
    link_again,
    link_flow,
    move,
    own_entry,
    reauthentications,
    record,
    settle,
    stored,
)

NEW_TOKEN = {"access_token": "new", "refresh_token": "new", "expires_in": 3600}


@pytest.fixture(autouse=True)
def shop_flow() -> Generator[None]:
    """Have the shop link accounts, for the first time and again."""
    with link_flow():
        yield


@pytest.fixture
def setups(hass: HomeAssistant) -> Setups:
    """Have the shop's accounts set up."""
    return add_integration(hass)


@pytest.fixture
async def account(hass: HomeAssistant, setups: Setups, wire: Wire) -> MockConfigEntry:
    """Return an account whose credential has got a new client ID."""
    await wire.create()
    account = add_account(hass, "shop_abc")
    assert await hass.config_entries.async_setup(account.entry_id)
    await change(wire, client_id="new")
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    return account


async def change(wire: Wire, **fields: str) -> None:
    """Change the credential."""
    await wire.get("update", application_credentials_id="shop_abc", **fields)


def flow_of(hass: HomeAssistant, account: ConfigEntry) -> str:
    """Return the id of the flow in which an account asks."""
    (flow,) = hass.config_entries.flow.async_progress_by_handler(
        SHOP, match_context={"entry_id": account.entry_id, "source": "reauth"}
    )
    return flow["flow_id"]


def give(hass: HomeAssistant, account: ConfigEntry, token: Any) -> None:
    """Have an account get another token."""
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": token}
    )


async def reconfigure(hass: HomeAssistant, account: ConfigEntry) -> str:
    """Open the reconfiguration of an account; return the id of its flow."""

    async def show_form(self: Any, _: Any) -> Any:
        return self.async_show_form(step_id="reauth_confirm")

    with patch.object(HANDLERS[SHOP], "async_step_reconfigure", show_form, create=True):
        flow = await hass.config_entries.flow.async_init(
            SHOP,
            context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id},
        )
    return flow["flow_id"]


async def kept(hass: HomeAssistant, hass_storage: Disk) -> set[str]:
    """Return the accounts that the file says are asked."""
    return set((await kept_state(hass, hass_storage))["link_requests"])


async def test_it_stays_through_further_edits(
    hass: HomeAssistant, account: MockConfigEntry, wire: Wire
) -> None:
    """A new secret for the new client ID, a new name."""
    await change(wire, client_secret="newer")
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    await change(wire, name="Kitchen")
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]


async def test_it_stays_when_the_page_is_closed(
    hass: HomeAssistant, account: MockConfigEntry, checks: list[str]
) -> None:
    """And the credential is not checked for that."""
    await settle(hass)
    checks.clear()
    asked = flow_of(hass, account)
    hass.config_entries.flow.async_abort(asked)
    await hass.async_block_till_done()
    assert flow_of(hass, account) != asked
    await settle(hass)
    assert checks == []


@pytest.mark.usefixtures("current_request_with_host")
async def test_it_stays_when_another_account_was_linked_at_the_provider(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """Or a person refused, or the provider did."""
    flows = hass.config_entries.flow
    asked = flow_of(hass, account)
    await flows.async_configure(asked, {})
    await flows.async_configure(asked, {"error": "access_denied"})
    step: Any = await flows.async_configure(asked)
    assert (step["type"], step["reason"]) == ("abort", "user_rejected_authorize")
    await hass.async_block_till_done()
    assert flow_of(hass, account) != asked


async def test_it_goes_when_the_account_is_linked(
    hass: HomeAssistant, account: MockConfigEntry, hass_storage: Disk
) -> None:
    """In the flow in which it asked."""
    assert await kept(hass, hass_storage) == {account.entry_id}
    await link_again(hass, account)
    assert reauthentications(hass) == []
    await hass.config_entries.async_reload(account.entry_id)
    await hass.async_block_till_done()
    assert reauthentications(hass) == []
    assert await kept(hass, hass_storage) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": "new"},
        {"access_token": "new", "refresh_token": "new"},
        {"expires_at": 0},
    ],
)
async def test_it_stays_through_a_refresh(
    hass: HomeAssistant,
    hass_storage: Disk,
    account: MockConfigEntry,
    change: dict[str, Any],
) -> None:
    """Also if the provider issues a new refresh token each time."""
    asked = flow_of(hass, account)
    give(hass, account, {**account.data["token"], **change})
    await hass.async_block_till_done()
    assert flow_of(hass, account) == asked
    await hass.config_entries.async_reload(account.entry_id)
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    # A restart finds the link with which it is asked now.
    kept = (await kept_state(hass, hass_storage))["link_requests"]
    assert link_fingerprint(account.data) in kept[account.entry_id]


async def test_it_stays_through_a_move_wherever_the_token_is_kept(
    hass: HomeAssistant, setups: Setups, wire: Wire, hass_storage: Disk
) -> None:
    """What is changed then is not the link, in an entry with a token under another name, too."""
    account = await add_movable(hass, wire)
    hass.config_entries.async_update_entry(
        account, data={"auth_implementation": "shop_one", "session": NEW_TOKEN}
    )
    assert await hass.config_entries.async_setup(account.entry_id)
    account.async_start_reauth(hass)
    await settle(hass)
    await move(hass, wire, account, "shop_two")
    await settle(hass)
    assert reauthentications(hass) == [account.entry_id]
    assert await kept(hass, hass_storage) == {account.entry_id}
    assert (await wire.get("status"))["shop_two"]["client"] == "unknown"


async def test_a_request_of_a_person_is_on_disk_before_the_answer(
    hass: HomeAssistant, setups: Setups, wire: Wire, hass_storage: Disk
) -> None:
    """A power cut a moment later takes nothing back."""
    await wire.create()
    account = add_account(hass, "shop_abc")
    assert await wire.get("link_again", config_entry_id=account.entry_id) == {}
    assert account.entry_id in hass_storage[STATE]["data"]["link_requests"]
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]


async def test_a_request_is_on_disk_without_our_entry_too(
    hass: HomeAssistant, setups: Setups, wire: Wire, hass_storage: Disk
) -> None:
    """The next start has the entry again, and the request."""
    await wire.create()
    account = add_account(hass, "shop_abc")
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(own_entry(hass).entry_id)
    await wire.get("link_again", config_entry_id=account.entry_id)
    assert account.entry_id in hass_storage[STATE]["data"]["link_requests"]


async def test_a_request_that_cannot_be_saved_is_refused(
    hass: HomeAssistant, setups: Setups, wire: Wire
) -> None:
    """Nothing has changed then; a move that cannot be asked for is none."""
    account = await add_movable(hass, wire)
    full = patch(f"{PACKAGE}.state.write_private", side_effect=OSError("No space left"))
    with full:
        code, said = await wire.refused("link_again", config_entry_id=account.entry_id)
        assert (code, "No space left" in said) == ("home_assistant_error", True)
        await wire.refused(
            "move",
            config_entry_id=account.entry_id,
            application_credentials_id="shop_two",
        )
    await hass.async_block_till_done()
    assert reauthentications(hass) == []
    assert account.data["auth_implementation"] == "shop_one"


async def test_a_new_client_id_asks_also_if_that_cannot_be_saved(
    hass: HomeAssistant, setups: Setups, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """The client is saved by then, and its accounts cannot go on without a link."""
    await wire.create()
    account = add_account(hass, "shop_abc")
    with patch(f"{PACKAGE}.state.write_private", side_effect=OSError("No space left")):
        await change(wire, client_id="new")
        await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    assert "was not saved: " in caplog.text


async def test_a_new_client_id_that_no_account_uses_saves_no_request(
    hass: HomeAssistant, setups: Setups, wire: Wire
) -> None:
    """There is none."""
    await wire.create()
    with patch(f"{PACKAGE}.state.write_private") as write:
        await change(wire, client_id="new")
        await hass.async_block_till_done()
    write.assert_not_called()


async def test_a_repeated_request_is_on_disk_before_the_answer(
    hass: HomeAssistant, setups: Setups, wire: Wire, hass_storage: Disk
) -> None:
    """Also if the one before could not be saved, which stands all the same."""
    await wire.create()
    account = add_account(hass, "shop_abc")
    with patch(f"{PACKAGE}.state.write_private", side_effect=OSError("No space left")):
        await change(wire, client_id="new")
        await wire.refused("link_again", config_entry_id=account.entry_id)
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    await wire.get("link_again", config_entry_id=account.entry_id)
    assert account.entry_id in hass_storage[STATE]["data"]["link_requests"]


@pytest.mark.parametrize(
    "data", [{"api_key": "key"}, {"auth_implementation": "cloud", "token": {}}]
)
async def test_an_account_that_uses_no_credential_is_not_asked(
    hass: HomeAssistant, setups: Setups, wire: Wire, data: dict[str, Any]
) -> None:
    """Nobody would notice that it was linked."""
    account = add_account(hass, "")
    hass.config_entries.async_update_entry(account, data=data)
    code, message = await wire.refused("link_again", config_entry_id=account.entry_id)
    assert code == "home_assistant_error"
    assert "anna@shop.test uses no credential that is stored here" in message
    await hass.async_block_till_done()
    assert reauthentications(hass) == []


async def test_an_account_that_asks_can_be_asked_again(
    hass: HomeAssistant, account: MockConfigEntry, wire: Wire
) -> None:
    """It has one flow all the same."""
    for _ in range(2):
        await wire.get("link_again", config_entry_id=account.entry_id)
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]


async def test_a_disk_that_hangs_is_not_waited_for(
    hass: HomeAssistant, setups: Setups, wire: Wire, hass_storage: Disk
) -> None:
    """The answer says so after a while, and what is written late does not stay."""
    await wire.create()
    account = add_account(hass, "shop_abc")
    go_on = threading.Event()

    def write_late(path: Path, content: bytes) -> None:
        go_on.wait()
        write_private(path, content)

    with (
        patch(f"{PACKAGE}.state.write_private", write_late),
        patch(f"{PACKAGE}.state._WRITE_TIMEOUT", 0.01),
    ):
        code, _ = await wire.refused("link_again", config_entry_id=account.entry_id)
        go_on.set()
        await hass.async_block_till_done(wait_background_tasks=True)
    assert code == "home_assistant_error"
    assert reauthentications(hass) == []
    assert await kept(hass, hass_storage) == set()


async def test_it_goes_with_the_account(
    hass: HomeAssistant, account: MockConfigEntry, hass_storage: Disk
) -> None:
    """There is nothing to link."""
    await hass.config_entries.async_remove(account.entry_id)
    await hass.async_block_till_done()
    assert reauthentications(hass) == []
    assert await kept(hass, hass_storage) == set()


async def test_a_disabled_account_asks_when_it_is_enabled(
    hass: HomeAssistant, setups: Setups, wire: Wire
) -> None:
    """Its tokens are of the old client, too."""
    await wire.create()
    account = add_account(hass, "shop_abc", disabled_by=ConfigEntryDisabler.USER)
    await change(wire, client_id="new")
    await hass.async_block_till_done()
    assert reauthentications(hass) == []
    await hass.config_entries.async_set_disabled_by(account.entry_id, None)
    await hass.async_block_till_done()
    assert account.state is ConfigEntryState.LOADED
    assert reauthentications(hass) == [account.entry_id]


@pytest.mark.parametrize("change", ["refresh", "reload", "time"])
async def test_an_account_that_is_linked_by_reconfiguring_is_not_asked_beside_it(
    hass: HomeAssistant, account: MockConfigEntry, change: str
) -> None:
    """Two flows for one account would be one too many; it asks once the other is given up."""

    async def go_on() -> None:
        if change == "time":
            async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=1))
        elif change == "reload":
            await hass.config_entries.async_reload(account.entry_id)
        else:
            token = {**account.data["token"], "access_token": change}
            give(hass, account, token | {"expires_at": hass.loop.time()})
        await hass.async_block_till_done()

    flow = hass.config_entries.flow
    other = await reconfigure(hass, account)
    flow.async_abort(flow_of(hass, account))
    await go_on()
    assert reauthentications(hass) == []
    flow.async_abort(other)
    await go_on()
    assert reauthentications(hass) == [account.entry_id]


async def test_an_account_that_goes_while_it_is_to_be_asked_is_not_asked(
    hass: HomeAssistant, setups: Setups, wire: Wire, hass_storage: Disk
) -> None:
    """Its config flow is imported, which takes its time."""
    await wire.create()
    account = add_account(hass, "shop_abc")

    async def remove(*_: Any) -> bool:
        await hass.config_entries.async_remove(account.entry_id)
        return True

    with patch(f"{PACKAGE}.accounts.relink.async_can_reauthenticate", remove):
        code, _ = await wire.refused("link_again", config_entry_id=account.entry_id)
    assert code == "invalid_config_entry_id"
    assert await kept(hass, hass_storage) == set()


async def test_a_request_that_nobody_can_answer_is_none(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """Its credential has gone; a repair issue asks for another one."""
    hass.config_entries.async_update_entry(
        account, data={**account.data, "auth_implementation": "shop_gone"}
    )
    hass.config_entries.flow.async_abort(flow_of(hass, account))
    await hass.async_block_till_done()
    assert reauthentications(hass) == []


async def test_an_integration_that_cannot_link_again_is_not_asked(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """It may have been updated to one that cannot."""
    with link_flow(reauthentication=False):
        hass.config_entries.flow.async_abort(flow_of(hass, account))
        await hass.async_block_till_done()
    assert reauthentications(hass) == []


# What an integration asks for.


@pytest.fixture
async def refused(hass: HomeAssistant, setups: Setups, wire: Wire) -> MockConfigEntry:
    """Return an account whose token the provider has refused."""

    def refuse(entry: ConfigEntry) -> None:
        raise ConfigEntryAuthFailed

    await wire.create()
    account = add_account(hass, "shop_abc")
    setups.fails = refuse
    assert not await hass.config_entries.async_setup(account.entry_id)
    await hass.async_block_till_done()
    setups.fails = lambda entry: None
    assert reauthentications(hass) == [account.entry_id]
    return account


async def test_a_new_secret_reloads_an_account_whose_integration_asks(
    hass: HomeAssistant, refused: MockConfigEntry, wire: Wire
) -> None:
    """If that was not the reason, it asks again."""
    await change(wire, client_secret="new")
    await hass.async_block_till_done()
    assert refused.state is ConfigEntryState.LOADED
    assert reauthentications(hass) == []


async def test_a_new_client_id_is_not_answered_by_a_new_secret(
    hass: HomeAssistant, refused: MockConfigEntry, wire: Wire
) -> None:
    """Whoever asked first."""
    await change(wire, client_id="new")
    await hass.async_block_till_done()
    await change(wire, client_secret="new")
    await hass.async_block_till_done()
    assert reauthentications(hass) == [refused.entry_id]


# Over a restart.


@pytest.fixture
def restart(
    hass: HomeAssistant, hass_storage: Disk, setups: Setups, checks: list[str]
) -> Callable[..., Awaitable[MockConfigEntry]]:
    """Return a function that starts with an account and stored requests."""

    async def restart(
        requests: Any = None,
        state: CoreState = CoreState.running,
        link: str | None = None,
    ) -> MockConfigEntry:
        account = add_account(hass, "shop_abc")
        if link is None:
            link = link_fingerprint(account.data)
        hass_storage[DOMAIN] = stored(record())
        hass_storage.keep(
            STATE, {"link_requests": requests or {account.entry_id: link}}
        )
        hass.set_state(state)
        assert await async_setup_component(hass, DOMAIN, {})
        assert await async_setup_component(hass, SHOP, {})
        await hass.async_block_till_done()
        return account

    return restart


async def test_it_stays_through_a_restart(
    hass: HomeAssistant,
    restart: Callable[..., Awaitable[MockConfigEntry]],
    checks: list[str],
) -> None:
    """When Home Assistant has started; and no provider is asked for that."""
    account = await restart(state=CoreState.starting)
    assert reauthentications(hass) == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    await settle(hass)
    assert checks == []


async def test_it_stays_if_home_assistant_is_killed_before_it_saves_the_next_refresh_token(
    hass: HomeAssistant, account: MockConfigEntry, hass_storage: Disk
) -> None:
    """Home Assistant saves config entries a second late; the request is saved at once."""
    before = account.data["token"]
    give(hass, account, {"access_token": "next", "refresh_token": "next"})
    await hass.async_block_till_done()
    at_the_kill = hass_storage[STATE]
    give(hass, account, before)
    await hass.async_block_till_done()
    hass_storage[STATE] = at_the_kill
    await hass.data[DATA].state.async_load()
    AccountWatcher(hass).async_start(ExitStack())
    assert await kept(hass, hass_storage) == {account.entry_id}


async def test_an_account_that_was_linked_while_the_original_served_asks_no_more(
    hass: HomeAssistant,
    hass_storage: Disk,
    restart: Callable[..., Awaitable[MockConfigEntry]],
) -> None:
    """Another link than the one it was asked with is in its entry."""
    await restart(link="another")
    assert reauthentications(hass) == []
    assert await kept(hass, hass_storage) == set()


async def test_a_request_of_version_1_1_0_stays(
    hass: HomeAssistant, restart: Callable[..., Awaitable[MockConfigEntry]]
) -> None:
    """With which link it was asked, its file does not tell."""
    account = await restart(link="")
    assert reauthentications(hass) == [account.entry_id]


@pytest.mark.parametrize("requests", [7, {"accounts": None}, ["gone", 7, None]])
async def test_a_damaged_file_asks_nobody(
    hass: HomeAssistant,
    restart: Callable[..., Awaitable[MockConfigEntry]],
    requests: Any,
) -> None:
    """And does no other harm."""
    account = await restart(requests)
    assert account.state is ConfigEntryState.LOADED
    assert reauthentications(hass) == []


async def test_the_file_has_no_token_in_it(
    hass: HomeAssistant, account: MockConfigEntry, hass_storage: Disk
) -> None:
    """Nor anything else that is worth a theft."""
    await kept(hass, hass_storage)
    stored = json.dumps(hass_storage[STATE])
    assert "refresh" not in stored
    assert "the-secret" not in stored
    assert hass_storage.path(STATE).stat().st_mode & 0o077 == 0
