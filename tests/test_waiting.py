"""A home with nothing to look after: its start is not held up, and nobody notices that ours is not there yet."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
import json
import logging
import os
import sys
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.application_credentials import waiting, websocket_api
from homeassistant.components.application_credentials import (
    ApplicationCredentialsStorageCollection,
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryDisabler,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations
from homeassistant.setup import async_setup_component

from .common import (
    DOMAIN,
    PACKAGE,
    SHOP,
    Disk,
    Wire,
    add_account,
    add_hook,
    client,
    entry_with_row,
    imported_anew,
    record,
    stored,
)

ISSUE = (DOMAIN, "original_serves")

type Start = Callable[[], Awaitable[None]]


def is_waiting(hass: HomeAssistant) -> bool:
    """Return whether ours is not there yet."""
    return type(hass.data[DOMAIN]) is waiting._NoCredentials


async def end_of_start(hass: HomeAssistant) -> None:
    """Have Home Assistant be started."""
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return our entry, as the first start has left it."""
    entry = MockConfigEntry(domain=DOMAIN, title="Application credentials")
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def starting(hass: HomeAssistant, entry: MockConfigEntry, checks: list[str]) -> Start:
    """Return what sets the component up while Home Assistant starts."""

    async def start() -> None:
        hass.set_state(CoreState.not_running)
        add_hook(hass)
        # As the frontend does.
        assert await async_setup_component(hass, "file_upload", {})
        assert await async_setup_component(hass, DOMAIN, {})
        await hass.async_block_till_done()

    return start


@pytest.fixture
async def waits(hass: HomeAssistant, starting: Start) -> None:
    """Have the component wait."""
    await starting()
    assert is_waiting(hass)


@pytest.fixture
async def wire(
    hass: HomeAssistant, waits: None, hass_ws_client: WebSocketGenerator
) -> Wire:
    """Return the websocket API while the component waits."""
    return Wire(await hass_ws_client(hass))


@pytest.fixture
def anew() -> Generator[None]:
    """Have the component be imported as at a start."""
    with imported_anew():
        yield


@pytest.fixture
def cannot_serve() -> Generator[None]:
    """Have the set-up of ours fail."""
    with patch(f"{PACKAGE}.component.Hooks", side_effect=AttributeError("gone")):
        yield


# When it waits.


@pytest.mark.usefixtures("waits")
async def test_nothing_is_set_up_before_it_is_needed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """The entry is there, and shows nothing."""
    assert entry.state is ConfigEntryState.LOADED
    assert not hass.states.async_all()


async def test_next_to_nothing_is_imported(
    hass: HomeAssistant, starting: Start, anew: None
) -> None:
    """Though Home Assistant imports by name what it may ask for later."""
    assert await async_setup_component(hass, "system_health", {})
    await starting()
    assert {
        name.removeprefix(f"{PACKAGE}.")
        for name in sys.modules
        if name.startswith(f"{PACKAGE}.")
    } == {
        "config_flow",
        "const",
        "diagnostics",
        "records",
        "records.redaction",
        "repairs",
        "system_health",
        "waiting",
    }


@pytest.mark.usefixtures("waits")
async def test_it_is_set_up_when_the_start_is_over(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """Without anybody who asks, and with all that shows the credentials."""
    await end_of_start(hass)
    assert not is_waiting(hass)
    assert entry.state is ConfigEntryState.LOADED
    wire = Wire(await hass_ws_client(hass))
    await wire.create()
    await hass.async_block_till_done()
    assert er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)


async def test_a_file_without_credentials_is_nothing(
    hass: HomeAssistant, hass_storage: Disk, starting: Start
) -> None:
    """The last one was deleted."""
    hass_storage[DOMAIN] = stored()
    await starting()
    assert is_waiting(hass)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps(stored(record())), id="a credential"),
        pytest.param(json.dumps(stored({"id": 7})), id="what cannot be read"),
        pytest.param(json.dumps(stored() | {"version": 2}), id="newer"),
        pytest.param(json.dumps({"version": 1, "data": 1}), id="something else"),
        pytest.param("[]", id="nothing of ours"),
        pytest.param("{", id="no JSON"),
    ],
)
async def test_whatever_is_in_the_file_is_looked_after_at_once(
    hass: HomeAssistant, hass_storage: Disk, starting: Start, content: str
) -> None:
    """Also what is wrong with it: a person is told."""
    hass_storage.path(DOMAIN).parent.mkdir(exist_ok=True)
    hass_storage.path(DOMAIN).write_text(content)
    await starting()
    assert not is_waiting(hass)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
