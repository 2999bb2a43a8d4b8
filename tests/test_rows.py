"""Each credential is a row of the entry, in step with what is stored."""

import asyncio
from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.application_credentials.accounts import changes
from custom_components.application_credentials.errors import (
    CredentialInUse,
    CredentialNotFound,
)
from custom_components.application_credentials.records.store import CredentialStore
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryDisabler,
    ConfigSubentry,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from tests.common import (
    DOMAIN,
    SHOP,
    Disk,
    Wire,
    add_account,
    add_hook,
    add_integration,
    as_shown,
    client,
    disk_is_full,
    link_flow,
    own_entry,
    record,
    stored,
)

PROBLEM = "binary_sensor.kitchen_problem"


def rows(hass: HomeAssistant) -> dict[str | None, str]:
    """Return the titles of all rows by the ids of their credentials."""
    return {
        subentry.unique_id: subentry.title
        for subentry in own_entry(hass).subentries.values()
    }


def devices(hass: HomeAssistant) -> dict[str, dr.DeviceEntry]:
    """Return the devices of all credentials by their ids."""
    return {
        item_id: device
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), own_entry(hass).entry_id
        )
        for _, item_id in device.identifiers
    }


def device(hass: HomeAssistant, item_id: str) -> dr.DeviceEntry:
    """Return the device of a credential."""
    return devices(hass)[item_id]


def notifications(hass: HomeAssistant) -> dict[str, Any]:
    """Return the notifications, by id."""
    return dict(_async_get_or_create_notifications(hass))


def delete_row(hass: HomeAssistant, item_id: str) -> None:
    """Do what a person does with ⋮ > Delete at a row."""
    entry = own_entry(hass)
    [subentry_id] = [
        subentry.subentry_id
        for subentry in entry.subentries.values()
        if subentry.unique_id == item_id
    ]
    hass.config_entries.async_remove_subentry(entry, subentry_id)


def row(subentry_type: str, title: str, unique_id: str) -> ConfigSubentryData:
    """Return a row that was there before the start."""
    return ConfigSubentryData(
        data={}, subentry_type=subentry_type, title=title, unique_id=unique_id
    )


async def listed(wire: Wire) -> list[str]:
    """Return the ids of what is stored."""
    return [record["id"] for record in await wire.get("list")]


# From what is stored to the rows.


async def test_a_new_credential_has_a_row(hass: HomeAssistant, wire: Wire) -> None:
    """Without anything secret in it."""
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    [subentry] = own_entry(hass).subentries.values()
    assert subentry.as_dict() == {
        "subentry_id": subentry.subentry_id,
        "subentry_type": "credential",
        "unique_id": "shop_abc",
        "title": "Kitchen",
        "data": {},
    }


async def test_a_credential_that_an_integration_imports_has_a_row(
    hass: HomeAssistant, wire: Wire
) -> None:
    """As one of a person has."""
    await async_import_client_credential(
        hass, SHOP, ClientCredential("abc", "s", "From YAML")
    )
    await hass.async_block_till_done()
    assert rows(hass) == {"shop_abc": "From YAML"}


