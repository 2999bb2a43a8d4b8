"""The websocket API: the original's requests, answers and errors, and our commands."""

from collections.abc import Awaitable, Callable
import re
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockModule, mock_integration
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY
from homeassistant.auth.models import User
from homeassistant.components import application_credentials as original
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET
from homeassistant.core import HomeAssistant

from .common import (
    DOMAIN,
    SHOP,
    Disk,
    Wire,
    add_account,
    add_hook,
    add_integration,
    client,
    fault,
    link_flow,
    reauthentications,
    record,
    stored,
)

MARKET = "market"

# Each command with a request that it grants, if it is told of `shop_abc`.
ITEM = {"application_credentials_id": "shop_abc"}
COMMANDS: dict[str, dict[str, Any]] = {
    "list": {},
    "create": client("def"),
    "update": {**ITEM, "name": "New"},
    "delete": ITEM,
    "subscribe": {},
    "config": {},
    "config_entry": {"config_entry_id": "anna"},
    "usage": {},
    "status": {},
    "check": ITEM,
    "link_again": {"config_entry_id": "anna"},
    "move": {**ITEM, "config_entry_id": "anna"},
    "redirect_uri": {},
    "copy": {**ITEM, "domains": [SHOP]},
}
# Where the original, too, says which key it does not know.
SHARED = ["list", "create", "delete", "config_entry"]
# Those that answer for other integrations, without what Home Assistant ships.
FEW_INTEGRATIONS = patch("homeassistant.loader.APPLICATION_CREDENTIALS", [SHOP, MARKET])


def without(command: str, key: str) -> dict[str, Any]:
    """Return a request of a command that lacks a key."""
    return {name: COMMANDS[command][name] for name in COMMANDS[command] if name != key}


# What is wrong, as command and request: the original and we refuse it alike.
WRONG: list[tuple[str, dict[str, Any]]] = [
    *((command, {**COMMANDS[command], "colour": "blue"}) for command in SHARED),
    ("create", {"colour": "blue"}),
    *(
        (command, without(command, key))
        for command in ("create", "delete", "config_entry")
        for key in ("domain", "client_id", "client_secret", "config_entry_id", *ITEM)
        if key in COMMANDS[command]
    ),
    ("create", client() | {"client_id": None}),
    ("create", client(client_secret={"a": "b"})),
    ("create", client(name=["Kitchen"])),
    ("create", client(auth_domain=None)),
    ("create", client(domain=["shop"])),
    ("create", client(domain="nowhere")),
    ("create", client(domain="")),
    ("create", client(domain="no_hook")),
    ("create", client(domain="empty_hook")),
    ("delete", {"application_credentials_id": 7}),
    ("delete", {"application_credentials_id": "nowhere"}),
    ("config_entry", {"config_entry_id": ["anna"]}),
    ("config_entry", {"config_entry_id": "nowhere"}),
]


@pytest.fixture(autouse=True)
def _few_integrations() -> Any:
    """Have Home Assistant ship no more integrations than the tests use."""
    with FEW_INTEGRATIONS:
        yield


def error(answer: Any) -> tuple[str, str]:
    """Return code and message of a refusal, without the part that quotes the request."""
    assert not answer["success"], answer
    return answer["error"]["code"], re.sub(r"\. Got .*", "", answer["error"]["message"])


# As the original


@pytest.mark.parametrize(("command", "request_"), WRONG)
async def test_what_is_wrong_is_refused_in_the_words_of_the_original(
    hass: HomeAssistant, wire: Wire, command: str, request_: dict[str, Any]
) -> None:
    """The same request has the same error code and the same message."""
    mock_integration(hass, MockModule("no_hook"))
    add_hook(hass, "empty_hook", something_else=None)
    from_us = error(await wire.ask(command, **request_))
    assert await original.async_setup(hass, {})
    assert from_us == error(await wire.ask(command, **request_))


