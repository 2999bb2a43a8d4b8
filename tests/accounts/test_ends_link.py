"""A person learns that a link ends by itself while there is time to do something about it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
import json
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.common import (
    DOMAIN,
    SHOP,
    STATE,
    Disk,
    Neighbours,
    Wire,
    add_account,
    add_integration,
    kept_state,
    link_again,
    link_flow,
    move,
    own_entry,
    record,
    stored,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = 604799
YEAR = 365 * 24 * 3600
CALENDAR = "https://www.googleapis.com/auth/calendar openid"

# Each answer has another access token.
COUNT = count()


@pytest.fixture(autouse=True)
def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Have a clock that a test can move."""
    freezer.move_to(NOW)
    return freezer


def answer(link: str = "first", **fields: Any) -> dict[str, Any]:
    """Return a token as Home Assistant keeps it of an answer that came just now."""
    return {
        "access_token": f"access-{next(COUNT)}",
        "refresh_token": link,
        "expires_in": 3600,
        "expires_at": datetime.now(UTC).timestamp() + 3600,
        **fields,
    }


def google(life: int = WEEK, **fields: Any) -> dict[str, Any]:
    """Return a token of Google's, with the life that its answer names."""
    return answer(refresh_token_expires_in=life, scope=CALENDAR, **fields)


def give(hass: HomeAssistant, account: ConfigEntry, token: Any) -> None:
    """Have an account get a token, by being linked or refreshed."""
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": token}
    )


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire) -> MockConfigEntry:
    """Return an account of the credential shop_abc."""
    await wire.create()
    return add_account(hass, "shop_abc")


async def said(hass: HomeAssistant, account: ConfigEntry) -> ir.IssueEntry | None:
    """Return the issue about the link of an account, None where there is none."""
    await hass.async_block_till_done()
    return ir.async_get(hass).async_get_issue(DOMAIN, f"link_ends_{account.entry_id}")


async def day(hass: HomeAssistant, account: ConfigEntry) -> str | None:
    """Return the day on which the link of an account is said to end."""
    issue = await said(hass, account)
    return (issue.translation_placeholders or {})["day"] if issue else None


async def refresh(
    hass: HomeAssistant,
    account: ConfigEntry,
    clock: FrozenDateTimeFactory,
    *,
    after: timedelta = HOUR,
    **fields: Any,
) -> None:
    """Move the clock, and have the token refreshed, as Home Assistant does it."""
    clock.tick(after)
    give(hass, account, {**account.data["token"], **answer(**fields)})


