"""Requests that arrive at once: one wins, and the other is told why."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from custom_components.application_credentials.accounts import changes
from custom_components.application_credentials.accounts.usage import async_move
from custom_components.application_credentials.errors import (
    CredentialError,
    CredentialInUse,
    CredentialNotFound,
    EntryNotFound,
    StorageFailed,
    StorageSlow,
    StorageUncertain,
)
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.common import (
    DOMAIN,
    SHOP,
    TOKEN_URL,
    Disk,
    HeldWrites,
    Setups,
    Wire,
    add_account,
    add_hook,
    add_integration,
    client,
    link_flow,
    own_entry,
    reauthentications,
)

ABC = {"application_credentials_id": "shop_abc"}

type Deleting = Callable[[], Awaitable["asyncio.Task[None]"]]


@pytest.fixture(autouse=True)
def shop(hass: HomeAssistant, wire: Wire) -> Generator[Setups]:
    """Have the shop's accounts ask to be linked again, when they have to."""
    setups = add_integration(hass)
    with link_flow():
        yield setups


@pytest.fixture
def deleting(hass: HomeAssistant, wire: Wire, held_writes: HeldWrites) -> Deleting:
    """Return what begins to delete shop_abc, and returns the task while the disk is at it."""

    async def deleting() -> asyncio.Task[None]:
        await wire.create("abc")
        await wire.create("other")
        held_writes.hold()
        task = hass.async_create_task(changes.async_delete(hass, "shop_abc"))
        await held_writes.under_way.wait()
        return task

    return deleting


def stored_ids(hass_storage: Disk) -> list[str]:
    """Return the ids of the records that are on the disk."""
    return [record["id"] for record in hass_storage[DOMAIN]["data"]["items"]]


async def test_an_account_is_not_moved_to_what_is_being_deleted(
    hass: HomeAssistant, deleting: Deleting, held_writes: HeldWrites
) -> None:
    """The move waits for the disk, and finds the credential gone."""
    deleted = await deleting()
    account = add_account(hass, "shop_other")
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    moved = hass.async_create_task(async_move(hass, account.entry_id, record))
    await asyncio.sleep(0.1)
    assert account.data["auth_implementation"] == "shop_other"
    held_writes.release()
    await deleted
    with pytest.raises(CredentialNotFound):
        await moved
    await hass.async_block_till_done()
    assert account.data["auth_implementation"] == "shop_other"
    assert reauthentications(hass) == []


