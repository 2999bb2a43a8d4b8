"""A rejection of a client that is new may be no fault, and the provider is asked again."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.core import HomeAssistant
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    Disk,
    Wire,
    add_hook,
    answer_token_requests,
    finding_of,
    record,
    settle,
    stored,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WAIT = timedelta(minutes=15)
APPLIANCES = "home_connect_abc"


@pytest.fixture(autouse=True)
def rejecting(
    hass: HomeAssistant, provider: AiohttpClientMocker, freezer: FrozenDateTimeFactory
) -> None:
    """Have a provider that knows no client, of an integration whose clients need time."""
    freezer.move_to(NOW)
    add_hook(hass, "home_connect")
    answer_token_requests(provider, "invalid_client")


async def check(wire: Wire) -> None:
    """Check a credential that the provider rejects."""
    answer = await wire.get("check", application_credentials_id=APPLIANCES)
    assert answer["client"] == "rejected"


async def pass_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: timedelta
) -> None:
    """Have time pass."""
    freezer.tick(time)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def test_a_new_client_is_asked_about_once_more(
    hass: HomeAssistant, wire: Wire, checks: list[str], freezer: FrozenDateTimeFactory
) -> None:
    """When it should work at the latest."""
    await wire.create(domain="home_connect")
    await check(wire)
    await check(wire)
    await settle(hass)
    checks.clear()
    await pass_time(hass, freezer, WAIT - timedelta(minutes=1))
    await settle(hass)
    assert checks == []
    await pass_time(hass, freezer, timedelta(minutes=2))
    await settle(hass)
    assert checks == ["abc"]
    await pass_time(hass, freezer, 2 * WAIT)
    await settle(hass)
    assert checks == ["abc"]


async def test_a_new_redirect_uri_is_asked_about_once_more(
    hass: HomeAssistant,
    browser: Wire,
    provider: AiohttpClientMocker,
    checks: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    """It is as new at the provider as the client is."""
    provider.clear_requests()
    answer_token_requests(provider, "invalid_grant")
    mismatch = {"Location": "https://provider.test/error?error=redirect_uri_mismatch"}
    provider.get(AUTHORIZE_URL, status=302, headers=mismatch)
    await browser.create(domain="home_connect")
    answer = await browser.get("check", application_credentials_id=APPLIANCES)
    assert (answer["client"], answer["redirect_uri"]) == ("accepted", "rejected")
    await settle(hass)
    checks.clear()
    provider.clear_requests()
    answer_token_requests(provider, "invalid_grant")
    provider.get(AUTHORIZE_URL, status=302, headers={"Location": REDIRECT_URI})
    await pass_time(hass, freezer, WAIT + timedelta(minutes=1))
    await settle(hass)
    assert checks == ["abc"]
    assert finding_of(hass, APPLIANCES).redirect_uri == "accepted"


async def test_a_changed_client_is_new_again(
    hass: HomeAssistant, wire: Wire, checks: list[str], freezer: FrozenDateTimeFactory
) -> None:
    """The time begins anew; a new name is no new client."""
    await wire.create(domain="home_connect")
    await check(wire)
    await pass_time(hass, freezer, timedelta(minutes=10))
    changed = {"application_credentials_id": APPLIANCES}
    await wire.get("update", **changed, client_secret="other")
    await check(wire)
    await wire.get("update", **changed, name="Kitchen")
    await settle(hass)
    checks.clear()
    await pass_time(hass, freezer, timedelta(minutes=10))
    await settle(hass)
    assert checks == []
    await pass_time(hass, freezer, timedelta(minutes=6))
    await settle(hass)
    assert checks == ["abc"]


@pytest.mark.parametrize("command", ["check", "delete"])
async def test_nobody_is_asked_about_what_is_accepted_or_gone(
    hass: HomeAssistant,
    wire: Wire,
    checks: list[str],
    freezer: FrozenDateTimeFactory,
    provider: AiohttpClientMocker,
    command: str,
) -> None:
    """The wait ends with its reason."""
    await wire.create(domain="home_connect")
    await check(wire)
    provider.clear_requests()
    answer_token_requests(provider, "invalid_grant")
    await wire.get(command, application_credentials_id=APPLIANCES)
    await hass.async_block_till_done()
    await settle(hass)
    checks.clear()
    await pass_time(hass, freezer, 2 * WAIT)
    await settle(hass)
    assert checks == []


async def test_a_client_of_before_the_start_is_not_new(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
    checks: list[str],
    freezer: FrozenDateTimeFactory,
) -> None:
    """Its provider knows it by now."""
    hass_storage[DOMAIN] = stored(record(id=APPLIANCES, domain="home_connect"))
    wire = await start()
    await check(wire)
    await settle(hass)
    checks.clear()
    await pass_time(hass, freezer, 2 * WAIT)
    await settle(hass)
    assert checks == []


async def test_a_provider_that_knows_clients_at_once_is_not_asked_again(
    hass: HomeAssistant, wire: Wire, checks: list[str], freezer: FrozenDateTimeFactory
) -> None:
    """It has given its answer."""
    await wire.create()
    await wire.get("check", application_credentials_id="shop_abc")
    await settle(hass)
    checks.clear()
    await pass_time(hass, freezer, timedelta(days=1))
    await settle(hass)
    assert checks == []