async def test_an_app_in_testing_is_told_on_the_day_of_linking(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """Which account, which day, and where the app is published."""
    give(hass, account, google())
    issue = await said(hass, account)
    assert issue
    assert issue.translation_key == "link_ends_testing"
    assert issue.translation_placeholders == {
        "account": "anna@shop.test",
        "integration": SHOP,
        "day": "2026-12-01",
    }
    assert issue.severity is ir.IssueSeverity.WARNING
    assert str(issue.learn_more_url).startswith("https://console.cloud.google.com/")
    assert "first" not in json.dumps(issue.to_json())


async def test_the_integration_is_called_by_its_name(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """Accounts of several Google integrations have the same title."""
    folder = neighbours.add(
        "named", "async def async_get_authorization_server(hass): ...\n"
    )
    manifest = folder / "manifest.json"
    manifest.write_text(
        json.dumps(json.loads(manifest.read_text()) | {"name": "Google Named"})
    )
    await wire.create(domain="named")
    account = add_account(hass, "named_abc", domain="named")
    give(hass, account, google())
    issue = await said(hass, account)
    assert issue
    assert (issue.translation_placeholders or {})["integration"] == "Google Named"


@pytest.mark.parametrize("names_it_again", [True, False])
async def test_the_day_stays_however_often_the_token_is_refreshed(
    hass: HomeAssistant,
    account: MockConfigEntry,
    clock: FrozenDateTimeFactory,
    names_it_again: bool,
) -> None:
    """Whether or not Google's answer names what is left of the life."""
    give(hass, account, google())
    for hours in range(1, 60):
        left: Any = {"refresh_token_expires_in": WEEK - hours * 3600}
        await refresh(hass, account, clock, **(left if names_it_again else {}))
    assert await day(hass, account) == "2026-12-01"


async def test_it_goes_when_the_account_is_linked_with_a_published_app(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """Its token no longer says so."""
    give(hass, account, google())
    give(hass, account, answer("second", scope=CALENDAR))
    assert await said(hass, account) is None


async def test_it_goes_with_the_account(
    hass: HomeAssistant, account: MockConfigEntry, hass_storage: Disk
) -> None:
    """And nothing is remembered of it."""
    give(hass, account, google())
    await hass.config_entries.async_remove(account.entry_id)
    assert await said(hass, account) is None
    assert (await kept_state(hass, hass_storage))["links"] == {}


async def test_a_disabled_account_is_left_alone(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Nobody uses it."""
    await wire.create()
    account = add_account(hass, "shop_abc", disabled_by=ConfigEntryDisabler.USER)
    give(hass, account, google())
    assert await said(hass, account) is None


async def test_an_account_that_another_serves_is_left_alone(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Home Assistant Cloud's app is no matter of ours."""
    account = add_account(hass, "cloud")
    give(hass, account, google())
    assert await said(hass, account) is None


@pytest.mark.parametrize(
    "token",
    [
        None,
        "token",
        {},
        answer(),
        answer(refresh_expires_in=1800),
        answer(refresh_token_expires_in=WEEK, scope=7),
        answer(refresh_token_expires_in=WEEK),
        google() | {"refresh_token_expires_in": "soon"},
        google() | {"refresh_token_expires_in": float("nan")},
        google() | {"refresh_token_expires_in": 1e300},
        google() | {"refresh_token_expires_in": -5},
        google() | {"refresh_token_expires_in": None},
        google() | {"expires_at": 0},
        google() | {"expires_at": "later"},
        {"refresh_token_expires_in": WEEK, "scope": CALENDAR},
    ],
)
async def test_nothing_is_said_of_a_token_that_names_no_sure_end(
    hass: HomeAssistant, account: MockConfigEntry, token: Any
) -> None:
    """Whatever a provider or an integration has put into it."""
    give(hass, account, token)
    assert await said(hass, account) is None


async def test_the_day_stays_where_an_integration_has_the_token_refreshed(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """Some say for that that it ended in 1970."""
    give(hass, account, google())
    give(hass, account, account.data["token"] | {"expires_at": 0})
    assert await day(hass, account) == "2026-12-01"


# Once the day has come.

WEEKS_END = NOW + timedelta(seconds=WEEK)


async def move_on(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, time: datetime
) -> None:
    """Have it be later, with all that waits for it."""
    clock.move_to(time)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def test_a_link_that_has_ended_is_no_longer_said_to_end(
    hass: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """Within an hour, though nothing else happens."""
    give(hass, account, google())
    await move_on(hass, clock, WEEKS_END - timedelta(seconds=1))
    issue = await said(hass, account)
    assert issue
    assert issue.translation_key == "link_ends_testing"
    await move_on(hass, clock, WEEKS_END + HOUR)
    issue = await said(hass, account)
    assert issue
    assert issue.translation_key == "link_ended_testing"
    assert issue.translation_placeholders == {
        "account": "anna@shop.test",
        "integration": SHOP,
        "day": "2026-12-01",
    }
    assert issue.severity is ir.IssueSeverity.ERROR
    assert str(issue.learn_more_url).startswith("https://console.cloud.google.com/")


async def test_one_that_was_ignored_stays_so_when_the_link_has_ended(
    hass: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """Home Assistant's own request to link it again comes then."""
    give(hass, account, google())
    await hass.async_block_till_done()
    ir.async_get(hass).async_ignore(DOMAIN, f"link_ends_{account.entry_id}", True)
    await refresh(hass, account, clock)
    await move_on(hass, clock, WEEKS_END)
    issue = await said(hass, account)
    assert issue
    assert issue.dismissed_version


@pytest.mark.parametrize("change", ["move", "new client ID"])
async def test_nothing_is_said_of_a_link_with_another_client(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, change: str
) -> None:
    """The account asks to be linked again with this one; whoever ignored the issue is left alone."""
    give(hass, account, google())
    await hass.async_block_till_done()
    ir.async_get(hass).async_ignore(DOMAIN, f"link_ends_{account.entry_id}", True)
    add_integration(hass)
    other = await wire.create("other")
    with link_flow():
        if change == "move":
            await move(hass, wire, account, other["id"])
        else:
            await wire.get(
                "update", application_credentials_id="shop_abc", client_id="new"
            )
            await hass.async_block_till_done()
    assert await said(hass, account) is None
    give(hass, account, answer("first"))
    assert await said(hass, account) is None
    give(hass, account, google(link="second"))
    assert await said(hass, account)


async def test_a_link_that_was_made_anew_has_not_ended(
    hass: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """The end of the first is no matter of the second."""
    give(hass, account, google())
    clock.tick(timedelta(days=6))
    give(hass, account, google(link="second"))
    await move_on(hass, clock, WEEKS_END)
    issue = await said(hass, account)
    assert issue
    assert issue.translation_key == "link_ends_testing"
    assert await day(hass, account) == "2026-12-07"


async def test_a_link_that_has_outlived_its_end_has_not_ended(
    hass: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """Whatever the first answer has said, and the token still says."""
    give(hass, account, google())
    await move_on(hass, clock, WEEKS_END)
    for _ in range(2):
        await refresh(hass, account, clock)
        assert await said(hass, account) is None


# Over a restart.

FACT = {
    "link": sha256(b"first").hexdigest(),
    "ends_at": WEEKS_END.timestamp(),
    "is_testing": True,
}


@pytest.fixture
def linked(hass: HomeAssistant) -> MockConfigEntry:
    """Return an account that was there before the component was set up."""
    return add_account(hass, "shop_abc")


def keep(hass_storage: Disk, links: Any) -> None:
    """Have something be known of links from before the start."""
    hass_storage[DOMAIN] = stored(record())
    hass_storage.keep(STATE, {"links": links})


async def test_the_day_is_kept_for_a_restart(
    hass: HomeAssistant, hass_storage: Disk, account: MockConfigEntry
) -> None:
    """What was seen first is on the disk."""
    give(hass, account, google())
    kept = (await kept_state(hass, hass_storage))["links"]
    assert set(kept) == {account.entry_id}
    assert kept[account.entry_id]["ends_at"] == NOW.timestamp() + WEEK
    assert "first" not in json.dumps(kept)


async def test_an_ordinary_refresh_is_not_written(
    hass: HomeAssistant,
    hass_storage: Disk,
    account: MockConfigEntry,
    clock: FrozenDateTimeFactory,
) -> None:
    """Nothing new is known of the link."""
    give(hass, account, google())
    await kept_state(hass, hass_storage)
    del hass_storage[STATE]
    for _ in range(3):
        await refresh(hass, account, clock)
    clock.tick(HOUR)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert STATE not in hass_storage


async def test_what_was_seen_first_holds_after_a_restart(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
    linked: MockConfigEntry,
) -> None:
    """Though the token alone would say another day."""
    give(hass, linked, google())
    other = {**FACT, "ends_at": NOW.timestamp() + 2 * 24 * 3600}
    keep(hass_storage, {linked.entry_id: other, "gone": FACT})
    await start()
    assert await day(hass, linked) == "2026-11-26"


async def test_an_end_that_version_2_0_0_was_not_sure_of_is_none(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
    linked: MockConfigEntry,
) -> None:
    """It had seen the life that an answer named, and waited for another answer."""
    give(hass, linked, answer())
    keep(hass_storage, {linked.entry_id: {**FACT, "is_sure": False}})
    await start()
    assert await said(hass, linked) is None


@pytest.mark.parametrize(
    "fact",
    [
        7,
        {},
        {"link": "a", "is_testing": 1},
        {"link": "a", "is_testing": 1, "ends_at": "inf"},
        {"link": "a", "is_testing": 1, "ends_at": 10**900},
    ],
)
async def test_what_cannot_be_read_of_a_link_costs_nothing_else(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
    linked: MockConfigEntry,
    fact: Any,
) -> None:
    """From the next day of linking on, the end is known again."""
    give(hass, linked, google())
    keep(hass_storage, {linked.entry_id: fact})
    wire = await start()
    give(hass, linked, google(link="second"))
    assert await day(hass, linked) == "2026-12-01"
    assert [record["id"] for record in await wire.get("list")] == ["shop_abc"]


async def test_an_account_of_an_integration_that_is_not_loaded_is_told_all_the_same(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """Which is then called by its domain."""
    hass_storage[DOMAIN] = stored(record(id="gone_abc", domain="gone"))
    await start()
    account = add_account(hass, "gone_abc", domain="gone")
    give(hass, account, google())
    issue = await said(hass, account)
    assert issue
    assert (issue.translation_placeholders or {})["integration"] == "gone"


async def test_a_link_that_ended_before_the_start_is_said_to_have_ended(
    hass: HomeAssistant,
    hass_storage: Disk,
    clock: FrozenDateTimeFactory,
    linked: MockConfigEntry,
) -> None:
    """Home Assistant was off at the time."""
    give(hass, linked, google())
    keep(hass_storage, {linked.entry_id: FACT})
    clock.move_to(WEEKS_END + HOUR)
    assert await async_setup_component(hass, DOMAIN, {})
    issue = await said(hass, linked)
    assert issue
    assert issue.translation_key == "link_ended_testing"
    assert await day(hass, linked) == "2026-12-01"


async def test_nothing_waits_for_an_end_where_the_original_serves(
    hass: HomeAssistant,
    hass_storage: Disk,
    clock: FrozenDateTimeFactory,
    linked: MockConfigEntry,
) -> None:
    """Set-up has failed half-way."""
    give(hass, linked, google())
    hass_storage[DOMAIN] = stored(record())
    with patch(
        f"custom_components.{DOMAIN}.websocket_api.async_setup", side_effect=LookupError
    ):
        await async_setup_component(hass, DOMAIN, {})
    issue = await said(hass, linked)
    await move_on(hass, clock, WEEKS_END)
    assert await said(hass, linked) == issue


async def test_nothing_is_said_of_a_link_that_was_made_at_an_unknown_time(
    hass: HomeAssistant,
    hass_storage: Disk,
    clock: FrozenDateTimeFactory,
    linked: MockConfigEntry,
) -> None:
    """A refreshed token has the life from the day of linking beside the hour of the refresh."""
    give(hass, linked, google())
    await refresh(hass, linked, clock, after=timedelta(days=3))
    hass_storage[DOMAIN] = stored(record())
    assert await async_setup_component(hass, DOMAIN, {})
    assert await said(hass, linked) is None
    await refresh(hass, linked, clock)
    assert await said(hass, linked) is None
    give(hass, linked, google(link="second"))
    assert await said(hass, linked)
    await hass.config_entries.async_remove(own_entry(hass).entry_id)
    await refresh(hass, linked, clock, link="second")
    assert await said(hass, linked) is None


# Links that end a fixed time after the login, of which no answer tells.

HALF_A_YEAR = timedelta(days=182)
TOLD = HALF_A_YEAR - timedelta(days=14)


@pytest.fixture
async def listener(hass: HomeAssistant, wire: Wire) -> AsyncGenerator[MockConfigEntry]:
    """Link an account of Spotify's, which can be linked again."""
    add_integration(hass, "spotify")
    await wire.create(domain="spotify")
    account = MockConfigEntry(
        domain="spotify",
        data={"auth_implementation": "spotify_abc", "token": answer()},
    )
    with link_flow("spotify"):
        await hass.config_entries.async_add(account)
        await hass.async_block_till_done()
        yield account


async def test_a_link_that_lasts_for_long_is_told_two_weeks_before_its_end(
    hass: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """Google lets a person grant access for a time."""
    give(hass, account, google(YEAR))
    assert await said(hass, account) is None
    await move_on(hass, clock, NOW + timedelta(days=355))
    issue = await said(hass, account)
    assert issue
    assert issue.translation_key == "link_ends"
    assert issue.learn_more_url is None
    assert await day(hass, account) == "2027-11-24"


async def test_a_link_with_a_fixed_life_is_told_two_weeks_before_its_end(
    hass: HomeAssistant, listener: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """Counted from the day of linking, whatever was refreshed meanwhile."""
    await refresh(hass, listener, clock, after=TOLD - HOUR)
    assert await said(hass, listener) is None
    await refresh(hass, listener, clock, after=2 * HOUR)
    async_fire_time_changed(hass)
    issue = await said(hass, listener)
    assert issue is not None
    assert issue.translation_key == "link_ends"
    assert await day(hass, listener) == "2027-05-25"
    await refresh(hass, listener, clock, after=timedelta(days=13))
    await move_on(hass, clock, NOW + HALF_A_YEAR + HOUR)
    issue = await said(hass, listener)
    assert issue is not None
    assert issue.translation_key == "link_ended"


async def test_a_link_with_a_fixed_life_is_told_in_time_although_nothing_happens(
    hass: HomeAssistant, listener: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """Neither a refresh nor a change of a credential."""
    await move_on(hass, clock, NOW + TOLD + HOUR)
    assert await day(hass, listener) == "2027-05-25"


async def test_a_login_starts_a_fixed_life_anew(
    hass: HomeAssistant, listener: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """The issue goes with it."""
    await move_on(hass, clock, NOW + TOLD + HOUR)
    assert await said(hass, listener) is not None
    listener.async_start_reauth(hass)
    await hass.async_block_till_done()
    await link_again(hass, listener)
    assert await said(hass, listener) is None
    await refresh(hass, listener, clock, after=TOLD - HOUR)
    assert await said(hass, listener) is None


async def test_a_link_that_outlives_its_life_is_left_alone(
    hass: HomeAssistant, listener: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """The provider has given a token after that day."""
    await refresh(hass, listener, clock, after=HALF_A_YEAR + HOUR)
    assert await said(hass, listener) is None


async def test_nothing_is_said_where_the_day_of_linking_is_not_known(
    hass: HomeAssistant, wire: Wire, clock: FrozenDateTimeFactory
) -> None:
    """Of an account that was there before, and of a provider whose links last."""
    await wire.create(domain="spotify")
    account = add_account(hass, "spotify_abc", domain="spotify")
    await refresh(hass, account, clock, after=TOLD + HOUR)
    assert await said(hass, account) is None


async def test_an_account_that_is_gone_has_no_day_of_linking(
    hass: HomeAssistant, listener: MockConfigEntry, hass_storage: Disk
) -> None:
    """It is kept over a restart until then."""
    kept = (await kept_state(hass, hass_storage))["links"][listener.entry_id]
    assert kept["ends_at"] == (NOW + HALF_A_YEAR).timestamp()
    await hass.config_entries.async_remove(listener.entry_id)
    assert (await kept_state(hass, hass_storage))["links"] == {}
