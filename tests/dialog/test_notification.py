"""The page of credentials shows no errors: a notification says why nothing was deleted."""

from typing import Any

import pytest

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from tests.common import DOMAIN, Wire, add_account, as_shown


def notifications(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the bell has, by id."""
    return dict(_async_get_or_create_notifications(hass))


async def test_a_credential_in_use_that_is_deleted_is_notified_of(
    hass: HomeAssistant, wire: Wire
) -> None:
    """By whom it is used, and where to move them; never with the secret."""
    await wire.create(name="Kitchen")
    entry_ids = [
        add_account(hass, "shop_abc", title=f"{name}@shop.test").entry_id
        for name in ("anna", "ben")
    ]
    page = "/config/integrations/integration/shop#config_entry="
    await wire.refused("delete", application_credentials_id="shop_abc")
    (notification,) = notifications(hass).values()
    assert notification["notification_id"] == f"{DOMAIN}_in_use_shop_abc"
    assert notification["title"] == "Credential not deleted"
    assert as_shown(notification["message"]) == (
        "The credential Kitchen is used by these accounts of shop:\n\n"
        f"- [anna@shop.test]({page}{entry_ids[0]})\n"
        f"- [ben@shop.test]({page}{entry_ids[1]})\n\n"
        "Move them to another credential first, on the [page of Application"
        " credentials](/config/integrations/integration/application_credentials)."
    )


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
