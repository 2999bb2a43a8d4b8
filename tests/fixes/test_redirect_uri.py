"""The provider does not know the redirect URI: it is registered, and checked again."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.core import HomeAssistant
from tests.common import (
    REDIRECT_URI,
    TOKEN_URL,
    Wire,
    add_hook,
    add_integration,
    issue_id,
    issue_ids,
    settle,
)

from .common import MISMATCH, Fix, answers, delete

UNREGISTERED = issue_id("redirect_uri_rejected")


@pytest.fixture
async def unregistered(
    wire: Wire, browser: Wire, provider: AiohttpClientMocker
) -> None:
    """Have the provider say that it does not know the redirect URI."""
    await wire.create(name="Kitchen")
    answers(provider, "invalid_grant", location=MISMATCH)
    await browser.get("check", application_credentials_id="shop_abc")


async def test_the_redirect_uri_to_register_is_shown(
    unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Opening it asks nobody."""
    asked = provider.call_count
    await fix.open(UNREGISTERED)
    assert fix.step == "init"
    assert fix.errors == {}
    assert f"`{REDIRECT_URI}`" in fix.told["registration"]
    assert fix.told["credential"] == "**Kitchen** (shop)"
    assert fix.told["integration"] == "shop"
    assert provider.call_count == asked


async def test_a_redirect_uri_that_is_registered_mends_it(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """The provider is asked, and sends people there."""
    await fix.open(UNREGISTERED)
    answers(provider, "invalid_grant", location=REDIRECT_URI)
    await fix.submit()
    assert fix.step == "known"
    assert "add an account of shop" in fix.told["next"]
    assert UNREGISTERED not in issue_ids(hass)


async def test_a_provider_that_cannot_be_asked_mends_nothing(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """The form says so, and stays."""
    await fix.open(UNREGISTERED)
    provider.clear_requests()
    await fix.submit()
    assert fix.errors == {"base": "redirect_uri_unknown"}
    assert UNREGISTERED in issue_ids(hass)


async def test_the_redirect_uri_is_that_of_the_browser_in_which_it_is_mended(
    wire: Wire,
    open_browser: Callable[[str], Awaitable[Wire]],
    provider: AiohttpClientMocker,
    fix: Fix,
) -> None:
    """It may be another one than that of the browser that found it."""
    await wire.create()
    answers(provider, "invalid_grant", location=MISMATCH)
    elsewhere = await open_browser("http://192.0.2.7:8123")
    await elsewhere.get("check", application_credentials_id="shop_abc")
    await fix.open(UNREGISTERED)
    assert f"`{REDIRECT_URI}`" in fix.told["registration"]
    await fix.submit()
    assert f"`{REDIRECT_URI}`" in fix.told["registration"]
    asked = [
        url.query["redirect_uri"] for _, url, *_ in provider.mock_calls if url.query
    ]
    assert asked[-1] == REDIRECT_URI


async def test_a_linked_account_mends_it(
    hass: HomeAssistant, unregistered: None, fix: Fix
) -> None:
    """The provider has sent somebody to the redirect URI; what is open has nothing to do."""
    add_integration(hass)
    await fix.open(UNREGISTERED)
    await hass.config_entries.async_add(
        MockConfigEntry(
            domain="shop",
            data={"auth_implementation": "shop_abc", "token": {"access_token": "a"}},
        )
    )
    await hass.async_block_till_done()
    assert UNREGISTERED not in issue_ids(hass)
    await fix.submit()
    assert fix.step == "known"


async def test_a_client_that_is_found_to_be_rejected_is_not_said_to_be_fine(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """It is the other issue that is to be mended then."""
    await fix.open(UNREGISTERED)
    answers(provider, "invalid_client")
    await fix.submit()
    assert fix.step == "rejected"
    assert "Correct them in [Repairs](" in fix.told["outcome"]
    await hass.async_block_till_done()
    assert issue_ids(hass) == {issue_id("client_rejected")}


async def test_with_another_secret_the_provider_is_asked_once_more(
    hass: HomeAssistant,
    unregistered: None,
    wire: Wire,
    provider: AiohttpClientMocker,
    fix: Fix,
) -> None:
    """What was known of the client before holds no longer."""
    await fix.open(UNREGISTERED)
    provider.clear_requests()
    await wire.get("update", application_credentials_id="shop_abc", client_secret="new")
    await settle(hass)
    await fix.submit()
    assert fix.step == "init"
    assert fix.errors == {"base": "redirect_uri_unknown"}
    answers(provider, "invalid_grant", location=REDIRECT_URI)
    await fix.submit()
    assert fix.step == "known"


async def test_a_redirect_uri_that_is_still_unknown_stays_an_issue(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Registering takes some minutes with some; it can be tried again."""
    await fix.open(UNREGISTERED)
    await fix.submit()
    assert fix.errors == {"base": "redirect_uri_rejected"}
    assert f"`{REDIRECT_URI}`" in fix.told["registration"]
    assert UNREGISTERED in issue_ids(hass)
    answers(provider, "invalid_grant", location=REDIRECT_URI)
    await fix.submit()
    assert fix.step == "known"


async def test_the_redirect_uri_of_a_credential_that_is_gone_needs_no_registering(
    hass: HomeAssistant, unregistered: None, fix: Fix
) -> None:
    """The flow that is open says so."""
    await fix.open(UNREGISTERED)
    await delete(hass)
    await fix.submit()
    assert fix.step == "gone"


async def test_a_credential_may_go_while_its_redirect_uri_is_checked(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Then there is nothing to register any more."""
    await fix.open(UNREGISTERED)

    async def deleted_meanwhile(*_: Any) -> Any:
        await delete(hass)
        raise TimeoutError

    provider.clear_requests()
    provider.post(TOKEN_URL, side_effect=deleted_meanwhile)
    await fix.submit()
    assert fix.step == "gone"


async def test_where_to_register_is_said_by_the_guide(
    hass: HomeAssistant,
    wire: Wire,
    browser: Wire,
    provider: AiohttpClientMocker,
    fix: Fix,
) -> None:
    """Where there is one."""
    add_hook(hass, "spotify")
    await wire.create(domain="spotify")
    answers(provider, "invalid_grant", location=MISMATCH)
    await browser.get("check", application_credentials_id="spotify_abc")
    await fix.open(issue_id("redirect_uri_rejected", "spotify_abc"))
    registration = fix.told["registration"]
    assert registration.startswith("Open [Spotify for Developers]")
    assert f"`{REDIRECT_URI}`" in registration


async def test_a_redirect_uri_that_may_be_too_new_is_said_to_be(
    hass: HomeAssistant,
    wire: Wire,
    browser: Wire,
    provider: AiohttpClientMocker,
    fix: Fix,
) -> None:
    """With the time at which the provider is asked again."""
    add_hook(hass, "home_connect")
    await wire.create(domain="home_connect")
    answers(provider, "invalid_grant", location=MISMATCH)
    await browser.get("check", application_credentials_id="home_connect_abc")
    await fix.open(issue_id("redirect_uri_rejected", "home_connect_abc"))
    assert "It can take up to 15 minutes" in fix.told["registration"]
    assert "The provider is asked again at" in fix.told["registration"]
