"""What is of no use is deleted on request: a credential that is not needed, a damaged record."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.common import (
    DOMAIN,
    Disk,
    Wire,
    add_account,
    add_cloud,
    add_hook,
    client,
    disk_is_full,
    issue_id,
    issue_ids,
)

from .common import Fix, delete, records

NOT_NEEDED = issue_id("not_needed", "xbox_abc")


async def create(hass: HomeAssistant, wire: Wire, domain: str = "xbox") -> None:
    """Create a credential as Home Assistant's own dialog does."""
    await wire.create(domain=domain)
    await hass.async_block_till_done()


async def test_none_is_needed_and_it_is_deleted(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """Why one was asked for is said, too."""
    await create(hass, wire)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, NOT_NEEDED)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {"name": "Xbox"}
    await fix.open(NOT_NEEDED)
    assert fix.step == "init"
    assert fix.told["credential"] == "**Xbox**"
    assert fix.told["need"].startswith("You do not need a client ID for Xbox.")
    assert "only because account linking is not loaded" in fix.told["need"]
    await fix.submit()
    assert fix.shown["type"] == "create_entry"
    assert records(hass) == []
    assert NOT_NEEDED not in issue_ids(hass)


async def test_an_account_that_uses_it_shows_that_it_is_of_use(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """Nothing is deleted then."""
    await create(hass, wire)
    await fix.open(NOT_NEEDED)
    add_account(hass, "xbox_abc", domain="xbox")
    await hass.async_block_till_done()
    assert NOT_NEEDED not in issue_ids(hass)
    await fix.submit()
    assert fix.errors == {"base": "credential_in_use"}
    assert len(records(hass)) == 1


async def test_what_is_wanted_or_imported_is_left_alone(
    hass: HomeAssistant, wire: Wire
) -> None:
    """An integration takes a client of one's own, or brings its own."""
    await create(hass, wire, "spotify")
    await create(hass, wire, "miele")
    await create(hass, wire, "weheat")
    add_hook(hass, "xbox")
    await async_import_client_credential(hass, "xbox", ClientCredential("a", "s"))
    await hass.async_block_till_done()
    assert len(records(hass)) == 4
    assert issue_ids(hass) == set()


async def test_what_account_linking_offers_no_more_is_wanted(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It is the only way to link an account then."""
    add_cloud(hass, "geocaching")
    await create(hass, wire)
    await create(hass, wire, "geocaching")
    assert issue_ids(hass) == {issue_id("not_needed", "geocaching_abc")}


async def test_a_credential_that_is_of_use_by_now_is_not_deleted(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """Account linking may stop to offer an integration while the issue is there."""
    await create(hass, wire)
    add_cloud(hass)
    await fix.open(NOT_NEEDED)
    await hass.async_block_till_done()
    assert fix.shown["type"] == "create_entry"
    assert len(records(hass)) == 1
    assert NOT_NEEDED not in issue_ids(hass)


async def test_what_no_console_gives_out_any_more_is_told(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """And of an integration that brings its own."""
    await create(hass, wire, "ondilo_ico")
    assert issue_ids(hass) == {issue_id("not_needed", "ondilo_ico_abc")}
    add_hook(hass, "neato")
    await create(hass, wire, "neato")
    await fix.open(issue_id("not_needed", "neato_abc"))
    assert fix.told["need"].startswith("Neato no longer gives out client IDs.")


async def test_a_credential_stays_where_the_disk_is_full(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """The credential stays."""
    await create(hass, wire)
    await fix.open(NOT_NEEDED)
    with disk_is_full():
        await fix.submit()
    assert fix.errors == {"base": "storage_failed"}
    assert len(records(hass)) == 1


async def test_a_credential_that_is_gone_needs_no_deleting(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """The flow that is open says so."""
    await create(hass, wire)
    await fix.open(NOT_NEEDED)
    await delete(hass, "xbox_abc")
    await fix.submit()
    assert fix.step == "gone"


@pytest.fixture
async def damaged(
    hass: HomeAssistant,
    hass_storage: Disk,
    begin: Callable[[], Awaitable[tuple[Wire, Fix]]],
) -> tuple[Wire, Fix, str]:
    """Start with a damaged record; return wire, flow and the id of the issue."""
    hass_storage[DOMAIN] = {
        "version": 1,
        "data": {
            "items": [
                {"id": "shop_abc", **client()},
                {"id": "shop_b", "name": "Bath", "client_secret": "s3cr3t"},
            ]
        },
    }
    wire, fix = await begin()
    (issue_id,) = issue_ids(hass)
    return wire, fix, issue_id


async def test_a_damaged_record_is_shown_and_deleted_on_request(
    hass: HomeAssistant, hass_storage: Disk, damaged: tuple[Wire, Fix, str]
) -> None:
    """Not its secret, and not before."""
    _, fix, issue_id = damaged
    await fix.open(issue_id)
    assert fix.step == "init"
    assert fix.told == {"record": "id: shop_b, name: Bath"}
    assert len(hass_storage[DOMAIN]["data"]["items"]) == 2
    assert len(hass.data[DATA_COLLECTION].unreadable) == 1
    await fix.submit()
    assert fix.step == "create_entry"
    assert hass_storage[DOMAIN]["data"]["items"] == [{"id": "shop_abc", **client()}]
    assert issue_ids(hass) == set()


async def test_a_damaged_record_stays_where_the_disk_is_full(
    hass: HomeAssistant, damaged: tuple[Wire, Fix, str]
) -> None:
    """With its issue."""
    _, fix, issue_id = damaged
    await fix.open(issue_id)
    with disk_is_full():
        await fix.submit()
    assert fix.errors == {"base": "storage_failed"}
    assert fix.told["record"] == "id: shop_b, name: Bath"
    assert len(hass.data[DATA_COLLECTION].unreadable) == 1
    assert issue_ids(hass) == {issue_id}


async def test_a_damaged_record_that_another_browser_deleted_is_done(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    damaged: tuple[Wire, Fix, str],
) -> None:
    """There is nothing left to delete."""
    _, fix, issue_id = damaged
    other = Fix(await hass_client())
    for each in (fix, other):
        await each.open(issue_id)
    for each in (fix, other):
        await each.submit()
        assert each.step == "create_entry"
    assert [record["id"] for record in records(hass)] == ["shop_abc"]


async def test_nothing_at_all_is_shown_and_deleted_too(
    hass: HomeAssistant,
    hass_storage: Disk,
    begin: Callable[[], Awaitable[tuple[Wire, Fix]]],
) -> None:
    """As `null` in a file that a person has edited."""
    hass_storage[DOMAIN] = {"version": 1, "data": {"items": [None]}}
    _, fix = await begin()
    [issue_id] = issue_ids(hass)
    await fix.open(issue_id)
    assert fix.step == "init"
    assert fix.told["record"] == "NoneType"
    await fix.submit()
    assert fix.step == "create_entry"
    assert hass.data[DATA_COLLECTION].unreadable == []
    assert issue_ids(hass) == set()


async def test_of_several_damaged_records_one_is_deleted(
    hass: HomeAssistant,
    hass_storage: Disk,
    begin: Callable[[], Awaitable[tuple[Wire, Fix]]],
) -> None:
    """The one that the issue is about; also where neither has an id."""
    items = [{"name": "Kitchen"}, {"name": "Bath"}]
    hass_storage[DOMAIN] = {"version": 1, "data": {"items": items}}
    _, fix = await begin()
    for each in issue_ids(hass):
        await fix.open(each)
        if fix.told["record"] == "name: Bath":
            await fix.submit()
    assert hass.data[DATA_COLLECTION].unreadable == [{"name": "Kitchen"}]
    assert len(issue_ids(hass)) == 1
