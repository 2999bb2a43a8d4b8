"""The credential of an account is gone: it moves to another, or to a new one."""

from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.dialog.texts import Texts
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from tests.common import (
    AUTHORIZE_URL,
    TOKEN_URL,
    Wire,
    add_account,
    add_integration,
    answer_token_requests,
    finding_of,
    issue_ids,
    link_flow,
    reauthentications,
)

from .common import Fix, delete, records


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire) -> Any:
    """Make an account that points at a credential which does not exist."""
    add_integration(hass)
    account = add_account(hass, "shop_gone", entry_id="anna")
    with link_flow():
        hass.config_entries.async_update_entry(account, title="Anna")
        yield account


MISSING = "credential_missing_anna"


async def test_an_account_moves_to_a_credential_of_its_integration(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix
) -> None:
    """Which then asks to be linked again. One that a later import hides is no choice."""
    await wire.create("hidden", auth_domain="shop_abc")
    await wire.create(name="Kitchen")
    await fix.open(MISSING)
    assert fix.step == "init"
    assert (fix.told["account"], fix.told["integration"]) == ("Anna", "shop")
    assert fix.options == {
        "shop_abc": "Kitchen (accounts: 0; not checked yet)",
        "add": "Add a credential",
    }
    await fix.submit(target="shop_abc")
    await hass.async_block_till_done()
    assert fix.step == "ask_to_be_linked"
    assert account.data["auth_implementation"] == "shop_abc"
    assert reauthentications(hass) == ["anna"]
    assert MISSING not in issue_ids(hass)


async def test_a_credential_can_be_added_instead(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix
) -> None:
    """The provider is asked first; who insists decides where it has not told."""
    await wire.create()
    await fix.open(MISSING)
    await fix.submit(target="add")
    assert fix.step == "new"
    assert fix.told == {
        "account": "Anna",
        "integration": "shop",
        "instructions": fix.told["instructions"],
        "follows": (
            "With another client ID, the account asks to be linked again; its"
            " devices and entities stay."
        ),
    }
    assert "Register this redirect URI" in fix.told["instructions"]
    await fix.submit(client_id="new", client_secret="s")
    assert fix.step == "unknown"
    assert "could not be reached" in fix.told["result"]
    await fix.submit(next="new")
    assert fix.suggested == {"client_id": "new", "client_secret": "s"}
    assert len(records(hass)) == 1
    await fix.insist(client_id="new", client_secret="s", name="Cellar")
    assert "config_entry=anna" in fix.told["outcome"]
    await hass.async_block_till_done()
    assert fix.step == "ask_to_be_linked"
    assert account.data["auth_implementation"] == "shop_new"
    assert records(hass)[1]["name"] == "Cellar"
    assert finding_of(hass, "shop_new")
    assert issue_ids(hass) == set()


