"""The entry on the Integrations page: created at a start, the only one, deletable, and needed only for the dialog."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_IMPORT,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryDisabler,
    ConfigEntryState,
    OperationNotAllowed,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .common import DOMAIN, SHOP, Wire


async def the_entry(hass: HomeAssistant) -> ConfigEntry:
    """Return the one entry."""
    await hass.async_block_till_done()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


async def test_the_entry_is_there_by_itself(hass: HomeAssistant, wire: Wire) -> None:
    """It has no data, and a person can delete it."""
    entry = await the_entry(hass)
    assert entry.title == "Application credentials"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.source == SOURCE_IMPORT
    assert entry.data == {}
    assert entry.options == {}
    assert not entry.supports_options
    assert entry.supported_subentry_types == {
        "credential": {"supports_reconfigure": True}
    }


async def test_the_entry_is_called_as_its_page_is(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]]
) -> None:
    """In the language of Home Assistant."""
    hass.config.language = "de"
    await start()
    assert (await the_entry(hass)).title == "OAuth-Anmeldedaten"


async def test_an_entry_that_is_listed_before_it_is_loaded_has_its_dialog(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]]
) -> None:
    """A browser lists the entry at each change, and Home Assistant keeps the first answer."""
    listed: list[ConfigEntryState] = []

    @callback
    def list_entry(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            assert entry.as_json_fragment
            listed.append(entry.state)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, list_entry)
    await start()
    entry = await the_entry(hass)
    assert listed[0] is ConfigEntryState.NOT_LOADED
    assert entry.supported_subentry_types == {
        "credential": {"supports_reconfigure": True}
    }
    shown = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "credential"), context={"source": SOURCE_USER}
    )
    assert shown["type"] is FlowResultType.FORM


@pytest.mark.parametrize("disabled_by", [None, ConfigEntryDisabler.USER])
async def test_no_second_entry_is_made_at_the_next_start(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    disabled_by: ConfigEntryDisabler | None,
) -> None:
    """Not even if the first is disabled."""
    entry = MockConfigEntry(domain=DOMAIN, disabled_by=disabled_by)
    entry.add_to_hass(hass)
    await start()
    assert await the_entry(hass) is entry
    assert entry.state is (
        ConfigEntryState.NOT_LOADED if disabled_by else ConfigEntryState.LOADED
    )


async def test_a_person_cannot_add_a_second_entry(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Home Assistant refuses it."""
    await the_entry(hass)
    shown = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert shown["type"] is FlowResultType.ABORT
    assert shown["reason"] == "single_instance_allowed"


async def test_a_deleted_entry_can_be_had_back(hass: HomeAssistant, wire: Wire) -> None:
    """Its credentials are not deleted with it."""
    record = await wire.create()
    await hass.config_entries.async_remove((await the_entry(hass)).entry_id)
    assert hass.config_entries.async_entries(DOMAIN) == []
    assert await wire.get("list") == [record]
    assert list(await async_get_implementations(hass, SHOP)) == ["shop_abc"]
    shown = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert shown["type"] is FlowResultType.CREATE_ENTRY
    assert (await the_entry(hass)).title == "Application credentials"


async def test_disabling_takes_away_the_dialog_alone(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Credentials are still served, added and changed. Enabling the entry brings the dialog back."""
    await wire.create()
    entry = await the_entry(hass)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    assert entry.state.value == "not_loaded"
    await wire.create("other")
    assert list(await async_get_implementations(hass, SHOP)) == [
        "shop_abc",
        "shop_other",
    ]
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    assert entry.state.value == "loaded"
    shown = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "credential"), context={"source": SOURCE_USER}
    )
    assert shown["type"] is FlowResultType.FORM


async def test_the_entry_can_be_reloaded(hass: HomeAssistant, wire: Wire) -> None:
    """Nothing is set up twice."""
    entry = await the_entry(hass)
    try:
        assert await hass.config_entries.async_reload(entry.entry_id)
    except OperationNotAllowed:
        pytest.fail("The entry cannot be unloaded")
    assert entry.state is ConfigEntryState.LOADED