async def test_a_move_that_comes_first_keeps_the_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The delete says who uses it, though nobody did when it was asked for."""
    await wire.create("abc")
    await wire.create("other")
    account = add_account(hass, "shop_other")
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    moved = hass.async_create_task(async_move(hass, account.entry_id, record))
    deleted = hass.async_create_task(changes.async_delete(hass, "shop_abc"))
    await moved
    with pytest.raises(CredentialInUse, match=account.title):
        await deleted
    assert account.data["auth_implementation"] == "shop_abc"
    assert [each["id"] for each in await wire.get("list")] == ["shop_abc", "shop_other"]


async def test_an_account_that_goes_while_it_is_moved_is_not_found(
    hass: HomeAssistant, wire: Wire, held_writes: HeldWrites
) -> None:
    """It does not come back, and neither does one of the same id count for it."""
    await wire.create("abc")
    account = add_account(hass, "shop_other")
    held_writes.hold()
    slow = hass.async_create_task(changes.async_create(hass, client("slow")))
    await held_writes.under_way.wait()
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    moved = hass.async_create_task(async_move(hass, account.entry_id, record))
    await asyncio.sleep(0.1)
    await hass.config_entries.async_remove(account.entry_id)
    held_writes.release()
    with pytest.raises(EntryNotFound):
        await moved
    await slow


async def test_an_account_that_is_linked_during_a_delete_keeps_the_credential(
    hass: HomeAssistant,
    hass_storage: Disk,
    wire: Wire,
    deleting: Deleting,
    held_writes: HeldWrites,
) -> None:
    """In its place, without an event for anybody; the delete says who uses it."""
    deleted = await deleting()
    await wire.get("subscribe")
    await wire.socket.receive_json()
    account = add_account(hass, "shop_abc")
    held_writes.release()
    with pytest.raises(CredentialInUse, match=account.title):
        await deleted
    assert [each["id"] for each in await wire.get("list")] == ["shop_abc", "shop_other"]
    assert stored_ids(hass_storage) == ["shop_abc", "shop_other"]


async def test_others_in_that_write_are_saved_all_the_same(
    hass: HomeAssistant,
    hass_storage: Disk,
    wire: Wire,
    deleting: Deleting,
    held_writes: HeldWrites,
) -> None:
    """Those of other deletes are gone, and what was created is there."""
    credentials = hass.data[DATA_COLLECTION]
    await wire.create("third")
    deleted = await deleting()
    held_writes.release()
    await deleted
    await wire.create("abc")
    held_writes.hold()
    together = [
        hass.async_create_task(task)
        for task in (
            credentials.async_delete_item("shop_abc"),
            credentials.async_delete_item("shop_other"),
            credentials.async_create_item(client("new")),
            credentials.async_update_item("shop_third", {"name": "Third"}),
        )
    ]
    await held_writes.under_way.wait()
    add_account(hass, "shop_abc")
    held_writes.release()
    results = await asyncio.gather(*together, return_exceptions=True)
    assert isinstance(results[0], CredentialInUse)
    ids = ["shop_third", "shop_abc", "shop_new"]
    assert stored_ids(hass_storage) == ids
    assert await wire.get("list") == hass_storage[DOMAIN]["data"]["items"]


@pytest.mark.parametrize("is_new", [None, False, True])
async def test_a_credential_that_cannot_be_written_again_is_gone(
    hass: HomeAssistant,
    hass_storage: Disk,
    wire: Wire,
    deleting: Deleting,
    held_writes: HeldWrites,
    is_new: bool | None,
) -> None:
    """Memory and disk agree, and the account asks for another credential."""
    deleted = await deleting()
    add_account(hass, "shop_abc")

    def fail_from_now_on() -> None:
        def fail() -> None:
            if is_new is None:
                raise OSError(28, "No space left on device")
            raise StorageUncertain("broken", is_new=is_new)

        held_writes.fails = fail

    held_writes.fails = fail_from_now_on
    held_writes.release()
    if is_new:
        with pytest.raises(CredentialInUse):
            await deleted
        assert len(await wire.get("list")) == 2
        return
    await deleted
    assert [each["id"] for each in await wire.get("list")] == ["shop_other"]
    assert stored_ids(hass_storage) == ["shop_other"]


async def test_what_is_deleted_and_created_in_one_write_is_the_new_one(
    hass: HomeAssistant, hass_storage: Disk, wire: Wire, held_writes: HeldWrites
) -> None:
    """An account that is linked meanwhile has the credential that has the id now."""
    credentials = hass.data[DATA_COLLECTION]
    await wire.create("abc")
    held_writes.hold()
    deleted = hass.async_create_task(credentials.async_delete_item("shop_abc"))
    created = hass.async_create_task(
        credentials.async_create_item(client(client_secret="new"))
    )
    await held_writes.under_way.wait()
    add_account(hass, "shop_abc")
    held_writes.release()
    await deleted
    record = await created
    assert await wire.get("list") == [record]
    assert hass_storage[DOMAIN]["data"]["items"] == [record]


async def test_an_update_of_what_is_being_deleted_is_too_late(
    hass: HomeAssistant, shop: Setups, deleting: Deleting, held_writes: HeldWrites
) -> None:
    """It says so, and reloads nobody."""
    deleted = await deleting()
    updated = hass.async_create_task(
        changes.async_update(hass, "shop_abc", {"client_secret": "new"})
    )
    await asyncio.sleep(0.1)
    held_writes.release()
    await deleted
    with pytest.raises(CredentialNotFound):
        await updated
    assert "shop_abc" not in hass.data[DATA_COLLECTION].data
    assert shop.count == {}


async def test_a_copy_of_what_is_being_deleted_is_too_late(
    hass: HomeAssistant, wire: Wire, deleting: Deleting, held_writes: HeldWrites
) -> None:
    """A client that is wanted no more is not spread."""
    add_hook(hass, "market")
    deleted = await deleting()
    copied = hass.async_create_task(changes.async_copy(hass, "shop_abc", ["market"]))
    await asyncio.sleep(0.1)
    held_writes.release()
    await deleted
    with pytest.raises(CredentialNotFound):
        await copied
    assert [each["id"] for each in await wire.get("list")] == ["shop_other"]


async def test_a_copy_is_of_the_client_as_it_is_by_then(
    hass: HomeAssistant, wire: Wire, held_writes: HeldWrites
) -> None:
    """A secret that was rotated meanwhile is not brought back."""
    add_hook(hass, "market")
    await wire.create("abc")
    held_writes.hold()
    updated = hass.async_create_task(
        changes.async_update(hass, "shop_abc", {"client_secret": "new"})
    )
    await held_writes.under_way.wait()
    copied = hass.async_create_task(changes.async_copy(hass, "shop_abc", ["market"]))
    await asyncio.sleep(0.1)
    held_writes.release()
    await updated
    (copy,) = await copied
    assert copy["client_secret"] == "new"


async def test_an_import_of_what_is_being_deleted_is_made_again(
    hass: HomeAssistant, wire: Wire, deleting: Deleting, held_writes: HeldWrites
) -> None:
    """The integration that brings it has it when it is told so."""
    deleted = await deleting()
    imported = hass.async_create_task(
        async_import_client_credential(hass, SHOP, ClientCredential("abc", "s"))
    )
    await asyncio.sleep(0.1)
    assert not imported.done()
    held_writes.release()
    await deleted
    await imported
    assert [each["id"] for each in await wire.get("list")] == ["shop_other", "shop_abc"]


@pytest.mark.parametrize("now", ["shop_third", "shop_gone", "shop_abc"])
async def test_an_account_that_somebody_else_has_moved_stays_there(
    hass: HomeAssistant, wire: Wire, now: str
) -> None:
    """A form in which it still was where it had been moves it nowhere."""
    for client_id in ("abc", "other", "third"):
        await wire.create(client_id)
    account = add_account(hass, "shop_other")
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    hass.config_entries.async_update_entry(account, data={"auth_implementation": now})
    with pytest.raises(CredentialError, match=f"has moved {account.title} to another"):
        await async_move(hass, account.entry_id, record, seen="shop_other")
    assert account.data["auth_implementation"] == now
    assert reauthentications(hass) == []


# Our own entry


@pytest.fixture(params=["remove", "disable", "reload"])
async def end_entry(
    request: pytest.FixtureRequest, hass: HomeAssistant, wire: Wire
) -> Callable[[], Awaitable[None]]:
    """Return what a person does to the entry on the Integrations page."""
    await hass.async_block_till_done()
    entry = own_entry(hass)

    async def end() -> None:
        if request.param == "remove":
            await hass.config_entries.async_remove(entry.entry_id)
        elif request.param == "disable":
            await hass.config_entries.async_set_disabled_by(
                entry.entry_id, ConfigEntryDisabler.USER
            )
        else:
            assert await hass.config_entries.async_reload(entry.entry_id)

    return end


async def test_a_write_goes_on_without_the_entry(
    hass: HomeAssistant,
    hass_storage: Disk,
    wire: Wire,
    held_writes: HeldWrites,
    end_entry: Callable[[], Awaitable[None]],
) -> None:
    """The credentials are there without it."""
    held_writes.hold()
    created = hass.async_create_task(changes.async_create(hass, client("abc")))
    await held_writes.under_way.wait()
    await end_entry()
    held_writes.release()
    assert await created in await wire.get("list")
    assert stored_ids(hass_storage) == ["shop_abc"]


async def test_a_check_goes_on_without_the_entry(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    end_entry: Callable[[], Awaitable[None]],
) -> None:
    """Whoever has asked gets the answer, and no task is left."""
    await wire.create("abc")
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def answer(*_: Any) -> Any:
        asked.set()
        await go_on.wait()
        return AiohttpClientMockResponse(
            "POST", URL(TOKEN_URL), 400, json={"error": "invalid_client"}
        )

    provider.post(TOKEN_URL, side_effect=answer)
    check = hass.async_create_task(wire.get("check", **ABC))
    await asked.wait()
    await end_entry()
    go_on.set()
    assert (await check)["client"] == "rejected"


async def test_an_open_dialog_saves_without_the_entry(
    hass: HomeAssistant, wire: Wire, end_entry: Callable[[], Awaitable[None]]
) -> None:
    """What a person has typed is not lost, and no flow is left behind."""
    await wire.create("abc")
    await hass.async_block_till_done()
    entry = own_entry(hass)
    flows = hass.config_entries.subentries
    shown = await flows.async_init(
        (entry.entry_id, "credential"),
        context={
            "source": SOURCE_RECONFIGURE,
            "subentry_id": next(iter(entry.subentries)),
        },
    )
    await end_entry()
    done = await flows.async_configure(
        shown["flow_id"], {"name": "Kitchen", "client_id": "abc", "next": "save"}
    )
    assert done["type"] is FlowResultType.ABORT
    assert (await wire.get("list"))[0]["name"] == "Kitchen"
    assert flows.async_progress() == []


# A disk that is slow, and one that fails too late


def no_patience() -> Any:
    """Return a context in which callers lose patience with the disk at once."""
    return patch(
        f"custom_components.{DOMAIN}.records.group_commit._WRITE_TIMEOUT", 0.01
    )


async def test_a_secret_that_is_saved_late_reloads_the_accounts(
    hass: HomeAssistant,
    shop: Setups,
    wire: Wire,
    held_writes: HeldWrites,
    checks: list[str],
) -> None:
    """The person has had an answer by then; the accounts need the new secret all the same."""
    await wire.create("abc")
    account = add_account(hass, "shop_abc")
    await hass.config_entries.async_setup(account.entry_id)
    checks.clear()
    held_writes.hold()
    with no_patience(), pytest.raises(StorageSlow) as raised:
        await changes.async_update(hass, "shop_abc", {"client_id": "new"})
    assert shop.count[account.entry_id] == 1
    held_writes.release()
    await raised.value.outcome
    await hass.async_block_till_done()
    assert shop.count[account.entry_id] == 2
    assert reauthentications(hass) == [account.entry_id]
    assert checks.count("shop_abc") == 2


async def test_what_becomes_of_a_late_write_is_in_the_log(
    hass: HomeAssistant,
    wire: Wire,
    held_writes: HeldWrites,
    caplog: pytest.LogCaptureFixture,
    checks: list[str],
) -> None:
    """And subscribers are told of it, as of every change."""
    await wire.get("subscribe")
    await wire.socket.receive_json()
    held_writes.hold()
    with no_patience(), pytest.raises(StorageSlow):
        await changes.async_create(hass, client("abc"))
    held_writes.release()
    (change,) = (await wire.socket.receive_json())["event"]
    assert change["item"]["id"] == "shop_abc"
    assert "A change of the credentials was saved late" in caplog.text
    assert checks == ["shop_abc"]

    held_writes.hold()
    with no_patience(), pytest.raises(StorageSlow) as raised:
        await changes.async_create(hass, client("def"))

    def fail() -> None:
        raise OSError(28, "No space left on device")

    held_writes.fails = fail
    held_writes.release()
    with pytest.raises(StorageFailed):
        await raised.value.outcome
    await hass.async_block_till_done()
    assert "A change of the credentials has failed late: The credentials" in caplog.text
    assert "the-secret" not in caplog.text


async def test_a_move_waits_for_a_slow_disk_and_is_made_in_the_end(
    hass: HomeAssistant, wire: Wire, held_writes: HeldWrites
) -> None:
    """The answer does not say that it was not."""
    await wire.create("abc")
    account = add_account(hass, "shop_gone")
    held_writes.hold()
    slow = hass.async_create_task(changes.async_create(hass, client("slow")))
    await held_writes.under_way.wait()
    record: Any = hass.data[DATA_COLLECTION].record("shop_abc")
    with no_patience(), pytest.raises(StorageSlow) as raised:
        await async_move(hass, account.entry_id, record)
    held_writes.release()
    await raised.value.outcome
    await slow
    assert account.data["auth_implementation"] == "shop_abc"


async def test_a_secret_that_is_there_uncertainly_reloads_the_accounts(
    hass: HomeAssistant, shop: Setups, wire: Wire, held_writes: HeldWrites
) -> None:
    """It is what the file and the memory hold."""
    await wire.create("abc")
    account = add_account(hass, "shop_abc")

    def fail() -> None:
        raise StorageUncertain("broken", is_new=True)

    held_writes.fails = fail
    with pytest.raises(StorageUncertain):
        await changes.async_update(hass, "shop_abc", {"client_secret": "new"})
    await hass.async_block_till_done()
    assert hass.data[DATA_COLLECTION].record("shop_abc")["client_secret"] == "new"
    assert shop.count == {account.entry_id: 1}
