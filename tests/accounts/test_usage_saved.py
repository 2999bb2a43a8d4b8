"""A credential is deleted once no saved config entry points at it any more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.common import (
    DOMAIN,
    PACKAGE,
    SHOP,
    Disk,
    SlowDisk,
    Wire,
    add_account,
    add_integration,
    add_movable,
    client,
    link_flow,
    move,
    real_hook,
    record,
    stored,
)

ENTRIES = "core.config_entries"


def save(hass_storage: Disk, account: MockConfigEntry, name: Any, **other: Any) -> None:
    """Have the saved file of config entries say what an account points at."""
    entry = {
        "entry_id": account.entry_id,
        "domain": SHOP,
        "data": {"auth_implementation": name},
        **other,
    }
    hass_storage.keep(ENTRIES, {"entries": [{"domain": "other"}, entry]})


@pytest.fixture
async def account(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk
) -> MockConfigEntry:
    """Return an account that was moved away from shop_one, which is not saved yet."""
    add_integration(hass)
    account = await add_movable(hass, wire)
    save(hass_storage, account, "shop_one")
    with link_flow():
        await move(hass, wire, account, "shop_two")
    return account


async def delete(wire: Wire) -> Any:
    """Delete the credential that the account was moved away from."""
    return await wire.ask("delete", application_credentials_id="shop_one")


async def test_a_delete_waits_until_the_move_is_saved(
    wire: Wire, hass_storage: Disk, account: MockConfigEntry
) -> None:
    """A power cut between the two leaves no account without its secret."""
    deleting = asyncio.create_task(delete(wire))
    await asyncio.sleep(0.3)
    assert not deleting.done()
    assert len(hass_storage["application_credentials"]["data"]["items"]) == 2
    save(hass_storage, account, "shop_two")
    assert (await deleting)["success"]
    assert len(hass_storage["application_credentials"]["data"]["items"]) == 1


async def test_a_delete_sent_behind_a_move_that_waits_for_the_disk_is_refused(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk, slow_disk: SlowDisk
) -> None:
    """Made right after the move, it would be on disk before the move is saved."""
    add_integration(hass)
    account = await add_movable(hass, wire)
    slow_disk.hold()
    await wire.socket.send_json_auto_id({"type": f"{DOMAIN}/create", **client("three")})
    await slow_disk.under_way.wait()
    with link_flow():
        await wire.socket.send_json_auto_id(
            {
                "type": f"{DOMAIN}/move",
                "config_entry_id": account.entry_id,
                "application_credentials_id": "shop_two",
            }
        )
        # At once: the two others are not answered yet.
        answer = await delete(wire)
        assert answer["error"]["translation_key"] == "credential_in_use"
        slow_disk.release()
        for _ in range(2):
            assert (await wire.socket.receive_json())["success"]
        await hass.async_block_till_done()
    assert account.data["auth_implementation"] == "shop_two"
    assert len(hass_storage[DOMAIN]["data"]["items"]) == 3


async def test_an_account_that_is_moved_back_during_the_wait_keeps_the_credential(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk, account: MockConfigEntry
) -> None:
    """Saved or not, it is named in the refusal."""
    deleting = asyncio.create_task(delete(wire))
    await asyncio.sleep(0.1)
    hass.config_entries.async_update_entry(
        account, data={**account.data, "auth_implementation": "shop_one"}
    )
    answer = await deleting
    assert answer["error"]["translation_placeholders"]["accounts"] == account.title
    assert len(hass_storage[DOMAIN]["data"]["items"]) == 2


async def test_a_delete_waits_until_the_end_of_an_account_is_saved(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk
) -> None:
    """Also of one that calls an imported credential by the name of its integration."""
    await wire.create("one", auth_domain=SHOP)
    account = add_account(hass, SHOP)
    save(hass_storage, account, SHOP)
    await hass.config_entries.async_remove(account.entry_id)
    with patch(f"{PACKAGE}.accounts.usage._SAVE_TIMEOUT", 0.3):
        answer = await delete(wire)
    assert answer["error"]["translation_key"] == "entries_not_saved"
    hass_storage.keep(ENTRIES, {"entries": []})
    assert (await delete(wire))["success"]


async def test_a_delete_waits_for_an_account_that_calls_it_by_a_name_of_its_own(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """SmartThings has them called by its domain. Nobody has asked for it since the start."""
    hass_storage[DOMAIN] = stored(record(id="smartthings_one", domain="smartthings"))
    wire = await start()
    add_integration(hass, "smartthings")
    real_hook(hass, "smartthings", DOMAIN="smartthings")
    account = add_account(hass, "smartthings", domain="smartthings")
    save(hass_storage, account, "smartthings", domain="smartthings")
    await hass.config_entries.async_remove(account.entry_id)
    with patch(f"{PACKAGE}.accounts.usage._SAVE_TIMEOUT", 0.3):
        _, message = await wire.refused(
            "delete", application_credentials_id="smartthings_one"
        )
    assert "saved" in message
    hass_storage.keep(ENTRIES, {"entries": []})
    await wire.get("delete", application_credentials_id="smartthings_one")


@pytest.mark.parametrize(
    "content",
    [
        {"entries": 7},
        {"entries": [{}]},
        {"entries": [{"domain": SHOP, "entry_id": "a", "data": None}]},
        [],
    ],
)
async def test_a_file_that_cannot_be_read_keeps_nothing(
    wire: Wire, hass_storage: Disk, content: Any
) -> None:
    """No start of Home Assistant would read it either."""
    await wire.create("one")
    hass_storage.keep(ENTRIES, content)
    assert (await delete(wire))["success"]


@pytest.mark.parametrize("name", ["shop_two", ["shop_one"], None])
async def test_a_saved_account_of_another_credential_keeps_nothing(
    wire: Wire, hass_storage: Disk, account: MockConfigEntry, name: Any
) -> None:
    """Nor does one that names it in another way than an account can."""
    save(hass_storage, account, name)
    assert (await delete(wire))["success"]
