"""The day on which a client secret ends: entered, kept, shown, told in time, and forgotten."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from logging import ERROR
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.application_credentials.accounts.client_life import (
    keep_secret_end,
)
from custom_components.application_credentials.data import DATA
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from tests.common import (
    DOMAIN,
    STATE,
    Disk,
    Wire,
    fingerprint,
    issue_id,
    issue_ids,
    kept_state,
    own_entry,
    record,
    stored,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = "2027-01-15"
ENDS = issue_id("secret_ends")


@pytest.fixture(autouse=True)
def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Have a clock that a test can move."""
    freezer.move_to(NOW)
    return freezer


@pytest.fixture
async def entered(hass: HomeAssistant, wire: Wire) -> None:
    """Have the end of the secret of shop_abc entered."""
    await wire.create()
    await hass.async_block_till_done()
    keep_secret_end(hass, "shop_abc", datetime.fromisoformat(DAY).date())
    await hass.async_block_till_done()


def shown(hass: HomeAssistant) -> str | None:
    """Return what the sensor of shop_abc shows, None where there is none."""
    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, "shop_abc_secret_ends"
    )
    if entity_id is None:
        return None
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


async def test_the_day_is_shown_where_it_is_known(
    hass: HomeAssistant, wire: Wire, clock: FrozenDateTimeFactory
) -> None:
    """As a time, from which an automation can count."""
    await wire.create()
    await hass.async_block_till_done()
    assert shown(hass) is None
    keep_secret_end(hass, "shop_abc", datetime.fromisoformat(DAY).date())
    await hass.async_block_till_done()
    # Midnight in the time zone of the test's home.
    assert shown(hass) == "2027-01-15T08:00:00+00:00"
    await hass.config_entries.async_reload(
        hass.config_entries.async_entries(DOMAIN)[0].entry_id
    )
    await hass.async_block_till_done()
    assert shown(hass) == "2027-01-15T08:00:00+00:00"


async def test_it_is_told_two_weeks_before(
    hass: HomeAssistant, entered: None, clock: FrozenDateTimeFactory
) -> None:
    """Also where nothing else happens; the day is in the title."""
    assert ENDS not in issue_ids(hass)
    clock.move_to("2027-01-02 12:00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ENDS)
    assert issue is not None
    assert issue.translation_placeholders == {"name": "shop", "day": DAY}
    assert issue.severity is ir.IssueSeverity.WARNING


@pytest.mark.parametrize(
    ("command", "fields"), [("update", {"client_secret": "other"}), ("delete", {})]
)
async def test_it_goes_with_the_secret(
    hass: HomeAssistant,
    wire: Wire,
    entered: None,
    hass_storage: Disk,
    command: str,
    fields: dict[str, Any],
) -> None:
    """From the disk, too; a new name changes nothing."""
    changed = {"application_credentials_id": "shop_abc"}
    await wire.get("update", **changed, name="Kitchen")
    kept = await kept_state(hass, hass_storage)
    assert kept["secret_ends"]["shop_abc"]["day"] == DAY
    await wire.get(command, **changed, **fields)
    await hass.async_block_till_done()
    assert shown(hass) in (None, "unknown")
    assert (await kept_state(hass, hass_storage))["secret_ends"] == {}


async def test_it_is_known_after_a_restart(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """What cannot be read of it costs itself alone."""
    hass_storage[DOMAIN] = stored(record(), record("b"))
    about = fingerprint(record())
    ends = {
        "shop_abc": {"about": about, "day": "2026-12-01"},
        "shop_b": {"about": about, "day": "soon"},
        "shop_c": {"about": about, "day": "9999-12-31"},
    }
    hass_storage.keep(STATE, {"secret_ends": ends})
    await start()
    await hass.async_block_till_done()
    assert issue_ids(hass) == {ENDS}


async def test_a_day_can_be_taken_back(
    hass: HomeAssistant, entered: None, hass_storage: Disk
) -> None:
    """It was entered by mistake."""
    keep_secret_end(hass, "shop_abc", None)
    await hass.async_block_till_done()
    assert shown(hass) == "unknown"
    assert (await kept_state(hass, hass_storage))["secret_ends"] == {}
    assert await hass.config_entries.async_reload(own_entry(hass).entry_id)
    await hass.async_block_till_done()
    assert shown(hass) == "unknown"


async def test_the_day_is_shown_under_the_name_of_then(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The credential was renamed before the day was known."""
    await wire.create(name="Kitchen")
    await hass.async_block_till_done()
    await wire.get("update", application_credentials_id="shop_abc", name="Attic")
    await hass.async_block_till_done()
    keep_secret_end(hass, "shop_abc", NOW.date())
    await hass.async_block_till_done()
    entry_id = own_entry(hass).entry_id
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry_id)
    assert device.name == "Attic"


async def test_it_is_shown_once_of_a_credential_that_is_added_again(
    hass: HomeAssistant, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """The first one had no day."""
    await wire.create()
    await hass.async_block_till_done()
    await wire.get("delete", application_credentials_id="shop_abc")
    await hass.async_block_till_done()
    # As a dialog that adds one with a day.
    async with hass.data[DATA].adding_row:
        await wire.create()
        keep_secret_end(hass, "shop_abc", NOW.date())
    await hass.async_block_till_done()
    await wire.get("check", application_credentials_id="shop_abc")
    await hass.async_block_till_done()
    assert shown(hass) is not None
    assert [each for each in caplog.records if each.levelno >= ERROR] == []


async def test_two_weeks_are_counted_from_the_day(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A day that is near is told at once."""
    await wire.create()
    keep_secret_end(hass, "shop_abc", (NOW + timedelta(days=15)).date())
    await hass.async_block_till_done()
    assert ENDS not in issue_ids(hass)
    keep_secret_end(hass, "shop_abc", (NOW + timedelta(days=14)).date())
    await hass.async_block_till_done()
    assert ENDS in issue_ids(hass)
