"""A client that is rejected, or whose secret ends, is entered again, and tried before it is saved."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.accounts.ends import (
    keep_secret_end,
    secret_end,
)
from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.provider.answers import TokenAnswer
from custom_components.application_credentials.provider.tables import About
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.common import (
    DOMAIN,
    Disk,
    Neighbours,
    Wire,
    add_account,
    add_hook,
    add_integration,
    client,
    disk_is_full,
    finding_of,
    get_authorization_server,
    issue_id,
    issue_ids,
    kept_finding,
    link_flow,
    move,
    reauthentications,
    record,
    server,
    settle,
    stored,
)

from .common import Fix, answers, delete, records

REJECTED = issue_id("client_rejected")


@pytest.fixture
async def rejected(wire: Wire, provider: AiohttpClientMocker) -> None:
    """Have the provider reject the credential shop_abc."""
    await wire.create(name="Kitchen")
    answers(provider, "invalid_client", "Unknown: the-secret")
    await wire.get("check", application_credentials_id="shop_abc")


async def test_a_rejected_client_is_shown_with_whom_it_concerns(
    hass: HomeAssistant, rejected: None, fix: Fix
) -> None:
    """And with what the provider said; opening it changes nothing."""
    add_account(hass, "shop_abc")
    await fix.open(REJECTED)
    assert fix.step == "init"
    assert fix.errors == {}
    assert fix.told == {
        **fix.told,
        "credential": "**Kitchen** (shop)",
        "integration": "shop",
        "also": "",
        "values": "Copy the client ID and the client secret from the provider's page.",
        "links": "",
        "said": "The provider said: invalid_client: Unknown: …",
    }
    assert "- anna@shop.test\n" in fix.told["use"]
    assert "with a new client ID they would stop working" in fix.told["use"]
    assert fix.suggested == {"client_id": "abc"}


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            {"cause": "expired"},
            (
                "The client secret has expired. Create a new one on the provider's page, "
                "and enter it."
            ),
        ),
        ({"cause": None}, ""),
        # Of the version before, and of one to come.
        ({}, ""),
        ({"cause": "eaten by a bear"}, ""),
        ({"cause": ["expired"]}, ""),
    ],
)
async def test_after_a_restart_the_cause_is_told_in_our_words(
    begin: Callable[[], Awaitable[tuple[Wire, Fix]]],
    hass_storage: Disk,
    kept: dict[str, Any],
    said: str,
) -> None:
    """Those of the provider are not kept."""
    finding = kept_finding("abc", "rejected", **kept)
    hass_storage[DOMAIN] = stored(record())
    hass_storage.keep(f"{DOMAIN}.findings", {"findings": {"shop_abc": finding}})
    _, fix = await begin()
    await fix.open(REJECTED)
    assert fix.told["said"] == said


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"client_id": "abc", "client_secret": "new"}, "invalid_grant"),
        ({"client_id": "new"}, "invalid_grant"),
        ({"client_id": "new"}, "server_error"),
    ],
)
async def test_the_right_client_is_saved_and_mends_it(
    hass: HomeAssistant,
    rejected: None,
    provider: AiohttpClientMocker,
    fix: Fix,
    typed: dict[str, str],
    error: str,
) -> None:
    """Its accounts use it at once; a provider without a clear answer is insisted on."""
    setups = add_integration(hass)
    account = add_account(hass, "shop_abc")
    await fix.open(REJECTED)
    answers(provider, error)
    with link_flow():
        await fix.insist(**typed)
        await hass.async_block_till_done()
        linked = reauthentications(hass)
    assert fix.step == "saved"
    assert fix.told["outcome"].startswith(
        "These accounts now ask to be linked again."
        if typed["client_id"] == "new"
        else "These accounts are reloaded:"
    )
    assert f"config_entry={account.entry_id}" in fix.told["outcome"]
    assert records(hass) == [{"id": "shop_abc", **client(name="Kitchen", **typed)}]
    assert setups.count == {account.entry_id: 1}
    assert linked == ([account.entry_id] if typed["client_id"] == "new" else [])
    assert REJECTED not in issue_ids(hass)
    assert finding_of(hass).client == (
        "accepted" if error == "invalid_grant" else "unknown"
    )


async def test_an_account_that_was_moved_there_is_still_to_be_linked(
    hass: HomeAssistant,
    rejected: None,
    wire: Wire,
    provider: AiohttpClientMocker,
    fix: Fix,
) -> None:
    """A new client secret alone does not link it; one that was there before is reloaded."""
    add_integration(hass)
    add_account(hass, "shop_abc", title="anna")
    await wire.create("other")
    ben = add_account(hass, "shop_other", title="ben")
    await fix.open(REJECTED)
    answers(provider, "invalid_grant")
    with link_flow():
        await move(hass, wire, ben, "shop_abc")
        await fix.submit(client_id="abc", client_secret="new")
        await hass.async_block_till_done()
    asked, reloaded = fix.told["outcome"].split("These accounts are reloaded:")
    assert "[ben]" in asked
    assert "[anna]" not in asked
    assert "[anna]" in reloaded


@pytest.mark.parametrize("insists", [False, True])
async def test_a_client_that_is_rejected_too_is_for_the_person_to_decide(
    hass: HomeAssistant,
    rejected: None,
    provider: AiohttpClientMocker,
    fix: Fix,
    insists: bool,
) -> None:
    """What was typed stays; if it is saved all the same, so does the issue."""
    await fix.open(REJECTED)
    answers(provider, "unauthorized_client", "Not for you, new-secret")
    await fix.submit(client_id="new", client_secret="new-secret")
    assert fix.step == "rejected"
    assert fix.choices == ["init", "save_anyway"]
    assert "said: unauthorized_client: Not for you, …" in fix.told["result"]
    assert records(hass) == [{"id": "shop_abc", **client(name="Kitchen")}]
    if insists:
        await fix.submit(next="save_anyway")
        assert fix.step == "saved"
        assert records(hass)[0]["client_id"] == "new"
    else:
        await fix.submit(next="init")
        assert fix.step == "init"
        assert fix.suggested["client_id"] == "new"
    await hass.async_block_till_done()
    assert REJECTED in issue_ids(hass)


@pytest.mark.parametrize("also", [False, True])
async def test_the_same_client_elsewhere_is_repaired_with_one_tick(
    hass: HomeAssistant,
    wire: Wire,
    rejected: None,
    provider: AiohttpClientMocker,
    fix: Fix,
    neighbours: Neighbours,
    also: bool,
) -> None:
    """It is shown, and is left alone without the tick."""
    neighbours.add("bakery", server())
    await wire.create(domain="bakery")
    await settle(hass)
    await fix.open(REJECTED)
    assert fix.told["also"] == "The same client ID is also stored for bakery."
    answers(provider, "invalid_grant")
    await fix.submit(client_id="abc", client_secret="right", also=also)
    await settle(hass)
    assert fix.step == "saved"
    assert [record["client_secret"] for record in records(hass)] == [
        "right",
        "right" if also else "the-secret",
    ]
    assert REJECTED not in issue_ids(hass)


async def test_a_name_is_no_markdown(wire: Wire, rejected: None, fix: Fix) -> None:
    """It is shown as somebody has chosen it, without Markdown."""
    await wire.create("other", name="*Kitchen*")
    await wire.get("update", application_credentials_id="shop_abc", name="*Kitchen*")
    await fix.open(REJECTED)
    shown = fix.shown["description_placeholders"]["credential"]
    assert shown == r"**\*Kitchen\*** (shop)"


async def test_a_full_disk_is_said(
    hass: HomeAssistant, rejected: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Nothing is changed, and the issue stays."""
    await fix.open(REJECTED)
    answers(provider, "invalid_grant")
    with disk_is_full():
        await fix.submit(client_id="new")
    assert fix.errors == {"base": "storage_failed"}
    assert "No space left" in fix.told["reason"]
    assert records(hass)[0]["client_id"] == "abc"
    assert REJECTED in issue_ids(hass)


