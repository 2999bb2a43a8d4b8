"""Listeners of the collection, and others that get hold of its records, keep nobody waiting."""

import asyncio
from typing import Any

import pytest

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from tests.common import Wire, add_hook


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "changed"},
        {"domain": "changed"},
        {"id": "changed"},
        {"client_id": None, "domain": []},
    ],
    ids=["client ID", "domain", "id", "no strings"],
)
@pytest.mark.parametrize("of_all", [False, True], ids=["each", "all"])
async def test_a_listener_that_changes_records_in_place_keeps_nobody_waiting(
    hass: HomeAssistant, wire: Wire, change: dict[str, Any], of_all: bool
) -> None:
    """What is stored stays as it was acknowledged, and can be changed and deleted."""
    add_hook(hass, "other")

    async def spoil(change_type: str, item_id: str, item: Any) -> None:
        item.update(change)

    async def spoil_all(changes: Any) -> None:
        for each in changes:
            each.item.update(change)

    credentials = hass.data[DATA_COLLECTION]
    if of_all:
        credentials.async_add_change_set_listener(spoil_all)
    else:
        credentials.async_add_listener(spoil)
    async with asyncio.timeout(5):
        created = await wire.create("abc")
        assert await wire.get("list") == [created]
        updated = await wire.get(
            "update", application_credentials_id="shop_abc", client_id="def"
        )
        assert await wire.get("list") == [updated]
        await wire.get("delete", application_credentials_id="shop_abc")
        assert await wire.get("list") == []
        await wire.create("abc")


@pytest.mark.parametrize(
    "change",
    [{"client_id": "changed"}, {"domain": "changed"}, {"client_id": None}, {"id": "x"}],
    ids=["client ID", "domain", "no client ID", "id"],
)
async def test_who_changes_a_stored_record_in_place_keeps_nobody_waiting(
    hass: HomeAssistant, wire: Wire, change: dict[str, Any]
) -> None:
    """Other code gets hold of the records themselves."""
    await wire.create("abc")
    hass.data[DATA_COLLECTION].async_items()[0].update(change)
    async with asyncio.timeout(5):
        await wire.ask("update", application_credentials_id="shop_abc", client_id="def")
        await wire.ask("delete", application_credentials_id="shop_abc")
        await wire.create("later")
        await wire.get("delete", application_credentials_id="shop_later")
