"""The client of a credential is used for other integrations of its provider."""

from unittest.mock import patch

from custom_components.application_credentials.errors import CredentialNotFound
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from tests.common import DOMAIN, Neighbours, Wire, client, disk_is_full, server

from .common import Dialog, stored


async def test_nothing_is_copied_where_nothing_was_picked(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """The form says so and stays."""
    await wire.create()
    await dialog.open_at("copy")
    await dialog.submit()
    assert dialog.step == "copy"
    assert dialog.errors == {"domains": "none_chosen"}
    assert len(stored(hass)) == 1


async def test_a_client_that_every_integration_has_got_meanwhile_is_not_copied(
    wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """The dialog says so."""
    await wire.create()
    await dialog.open_credential()
    await wire.create(domain=bakery)
    await dialog.choose("copy")
    assert dialog.step == "abort: no_other_integration"


async def test_a_full_disk_is_an_error_of_the_copy(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """None of the integrations has got the client."""
    await wire.create()
    await dialog.open_at("copy")
    with disk_is_full():
        await dialog.submit(domains=[bakery])
    assert dialog.step == "copy"
    assert dialog.errors == {"base": "storage_failed"}
    assert "No space left" in dialog.told["reason"]
    assert len(stored(hass)) == 1


async def test_a_client_that_the_other_would_not_take_is_an_error_of_the_copy(
    hass: HomeAssistant, dialog: Dialog, neighbours: Neighbours
) -> None:
    """An import is more lenient than a copy; the fault is in no field of the form."""
    neighbours.add("bakery", server())
    await hass.data[DATA_COLLECTION].async_import_item(client("a\u00e9"))
    (record,) = stored(hass)
    await dialog.open_at("copy", item_id=record["id"])
    await dialog.submit(domains=["bakery"])
    assert dialog.errors == {"base": "invalid_character"}


async def test_a_credential_may_go_while_it_is_copied(
    wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """There is nothing to copy any more."""
    await wire.create()
    await dialog.open_at("copy")
    with patch(
        f"custom_components.{DOMAIN}.dialog.copy.copying.async_copy",
        side_effect=CredentialNotFound("shop_abc"),
    ):
        await dialog.submit(domains=[bakery])
    assert dialog.step == "abort: credential_gone"