@pytest.mark.parametrize("domain", ["a.b", "spotify/", "../components/spotify"])
async def test_a_domain_that_is_none_takes_no_credentials(
    hass: HomeAssistant, wire: Wire, domain: str
) -> None:
    """With the original's error code, even if the domain is a path to a file. An import is refused, too."""
    code, message = error(await wire.ask("create", **client(domain=domain)))
    assert message == f"No application_credentials platform for {domain}"
    with pytest.raises(ValueError, match="No application_credentials platform"):
        await async_import_client_credential(hass, domain, ClientCredential("abc", "s"))
    assert await wire.get("list") == []
    assert await original.async_setup(hass, {})
    assert error(await wire.ask("create", **client(domain=domain)))[0] == code


async def test_a_record_of_a_domain_that_is_none_can_be_checked_and_deleted(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """A person has edited the file."""
    hass_storage[DOMAIN] = stored(record(domain="a.b"))
    wire = await start()
    add_account(hass, "a.b", domain="a.b")
    answer = await wire.get("check", application_credentials_id="shop_abc")
    assert answer["reason"] == "not_set_up"
    await wire.get("delete", application_credentials_id="shop_abc")
    assert await wire.get("list") == []


async def test_each_error_says_what_the_frontend_can_translate(wire: Wire) -> None:
    """The error has the translation key and its placeholders, beside the message."""
    answer = await wire.ask("delete", application_credentials_id="nowhere")
    assert answer["error"] == {
        "code": "not_found",
        "message": "Unable to find application_credentials_id nowhere",
        "translation_domain": DOMAIN,
        "translation_key": "credential_not_found",
        "translation_placeholders": {"id": "nowhere"},
    }


@pytest.mark.usefixtures("wire")
async def test_a_life_is_told_as_by_the_original(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """All answers and events are the same, in the same order, from subscription to the last delete."""

    async def placeholders(_hass: HomeAssistant) -> dict[str, str]:
        return {"more_info_url": "https://shop.test"}

    add_hook(
        hass,
        MARKET,
        async_get_authorization_server=None,
        async_get_description_placeholders=placeholders,
    )

    async def life() -> list[Any]:
        wire = Wire(await hass_ws_client(hass))
        accounts = [
            add_account(hass, "pantry"),
            add_account(hass, "shop_abc"),
            add_account(hass, "shop_abc", domain=MARKET),
        ]
        told = []
        for command, request, messages in (
            ("subscribe", {}, 2),
            ("list", {}, 1),
            ("create", client(" def ", name="Kitchen", auth_domain="pantry"), 2),
            ("create", client("abc", client_secret=" s "), 2),
            *(
                ("config_entry", {"config_entry_id": account.entry_id}, 1)
                for account in accounts
            ),
            ("config", {}, 1),
        ):
            told += [await wire.ask(command, **request)]
            told += [await wire.socket.receive_json() for _ in range(messages - 1)]
        for account in accounts:
            await hass.config_entries.async_remove(account.entry_id)
        for item_id in ("shop_def", "shop_abc"):
            told += [await wire.ask("delete", application_credentials_id=item_id)]
            told += [await wire.socket.receive_json()]
        told += [await wire.ask("list")]
        await wire.socket.close()
        return told

    from_us = await life()
    assert await original.async_setup(hass, {})
    assert from_us == await life()


# Who may ask


async def test_there_is_a_test_for_each_command(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The list at the top of this file leaves none out."""
    prefix = f"{DOMAIN}/"
    assert {
        command.removeprefix(prefix)
        for command in hass.data[WEBSOCKET]
        if command.startswith(prefix)
    } == set(COMMANDS)


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_is_for_administrators(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    command: str,
) -> None:
    """Other users get one error, and nothing else."""
    visitor = Wire(await hass_ws_client(hass, hass_read_only_access_token))
    assert await visitor.refused(command, **COMMANDS[command]) == (
        "unauthorized",
        "Unauthorized",
    )
    await visitor.socket.send_json_auto_id({"type": "ping"})
    assert (await visitor.socket.receive_json())["type"] == "pong"


# Once


@pytest.mark.parametrize(
    "wrong", [{}, {"colour": "blue"}, {"application_credentials_id": "nowhere"}]
)
@pytest.mark.parametrize("command", COMMANDS)
async def test_each_request_is_answered_once(
    hass: HomeAssistant, wire: Wire, command: str, wrong: dict[str, Any]
) -> None:
    """Whether it is granted or refused. The original answers a failed delete twice."""
    await wire.create()
    await wire.socket.send_json(
        {"id": 100, "type": f"{DOMAIN}/{command}", **COMMANDS[command], **wrong}
    )
    answers = [(await wire.socket.receive_json())["type"]]
    await hass.async_block_till_done()
    await wire.socket.send_json({"id": 101, "type": "ping"})
    while (message := await wire.socket.receive_json())["id"] != 101:
        answers.append(message["type"])
    assert answers[0] == "result"
    assert answers[1:] == (["event"] if command == "subscribe" and not wrong else [])


# Subscriptions


def added(record: dict[str, Any]) -> dict[str, Any]:
    """Return the event of a new record."""
    return {
        "change_type": "added",
        "application_credentials_id": record["id"],
        "item": record,
    }


async def test_a_subscriber_is_told_what_there_is_and_what_becomes_of_it(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, wire: Wire
) -> None:
    """First all records, then each change with its record."""
    first = await wire.create("abc")
    second = await wire.create("def")
    subscriber = Wire(await hass_ws_client(hass))

    async def event() -> Any:
        message = await subscriber.socket.receive_json()
        assert (message["type"], message["id"]) == ("event", 1)
        return message["event"]

    assert await subscriber.get("subscribe") is None
    assert await event() == [added(first), added(second)]
    third = await wire.create("ghi")
    assert await event() == [added(third)]
    second = await wire.get(
        "update", application_credentials_id=second["id"], name="Kitchen"
    )
    assert await event() == [
        {
            "change_type": "updated",
            "application_credentials_id": "shop_def",
            "item": second,
        }
    ]
    await wire.get("delete", application_credentials_id=first["id"])
    assert await event() == [
        {
            "change_type": "removed",
            "application_credentials_id": "shop_abc",
            "item": first,
        }
    ]


async def test_what_shared_a_write_shares_an_event(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, wire: Wire
) -> None:
    """Changes come as a list, in the order in which they were made."""
    subscriber = Wire(await hass_ws_client(hass))
    await subscriber.get("subscribe")
    assert (await subscriber.socket.receive_json())["event"] == []
    await wire.ask_together("create", client("a"), client("b"))
    told: list[Any] = []
    while len(told) < 2:
        told += (await subscriber.socket.receive_json())["event"]
    assert [change["item"]["client_id"] for change in told] == ["a", "b"]


async def test_who_unsubscribes_is_told_nothing_more(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, wire: Wire
) -> None:
    """Other subscriptions continue, those of the same client, too."""
    subscriber = Wire(await hass_ws_client(hass))
    for _subscription in range(2):
        await subscriber.get("subscribe")
        await subscriber.socket.receive_json()
    await wire.get("subscribe")
    await wire.socket.receive_json()

    await subscriber.socket.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": 1}
    )
    assert (await subscriber.socket.receive_json())["success"]
    event = await wire.ask("create", **client())
    record = (await wire.socket.receive_json())["result"]
    assert event["event"] == [added(record)]
    assert (await subscriber.socket.receive_json()) == {
        "id": 2,
        "type": "event",
        "event": [added(record)],
    }
    # And nothing came for the first.
    assert await subscriber.get("list") == [record]


async def test_a_subscriber_that_left_costs_nobody_anything(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    wire: Wire,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The subscription of a closed tab is removed."""
    subscriber = Wire(await hass_ws_client(hass))
    await subscriber.get("subscribe")
    await subscriber.socket.close()
    await hass.async_block_till_done()
    await wire.create()
    assert "closed connection" not in caplog.text
    assert "listener failed" not in caplog.text


async def test_a_subscriber_who_is_no_administrator_any_more_is_told_nothing(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: User,
    wire: Wire,
) -> None:
    """They get no further events, even if they become an administrator again."""
    collection = hass.data[DATA_COLLECTION]
    listeners = len(collection.change_set_listeners)
    await wire.get("subscribe")
    await wire.socket.receive_json()
    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_READ_ONLY])
    await collection.async_create_item(client("abc"))
    await hass.async_block_till_done()
    assert await wire.refused("list") == ("unauthorized", "Unauthorized")
    assert len(collection.change_set_listeners) == listeners

    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_ADMIN])
    await collection.async_create_item(client("def"))
    assert len(await wire.get("list")) == 2
    await wire.get("subscribe")
    assert len((await wire.socket.receive_json())["event"]) == 2


