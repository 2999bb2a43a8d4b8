"""The day on which a client secret ends, where a client is entered or changed."""

from typing import Any

from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.accounts.secret_end import secret_end
from homeassistant.core import HomeAssistant
from tests.common import Wire

from .common import Dialog, answers

DAY = "2028-05-01"


def known(hass: HomeAssistant, item_id: str) -> str:
    """Return the day on which the secret of a credential ends."""
    return str(secret_end(hass, item_id))


async def test_the_day_is_entered_with_a_new_client(
    hass: HomeAssistant, dialog: Dialog, bakery: str, provider: AiohttpClientMocker
) -> None:
    """It stays in the form while that is corrected."""
    await dialog.open_new(bakery)
    assert dialog.fields == ["client_id", "client_secret", "secret_ends", "name"]
    await dialog.submit(secret_ends=DAY)
    assert dialog.errors == {"client_id": "empty_field"}
    assert dialog.suggested["secret_ends"] == DAY
    answers(provider, "invalid_client")
    await dialog.submit(client_id="abc", client_secret="s", secret_ends=DAY)
    await dialog.choose("new")
    assert dialog.suggested["secret_ends"] == DAY
    answers(provider, "invalid_grant")
    await dialog.submit(client_id="abc", client_secret="s", secret_ends=DAY)
    assert dialog.step == "abort: saved"
    assert known(hass, "bakery_abc") == DAY


async def test_where_secrets_last_no_day_is_asked_for(dialog: Dialog) -> None:
    """As the guide knows."""
    await dialog.open_new("spotify")
    assert "secret_ends" not in dialog.fields


async def test_the_day_can_be_changed_alone(
    hass: HomeAssistant, dialog: Dialog, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """The provider need not be asked; a blank field takes it back."""
    await wire.create()
    await dialog.open_credential()
    await dialog.submit(secret_ends=DAY)
    assert dialog.step == "abort: saved"
    assert not provider.mock_calls
    assert known(hass, "shop_abc") == DAY
    await dialog.open_credential()
    assert dialog.suggested["secret_ends"] == DAY
    await dialog.submit(name="Kitchen")
    assert known(hass, "shop_abc") == DAY
    await dialog.open_credential()
    await dialog.submit(secret_ends=None)
    assert known(hass, "shop_abc") == "None"


async def test_a_new_secret_has_a_day_of_its_own(
    hass: HomeAssistant, dialog: Dialog, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """The day that still stands in the form is that of the secret before."""
    answers(provider, "invalid_grant")
    await wire.create()
    await dialog.open_credential()
    await dialog.submit(secret_ends=DAY)
    await dialog.open_credential()
    await dialog.submit(client_secret="new")
    assert known(hass, "shop_abc") == "None"
    await dialog.open_credential()
    await dialog.submit(client_secret="newer", secret_ends=DAY)
    assert known(hass, "shop_abc") == DAY


async def test_a_day_that_is_not_saved_keeps_the_dialog_where_it_is(
    dialog: Dialog, wire: Wire, movable: Any
) -> None:
    """As whatever else was typed."""
    await dialog.open_credential()
    await dialog.submit(next="delete", secret_ends=DAY)
    assert dialog.errors == {"next": "save_first"}