async def test_a_credential_that_is_gone_needs_no_fixing(
    hass: HomeAssistant, rejected: None, fix: Fix
) -> None:
    """The flow that is open says so; the issue went with the credential."""
    await fix.open(REJECTED)
    await delete(hass)
    await fix.submit(client_id="new")
    assert fix.step == "gone"
    assert REJECTED not in issue_ids(hass)


async def test_an_expired_secret_is_told_plainly_and_may_be_submitted_as_it_is(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """No check can tell that it was mended at the provider: the person decides."""
    await wire.create(name="Kitchen")
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    findings = hass.data[DATA].findings
    said = TokenAnswer(About.CLIENT, "invalid_client", "AADSTS7000222: Expired.")
    findings.async_reject(record, said)
    await hass.async_block_till_done()
    answers(provider, "server_error")
    await fix.open(REJECTED)
    assert fix.told["said"].startswith(
        "The client secret has expired. Create a new one"
    )
    assert fix.told["said"].endswith("AADSTS7000222: Expired.")
    await fix.insist(client_id="abc")
    await hass.async_block_till_done()
    assert fix.step == "saved"
    assert REJECTED not in issue_ids(hass)
    assert finding_of(hass).client == "unknown"


async def test_a_client_that_a_check_has_rejected_may_be_submitted_as_it_is(
    hass: HomeAssistant, rejected: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """If no check can tell any more, the person decides, too."""
    answers(provider, "server_error")
    await fix.open(REJECTED)
    await fix.insist(client_id="abc")
    await hass.async_block_till_done()
    assert fix.step == "saved"
    assert REJECTED not in issue_ids(hass)
    assert finding_of(hass).client == "unknown"


async def test_where_the_values_are_found_again_is_said_by_the_guide(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Where there is one; the pages that the integration names are then left out."""

    async def describe(hass: HomeAssistant) -> dict[str, str]:
        return {"console": "https://developer.spotify.com/dashboard"}

    add_hook(
        hass,
        "spotify",
        async_get_authorization_server=get_authorization_server,
        async_get_description_placeholders=describe,
    )
    await wire.create(domain="spotify")
    answers(provider, "invalid_client")
    await wire.get("check", application_credentials_id="spotify_abc")
    await fix.open(issue_id("client_rejected", "spotify_abc"))
    assert fix.told["values"].startswith("Open [Spotify for Developers]")
    assert fix.told["links"] == ""


async def test_a_client_that_may_be_too_new_is_said_to_be(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """With the time at which the provider is asked again."""
    add_hook(hass, "home_connect")
    await wire.create(domain="home_connect")
    answers(provider, "invalid_client")
    await wire.get("check", application_credentials_id="home_connect_abc")
    await fix.open(issue_id("client_rejected", "home_connect_abc"))
    assert "It can take up to 15 minutes" in fix.told["said"]
    assert "The provider is asked again at" in fix.told["said"]


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


async def test_a_secret_that_is_not_replaced_ends_all_the_same(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Nothing is saved, nobody is asked, and the issue stays."""
    await wire.create(name="Kitchen")
    await hass.async_block_till_done()
    keep_secret_end(hass, "shop_abc", day := dt_util.now().date() + timedelta(days=7))
    await hass.async_block_till_done()
    provider.mock_calls.clear()
    await fix.open(ENDS)
    await fix.submit(client_id="abc", client_secret="", secret_ends=day.isoformat())
    await hass.async_block_till_done()
    assert fix.step == "unchanged"
    assert provider.mock_calls == []
    assert ENDS in issue_ids(hass)
