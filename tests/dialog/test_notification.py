"""The page of credentials shows no errors: a notification says why nothing was deleted."""

from typing import Any

import pytest

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from tests.common import DOMAIN, Wire, add_account, add_integration, as_shown, link_flow


def notifications(hass: HomeAssistant) -> dict[str, Any]:
    """Return the notifications, by id."""
    return dict(_async_get_or_create_notifications(hass))


async def test_a_credential_in_use_that_is_deleted_is_notified_of(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Everybody who is signed in reads it: it names no account."""
    add_integration(hass)
    await wire.create(name="Kitchen")
    add_account(hass, "shop_abc", title="anna@shop.test")
    with link_flow():
        await wire.refused("delete", application_credentials_id="shop_abc")
        (notification,) = notifications(hass).values()
        await wire.create("other")
        await wire.refused("delete", application_credentials_id="shop_abc")
    assert notification["notification_id"] == f"{DOMAIN}_in_use_shop_abc"
    assert notification["title"] == "Credential not deleted"
    assert as_shown(notification["message"]) == (
        "**Kitchen (shop)**\n\nAccounts use this credential, so it was not deleted."
        " Administrators can see which ones on the [page of Application credentials]"
        "(/config/integrations/integration/application_credentials): select the"
        " cogwheel of the credential. There is no other credential of shop to move"
        " the accounts to. Add one first, or delete the accounts."
    )
    (notification,) = notifications(hass).values()
    assert notification["message"].endswith(
        "Move the accounts to another credential first."
    )


async def test_accounts_that_cannot_be_moved_are_not_told_to_be(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Their integration cannot link them again."""
    await wire.create()
    await wire.create("other")
    add_account(hass, "shop_abc")
    await wire.refused("delete", application_credentials_id="shop_abc")
    (notification,) = notifications(hass).values()
    assert notification["message"].endswith(
        "shop cannot link an account again, so the accounts cannot be moved. Delete the"
        " accounts first."
    )


async def test_a_new_name_takes_the_notification_back(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It would still have the old one."""
    await wire.create(name="Kitchen")
    add_account(hass, "shop_abc")
    await wire.refused("delete", application_credentials_id="shop_abc")
    await wire.get("update", application_credentials_id="shop_abc", name="Attic")
    await hass.async_block_till_done()
    assert notifications(hass) == {}


async def test_trying_again_leaves_one_notification(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Each credential has its own."""
    for name in ("abc", "other"):
        await wire.create(name)
        add_account(hass, f"shop_{name}")
        for _ in range(2):
            await wire.refused("delete", application_credentials_id=f"shop_{name}")
    assert len(notifications(hass)) == 2


@pytest.mark.parametrize("item_id", ["shop_abc", "gone"])
async def test_any_other_deletion_is_not_notified_of(
    hass: HomeAssistant, wire: Wire, item_id: str
) -> None:
    """Neither one that is granted nor one of what is not there."""
    await wire.create()
    await wire.ask("delete", application_credentials_id=item_id)
    assert notifications(hass) == {}