async def test_who_leaves_while_losing_the_right_costs_nobody_anything(
    hass: HomeAssistant, hass_admin_user: User, wire: Wire
) -> None:
    """The subscription may already be gone."""
    collection = hass.data[DATA_COLLECTION]
    await wire.get("subscribe")
    await wire.socket.receive_json()
    (send_changes,) = (
        listener
        for listener in collection.change_set_listeners
        if listener.__qualname__.startswith("_subscribe")
    )
    await wire.socket.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": 1}
    )
    await wire.socket.receive_json()
    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_READ_ONLY])
    await send_changes([])


# What integrations there are, and whom they serve


async def test_config_lists_the_integrations_with_what_they_say(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Placeholders where an integration has some, nothing where it has none."""

    async def placeholders(_hass: HomeAssistant) -> dict[str, str]:
        return {"more_info_url": "https://market.test"}

    add_hook(
        hass,
        MARKET,
        async_get_authorization_server=placeholders,
        async_get_description_placeholders=placeholders,
    )
    assert await wire.get("config") == {
        "domains": [SHOP, MARKET],
        "integrations": {
            SHOP: {},
            MARKET: {
                "description_placeholders": {"more_info_url": "https://market.test"}
            },
        },
    }


async def test_a_config_entry_knows_its_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """By its id or by its auth_domain, but not if the id belongs to another integration."""
    await wire.create("abc")
    await async_import_client_credential(
        hass, SHOP, ClientCredential("def", "s"), "pantry"
    )

    async def credential(auth_implementation: str, domain: str = SHOP) -> Any:
        entry = add_account(hass, auth_implementation, domain=domain)
        return await wire.get("config_entry", config_entry_id=entry.entry_id)

    assert await credential("shop_abc") == ITEM
    assert await credential("pantry") == {"application_credentials_id": "shop_def"}
    assert await credential("cloud") == {}
    assert await credential("shop_abc", MARKET) == {}


# What is new


@pytest.mark.parametrize(
    ("command", "wrong", "message"),
    [
        ("subscribe", {"colour": "blue"}, fault("not a valid option", "colour")),
        ("config", {"colour": "blue"}, fault("not a valid option", "colour")),
        ("usage", {"colour": "blue"}, fault("not a valid option", "colour")),
        ("redirect_uri", {"colour": "blue"}, fault("not a valid option", "colour")),
        (
            "check",
            {"application_credentials_id": 7},
            fault("expected str", "application_credentials_id"),
        ),
        ("move", {"config_entry_id": 7}, fault("expected str", "config_entry_id")),
        ("copy", {"domains": SHOP}, fault("expected a list", "domains")),
        ("copy", {"domains": [SHOP, 7]}, fault("expected str", "domains", 1)),
        (
            "update",
            {"application_credentials_id": 7},
            fault("expected str", "application_credentials_id"),
        ),
    ],
)
async def test_other_commands_refuse_what_is_wrong(
    wire: Wire, command: str, wrong: dict[str, Any], message: str
) -> None:
    """With the same error codes."""
    await wire.create()
    request = {**COMMANDS[command], **wrong}
    assert await wire.refused(command, **request) == ("invalid_format", message)


@pytest.mark.parametrize("command", ["update", "check", "move", "copy"])
async def test_a_credential_that_is_not_there_is_not_found(
    wire: Wire, command: str
) -> None:
    """All commands that take an id give the same error."""
    assert await wire.refused(command, **COMMANDS[command]) == (
        "not_found",
        "Unable to find application_credentials_id shop_abc",
    )


async def test_a_check_answers_with_the_verdicts(wire: Wire) -> None:
    """If the provider does not answer, all of them are unknown."""
    await wire.create()
    verdicts = await wire.get("check", **ITEM)
    assert set(verdicts) == {
        "client",
        "redirect_uri",
        "error",
        "error_description",
        "reason",
    }
    assert verdicts["client"] == "unknown"
    assert verdicts["redirect_uri"] == "unknown"


async def test_a_move_answers_with_nothing(hass: HomeAssistant, wire: Wire) -> None:
    """The account uses the other credential, unless that does not exist."""
    add_integration(hass)
    await wire.create()
    assert await wire.refused("move", **ITEM, config_entry_id="nowhere") == (
        "invalid_config_entry_id",
        "Config entry not found: nowhere",
    )
    account = add_account(hass, "shop_old")
    with link_flow():
        assert await wire.get("move", **ITEM, config_entry_id=account.entry_id) == {}
        await hass.async_block_till_done()
    assert account.data["auth_implementation"] == "shop_abc"


async def test_a_copy_answers_with_the_new_records(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The same client, for another integration of the provider."""
    add_hook(hass, MARKET)
    record = await wire.create(name="Kitchen")
    copy = {**record, "id": "market_abc", "domain": MARKET}
    assert await wire.get("copy", **ITEM, domains=[MARKET]) == [copy]
    assert await wire.get("list") == [record, copy]


async def test_an_update_names_the_accounts_that_cannot_be_linked_again(
    hass: HomeAssistant, wire: Wire
) -> None:
    """If the integration has no reauthentication, the person has to know."""
    add_integration(hass)
    record = await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        assert await wire.get("update", **ITEM, client_id="new") == {
            **record,
            "client_id": "new",
            "without_reauthentication": [
                {"config_entry_id": account.entry_id, "title": account.title}
            ],
        }
        await hass.async_block_till_done()


# The same client elsewhere, and linking again on demand.


async def test_several_credentials_get_the_same_client_at_once(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Those whose ids are in `also`."""
    add_hook(hass, "club")
    await wire.create("abc")
    await wire.create("abc", domain="club")
    await wire.create("other")
    record = await wire.get(
        "update",
        application_credentials_id="shop_abc",
        also=["club_abc", "shop_abc"],
        client_secret="new",
    )
    assert record["client_secret"] == "new"
    assert {each["id"]: each["client_secret"] for each in await wire.get("list")} == {
        "shop_abc": "new",
        "club_abc": "new",
        "shop_other": "the-secret",
    }


async def test_several_credentials_are_changed_or_none(
    hass: HomeAssistant, wire: Wire
) -> None:
    """None is changed if one does not exist."""
    before = [await wire.create("abc"), await wire.create("other")]
    code, _ = await wire.refused(
        "update",
        application_credentials_id="shop_abc",
        also=["shop_other", "gone"],
        client_id="new",
    )
    assert code == "not_found"
    assert await wire.get("list") == before


async def test_an_account_is_linked_again_on_demand(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It asks for reauthentication, and nothing else changes."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow():
        assert await wire.get("link_again", config_entry_id=account.entry_id) == {}
        await hass.async_block_till_done()
        assert reauthentications(hass) == [account.entry_id]
    assert account.data["auth_implementation"] == "shop_abc"


async def test_an_account_that_cannot_be_linked_again_is_refused(
    hass: HomeAssistant, wire: Wire
) -> None:
    """So is one that does not exist."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        assert await wire.refused("link_again", config_entry_id=account.entry_id) == (
            "home_assistant_error",
            "shop cannot link an account again",
        )
    code, _ = await wire.refused("link_again", config_entry_id="gone")
    assert code == "invalid_config_entry_id"
