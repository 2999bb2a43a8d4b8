"""Add a credential: find the integration, and end with the row."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.core import HomeAssistant
from tests.common import REDIRECT_URI, Neighbours, Wire, finding_of, own_entry, server

from .common import TYPED, Dialog, answers, change_manifest, delete_behind, stored


async def test_integrations_are_listed_by_their_proper_names(
    dialog: Dialog, bakery: str
) -> None:
    """Home Assistant's own and custom ones, sorted as people look them up."""
    await dialog.open()
    names = list(dialog.options("domain").values())
    assert "Spotify" in names
    assert "bakery" in names
    assert len(names) > 40
    assert names == sorted(names, key=str.casefold)


async def test_what_the_provider_accepts_is_saved(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    checks: list[str],
    dialog: Dialog,
    bakery: str,
) -> None:
    """With what it said of it, and without asking it a second time."""
    answers(provider, "invalid_grant")
    await dialog.add(bakery, name=" ")
    assert stored(hass) == [{"id": "bakery_abc", "domain": bakery} | TYPED]
    assert dialog.step == "abort: saved"
    assert dialog.told["credential"] == "**bakery**"
    assert dialog.told["outcome"] == (
        "The provider accepts the client ID and client secret.\n\n"
        "Make sure that this redirect URI is registered with the provider:\n\n"
        f"```\n{REDIRECT_URI}\n```\n\n"
        "No account uses it yet: [add an account of bakery]"
        "(/config/integrations/dashboard/add?domain=bakery)."
    )
    assert finding_of(hass, "bakery_abc").client == "accepted"
    assert checks == []


async def test_credentials_without_a_name_are_called_after_their_integration(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
) -> None:
    """With a number, where there are several."""
    await wire.create("first", domain=bakery)
    answers(provider, "invalid_grant")
    await dialog.add(bakery)
    assert dialog.told["credential"] == "**bakery 2**"


async def test_a_client_is_offered_to_the_other_integrations_of_its_provider(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    neighbours: Neighbours,
    dialog: Dialog,
    bakery: str,
    brewery: str,
) -> None:
    """Right after it was saved, and only to them."""
    neighbours.add("far", server(token_url="https://elsewhere.test/token"))
    answers(provider, "invalid_grant")
    await dialog.add(bakery, name="Kitchen")
    assert dialog.step == "saved"
    assert dialog.options("domains") == {brewery: brewery}
    assert dialog.told["credential"] == "**Kitchen** (bakery)"
    assert dialog.told["result"].startswith("The provider accepts")
    await dialog.submit(domains=[brewery])
    assert dialog.step == "abort: saved"
    assert dialog.told["outcome"].startswith(
        "The same client ID is also stored for brewery.\n\nNo account uses it yet"
    )
    await hass.async_block_till_done()
    entry = own_entry(hass)
    assert {subentry.unique_id for subentry in entry.subentries.values()} == {
        "bakery_abc",
        "brewery_abc",
    }
    assert {record["id"] for record in stored(hass)} == {"bakery_abc", "brewery_abc"}


@pytest.mark.parametrize("user_input", [{}, {"domains": []}])
async def test_the_offer_to_others_need_not_be_taken(
    hass: HomeAssistant, offered: Dialog, user_input: dict[str, Any]
) -> None:
    """The credential is saved, and that is all."""
    await offered.submit(**user_input)
    assert offered.step == "abort: saved"
    assert offered.told["outcome"].startswith("No account uses it yet")
    assert [record["id"] for record in stored(hass)] == ["bakery_abc"]


async def test_no_integration_is_picked_from_the_start(dialog: Dialog) -> None:
    """Whoever goes on without picking one is asked again."""
    await dialog.open()
    await dialog.submit()
    assert dialog.step == "user"
    assert dialog.errors == {"domain": "none_picked"}


@pytest.mark.parametrize("typed", ["Bakery", "bakery", " BAKERY "])
async def test_an_integration_is_found_by_typing_its_name(
    dialog: Dialog, bakery: str, typed: str
) -> None:
    """However it is written."""
    await dialog.open()
    await dialog.submit(domain=typed)
    assert dialog.step == "new"


async def test_integrations_of_one_name_are_told_apart(
    dialog: Dialog, neighbours: Neighbours
) -> None:
    """By their domains."""
    for domain in ("one", "two"):
        change_manifest(neighbours.add(domain, server()), name="Same")
    await dialog.open()
    assert {"Same (one)", "Same (two)"} <= set(dialog.options("domain"))
    await dialog.submit(domain="Same (two)")
    assert dialog.told["integration"] == "Same"


async def test_an_integration_that_there_is_not_is_an_error(dialog: Dialog) -> None:
    """Of the field in which it was typed."""
    await dialog.open()
    await dialog.submit(domain="No such thing")
    assert dialog.step == "user"
    assert dialog.errors == {"domain": "no_such_integration"}


async def test_a_new_credential_that_is_gone_ends_its_dialog(
    hass: HomeAssistant, offered: Dialog
) -> None:
    """Between saving it and offering it to others; no row is left behind."""
    await delete_behind(hass, "bakery_abc")
    await offered.submit()
    assert offered.step == "abort: credential_gone"
    await hass.async_block_till_done()
    assert own_entry(hass).subentries == {}


async def test_a_dialog_that_is_left_after_saving_leaves_a_row(
    hass: HomeAssistant, offered: Dialog
) -> None:
    """It is there as soon as the credential is."""
    await hass.async_block_till_done()
    hass.config_entries.subentries.async_abort(offered.shown["flow_id"])
    rows = own_entry(hass).subentries.values()
    assert [row.unique_id for row in rows] == ["bakery_abc"]


async def test_the_entry_may_go_while_a_credential_is_added(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
) -> None:
    """The credential is saved; a new entry has its row."""
    answers(provider, "invalid_grant")
    await dialog.open_new(bakery)
    await hass.config_entries.async_remove(own_entry(hass).entry_id)
    await dialog.submit(**TYPED)
    assert dialog.step == "abort: saved"
    assert [record["id"] for record in stored(hass)] == ["bakery_abc"]
