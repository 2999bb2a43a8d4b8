"""The link of an account ends by itself: the account asks to be linked again in time."""

from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from tests.common import (
    DOMAIN,
    PACKAGE,
    Wire,
    add_account,
    add_integration,
    issue_ids,
    link_flow,
    reauthentications,
)

from .common import Fix

pytestmark = pytest.mark.freeze_time("2026-11-20")

ENDS = "link_ends_anna"

# Of an answer at the time of 1794996400, seven days before the end.
TESTING = {
    "refresh_token": "first",
    "expires_at": 1795000000,
    "expires_in": 3600,
    "refresh_token_expires_in": 604799,
    "scope": "https://www.googleapis.com/auth/calendar",
}


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire) -> MockConfigEntry:
    """Make an account whose link ends, since Google's app is in "Testing"."""
    await wire.create(name="Kitchen")
    add_integration(hass)
    account = add_account(hass, "shop_abc", entry_id="anna")
    link(hass, account, **TESTING)
    return account


def link(hass: HomeAssistant, account: MockConfigEntry, **token: Any) -> None:
    """Give an account another token."""
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": token}
    )


async def test_whose_link_ends_when_and_how_to_have_it_last_is_said(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix
) -> None:
    """With the page on which the app is published."""
    await fix.open(ENDS)
    assert fix.step == "init"
    [choice] = fix.shown["data_schema"]
    chooser = choice["selector"]["select"]
    assert chooser["options"] == ["link_again", "ignore"]
    texts = await async_get_translations(hass, "en", "selector", [DOMAIN])
    for option in chooser["options"]:
        key = f"selector.{chooser['translation_key']}.options.{option}"
        assert f"component.{DOMAIN}.{key}" in texts
    assert choice["default"] == "link_again"
    assert fix.told == {
        "account": "anna@shop.test",
        "integration": "shop",
        "day": "2026-11-25",
        "publishing": fix.told["publishing"],
    }
    assert fix.told["publishing"].endswith(
        "2. Under [Audience](https://console.cloud.google.com/auth/audience), select"
        " *Publish app*."
    )
    # As plain text; without the marks, the page makes a link of an address.
    placeholders = fix.shown["description_placeholders"]
    assert placeholders["account"] == r"anna\@shop\.test"


async def test_the_account_asks_to_be_linked_again(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix
) -> None:
    """The issue stays until it is."""
    with link_flow():
        await fix.open(ENDS)
        await fix.submit(next="link_again")
        await hass.async_block_till_done()
        assert reauthentications(hass) == ["anna"]
    assert fix.step == "ask_to_be_linked"
    assert fix.told["outcome"].startswith("These accounts now ask to be linked again")
    assert fix.told["outcome"].endswith(
        "- [anna@shop.test](/config/integrations/integration/shop#config_entry=anna)"
    )
    assert ENDS in issue_ids(hass)
    link(hass, account, refresh_token="new", expires_at=1795000000, expires_in=3600)
    await hass.async_block_till_done()
    assert ENDS not in issue_ids(hass)


@pytest.mark.freeze_time("2026-12-02")
async def test_a_link_that_has_ended_is_made_again_in_the_same_way(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix
) -> None:
    """With the day on which it ended."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ENDS)
    assert issue
    assert issue.translation_key == "link_ended_testing"
    with link_flow():
        await fix.open(ENDS)
        assert fix.told["day"] == "2026-11-25"
        await fix.submit(next="link_again")
        await hass.async_block_till_done()
        assert reauthentications(hass) == ["anna"]
    assert fix.step == "ask_to_be_linked"


async def test_an_integration_that_cannot_link_again_says_so(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix
) -> None:
    """Nobody is asked."""
    with link_flow(reauthentication=False):
        await fix.open(ENDS)
        await fix.submit(next="link_again")
    assert fix.step == "link_again_impossible"
    assert fix.told == {"integration": "shop"}
    assert ENDS in issue_ids(hass)


async def test_a_full_disk_is_said_and_the_form_stays(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix
) -> None:
    """It says nothing of the integration; once there is room, the account asks."""
    full = patch(f"{PACKAGE}.state.write_private", side_effect=OSError("No space left"))
    with link_flow():
        await fix.open(ENDS)
        with full:
            await fix.submit(next="link_again")
        assert fix.step == "init"
        assert fix.errors == {"base": "storage_failed"}
        assert fix.told["reason"] == "No space left"
        assert fix.told["day"] == "2026-11-25"
        await fix.submit(next="link_again")
        await hass.async_block_till_done()
        assert reauthentications(hass) == ["anna"]
    assert fix.step == "ask_to_be_linked"


async def test_it_can_be_ignored(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix
) -> None:
    """And stays so when the token is refreshed."""
    await fix.open(ENDS)
    await fix.submit(next="ignore")
    assert fix.step == "ignored"
    link(hass, account, **TESTING | {"expires_at": 1795003600})
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ENDS)
    assert issue is not None
    assert issue.dismissed_version


async def test_an_account_that_was_linked_meanwhile_needs_nothing(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix
) -> None:
    """Whoever has the issue in a list yet is told that it is done."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ENDS)
    assert issue is not None
    link(hass, account, refresh_token="new", expires_at=1795000000, expires_in=3600)
    await hass.async_block_till_done()
    ir.async_get(hass).issues[DOMAIN, ENDS] = issue
    await fix.open(ENDS)
    assert fix.step == "create_entry"
    assert ENDS not in issue_ids(hass)


@pytest.mark.parametrize("option", ["link_again", "ignore"])
async def test_an_account_that_is_gone_needs_nothing(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix, option: str
) -> None:
    """The flow that is open says so."""
    await fix.open(ENDS)
    await hass.config_entries.async_remove("anna")
    await fix.submit(next=option)
    assert fix.step == "gone"
    assert ENDS not in issue_ids(hass)


async def test_an_issue_that_is_opened_when_its_account_has_just_gone_says_so(
    hass: HomeAssistant, account: MockConfigEntry, fix: Fix
) -> None:
    """It may still be in somebody's list."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ENDS)
    assert issue is not None
    await hass.config_entries.async_remove("anna")
    await hass.async_block_till_done()
    ir.async_get(hass).issues[DOMAIN, ENDS] = issue
    await fix.open(ENDS)
    assert fix.step == "gone"