async def test_what_is_no_file_is_not_waited_for(
    hass: HomeAssistant,
    hass_storage: Disk,
    starting: Start,
    make: Callable[[Any], None],
) -> None:
    """Who opens a pipe waits for somebody at its other end."""
    hass_storage.path(DOMAIN).parent.mkdir(exist_ok=True)
    make(hass_storage.path(DOMAIN))
    await starting()
    assert not is_waiting(hass)


async def test_an_account_is_looked_after_at_once(
    hass: HomeAssistant, starting: Start
) -> None:
    """Its credential may be what is missing."""
    add_account(hass, "shop_abc")
    await starting()
    assert not is_waiting(hass)


async def test_a_row_is_looked_after_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, starting: Start
) -> None:
    """Its credential is gone."""
    await hass.config_entries.async_remove(entry.entry_id)
    entry_with_row(hass)
    await starting()
    assert not is_waiting(hass)


async def test_the_first_start_of_all_waits_for_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, starting: Start
) -> None:
    """It makes the entry, and a person may be about to look."""
    await hass.config_entries.async_remove(entry.entry_id)
    await starting()
    assert not is_waiting(hass)
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


@pytest.mark.usefixtures("entry")
async def test_who_has_started_waits_for_nothing(hass: HomeAssistant) -> None:
    """There is no start that could be held up."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert not is_waiting(hass)


@pytest.mark.usefixtures("entry")
async def test_it_does_not_wait_where_it_cannot(
    hass: HomeAssistant, starting: Start
) -> None:
    """A release of Home Assistant may have taken away what waiting needs alone."""
    with patch.object(
        waiting, "async_add_implementation_provider", side_effect=TypeError
    ):
        await starting()
    assert not is_waiting(hass)


# What ends it.


def test_every_command_is_known() -> None:
    """Those that ours answers, and no more."""
    assert sorted(waiting.COMMANDS) == sorted(
        [*websocket_api._COMMANDS, "list", "subscribe"]
    )


@pytest.mark.parametrize(
    ("command", "request_", "result"),
    [
        ("list", {}, []),
        ("usage", {}, {}),
        ("status", {}, {}),
        ("create", client(), record()),
        ("config_entry", {"config_entry_id": "gone"}, "invalid_config_entry_id"),
        ("delete", {"application_credentials_id": "gone"}, "not_found"),
        ("list", {"secret": 1}, "invalid_format"),
    ],
)
async def test_the_first_command_is_answered_as_any_other(
    hass: HomeAssistant, wire: Wire, command: str, request_: Any, result: Any
) -> None:
    """With what there is, or with what is wrong."""
    answer = await wire.ask(command, **request_)
    found = answer["result"] if answer["success"] else answer["error"]["code"]
    assert found == result
    assert not is_waiting(hass)
    assert await wire.ask("list") == {
        "id": 2,
        "type": "result",
        "success": True,
        "result": [record()] if command == "create" else [],
    }


async def test_who_subscribes_first_hears_of_all(wire: Wire) -> None:
    """The answer, what there is, and every change."""
    await wire.socket.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
    assert (await wire.socket.receive_json())["success"]
    assert (await wire.socket.receive_json())["event"] == []
    await wire.socket.send_json_auto_id({"type": f"{DOMAIN}/create", **client()})
    messages = [await wire.socket.receive_json() for _ in range(2)]
    (event,) = [each["event"] for each in messages if each["type"] == "event"]
    assert event[0]["item"] == record()


async def test_two_at_once_have_it_set_up_once(hass: HomeAssistant, wire: Wire) -> None:
    """Both are answered."""
    with patch(
        f"{PACKAGE}.component.async_setup", wraps=component().async_setup
    ) as set_up:
        answers = await wire.ask_together("create", client("one"), client("two"))
    assert [answer["success"] for answer in answers] == [True, True]
    assert set_up.call_count == 1


def component() -> Any:
    """Return the module that sets ours up."""
    return sys.modules[f"{PACKAGE}.component"]


@pytest.mark.usefixtures("waits")
async def test_who_is_no_administrator_is_refused(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """As later."""
    wire = Wire(await hass_ws_client(hass, hass_read_only_access_token))
    assert (await wire.refused("list"))[0] == "unauthorized"


@pytest.mark.usefixtures("waits")
async def test_the_first_client_secret_is_not_logged(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Home Assistant logs a message before anybody sees it."""
    caplog.set_level(logging.DEBUG, "homeassistant.components.websocket_api")
    wire = Wire(await hass_ws_client(hass))
    await wire.create(client_secret="s3cr3t")
    assert f"{DOMAIN}/create" in caplog.text
    assert "s3cr3t" not in caplog.text