async def test_an_account_that_moves_to_a_rejected_client_is_not_sent_to_link_it(
    hass: HomeAssistant,
    wire: Wire,
    account: Any,
    fix: Fix,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    """Its flow would end before the provider's page."""
    answer_token_requests(aioclient_mock, "invalid_client")
    await wire.create()
    await wire.get("check", application_credentials_id="shop_abc")
    await fix.open(MISSING)
    await fix.submit(target="shop_abc")
    assert fix.step == "ask_to_be_linked"
    assert fix.told["outcome"].startswith("The provider rejects this client ID")


async def test_an_integration_without_any_credential_asks_for_one(
    hass: HomeAssistant, account: Any, fix: Fix
) -> None:
    """There is nothing to pick from."""
    await fix.open(MISSING)
    assert fix.step == "new"
    assert fix.suggested == {}
    await fix.insist(client_id="new")
    assert fix.step == "ask_to_be_linked"
    assert account.data["auth_implementation"] == "shop_new"


async def test_the_very_credential_that_was_gone_can_be_added_again(
    hass: HomeAssistant, account: Any, fix: Fix
) -> None:
    """The account has the link that it had with this client ID."""
    await fix.open(MISSING)
    await fix.insist(client_id="gone", client_secret="s")
    await hass.async_block_till_done()
    assert fix.step == "saved"
    assert fix.told["outcome"].startswith("These accounts are reloaded:")
    assert "config_entry=anna" in fix.told["outcome"]
    assert account.data["auth_implementation"] == "shop_gone"
    assert account.state is ConfigEntryState.LOADED
    assert reauthentications(hass) == []
    assert issue_ids(hass) == set()


async def test_an_error_names_the_integration_as_people_do(
    wire: Wire, account: Any, fix: Fix
) -> None:
    """Not by its domain."""
    await wire.create(name="Kitchen")
    await fix.open(MISSING)
    await fix.submit(target="add")
    with patch.object(Texts, "name", return_value="The Shop"):
        await fix.submit(client_id="abc")
    assert fix.errors == {"client_id": "client_exists"}
    assert fix.told["domain"] == "The Shop"


async def test_a_credential_that_went_meanwhile_cannot_be_moved_to(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix
) -> None:
    """The issue stays, and offers those that are left."""
    await wire.create()
    await wire.create("other")
    await fix.open(MISSING)
    await delete(hass)
    await fix.submit(target="shop_abc")
    assert fix.step == "credential_gone"
    await fix.open(MISSING)
    assert set(fix.options) == {"shop_other", "add"}


async def test_the_last_credential_may_go_meanwhile(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix
) -> None:
    """Then a new one is asked for."""
    await wire.create()
    await fix.open(MISSING)
    await delete(hass)
    await fix.submit(target="shop_abc")
    assert fix.step == "new"
    assert fix.errors == {}


async def test_an_integration_that_cannot_link_again_says_so(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """No other credential is offered, and none is saved that the account cannot use."""
    account = add_account(hass, "shop_gone", entry_id="anna")
    await wire.create()
    with link_flow(reauthentication=False):
        await fix.open(MISSING)
        assert fix.step == "new"
        assert fix.told["follows"].startswith("shop cannot link an account again, so")
        await fix.insist(client_id="new")
    assert fix.step == "new"
    assert fix.errors == {"base": "move_no_reauthentication"}
    assert account.data["auth_implementation"] == "shop_gone"
    assert [each["id"] for each in records(hass)] == ["shop_abc"]


async def test_an_account_that_cannot_be_linked_again_is_served_by_its_very_client(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """It is reloaded, and works with the link that it has; another client is of no use."""
    setups = add_integration(hass)
    account = add_account(hass, "shop_gone", title="Anna", entry_id="anna")
    with link_flow(reauthentication=False):
        await hass.async_block_till_done()
        await fix.open(MISSING)
        await fix.insist(client_id="wrong", client_secret="s")
        assert fix.errors == {"base": "move_no_reauthentication"}
        await fix.insist(client_id="gone", client_secret="s")
        await hass.async_block_till_done()
    assert fix.step == "saved"
    assert fix.told["credential"] == "**shop**"
    assert fix.told["outcome"].startswith("These accounts are reloaded:")
    assert "config_entry=anna" in fix.told["outcome"]
    assert [each["id"] for each in records(hass)] == ["shop_gone"]
    assert account.data["auth_implementation"] == "shop_gone"
    assert setups.count == {"anna": 1}
    assert issue_ids(hass) == set()


@pytest.mark.parametrize("reauthentication", [True, False])
async def test_a_new_credential_may_serve_the_account_already(
    hass: HomeAssistant, wire: Wire, fix: Fix, reauthentication: bool
) -> None:
    """Its integration calls every implementation by its own name; nothing is to be moved."""

    async def named_by_domain(
        hass: HomeAssistant, auth_domain: str, credential: Any
    ) -> Any:
        return LocalOAuth2Implementation(
            hass, "shop", "new", "s", AUTHORIZE_URL, TOKEN_URL
        )

    add_integration(hass, async_get_auth_implementation=named_by_domain)
    account = add_account(hass, "shop", entry_id="anna")
    with link_flow(reauthentication=reauthentication):
        await hass.async_block_till_done()
        await fix.open(MISSING)
        assert fix.step == "new"
        await fix.insist(client_id="new", client_secret="s")
        await hass.async_block_till_done()
        asking = reauthentications(hass)
    assert account.data["auth_implementation"] == "shop"
    if reauthentication:
        assert fix.step == "ask_to_be_linked"
        assert asking == ["anna"]
    else:
        assert fix.step == "saved"
        assert fix.told["outcome"].startswith("shop cannot link an account again.")
    assert issue_ids(hass) == set()


@pytest.mark.parametrize("is_new", [True, False])
async def test_an_account_that_is_gone_needs_no_credential(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix, is_new: bool
) -> None:
    """The flow that is open says so."""
    if not is_new:
        await wire.create()
    await fix.open(MISSING)
    await hass.config_entries.async_remove("anna")
    await fix.insist(**({"client_id": "new"} if is_new else {"target": "shop_abc"}))
    assert fix.step == "gone"
    assert MISSING not in issue_ids(hass)


async def test_an_account_may_go_while_its_credential_is_added(
    hass: HomeAssistant, account: Any, fix: Fix
) -> None:
    """There is nobody to move to it: nothing is saved."""
    await fix.open(MISSING)
    await fix.submit(client_id="new")
    assert fix.step == "unknown"
    await hass.config_entries.async_remove("anna")
    await fix.submit(next="save_anyway")
    assert fix.step == "gone"
    assert records(hass) == []


async def test_a_client_of_the_same_console_is_offered_first(
    hass: HomeAssistant, wire: Wire, fix: Fix
) -> None:
    """The account moves to what is made of it."""
    add_integration(hass, "youtube")
    hass.config.components.add("youtube")
    account = add_account(hass, "youtube_gone", domain="youtube", entry_id="anna")
    await wire.create(domain="google_drive")
    with link_flow("youtube"):
        await fix.open(MISSING)
        assert fix.step == "reuse"
        assert "[YouTube Data API v3]" in fix.told["reuse"]
        assert fix.options["add"] == "Another client ID"
        await fix.insist(target="google_drive_abc")
        await hass.async_block_till_done()
    assert fix.step == "ask_to_be_linked"
    assert account.data["auth_implementation"] == "youtube_abc"
