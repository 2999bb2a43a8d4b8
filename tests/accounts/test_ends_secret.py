"""The day on which a client secret ends: entered, kept, shown, told in time, and forgotten."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.application_credentials.accounts.ends import keep_secret_end
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from tests.common import (
    DOMAIN,
    STATE,
    Disk,
    Wire,
    add_hook,
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
    keep_secret_end(hass, "shop_abc", date.fromisoformat(DAY))
    await hass.async_block_till_done()


def shown(hass: HomeAssistant, item_id: str = "shop_abc") -> str | None:
    """Return what the sensor of a credential shows, None where there is none."""
    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{item_id}_secret_ends"
    )
    if entity_id is None:
        return None
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


async def test_the_day_is_shown_where_it_is_known(
    hass: HomeAssistant, wire: Wire
) -> None:
    """And that it is not, where a secret may end; Spotify's do not."""
    await wire.create()
    add_hook(hass, "spotify")
    await wire.create(domain="spotify")
    await hass.async_block_till_done()
    assert shown(hass) == "unknown"
    assert shown(hass, "spotify_abc") is None
    keep_secret_end(hass, "shop_abc", date.fromisoformat(DAY))
    await hass.async_block_till_done()
    assert shown(hass) == DAY
    await hass.config_entries.async_reload(own_entry(hass).entry_id)
    await hass.async_block_till_done()
    assert shown(hass) == DAY


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
