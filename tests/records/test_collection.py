"""The records: their ids, what may be done to them, and who hears of it."""

import asyncio
from collections.abc import Awaitable, Callable
import threading
from typing import Any, override
from unittest.mock import Mock

import pytest

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.components.application_credentials import (
    ApplicationCredentialsStorageCollection as OriginalCollection,
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.collection import IDManager
from homeassistant.helpers.storage import Store
from tests.common import (
    DOMAIN,
    SHOP,
    Disk,
    SlowDisk,
    Wire,
    add_account,
    add_hook,
    client,
    disk_is_full,
    record,
    stored,
)

MARKET = "market"
IN_USE = "Cannot delete credential in use by integration shop"


async def original(hass: HomeAssistant) -> OriginalCollection:
    """Return the collection of the original, loaded from the same file."""
    loaded = OriginalCollection(Store(hass, 1, DOMAIN), IDManager())
    await loaded.async_load()
    return loaded


async def import_client(
    hass: HomeAssistant,
    client_id: str,
    client_secret: str = "s",
    auth_domain: str | None = None,
) -> None:
    """Import a credential of the shop, as an integration does at each start."""
    await async_import_client_credential(
        hass, SHOP, ClientCredential(client_id, client_secret, "Imported"), auth_domain
    )


# The file


async def test_the_file_is_that_of_the_original(
    hass: HomeAssistant, hass_storage: Disk, wire: Wire
) -> None:
    """The original reads every field of what was written here, in the same order."""
    add_hook(hass, MARKET)
    records = [
        await wire.create(),
        await wire.create("def", domain=MARKET, name="Kitchen", auth_domain="pantry"),
    ]
    assert hass_storage[DOMAIN] == stored(*records)
    assert (await original(hass)).async_items() == records


async def test_what_the_original_has_written_is_read(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """Its records are there, and stay as they are when others are written."""
    records = [
        record("def", name="Kitchen", auth_domain="pantry"),
        record("abc"),
        # Two records of one client: the original lets them in.
        record("abc", id="shop_abc_2"),
    ]
    hass_storage[DOMAIN] = stored(*records)
    wire = await start()
    assert await wire.get("list") == records
    records.append(await wire.create("new"))
    assert hass_storage[DOMAIN] == stored(*records)


async def test_the_file_can_be_read_again(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """As with the original. Nothing is stored twice, and what is not there any more is gone."""
    hass_storage[DOMAIN] = stored(record("abc"), "damaged")
    wire = await start()
    credentials = hass.data[DATA_COLLECTION]
    await credentials.async_load()
    created = await wire.create("def")
    assert hass_storage[DOMAIN] == stored("damaged", record("abc"), created)
    newer = stored() | {"version": 2}
    for content, served in (
        (stored(created), [created]),
        (newer, []),
        (stored(created), [created]),
    ):
        hass_storage[DOMAIN] = content
        await credentials.async_load()
        assert await wire.get("list") == served
        assert credentials.unreadable == []
        assert (await wire.ask("create", **client("ghi")))["success"] == bool(served)
        assert (hass_storage[DOMAIN] == content) == (not served)


async def test_what_stands_beside_the_records_stays(
    hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """Keys that are not known here are kept for who knows them."""
    hass_storage[DOMAIN] = stored(record(colour="blue"), more={"a": 1})
    wire = await start()
    new = await wire.create("new")
    assert hass_storage[DOMAIN] == stored(record(colour="blue"), new, more={"a": 1})


# Ids


@pytest.mark.parametrize(
    "client_ids",
    [
        ["abc"],
        ["ABC.def-123@apps.provider.test"],
        ["abc-1", "abc_1", "ABC 1"],
        ["---"],
        ["abc_2", "abc", "ABC", "Abc"],
    ],
)
async def test_ids_are_those_that_the_original_would_make(
    hass: HomeAssistant, wire: Wire, client_ids: list[str]
) -> None:
    """The same records in the same order have the same ids, colliding slugs too."""
    theirs = await original(hass)
    for client_id in client_ids:
        expected = await theirs.async_create_item(client(client_id))
        assert await wire.create(client_id) == expected


async def test_an_id_is_free_again_after_a_delete(wire: Wire) -> None:
    """The id of a deleted record is given to the next of that slug."""
    item_id = (await wire.create("abc-1"))["id"]
    assert (await wire.create("abc_1"))["id"] == "shop_abc_1_2"
    await wire.get("delete", application_credentials_id=item_id)
    assert (await wire.create("ABC-1"))["id"] == item_id


# Records of one client


async def test_a_second_record_of_a_client_is_stored_as_by_the_original(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Two servers of one integration (mcp) may know a client ID with two secrets."""
    theirs = await original(hass)
    requests = [
        client(name="Kitchen"),
        client(client_secret="other"),
        client(name="Cellar"),
        client(auth_domain="pantry"),
    ]
    expected = [await theirs.async_create_item(dict(each)) for each in requests]
    assert [await wire.get("create", **each) for each in requests] == expected
    assert await wire.get("list") == expected
    credentials = hass.data[DATA_COLLECTION].async_client_credentials(SHOP)
    assert credentials == theirs.async_client_credentials(SHOP)


async def test_the_same_client_may_be_that_of_another_integration(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Integrations of one provider may share a client."""
    add_hook(hass, MARKET)
    await wire.create()
    assert (await wire.create(domain=MARKET))["id"] == "market_abc"


async def test_two_equal_requests_make_two_records(wire: Wire) -> None:
    """As with the original, also where they come at the same time."""
    answers = await wire.ask_together("create", client(), client())
    records = [answer["result"] for answer in answers]
    assert [each["id"] for each in records] == ["shop_abc", "shop_abc_2"]
    assert await wire.get("list") == records


async def test_a_client_id_can_be_changed_to_one_that_is_there(wire: Wire) -> None:
    """What can be created can be the outcome of a change, too."""
    first, second = await wire.create("abc"), await wire.create("def")
    updated = await wire.get(
        "update", application_credentials_id=second["id"], client_id="abc"
    )
    assert updated == {**second, "client_id": "abc"}
    assert await wire.get("list") == [first, updated]


async def test_an_id_stays_that_of_its_record_after_an_update(wire: Wire) -> None:
    """Another record of the client ID that it had is another one."""
    item_id = (await wire.create("abc"))["id"]
    await wire.get("update", application_credentials_id=item_id, client_id="def")
    assert (await wire.create("abc"))["id"] == "shop_abc_2"


# Copies


async def test_a_client_is_copied_once_to_each_integration(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Also where two ask for it at the same time."""
    credentials = hass.data[DATA_COLLECTION]
    first = await wire.create("abc", name="Kitchen")
    copies, none = await asyncio.gather(
        credentials.async_copy_item("shop_abc", [MARKET, "inn"]),
        credentials.async_copy_item("shop_abc", [SHOP, "inn", MARKET]),
    )
    assert none == []
    assert await wire.get("list") == [first, *copies]
    assert [each["id"] for each in copies] == ["market_abc", "inn_abc"]
    assert [each["name"] for each in copies] == ["Kitchen", "Kitchen"]
    # Their rows are made meanwhile.
    await hass.async_block_till_done()


async def test_what_cannot_be_created_cannot_be_copied(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """An integration may have imported more than a person may send."""
    hass_storage[DOMAIN] = stored(record("abc", client_secret="s\u200b"))
    await start()
    with pytest.raises(HomeAssistantError, match="ZERO WIDTH SPACE"):
        await hass.data[DATA_COLLECTION].async_copy_item("shop_abc", [MARKET])


# Imports


async def test_an_import_is_made_once(hass: HomeAssistant, wire: Wire) -> None:
    """At the next start the record is there, with the secret that it has by then."""
    await import_client(hass, "abc", auth_domain="pantry")
    [imported] = await wire.get("list")
    assert imported == record(client_secret="s", auth_domain="pantry", name="Imported")
    changed = await wire.get(
        "update", application_credentials_id=imported["id"], client_secret="better"
    )
    await import_client(hass, "abc", auth_domain="pantry")
    assert await wire.get("list") == [changed]


async def test_an_import_is_not_made_again_after_its_client_id_was_changed(
    hass: HomeAssistant, wire: Wire
) -> None:
    """What configuration.yaml says is no news: a person has replaced it."""
    await import_client(hass, "abc")
    changed = await wire.get(
        "update", application_credentials_id="shop_abc", client_id="def"
    )
    await import_client(hass, "abc")
    assert await wire.get("list") == [changed]


async def test_an_import_of_what_a_person_has_created_changes_nothing(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A client that is there is there, whoever has created it."""
    created = await wire.create("abc")
    await import_client(hass, "abc", "another-secret")
    assert await wire.get("list") == [created]


async def test_an_import_fails_no_integration_where_the_disk_is_full(
    hass: HomeAssistant, hass_storage: Disk, wire: Wire
) -> None:
    """Its client is served, and saved with the next change."""
    with disk_is_full():
        await import_client(hass, "abc")
        await import_client(hass, "abc")
        assert [each["id"] for each in await wire.get("list")] == ["shop_abc"]
        assert DOMAIN not in hass_storage
    await wire.create("def")
    saved = hass_storage[DOMAIN]["data"]["items"]
    assert [each["id"] for each in saved] == ["shop_abc", "shop_def"]


async def test_a_change_that_waits_for_an_import_that_is_not_saved_keeps_it(
    hass: HomeAssistant, wire: Wire, slow_disk: SlowDisk
) -> None:
    """The disk is full for a moment, and works again for the change behind it."""
    slow_disk.fails = Mock(side_effect=[OSError(28, "No space"), None, None, None])
    slow_disk.hold()
    importing = hass.async_create_task(import_client(hass, "abc"))
    await slow_disk.under_way.wait()
    creating = hass.async_create_task(wire.create("def"))
    await asyncio.sleep(0.05)
    slow_disk.release()
    await importing
    await creating
    assert {each["id"] for each in await wire.get("list")} == {"shop_abc", "shop_def"}


async def test_an_integration_that_asks_from_a_thread_sees_no_change_half_made(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It gets the records as they were, or as they are, and so does whoever asks later."""
    await wire.create("abc")
    credentials = hass.data[DATA_COLLECTION]
    seen: list[int] = []

    class Watched(dict[str, Any]):
        """Records that are asked for in the middle of a change."""

        @override
        def clear(self) -> None:
            super().clear()
            asking = threading.Thread(
                target=lambda: seen.append(
                    len(credentials.async_client_credentials(SHOP))
                )
            )
            asking.start()
            asking.join()

    credentials.data = Watched(credentials.data)
    await wire.create("def")
    assert seen == [1]
    assert len(credentials.async_client_credentials(SHOP)) == 2


async def test_equal_imports_at_the_same_time_make_one_record(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Two set-ups of one integration import the same client."""
    first = hass.async_create_task(import_client(hass, "abc"))
    second = hass.async_create_task(import_client(hass, "abc"))
    await first
    await second
    assert [each["id"] for each in await wire.get("list")] == ["shop_abc"]


async def test_an_import_for_an_integration_without_a_hook_is_refused(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A record that nobody can use is not stored."""
    with pytest.raises(
        HomeAssistantError, match="No application_credentials platform for nowhere"
    ):
        await async_import_client_credential(
            hass, "nowhere", ClientCredential("abc", "s")
        )
    assert await wire.get("list") == []


async def test_the_credentials_of_an_integration_go_by_what_entries_call_them(
    hass: HomeAssistant, wire: Wire
) -> None:
    """An imported one by its auth_domain, another by its id; those of others are left out."""
    add_hook(hass, MARKET)
    await import_client(hass, "abc", auth_domain="pantry")
    await wire.create("def")
    await wire.create("ghi", domain=MARKET)
    credentials = hass.data[DATA_COLLECTION].async_client_credentials(SHOP)
    assert {
        name: (each.client_id, each.client_secret, each.name)
        for name, each in credentials.items()
    } == {
        "pantry": ("abc", "s", "Imported"),
        "shop_def": ("def", "the-secret", None),
    }


async def test_the_credentials_of_an_integration_are_those_of_now(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Flows and accounts are served what was changed, and nothing that was deleted."""
    item_id = (await wire.create("abc"))["id"]
    credentials = hass.data[DATA_COLLECTION]
    await wire.get("update", application_credentials_id=item_id, client_secret="new")
    assert credentials.async_client_credentials(SHOP)[item_id].client_secret == "new"
    await wire.get("delete", application_credentials_id=item_id)
    assert credentials.async_client_credentials(SHOP) == {}


async def test_an_import_that_is_there_needs_nothing(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """It is made again at each start, and then the integration need not be asked."""
    there = record(domain="gone", id="gone_abc", auth_domain="gone")
    hass_storage[DOMAIN] = stored(there)
    wire = await start()
    await async_import_client_credential(hass, "gone", ClientCredential("abc", "s"))
    assert await wire.get("list") == [there]


# Updates


async def test_an_update_leaves_id_and_place_and_all_that_it_does_not_name(
    hass: HomeAssistant, hass_storage: Disk, wire: Wire
) -> None:
    """Entries keep pointing at the record, and lists keep their order."""
    await import_client(hass, "abc", auth_domain="pantry")
    other = await wire.create("def")
    item_id = "shop_abc"
    changed = record(client_secret="s", auth_domain="pantry", name="Imported")
    for change in (
        {"name": "Kitchen"},
        {"client_secret": "new"},
        {"client_id": "new", "client_secret": "newer", "name": "Cellar"},
    ):
        changed = changed | change
        assert (
            await wire.get("update", application_credentials_id=item_id, **change)
            == changed
        )
        assert await wire.get("list") == [changed, other]
        assert hass_storage[DOMAIN] == stored(changed, other)


async def test_updates_that_arrive_together_all_count(wire: Wire) -> None:
    """Each starts from what the one before has left."""
    item_id = (await wire.create())["id"]
    answers = await wire.ask_together(
        "update",
        {"application_credentials_id": item_id, "name": "Kitchen"},
        {"application_credentials_id": item_id, "client_secret": "new"},
        {"application_credentials_id": item_id, "client_id": "new"},
    )
    assert all(answer["success"] for answer in answers)
    assert await wire.get("list") == [
        record(id=item_id, name="Kitchen", client_secret="new", client_id="new")
    ]


# Deletes


async def test_a_deleted_record_is_gone(hass_storage: Disk, wire: Wire) -> None:
    """From the list, and from the file; the others are there."""
    item_id = (await wire.create("abc"))["id"]
    other = await wire.create("def")
    assert await wire.get("delete", application_credentials_id=item_id) is None
    assert await wire.get("list") == [other]
    assert hass_storage[DOMAIN] == stored(other)


async def test_a_record_in_use_is_not_deleted(hass: HomeAssistant, wire: Wire) -> None:
    """The error names who uses it; entries of others do not count."""
    used = await wire.create("abc")
    other = await wire.create("def")
    add_account(hass, used["id"], title="anna@shop.test")
    add_account(hass, used["id"], title="ben@shop.test")
    add_account(hass, other["id"], title="cleo@shop.test")
    add_account(hass, used["id"], domain=MARKET, title="dan@market.test")
    assert await wire.refused("delete", application_credentials_id=used["id"]) == (
        "home_assistant_error",
        f"{IN_USE} (anna@shop.test, ben@shop.test)",
    )
    assert await wire.get("list") == [used, other]


async def test_a_record_in_use_by_its_auth_domain_is_not_deleted(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Entries call an imported record by its auth_domain; the original overlooks that."""
    await import_client(hass, "abc", auth_domain="pantry")
    add_account(hass, "pantry")
    assert await wire.refused("delete", application_credentials_id="shop_abc") == (
        "home_assistant_error",
        f"{IN_USE} (anna@shop.test)",
    )
    assert len(await wire.get("list")) == 1


async def test_from_python_the_rule_of_the_original_holds(
    hass: HomeAssistant, wire: Wire
) -> None:
    """An integration replaces the client that it has imported; the wire goes on refusing."""
    credentials = hass.data[DATA_COLLECTION]
    await import_client(hass, "abc", auth_domain="pantry")
    add_account(hass, "pantry")
    await credentials.async_delete_item("shop_abc")
    assert await wire.get("list") == []
    used = await wire.create("abc")
    add_account(hass, used["id"], title="ben@shop.test")
    with pytest.raises(HomeAssistantError, match=f"{IN_USE}.*ben"):
        await credentials.async_delete_item(used["id"])
    assert await wire.get("list") == [used]


async def test_from_python_home_assistants_own_update_is_refused_as_by_the_original(
    hass: HomeAssistant, wire: Wire
) -> None:
    """With a ValueError, which integrations catch, and nothing has changed."""
    before = await wire.create()
    with pytest.raises(ValueError, match="not supported"):
        await hass.data[DATA_COLLECTION].async_update_item(
            before["id"], {"client_secret": "new"}
        )
    assert await wire.get("list") == [before]


async def test_of_two_deletes_that_arrive_together_one_is_too_late(wire: Wire) -> None:
    """It is told what it would be told a moment later."""
    request = {"application_credentials_id": (await wire.create())["id"]}
    answers = await wire.ask_together("delete", request, request)
    # Either may be first at the lock.
    assert sorted(answer["success"] for answer in answers) == [False, True]
    (refused,) = [answer for answer in answers if not answer["success"]]
    assert refused["error"]["code"] == "not_found"
    assert await wire.get("list") == []


async def test_an_update_that_arrives_with_a_delete_is_too_late(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A deleted record does not come back."""
    item_id = (await wire.create())["id"]
    credentials = hass.data[DATA_COLLECTION]
    deleted = hass.async_create_task(credentials.async_delete_item(item_id))
    with pytest.raises(HomeAssistantError, match="Unable to find"):
        await credentials.async_update_items(item_id, {"name": "Kitchen"})
    await deleted
    assert await wire.get("list") == []


# Previews


async def test_a_preview_is_what_would_be_created(
    hass: HomeAssistant, hass_storage: Disk, wire: Wire
) -> None:
    """It stores nothing, and refuses what would be refused."""
    credentials = hass.data[DATA_COLLECTION]
    preview = await credentials.async_preview_create(client(" abc "))
    assert await wire.get("list") == []
    assert DOMAIN not in hass_storage
    assert await wire.create("abc") == preview
    with pytest.raises(HomeAssistantError, match="client ID is empty"):
        await credentials.async_preview_create(client(""))


async def test_a_preview_is_what_an_update_would_leave(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It changes nothing, and refuses what would be refused."""
    credentials = hass.data[DATA_COLLECTION]
    before = await wire.create()
    preview = credentials.preview_update(before["id"], {"client_id": " def "})
    assert preview["client_id"] == "def"
    assert await wire.get("list") == [before]
    with pytest.raises(HomeAssistantError, match="Unable to find"):
        credentials.preview_update("nowhere", {"client_id": "def"})
    with pytest.raises(HomeAssistantError, match="client ID is empty"):
        credentials.preview_update(before["id"], {"client_id": ""})


# Listeners


async def test_what_changes_nothing_is_told_to_nobody(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """An update to what is there, and a damaged record that goes, are no change of records."""
    hass_storage[DOMAIN] = stored(record(), "damaged")
    wire = await start()
    await wire.get("subscribe")
    await wire.socket.receive_json()
    request = {"application_credentials_id": "shop_abc", "client_id": "abc"}
    assert await wire.get("update", **request) == record()
    await hass.data[DATA_COLLECTION].async_delete_unreadable("damaged")
    assert await wire.get("list") == [record()]


async def test_a_listener_keeps_nobody_from_an_answer(
    hass: HomeAssistant, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether it raises anything at all, never returns, or changes the collection itself."""
    credentials = hass.data[DATA_COLLECTION]

    def raises(fault: BaseException) -> Any:
        async def listen(*_change: Any) -> None:
            raise fault

        return listen

    async def never_return(*_change: Any) -> None:
        await asyncio.Event().wait()

    async def change(change_type: str, item_id: str, item: Any) -> None:
        if item["client_id"] == "abc":
            await credentials.async_create_item(client("by the listener"))

    def fail_at_once(*_change: Any) -> Any:
        raise LookupError("at once")

    for listener in (
        raises(RuntimeError("its own fault")),
        raises(SystemExit("to the end")),
        raises(asyncio.CancelledError("of another task")),
        never_return,
        fail_at_once,
    ):
        credentials.async_add_listener(listener)
        credentials.async_add_change_set_listener(listener)
    credentials.async_add_listener(change)
    async with asyncio.timeout(5):
        created = await wire.create("abc")
        await hass.async_block_till_done()
        listed = await wire.get("list")
    assert listed[0] == created
    assert [each["client_id"] for each in listed] == ["abc", "by the listener"]
    for fault in ("its own fault", "to the end", "at once"):
        assert fault in caplog.text
    own_log = [
        entry.getMessage()
        for entry in caplog.records
        if entry.name.startswith("custom_components")
    ]
    assert "the-secret" not in "".join(own_log)


# What people have edited


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"name": 7},
        {"client_id": 17},
        {"client_secret": 17},
        {"client_secret": 1.5},
    ],
)
async def test_what_the_original_serves_is_served_as_it_stands(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
    fields: dict[str, Any],
) -> None:
    """In lists, to hooks and flows, with the classes of the original, and in the file."""
    edited = record(**fields)
    hass_storage[DOMAIN] = stored(edited)
    wire = await start()
    assert await wire.get("list") == [edited]
    credentials = hass.data[DATA_COLLECTION]
    served = credentials.async_client_credentials(SHOP)
    assert served == (await original(hass)).async_client_credentials(SHOP)
    assert [type(each) for each in served.values()] == [ClientCredential]
    await hass.async_block_till_done()

    new = await wire.create("new")
    assert hass_storage[DOMAIN] == stored(edited, new)
    updated = await wire.get(
        "update", application_credentials_id="shop_abc", client_id="def"
    )
    assert updated == edited | {"client_id": "def"}
    await wire.get("status")
    await wire.get("delete", application_credentials_id="shop_abc")
    assert await wire.get("list") == [new]


async def test_a_client_that_is_a_number_in_the_file_is_not_imported_again(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """To a provider, it is the same client as its text."""
    edited = record(client_id=17)
    hass_storage[DOMAIN] = stored(edited)
    wire = await start()
    await import_client(hass, "17")
    assert await wire.get("list") == [edited]


# Damaged records


DAMAGED: list[Any] = [
    record("d1", client_secret=None),
    record("d2", client_id=[17]),
    {"id": "shop_d3", "domain": SHOP, "client_id": "d3"},
    record("d4", name=["Kitchen"]),
    record("d5", auth_domain=None),
    record("", id=""),
    record(id=7),
    record(id=["shop_d8"]),
    record(id={"shop_d9": 9}),
    {},
    "shop_d6",
    None,
    ["shop_d7"],
]


@pytest.mark.parametrize("damaged", DAMAGED)
async def test_a_damaged_record_hides_no_other_and_stays_as_it_is(
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
    damaged: Any,
) -> None:
    """It is kept in the file exactly, through creates, updates and deletes."""
    first, last = record("first"), record("last")
    hass_storage[DOMAIN] = stored(first, damaged, last)
    wire = await start()
    assert await wire.get("list") == [first, last]
    new = await wire.create("new")
    assert hass_storage[DOMAIN] == stored(damaged, first, last, new)
    last = await wire.get(
        "update", application_credentials_id=last["id"], client_secret="new"
    )
    await wire.get("delete", application_credentials_id=first["id"])
    assert hass_storage[DOMAIN] == stored(damaged, last, new)


async def test_the_id_of_a_damaged_record_is_given_to_no_other(
    hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """When it is repaired, entries that point at it must find it and no other."""
    damaged = record("abc", client_secret=None)
    hass_storage[DOMAIN] = stored(damaged)
    wire = await start()
    assert (await wire.create("abc"))["id"] == "shop_abc_2"


async def test_of_two_records_with_one_id_the_last_is_served(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """As in the original, before a write and after it; the first stays in the file."""
    first, last = record("abc"), record("def", id="shop_abc")
    hass_storage[DOMAIN] = stored(first, last)
    wire = await start()
    assert await wire.get("list") == [last]
    new = await wire.create("new")
    assert hass_storage[DOMAIN] == stored(first, last, new)
    assert (await original(hass)).async_items() == [last, new]


async def test_a_deleted_id_does_not_come_back_from_a_second_record(
    hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """The next start would serve it, with a secret that nobody knows of any more."""
    first, last = record("abc"), record("def", id="shop_abc")
    damaged = record("abc", client_secret=None)
    hass_storage[DOMAIN] = stored(first, damaged, last)
    wire = await start()
    await wire.get("delete", application_credentials_id="shop_abc")
    assert hass_storage[DOMAIN] == stored(damaged)


async def test_a_damaged_record_can_be_deleted(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """That one alone; to delete it again does nothing."""
    good, damaged, other = record("good"), {"id": "shop_abc"}, {"id": "shop_def"}
    hass_storage[DOMAIN] = stored(good, damaged, other)
    wire = await start()
    credentials = hass.data[DATA_COLLECTION]
    assert credentials.unreadable == [damaged, other]
    for _time in range(2):
        await credentials.async_delete_unreadable(damaged)
        assert credentials.unreadable == [other]
        assert hass_storage[DOMAIN] == stored(other, good)
    assert (await wire.create("abc"))["id"] == "shop_abc"


async def test_a_damaged_record_cannot_be_asked_for(
    hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """For the wire it is not there."""
    hass_storage[DOMAIN] = stored(record(client_secret=None))
    wire = await start()
    request = {"application_credentials_id": "shop_abc"}
    for command, more in (("delete", {}), ("update", {"name": "Kitchen"})):
        assert await wire.refused(command, **request, **more) == (
            "not_found",
            "Unable to find application_credentials_id shop_abc",
        )
