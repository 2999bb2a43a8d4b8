"""The component takes the place of the one that Home Assistant ships."""

from collections.abc import Awaitable, Callable
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import SOURCE_IMPORT, SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.loader import async_get_integration

from .common import DOMAIN, SHOP, Wire, add_integration, link_flow


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


@pytest.mark.usefixtures("wire")
async def test_home_assistant_loads_this_component(hass: HomeAssistant) -> None:
    """It is the one with a version, and Home Assistant's own is not set up."""
    integration = await async_get_integration(hass, DOMAIN)
    assert not integration.is_built_in
    assert integration.overwrites_built_in
    assert DOMAIN in hass.config.components


@pytest.mark.usefixtures("wire")
async def test_the_entry_makes_itself(hass: HomeAssistant) -> None:
    """In a way that lets a person delete it before uninstalling."""
    await hass.async_block_till_done()
    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert entry.source == SOURCE_IMPORT
    assert entry.state is ConfigEntryState.LOADED
    assert entry.title == "Application credentials"
    assert entry.data == {}


async def test_the_entry_makes_itself_once(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]]
) -> None:
    """At later starts it is there."""
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    await start()
    await hass.async_block_till_done()
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


async def test_credentials_are_there_without_the_entry(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Who deletes it takes the dialog away, and no credential."""
    await hass.async_block_till_done()
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_remove(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    record = await wire.create()
    assert await wire.get("list") == [record]


@pytest.mark.usefixtures("current_request_with_host")
async def test_an_account_is_linked_with_a_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Where there is none, the flow says so, which opens the dialog to add one."""
    add_integration(hass)
    with link_flow(), patch("homeassistant.loader.APPLICATION_CREDENTIALS", [SHOP]):
        flow = await hass.config_entries.flow.async_init(
            SHOP, context={"source": SOURCE_USER}
        )
        assert flow["type"] is FlowResultType.ABORT
        assert flow["reason"] == "missing_credentials"
        await wire.create("abc")
        flow = await hass.config_entries.flow.async_init(
            SHOP, context={"source": SOURCE_USER}
        )
        assert flow["type"] is FlowResultType.EXTERNAL_STEP
        assert "client_id=abc" in flow["url"]