async def test_a_new_name_is_the_name_of_row_and_device(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Of no other; and what a person has called the device stays."""
    await wire.create("def", name="Bath")
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    dr.async_get(hass).async_update_device(
        device(hass, "shop_abc").id, name_by_user="Mine"
    )
    await wire.get("update", application_credentials_id="shop_abc", name="Cellar")
    await hass.async_block_till_done()
    assert rows(hass) == {"shop_def": "Bath", "shop_abc": "Cellar"}
    assert device(hass, "shop_def").name == "Bath"
    assert device(hass, "shop_abc").name == "Cellar"
    assert device(hass, "shop_abc").name_by_user == "Mine"


async def test_a_deleted_credential_has_no_row(hass: HomeAssistant, wire: Wire) -> None:
    """And no device, and no entities."""
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    assert hass.states.get(PROBLEM)
    await wire.get("delete", application_credentials_id="shop_abc")
    await hass.async_block_till_done()
    assert rows(hass) == {}
    assert devices(hass) == {}
    assert hass.states.get(PROBLEM) is None


async def test_without_a_name_a_row_is_called_after_its_integration(
    hass: HomeAssistant, wire: Wire
) -> None:
    """With a number, where there are several; never after its client ID."""
    for client_id in ("abc", "def", "ghi"):
        await wire.create(client_id)
    await hass.async_block_till_done()
    assert list(rows(hass).values()) == ["shop", "shop 2", "shop 3"]
    assert device(hass, "shop_def").name == "shop 2"
    assert hass.states.get("binary_sensor.shop_2_problem")


async def test_equal_names_are_told_apart(hass: HomeAssistant, wire: Wire) -> None:
    """By a number within an integration, by the integrations between them."""
    add_hook(hass, "club")
    await wire.create("abc", name="Home")
    await wire.create("def", name=" Home ")
    await wire.create("ghi", name="Home 2")
    await wire.create("abc", domain="club", name="Home")
    await hass.async_block_till_done()
    assert rows(hass) == {
        "shop_abc": "Home (shop)",
        "shop_def": "Home 2",
        "shop_ghi": "Home 2 2",
        "club_abc": "Home (club)",
    }


async def test_rows_are_made_for_what_is_stored(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """Those of credentials that are gone are taken away, and no others."""
    hass_storage[DOMAIN] = stored(record())
    entry = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[
            row("credential", "Gone", "shop_gone"),
            row("something_new", "Of a later version", "new"),
        ],
    )
    entry.add_to_hass(hass)
    await start()
    await hass.async_block_till_done()
    assert rows(hass) == {"new": "Of a later version", "shop_abc": "shop"}


async def test_a_row_that_is_one_too_many_is_cleared(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """It stands twice, or in an entry that is not the only one; its credential stays."""
    hass_storage[DOMAIN] = stored(record(), record("def"))
    twice = [row("credential", title, "shop_abc") for title in ("shop", "Again")]
    there = [row("credential", "Elsewhere", f"shop_{name}") for name in ("abc", "def")]
    first, second = entries = [
        MockConfigEntry(domain=DOMAIN, subentries_data=subentries)
        for subentries in (twice, there)
    ]
    for entry in entries:
        entry.add_to_hass(hass)
    kept = next(iter(first.subentries))
    wire = await start()
    await hass.async_block_till_done()
    assert [each.unique_id for each in first.subentries.values()] == [
        "shop_abc",
        "shop_def",
    ]
    assert next(iter(first.subentries)) == kept
    assert second.subentries == {}
    assert await listed(wire) == ["shop_abc", "shop_def"]


async def test_a_row_that_is_there_stays_as_it_is(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """Over a restart, with its id."""
    hass_storage[DOMAIN] = stored(record())
    entry = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[row("credential", "shop", "shop_abc")],
    )
    entry.add_to_hass(hass)
    before = dict(entry.subentries)
    await start()
    await hass.async_block_till_done()
    assert entry.subentries == before
    assert device(hass, "shop_abc")


async def test_rows_stay_where_the_file_of_the_credentials_cannot_be_read(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """With their devices, which automations name: the credentials will be back."""
    hass_storage[DOMAIN] = stored(record()) | {"version": 2}
    entry = MockConfigEntry(
        domain=DOMAIN, subentries_data=[row("credential", "shop", "shop_abc")]
    )
    entry.add_to_hass(hass)
    before = dict(entry.subentries)
    await start()
    await hass.async_block_till_done()
    assert entry.subentries == before


async def test_the_device_of_a_credential_that_is_gone_is_removed_at_the_start(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """A Home Assistant that was killed still knows it."""
    hass_storage[DOMAIN] = stored(record())
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    for item_id in ("shop_abc", "shop_gone"):
        dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={(DOMAIN, item_id)}
        )
    await start()
    await hass.async_block_till_done()
    assert device(hass, "shop_abc")
    assert [
        each.identifiers
        for each in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
    ] == [{(DOMAIN, "shop_abc")}]


# The entry.


async def test_rows_follow_while_the_entry_is_disabled(
    hass: HomeAssistant, wire: Wire
) -> None:
    """In both directions; when it is enabled again, all have their entities."""
    await wire.create("abc")
    await hass.async_block_till_done()
    entry = own_entry(hass)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await wire.create("def", name="Kitchen")
    await hass.async_block_till_done()
    assert rows(hass) == {"shop_abc": "shop", "shop_def": "Kitchen"}
    assert hass.states.get(PROBLEM) is None
    delete_row(hass, "shop_abc")
    await hass.async_block_till_done()
    assert await listed(wire) == ["shop_def"]
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert hass.states.get(PROBLEM)


async def test_who_deletes_the_entry_deletes_no_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """With the next entry the rows are there again, also of what came meanwhile."""
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(own_entry(hass).entry_id)
    await wire.create("def")
    await hass.async_block_till_done()
    assert await listed(wire) == ["shop_abc", "shop_def"]
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    await hass.async_block_till_done()
    assert rows(hass) == {"shop_abc": "Kitchen", "shop_def": "shop"}
    assert hass.states.get(PROBLEM)


# From the rows to what is stored.


async def test_who_deletes_a_row_deletes_its_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Where nobody uses it."""
    await wire.create("abc")
    await wire.create("def")
    await hass.async_block_till_done()
    delete_row(hass, "shop_abc")
    await hass.async_block_till_done()
    assert await listed(wire) == ["shop_def"]
    assert rows(hass) == {"shop_def": "shop"}
    assert notifications(hass) == {}


async def test_the_row_of_a_credential_in_use_comes_back(
    hass: HomeAssistant, wire: Wire
) -> None:
    """With its device and its entities, and what a person made of them."""
    await wire.create("abc", name="Kitchen")
    account = add_account(hass, "shop_abc")
    await hass.async_block_till_done()
    [subentry_id] = own_entry(hass).subentries
    before = device(hass, "shop_abc").id
    dr.async_get(hass).async_update_device(
        before, name_by_user="My shop", labels={"mine"}
    )
    er.async_get(hass).async_update_entity(
        PROBLEM, name="Trouble", new_entity_id="binary_sensor.trouble"
    )
    delete_row(hass, "shop_abc")
    await hass.async_block_till_done()

    assert await listed(wire) == ["shop_abc"]
    assert list(own_entry(hass).subentries) == [subentry_id]
    assert device(hass, "shop_abc").id == before
    assert device(hass, "shop_abc").name_by_user == "My shop"
    assert device(hass, "shop_abc").labels == {"mine"}
    state = hass.states.get("binary_sensor.trouble")
    assert state is not None
    assert state.name == "Trouble" or state.name.endswith(" Trouble")
    assert state.attributes["device_class"] == "problem"
    (notification,) = notifications(hass).values()
    assert notification["title"] == "Credential not deleted"
    assert account.title not in as_shown(notification["message"])


# From the title of a row to the name of its credential.


def rename_row(hass: HomeAssistant, item_id: str, title: str) -> None:
    """Do what a person does with ⋮ > Rename at a row."""
    entry = own_entry(hass)
    for subentry in list(entry.subentries.values()):
        if subentry.unique_id == item_id:
            hass.config_entries.async_update_subentry(entry, subentry, title=title)


@pytest.mark.parametrize("before", [None, "Kitchen"])
async def test_who_renames_a_row_renames_its_credential(
    hass: HomeAssistant, wire: Wire, before: str | None
) -> None:
    """With its device, and without spaces around it."""
    await wire.create("abc", **({"name": before} if before else {}))
    await wire.create("def", name="Bath")
    await hass.async_block_till_done()
    rename_row(hass, "shop_abc", " Attic ")
    await hass.async_block_till_done()
    assert [record.get("name") for record in await wire.get("list")] == [
        "Attic",
        "Bath",
    ]
    assert rows(hass) == {"shop_abc": "Attic", "shop_def": "Bath"}
    assert device(hass, "shop_abc").name == "Attic"
    assert notifications(hass) == {}


async def test_a_row_that_cannot_be_renamed_is_as_it_was(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A notification says why."""
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    with disk_is_full():
        rename_row(hass, "shop_abc", "Attic")
        await hass.async_block_till_done()
    assert rows(hass) == {"shop_abc": "Kitchen"}
    (notification,) = notifications(hass).values()
    assert notification["title"] == "Credential not renamed"
    assert "No space left" in as_shown(notification["message"])
    rename_row(hass, "shop_abc", "Attic")
    await hass.async_block_till_done()
    assert rows(hass) == {"shop_abc": "Attic"}
    assert notifications(hass) == {}


async def test_a_row_may_be_renamed_and_its_credential_go(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Whoever is first."""
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    with patch.object(
        changes, "async_update", side_effect=CredentialNotFound("shop_abc")
    ):
        rename_row(hass, "shop_abc", "Attic")
        await hass.async_block_till_done()
    assert rows(hass) == {"shop_abc": "Kitchen"}
    assert notifications(hass) == {}


# From a row that is gone to its credential.


async def test_the_notification_goes_when_an_account_does(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Somebody has read it."""
    add_integration(hass)
    await wire.create("abc")
    account = add_account(hass, "shop_abc")
    with link_flow():
        await hass.config_entries.async_setup(account.entry_id)
    await hass.async_block_till_done()
    delete_row(hass, "shop_abc")
    await hass.async_block_till_done()
    assert len(notifications(hass)) == 1
    await hass.config_entries.async_remove(account.entry_id)
    assert notifications(hass) == {}


async def test_a_row_comes_back_where_the_disk_is_full(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A notification says so."""
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    with disk_is_full():
        delete_row(hass, "shop_abc")
        await hass.async_block_till_done()
    assert rows(hass) == {"shop_abc": "Kitchen"}
    (notification,) = notifications(hass).values()
    assert "No space left" in as_shown(notification["message"])


async def test_the_notification_goes_with_the_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Which could not be deleted before."""
    await wire.create("abc")
    await hass.async_block_till_done()
    with disk_is_full():
        delete_row(hass, "shop_abc")
        await hass.async_block_till_done()
    delete_row(hass, "shop_abc")
    await hass.async_block_till_done()
    assert rows(hass) == {}
    assert notifications(hass) == {}


async def test_a_row_deleted_together_with_its_credential_is_no_matter(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Whoever is first."""
    await wire.create("abc")
    await hass.async_block_till_done()
    await wire.socket.send_json_auto_id(
        {"type": f"{DOMAIN}/delete", "application_credentials_id": "shop_abc"}
    )
    delete_row(hass, "shop_abc")
    await wire.socket.receive_json()
    await hass.async_block_till_done()
    assert rows(hass) == {}
    assert await listed(wire) == []
    assert notifications(hass) == {}


async def test_a_row_that_somebody_else_has_added_is_the_row(
    hass: HomeAssistant, wire: Wire
) -> None:
    """As the add flow does, which ends in a row of its own."""
    await hass.async_block_till_done()
    entry = own_entry(hass)
    await wire.socket.send_json_auto_id(
        {"type": f"{DOMAIN}/create", **client(name="Kitchen")}
    )
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({}),
            subentry_type="credential",
            title="Kitchen",
            unique_id="shop_abc",
        ),
    )
    assert (await wire.socket.receive_json())["success"]
    await hass.async_block_till_done()
    assert len(rows(hass)) <= 1


async def test_nothing_is_mirrored_where_setting_up_has_failed(
    hass: HomeAssistant,
) -> None:
    """What followed the credentials has ended, the original serves."""
    add_hook(hass)
    with patch(
        "custom_components.application_credentials.websocket_api.async_setup",
        side_effect=RuntimeError,
    ):
        assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_there_are_no_more_rows_than_a_page_can_show(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The others have their turn when one of the first is deleted."""
    with patch("custom_components.application_credentials.rows.MAX_ROWS", 2):
        for client_id in ("a", "b", "c"):
            await wire.create(client_id)
        await hass.async_block_till_done()
        assert rows(hass) == {"shop_a": "shop", "shop_b": "shop 2"}
        await wire.get("delete", application_credentials_id="shop_a")
        await hass.async_block_till_done()
        assert rows(hass) == {"shop_b": "shop", "shop_c": "shop 2"}


# Things that happen at once.


def deleting(does: Callable[[str], Awaitable[None]]) -> Any:
    """Return a context in which deleting a credential does this."""

    async def async_delete(hass: HomeAssistant, item_id: str) -> None:
        await does(item_id)

    return patch(
        "custom_components.application_credentials.rows.changes.async_delete",
        async_delete,
    )


async def test_an_entry_that_is_deleted_meanwhile_gets_no_row_back(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The credential, which is in use, stays."""
    await wire.create()
    await hass.async_block_till_done()
    entry = own_entry(hass)

    async def refuse(item_id: str) -> None:
        await hass.config_entries.async_remove(entry.entry_id)
        raise CredentialInUse(SHOP, [])

    with deleting(refuse):
        delete_row(hass, "shop_abc")
        await hass.async_block_till_done()
    assert entry.subentries == {}
    assert await listed(wire) == ["shop_abc"]


async def test_what_is_known_of_rows_goes_with_the_entry(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Where it is deleted while rows are renamed, and added again: no credential is deleted."""
    for client_id in ("abc", "def"):
        await wire.create(client_id)
    await hass.async_block_till_done()
    write = CredentialStore.async_write

    async def delete_entry_and_write(store: CredentialStore, data: Any) -> None:
        for entry in hass.config_entries.async_entries(DOMAIN):
            await hass.config_entries.async_remove(entry.entry_id)
        await write(store, data)

    with patch.object(CredentialStore, "async_write", delete_entry_and_write):
        rename_row(hass, "shop_abc", "Attic")
        rename_row(hass, "shop_def", "Cellar")
        await hass.async_block_till_done()
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    await hass.async_block_till_done()
    assert await listed(wire) == list(rows(hass)) == ["shop_abc", "shop_def"]


async def test_a_credential_that_was_deleted_first_is_no_matter(
    hass: HomeAssistant, wire: Wire
) -> None:
    """There is nothing to say."""
    await wire.create()
    await hass.async_block_till_done()

    async def be_late(item_id: str) -> None:
        raise CredentialNotFound(item_id)

    with deleting(be_late):
        delete_row(hass, "shop_abc")
        await hass.async_block_till_done()
    assert notifications(hass) == {}


async def test_a_row_that_is_deleted_while_another_one_is_is_deleted_too(
    hass: HomeAssistant, wire: Wire
) -> None:
    """One after the other."""
    await wire.create("abc")
    await wire.create("def")
    await hass.async_block_till_done()
    real = changes.async_delete

    async def delete_both(item_id: str) -> None:
        if "shop_def" in rows(hass):
            delete_row(hass, "shop_def")
        await real(hass, item_id)

    with deleting(delete_both):
        delete_row(hass, "shop_abc")
        await hass.async_block_till_done()
    assert rows(hass) == {}
    assert await listed(wire) == []


async def test_a_credential_that_is_created_again_has_a_row_of_its_own(
    hass: HomeAssistant, wire: Wire
) -> None:
    """While another one is being deleted: nobody has deleted the row of the new one."""
    await wire.create("abc")
    await wire.create("def")
    await hass.async_block_till_done()
    real = changes.async_delete

    async def delete(item_id: str) -> None:
        await real(hass, item_id)
        if "shop_def" in await listed(wire):
            await wire.create("abc")

    with deleting(delete):
        delete_row(hass, "shop_abc")
        delete_row(hass, "shop_def")
        await hass.async_block_till_done()
    assert await listed(wire) == ["shop_abc"]
    assert rows(hass) == {"shop_abc": "shop"}
    assert hass.states.get("binary_sensor.shop_problem")


async def test_a_deleted_row_gets_no_entities_while_its_credential_is_there(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Where the entry is loaded again in between."""
    await wire.create(name="Kitchen")
    await hass.async_block_till_done()
    go_on = asyncio.Event()

    write = CredentialStore.async_write

    async def write_later(store: CredentialStore, data: Any) -> None:
        await go_on.wait()
        await write(store, data)

    with patch.object(CredentialStore, "async_write", write_later):
        delete_row(hass, "shop_abc")
        assert await hass.config_entries.async_reload(own_entry(hass).entry_id)
        assert hass.states.get(PROBLEM) is None
        go_on.set()
        await hass.async_block_till_done()
    assert await listed(wire) == []
