"""A client secret ends: a new one is entered in the repair."""

from datetime import date, timedelta

from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.accounts.secret_end import (
    keep_secret_end,
    secret_end,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.common import Wire, issue_id, issue_ids

from .common import Fix, answers

ENDS = issue_id("secret_ends")


async def test_a_new_secret_ends_the_issue(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """With a day of its own, which is farther away."""
    answers(provider, "invalid_grant")
    await wire.create(name="Kitchen")
    day = dt_util.now().date() + timedelta(days=7)
    keep_secret_end(hass, "shop_abc", day)
    await hass.async_block_till_done()
    await fix.open(ENDS)
    assert fix.step == "init"
    assert fix.told["day"] == day.isoformat()
    assert fix.told["credential"] == "**Kitchen** (shop)"
    assert fix.suggested == {"client_id": "abc", "secret_ends": day.isoformat()}
    await fix.submit(client_id="abc", client_secret="new", secret_ends="2040-01-01")
    await hass.async_block_till_done()
    assert fix.step == "saved"
    assert secret_end(hass, "shop_abc") == date(2040, 1, 1)
    assert ENDS not in issue_ids(hass)
