"""A credential is deleted, or it is said who uses it."""

from typing import Any

from homeassistant.core import HomeAssistant
from tests.common import Wire, add_account, disk_is_full

from .common import Dialog, links, stored


async def test_a_credential_that_nobody_uses_can_be_deleted(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """After a question."""
    await wire.create(name="Kitchen")
    await dialog.open_at("delete")
    assert dialog.step == "delete"
    assert dialog.told == {"credential": "**Kitchen** (shop)", "integration": "shop"}
    assert len(stored(hass)) == 1
    await dialog.submit()
    assert dialog.step == "abort: deleted"
    assert stored(hass) == []


async def test_a_credential_in_use_is_not_deleted(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """The dialog says who uses it, and offers to move them."""
    await dialog.open_at("delete")
    assert dialog.step == "in_use"
    assert dialog.told["accounts"] == links(*movable)
    assert dialog.told["way_out"] == "Move them to another credential first."
    assert dialog.choices == ["move", "reconfigure"]
    await dialog.show_again()
    assert dialog.step == "in_use"
    await dialog.choose("reconfigure")
    await dialog.choose("delete")
    await dialog.choose("move")
    assert dialog.step == "move"
    assert len(stored(hass)) == 2


async def test_a_credential_that_somebody_uses_meanwhile_is_not_deleted(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """The question is answered too late."""
    await wire.create()
    await dialog.open_at("delete")
    add_account(hass, "shop_abc")
    await dialog.submit()
    assert dialog.step == "in_use"
    assert len(stored(hass)) == 1


async def test_an_account_that_comes_while_deleting_keeps_the_credential(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """The question was answered in time, but the account was there before the disk."""
    await wire.create(name="Kitchen")
    await dialog.open_at("delete")
    hass.loop.call_soon(add_account, hass, "shop_abc")
    await dialog.submit()
    assert dialog.step == "in_use"
    assert "[anna@shop.test]" in dialog.told["accounts"]
    assert len(stored(hass)) == 1


async def test_a_full_disk_is_an_error_of_the_deletion(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """The credential is still there."""
    await wire.create()
    await dialog.open_at("delete")
    with disk_is_full():
        await dialog.submit()
    assert dialog.step == "delete"
    assert dialog.errors == {"base": "storage_failed"}
    assert "No space left" in dialog.told["reason"]
    assert len(stored(hass)) == 1
