"""A stored record cannot be read: what can be is shown, and it is deleted on request."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from tests.common import DOMAIN, Disk, Wire, client, disk_is_full, issue_ids

from .common import Fix, records


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
