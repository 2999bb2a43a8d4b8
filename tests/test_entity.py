"""What the device of a credential says and does."""

from collections.abc import Awaitable, Callable
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    ORIGIN,
    REDIRECT_URI,
    TOKEN_URL,
    Wire,
    add_account,
    add_hook,
    add_integration,
    answer_token_requests,
    entry_with_row,
    finding_of,
    link_flow,
    own_entry,
    request_with,
    under_way,
)

PROBLEM = "binary_sensor.kitchen_problem"
ACCOUNTS = "sensor.kitchen_accounts"
LAST_CHECKED = "sensor.kitchen_last_checked"
SECRET_ENDS = "sensor.kitchen_client_secret_expires"
CHECK = "button.kitchen_check"


@pytest.fixture
async def kitchen(hass: HomeAssistant, wire: Wire) -> Wire:
    """Have a credential of this name."""
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    return wire


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity that is there."""
    found = hass.states.get(entity_id)
    assert found is not None
    return found.state


async def press(hass: HomeAssistant) -> None:
    """Press the button that checks."""
    await hass.services.async_call(
        "button", "press", {"entity_id": CHECK}, blocking=True
    )
    await hass.async_block_till_done()


@pytest.mark.usefixtures("kitchen")
async def test_the_device_says_whose_credential_it_is(hass: HomeAssistant) -> None:
    """And leads to the integration; all of its entities are diagnostic."""
    entry = own_entry(hass)
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert device.name == "Kitchen"
    assert device.manufacturer == "shop"
    assert (
        device.configuration_url
        == "homeassistant://config/integrations/integration/shop"
    )
    entities = er.async_entries_for_device(er.async_get(hass), device.id)
    assert {entity.entity_id: entity.unique_id for entity in entities} == {
        PROBLEM: "shop_abc_problem",
        ACCOUNTS: "shop_abc_accounts",
        LAST_CHECKED: "shop_abc_last_checked",
        CHECK: "shop_abc_check",
        SECRET_ENDS: "shop_abc_secret_ends",
    }
    [subentry_id] = entry.subentries
    assert {entity.config_subentry_id for entity in entities} == {subentry_id}
    assert {entity.entity_category for entity in entities} == {
        EntityCategory.DIAGNOSTIC
    }


async def test_a_device_keeps_the_new_name_of_its_credential(
    hass: HomeAssistant, kitchen: Wire
) -> None:
    """Also where a person renames an entity, which Home Assistant adds again then."""
    await kitchen.get("update", application_credentials_id="shop_abc", name="Attic")
    await hass.async_block_till_done()
    er.async_get(hass).async_update_entity(CHECK, new_entity_id="button.attic_check")
    await hass.async_block_till_done()
    entry_id = own_entry(hass).entry_id
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry_id)
    assert device.name == "Attic"


@pytest.mark.usefixtures("kitchen")
async def test_without_a_check_nothing_is_known(hass: HomeAssistant) -> None:
    """Neither good nor bad."""
    assert state(hass, PROBLEM) == "unknown"
    assert state(hass, LAST_CHECKED) == "unknown"
    assert state(hass, ACCOUNTS) == "0"


@pytest.mark.usefixtures("kitchen")
async def test_a_rejected_client_is_a_problem(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The button finds it out; it is over when the provider accepts the client."""
    freezer.move_to("2026-11-24 12:00:00+00:00")
    provider.post(TOKEN_URL, status=401, json={"error": "invalid_client"})
    await press(hass)
    assert state(hass, PROBLEM) == "on"
    assert state(hass, LAST_CHECKED) == "2026-11-24T12:00:00+00:00"
    provider.clear_requests()
    provider.post(TOKEN_URL, status=400, json={"error": "invalid_grant"})
    freezer.move_to("2026-11-24 13:00:00+00:00")
    await press(hass)
    assert state(hass, LAST_CHECKED) == "2026-11-24T13:00:00+00:00"


@pytest.mark.usefixtures("kitchen")
async def test_the_button_takes_back_a_rejected_redirect_uri(
    hass: HomeAssistant, provider: AiohttpClientMocker
) -> None:
    """It asks about that of the browser in which it is pressed."""
    mismatch = {"Location": "https://provider.test/error?error=redirect_uri_mismatch"}
    for location, verdict in (
        (mismatch, "rejected"),
        ({"Location": REDIRECT_URI}, "accepted"),
    ):
        provider.clear_requests()
        answer_token_requests(provider, "invalid_grant")
        provider.get(AUTHORIZE_URL, status=302, headers=location)
        with under_way(request_with({"Origin": ORIGIN})):
            await press(hass)
        assert finding_of(hass).redirect_uri == verdict


async def test_another_client_is_not_known_yet(
    hass: HomeAssistant, kitchen: Wire, provider: AiohttpClientMocker
) -> None:
    """What was found is about the one before."""
    provider.post(TOKEN_URL, status=401, json={"error": "invalid_client"})
    await press(hass)
    await kitchen.get(
        "update", application_credentials_id="shop_abc", client_secret="another"
    )
    await hass.async_block_till_done()
    assert state(hass, PROBLEM) == "unknown"
    assert state(hass, LAST_CHECKED) == "unknown"


@pytest.mark.usefixtures("kitchen")
async def test_accounts_are_counted(hass: HomeAssistant) -> None:
    """As they come and go, and as they are moved."""
    add_integration(hass)
    account = add_account(hass, "shop_abc")
    with link_flow():
        await hass.config_entries.async_setup(account.entry_id)
    await hass.async_block_till_done()
    assert account.state is ConfigEntryState.LOADED
    assert state(hass, ACCOUNTS) == "1"
    hass.config_entries.async_update_entry(
        account, data={**account.data, "auth_implementation": "cloud"}
    )
    await hass.async_block_till_done()
    assert state(hass, ACCOUNTS) == "0"
    hass.config_entries.async_update_entry(
        account, data={**account.data, "auth_implementation": "shop_abc"}
    )
    await hass.config_entries.async_remove(account.entry_id)
    await hass.async_block_till_done()
    assert state(hass, ACCOUNTS) == "0"


async def test_an_account_is_counted_when_its_credential_comes_later(
    hass: HomeAssistant, wire: Wire
) -> None:
    """And no longer when it is gone."""
    add_account(hass, "shop_abc")
    add_account(hass, "shop_other")
    await wire.create("abc", name="Kitchen")
    await hass.async_block_till_done()
    assert state(hass, ACCOUNTS) == "1"


async def test_states_survive_a_reload_of_the_entry(
    hass: HomeAssistant, kitchen: Wire, provider: AiohttpClientMocker
) -> None:
    """And when the entry is there again."""
    provider.post(TOKEN_URL, status=401, json={"error": "invalid_client"})
    await press(hass)
    before = state(hass, LAST_CHECKED)
    entry = own_entry(hass)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, PROBLEM) == "on"
    assert state(hass, LAST_CHECKED) == before


async def test_no_entities_where_the_original_serves(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]]
) -> None:
    """The entry says why."""
    entry = entry_with_row(hass)
    add_hook(hass)
    with patch(
        "custom_components.application_credentials.component.async_setup",
        side_effect=RuntimeError,
    ):
        assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert hass.states.async_all() == []
    assert len(entry.subentries) == 1
