"""The component takes the place of the one that Home Assistant ships."""

from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant

from .common import SHOP, Wire


async def test_records_are_listed_as_they_were_created(wire: Wire) -> None:
    """What `create` answers is what `list` answers."""
    record = await wire.create("abc", name="Kitchen")
    assert record == {
        "id": "shop_abc",
        "domain": SHOP,
        "client_id": "abc",
        "client_secret": "the-secret",
        "name": "Kitchen",
    }
    assert await wire.get("list") == [record]


async def test_integrations_that_import_from_home_assistant_find_us(
    hass: HomeAssistant, wire: Wire
) -> None:
    """`async_import_client_credential` of the shipped component ends in our records."""
    await async_import_client_credential(hass, SHOP, ClientCredential("abc", "s"))
    assert await wire.get("list") == [
        {
            "id": "shop_abc",
            "domain": SHOP,
            "client_id": "abc",
            "client_secret": "s",
            "auth_domain": SHOP,
            "name": "Import from configuration.yaml",
        }
    ]