@pytest.mark.usefixtures("waits")
async def test_an_integration_that_brings_its_client_finds_us(
    hass: HomeAssistant,
) -> None:
    """With a function of Home Assistant's own."""
    await async_import_client_credential(hass, SHOP, ClientCredential("abc", "s"))
    assert not is_waiting(hass)
    assert [each["client_id"] for each in hass.data[DOMAIN].async_items()] == ["abc"]


@pytest.mark.usefixtures("waits")
async def test_a_flow_asks_for_implementations(
    hass: HomeAssistant, hass_storage: Disk
) -> None:
    """There are none; a file that somebody has put there meanwhile is read."""
    hass_storage[DOMAIN] = stored(record())
    assert list(await async_get_implementations(hass, SHOP)) == ["shop_abc"]
    assert not is_waiting(hass)


@pytest.mark.usefixtures("waits")
async def test_who_holds_the_collection_of_before_has_that_of_later(
    hass: HomeAssistant,
) -> None:
    """It may be changed through it, read and listened to."""
    before = hass.data[DOMAIN]
    heard: list[tuple[str, str]] = []

    async def listen(change: str, item_id: str, item: Any) -> None:
        heard.append((change, item_id))

    before.async_add_listener(listen)
    assert before.async_items() == []
    assert before.async_client_credentials(SHOP) == {}
    assert await before.async_create_item(client()) == record()
    await before.async_update_item("shop_abc", {"name": "Kitchen"})
    assert before.async_items() == [record(name="Kitchen")]
    assert before.async_client_credentials(SHOP)["shop_abc"].client_id == "abc"
    await before.async_delete_item("shop_abc")
    await hass.data[DOMAIN].async_import_item(
        {**client(), "auth_domain": SHOP, "name": "n"}
    )
    assert heard == [
        ("added", "shop_abc"),
        ("updated", "shop_abc"),
        ("removed", "shop_abc"),
        ("added", "shop_abc"),
    ]


