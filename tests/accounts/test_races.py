"""Requests that arrive at once: one wins, and the other is told why."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any
from unittest.mock import Mock, patch

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from custom_components.application_credentials.accounts import changes
from custom_components.application_credentials.accounts.relink import async_move
from custom_components.application_credentials.errors import (
    CredentialError,
    CredentialInUse,
    CredentialNotFound,
    EntryNotFound,
    StorageFailed,
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
    Setups,
    SlowDisk,
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
def deleting(hass: HomeAssistant, wire: Wire, slow_disk: SlowDisk) -> Deleting:
    """Return a function that starts to delete shop_abc, and returns the task while the disk writes."""

    async def deleting() -> asyncio.Task[None]:
        await wire.create("abc")
        await wire.create("other")
        slow_disk.hold()
        task = hass.async_create_task(changes.async_delete(hass, "shop_abc"))
        await slow_disk.under_way.wait()
        return task

    return deleting


def stored_ids(hass_storage: Disk) -> list[str]:
    """Return the ids of the records that are on the disk."""
    return [record["id"] for record in hass_storage[DOMAIN]["data"]["items"]]


async def test_an_account_is_not_moved_to_what_is_being_deleted(
    hass: HomeAssistant, deleting: Deleting, slow_disk: SlowDisk
) -> None:
    """The move waits for the disk, and finds the credential gone."""
    deleted = await deleting()
    account = add_account(hass, "shop_other")
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    moved = hass.async_create_task(async_move(hass, [account.entry_id], record))
    await asyncio.sleep(0.1)
    assert account.data["auth_implementation"] == "shop_other"
    slow_disk.release()
    await deleted
    with pytest.raises(CredentialNotFound):
        await moved
    await hass.async_block_till_done()
    assert account.data["auth_implementation"] == "shop_other"
    assert reauthentications(hass) == []


async def test_of_a_move_and_a_delete_at_once_one_is_refused(
    hass: HomeAssistant, wire: Wire
) -> None:
    """No account points at a credential that is gone."""
    await wire.create("abc")
    await wire.create("other")
    account = add_account(hass, "shop_other")
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    moved = hass.async_create_task(async_move(hass, [account.entry_id], record))
    deleted = hass.async_create_task(changes.async_delete(hass, "shop_abc"))
    done = await asyncio.gather(moved, deleted, return_exceptions=True)
    assert sum(isinstance(each, CredentialError) for each in done) == 1
    ids = [each["id"] for each in await wire.get("list")]
    assert account.data["auth_implementation"] in ids


async def test_an_account_that_goes_while_it_is_moved_is_not_found(
    hass: HomeAssistant, wire: Wire, slow_disk: SlowDisk
) -> None:
    """It does not come back, and neither does one of the same id count for it."""
    await wire.create("abc")
    account = add_account(hass, "shop_other")
    slow_disk.hold()
    slow = hass.async_create_task(changes.async_create(hass, client("slow")))
    await slow_disk.under_way.wait()
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    moved = hass.async_create_task(async_move(hass, [account.entry_id], record))
    await asyncio.sleep(0.1)
    await hass.config_entries.async_remove(account.entry_id)
    slow_disk.release()
    with pytest.raises(EntryNotFound):
        await moved
    await slow


async def test_an_account_that_is_linked_during_a_delete_keeps_the_credential(
    hass: HomeAssistant,
    hass_storage: Disk,
    wire: Wire,
    deleting: Deleting,
    slow_disk: SlowDisk,
) -> None:
    """In its place, without an event for anybody; the delete says who uses it."""
    deleted = await deleting()
    await wire.get("subscribe")
    await wire.socket.receive_json()
    account = add_account(hass, "shop_abc")
    slow_disk.release()
    with pytest.raises(CredentialInUse, match=account.title):
        await deleted
    assert [each["id"] for each in await wire.get("list")] == ["shop_abc", "shop_other"]
    assert stored_ids(hass_storage) == ["shop_abc", "shop_other"]


async def test_a_credential_that_cannot_be_written_again_is_so_by_the_next_change(
    hass: HomeAssistant,
    hass_storage: Disk,
    wire: Wire,
    deleting: Deleting,
    slow_disk: SlowDisk,
) -> None:
    """It is in memory all the time, and the account is served."""
    deleted = await deleting()
    add_account(hass, "shop_abc")

    def fail_from_now_on() -> None:
        slow_disk.fails = Mock(side_effect=OSError(28, "No space left on device"))

    slow_disk.fails = fail_from_now_on
    slow_disk.release()
    with pytest.raises(CredentialInUse):
        await deleted
    assert [each["id"] for each in await wire.get("list")] == ["shop_abc", "shop_other"]
    slow_disk.fails = lambda: None
    await wire.create("new")
    assert stored_ids(hass_storage) == ["shop_abc", "shop_other", "shop_new"]


async def test_an_update_of_what_is_being_deleted_is_too_late(
    hass: HomeAssistant, shop: Setups, deleting: Deleting, slow_disk: SlowDisk
) -> None:
    """It says so, and reloads nobody."""
    deleted = await deleting()
    updated = hass.async_create_task(
        changes.async_update(hass, "shop_abc", {"client_secret": "new"})
    )
    await asyncio.sleep(0.1)
    slow_disk.release()
    await deleted
    with pytest.raises(CredentialNotFound):
        await updated
    assert "shop_abc" not in hass.data[DATA_COLLECTION].data
    assert shop.count == {}


async def test_a_copy_of_what_is_being_deleted_is_too_late(
    hass: HomeAssistant, wire: Wire, deleting: Deleting, slow_disk: SlowDisk
) -> None:
    """A client that is wanted no more is not spread."""
    add_hook(hass, "market")
    deleted = await deleting()
    copied = hass.async_create_task(changes.async_copy(hass, "shop_abc", ["market"]))
    await asyncio.sleep(0.1)
    slow_disk.release()
    await deleted
    with pytest.raises(CredentialNotFound):
        await copied
    assert [each["id"] for each in await wire.get("list")] == ["shop_other"]


async def test_a_copy_is_of_the_client_as_it_is_by_then(
    hass: HomeAssistant, wire: Wire, slow_disk: SlowDisk
) -> None:
    """A secret that was rotated meanwhile is not brought back."""
    add_hook(hass, "market")
    await wire.create("abc")
    slow_disk.hold()
    updated = hass.async_create_task(
        changes.async_update(hass, "shop_abc", {"client_secret": "new"})
    )
    await slow_disk.under_way.wait()
    copied = hass.async_create_task(changes.async_copy(hass, "shop_abc", ["market"]))
    await asyncio.sleep(0.1)
    slow_disk.release()
    await updated
    (copy,) = await copied
    assert copy["client_secret"] == "new"


async def test_an_import_of_what_is_being_deleted_is_made_again(
    hass: HomeAssistant, wire: Wire, deleting: Deleting, slow_disk: SlowDisk
) -> None:
    """The integration that brings it has it when it is told so."""
    deleted = await deleting()
    imported = hass.async_create_task(
        async_import_client_credential(hass, SHOP, ClientCredential("abc", "s"))
    )
    await asyncio.sleep(0.1)
    assert not imported.done()
    slow_disk.release()
    await deleted
    await imported
    assert [each["id"] for each in await wire.get("list")] == ["shop_other", "shop_abc"]


# Our own entry


@pytest.fixture(params=["remove", "disable", "reload"])
async def end_entry(
    request: pytest.FixtureRequest, hass: HomeAssistant, wire: Wire
) -> Callable[[], Awaitable[None]]:
    """Return a function that does something to the entry on the Integrations page."""
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
    slow_disk: SlowDisk,
    end_entry: Callable[[], Awaitable[None]],
) -> None:
    """The credentials are there without it."""
    slow_disk.hold()
    created = hass.async_create_task(changes.async_create(hass, client("abc")))
    await slow_disk.under_way.wait()
    await end_entry()
    slow_disk.release()
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


# A disk that is slow, and callers that leave


def no_patience() -> Any:
    """Return a context in which callers lose patience with the disk at once."""
    return patch(f"custom_components.{DOMAIN}.records.collection._TIMEOUT", 0.01)


async def test_what_a_slow_disk_did_not_save_has_no_consequence(
    hass: HomeAssistant, shop: Setups, wire: Wire, slow_disk: SlowDisk
) -> None:
    """Neither has it later; the accounts keep what they have."""
    await wire.create("abc")
    account = add_account(hass, "shop_abc")
    moving = add_account(hass, "shop_gone")
    credentials = hass.data[DATA_COLLECTION]
    record = credentials.record("shop_abc")
    slow_disk.hold()
    with no_patience():
        with pytest.raises(StorageFailed, match="has not answered"):
            await changes.async_update(hass, "shop_abc", {"client_id": "new"})
        with pytest.raises(StorageFailed, match="has not answered"):
            await async_move(hass, [moving.entry_id], record)
    slow_disk.release()
    await credentials.async_use("shop_abc", lambda _record: None)
    await hass.async_block_till_done()
    assert credentials.record("shop_abc") == record
    assert account.entry_id not in shop.count
    assert moving.data["auth_implementation"] == "shop_gone"
    assert reauthentications(hass) == []