@pytest.mark.usefixtures("waits")
async def test_the_dialog_opens(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """And is the one of later, to its end."""
    with patch("homeassistant.loader.APPLICATION_CREDENTIALS", [SHOP]):
        shown = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "credential"),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        assert shown["type"] is FlowResultType.FORM
        assert not is_waiting(hass)
        await hass.async_block_till_done()
        shown = await hass.config_entries.subentries.async_configure(
            shown["flow_id"], {"domain": SHOP}
        )
    assert shown["step_id"] == "new"
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.usefixtures("waits")
async def test_a_dialog_about_a_row_that_is_gone_says_so(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It was opened in a browser that has not heard of it."""
    shown = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "credential"),
        context=SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id="gone"),
    )
    assert shown["type"] is FlowResultType.ABORT
    assert shown["reason"] == "credential_gone"


@pytest.mark.usefixtures("waits")
async def test_who_looks_for_a_fault_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """On both pages."""
    assert await async_setup_component(hass, "system_health", {})
    assert await async_setup_component(hass, "diagnostics", {})
    await hass.async_block_till_done()
    assert is_waiting(hass)
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert told["credentials"] == []
    assert await get_system_health_info(hass, DOMAIN) == {
        "credentials": 0,
        "in_use": 0,
        "rejected": 0,
    }


@pytest.mark.usefixtures("waits")
async def test_who_gives_up_waiting_stops_nothing(hass: HomeAssistant) -> None:
    """Home Assistant cancels the set-up of an integration that takes too long."""
    asking = asyncio.create_task(async_get_implementations(hass, SHOP))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await hass.async_block_till_done()
    assert not is_waiting(hass)


# The entry.


@pytest.mark.usefixtures("waits")
async def test_an_entry_that_is_disabled_meanwhile_stays_so(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Its rows are there, and nothing else of it."""
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await end_of_start(hass)
    assert not is_waiting(hass)
    assert entry.state is ConfigEntryState.NOT_LOADED


@pytest.mark.usefixtures("waits")
async def test_an_entry_that_is_deleted_meanwhile_is_no_fault(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """A person prepares to uninstall ours; at the end of the start it is made again."""
    await hass.config_entries.async_remove(entry.entry_id)
    await end_of_start(hass)
    assert not is_waiting(hass)
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


@pytest.mark.usefixtures("waits")
async def test_an_entry_that_is_reloaded_meanwhile_goes_on_waiting(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """There is still nothing to show."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert is_waiting(hass)
    await end_of_start(hass)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is component()


@pytest.mark.usefixtures("waits")
async def test_an_entry_that_is_reloaded_while_ours_is_set_up_waits_for_it(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It shows the credentials then."""
    asking = asyncio.create_task(async_get_implementations(hass, SHOP))
    await asyncio.sleep(0)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert not is_waiting(hass)
    await asking
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is component()


# Where ours cannot serve after all.


@pytest.fixture
async def original_serves(hass: HomeAssistant, wire: Wire, cannot_serve: None) -> Wire:
    """Have the original take over at the first command; return the wire."""
    assert await wire.get("list") == []
    await hass.async_block_till_done()
    return wire


async def test_the_original_takes_over(
    hass: HomeAssistant, entry: MockConfigEntry, original_serves: Wire
) -> None:
    """In the midst of it: records, commands, implementations; and it is said."""
    wire = original_serves
    assert type(hass.data[DOMAIN]) is ApplicationCredentialsStorageCollection
    assert (await wire.create())["id"] == "shop_abc"
    assert list(await async_get_implementations(hass, SHOP)) == ["shop_abc"]
    assert ir.async_get(hass).async_get_issue(*ISSUE) is not None
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "original_serves"
    assert (await wire.refused("list", more=1))[0] == "invalid_format"


@pytest.mark.usefixtures("waits", "cannot_serve")
async def test_the_original_takes_over_when_the_start_is_over(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A person is told, whether or not there is a credential."""
    await end_of_start(hass)
    assert type(hass.data[DOMAIN]) is ApplicationCredentialsStorageCollection
    assert ir.async_get(hass).async_get_issue(*ISSUE) is not None
    assert entry.state is ConfigEntryState.SETUP_ERROR


async def test_a_command_that_the_original_does_not_have_is_unknown(
    original_serves: Wire,
) -> None:
    """As where it has served from the beginning."""
    known = {"config", "config_entry", "create", "delete", "list", "subscribe"}
    for command in {*waiting.COMMANDS} - known:
        code, _ = await original_serves.refused(command, wrong=1)
        expected = "invalid_format" if command == "update" else "unknown_command"
        assert code == expected, command


@pytest.mark.usefixtures("waits", "cannot_serve")
async def test_a_client_that_is_imported_is_the_originals(hass: HomeAssistant) -> None:
    """Nothing is lost on the way."""
    before = hass.data[DOMAIN]
    await async_import_client_credential(hass, SHOP, ClientCredential("abc", "s"))
    assert [each["client_id"] for each in hass.data[DOMAIN].async_items()] == ["abc"]
    assert before.async_items() == hass.data[DOMAIN].async_items()


@pytest.mark.usefixtures("waits", "cannot_serve")
async def test_the_dialog_says_that_the_original_serves(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It was opened before anybody knew."""
    for context in (
        SubentryFlowContext(source=SOURCE_USER),
        SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id="gone"),
    ):
        shown = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "credential"), context=context
        )
        assert shown["reason"] == "original_serves"


@pytest.mark.usefixtures("waits", "cannot_serve")
async def test_nothing_is_counted_of_the_originals(hass: HomeAssistant) -> None:
    """It was asked for before anybody knew."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    assert await get_system_health_info(hass, DOMAIN) == {}
