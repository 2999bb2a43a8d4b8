"""The form in which the client of a new credential is entered."""

from collections.abc import Callable
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.core import HomeAssistant
from tests.common import (
    DOMAIN,
    REDIRECT_URI,
    TOKEN_URL,
    Neighbours,
    Wire,
    disk_is_full,
    server,
)

from .common import GOOGLE, GOOGLE_TOKEN_URL, TYPED, Dialog, answers, stored


async def test_the_form_has_the_instructions_of_the_integration(
    dialog: Dialog, neighbours: Neighbours
) -> None:
    """With its placeholders filled in, and with the redirect URI to register."""
    folder = neighbours.add(
        "instructed",
        server() + "\nasync def async_get_description_placeholders(hass):"
        '\n    return {"console": "https://provider.test/console"}\n',
    )
    (folder / "translations").mkdir()
    (folder / "translations" / "en.json").write_text(
        json.dumps({DOMAIN: {"description": "Open {console} and {wait}."}})
    )
    await dialog.open_new("instructed")
    assert dialog.told == {
        "integration": "instructed",
        "instructions": dialog.told["instructions"],
    }
    register, redirect_uri, own_text, enter = dialog.told["instructions"].split("\n\n")
    assert register.startswith("Register this redirect URI with the provider.")
    assert redirect_uri == f"```\n{REDIRECT_URI}\n```"
    assert own_text == "Open https://provider.test/console and {wait}."
    assert enter.startswith("Then enter the client ID")
    assert dialog.fields == ["client_id", "client_secret", "secret_ends", "name"]
    assert dialog.suggested == {}


async def test_a_home_without_an_address_is_told_so(
    hass: HomeAssistant, dialog: Dialog, bakery: str
) -> None:
    """Where the redirect URI would stand."""
    await hass.config.async_update(external_url=None)
    hass.config.api = None
    dialog.headers = {}
    await dialog.open_new(bakery)
    assert (
        "(not known yet: Home Assistant does not know its own address;"
        " set it under Settings > System > Network)"
    ) in dialog.told["instructions"]


@pytest.mark.parametrize(
    ("typed", "errors", "told"),
    [
        ({}, {"client_id": "empty_field"}, {"field_name": "OAuth client ID"}),
        ({"client_id": "  "}, {"client_id": "empty_field"}, {}),
        (
            {"client_id": "a\u200bb"},
            {"client_id": "invalid_character"},
            {"position": "2", "character": "ZERO WIDTH SPACE (U+200B)"},
        ),
        (
            {"client_id": "new", "client_secret": "s\u00e9cret"},
            {"client_secret": "invalid_character"},
            {"position": "2"},
        ),
        ({"client_id": "a" * 1025}, {"client_id": "too_long"}, {"limit": "1024"}),
        (
            {"client_id": "new", "client_secret": "s" * 4097},
            {"client_secret": "too_long"},
            {"limit": "4096"},
        ),
        (
            {"client_id": "new", "name": "n" * 256},
            {"name": "too_long"},
            {"limit": "255"},
        ),
        (
            {"client_id": "abc"},
            {"client_id": "client_exists"},
            {"existing": "Kitchen", "domain": "bakery"},
        ),
    ],
)
async def test_what_cannot_be_stored_is_an_error_at_its_field(
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
    typed: dict[str, str],
    errors: dict[str, str],
    told: dict[str, str],
) -> None:
    """What was typed stays there, and the provider is not bothered."""
    await wire.create(domain=bakery, name="Kitchen")
    await dialog.open_new(bakery)
    await dialog.submit(**typed)
    assert dialog.step == "new"
    assert dialog.errors == errors
    assert told.items() <= dialog.told.items()
    assert dialog.told["integration"] == bakery
    assert dialog.suggested == typed
    assert not provider.mock_calls


@pytest.mark.parametrize(
    ("hook", "error"),
    [("CONSTANT = 1\n", "hook_incomplete"), (None, "no_platform")],
)
async def test_a_broken_integration_is_an_error_of_the_whole_form(
    neighbours: Neighbours, dialog: Dialog, hook: str | None, error: str
) -> None:
    """No field of the form is to blame, and an error at none is not shown."""
    neighbours.add("broken", hook)
    await dialog.add("broken")
    assert dialog.errors == {"base": error}


async def test_a_full_disk_is_said_when_saving_a_new_credential(
    hass: HomeAssistant, provider: AiohttpClientMocker, dialog: Dialog, bakery: str
) -> None:
    """Nothing is there that is not on disk."""
    answers(provider, "invalid_grant")
    await dialog.open_new(bakery)
    with disk_is_full():
        await dialog.submit(**TYPED)
    assert dialog.step == "new"
    assert dialog.errors == {"base": "storage_failed"}
    assert "No space left" in dialog.told["reason"]
    assert dialog.suggested == TYPED
    assert stored(hass) == []
    await dialog.submit(**TYPED)
    assert dialog.step == "abort: saved"


async def test_a_client_that_was_added_meanwhile_is_not_added_again(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
) -> None:
    """Between the provider's answer and the decision of the person."""
    answers(provider, "invalid_client")
    await dialog.add(bakery)
    await wire.create(domain=bakery, name="Kitchen")
    await dialog.choose("save_anyway")
    assert dialog.step == "new"
    assert dialog.errors == {"client_id": "client_exists"}
    assert dialog.told["existing"] == "Kitchen"
    assert len(stored(hass)) == 1


async def test_only_google_has_the_field_for_its_file(
    neighbours: Neighbours, dialog: Dialog, bakery: str
) -> None:
    """A provider that has google in another place of its name is not meant."""
    neighbours.add("search", GOOGLE)
    neighbours.add("evil", server("https://google.com.evil.test", TOKEN_URL))
    await dialog.open_new("search")
    assert dialog.fields == [
        *("client_id", "client_secret", "secret_ends", "name", "file")
    ]
    for domain in ("evil", bakery):
        await dialog.open_new(domain)
        assert "file" not in dialog.fields


@pytest.mark.parametrize("kind", ["web", "installed"])
async def test_the_file_stands_for_what_is_in_it(
    hass: HomeAssistant,
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    upload: Callable[[bytes], Any],
    kind: str,
) -> None:
    """Client ID and client secret come from it; the name is still typed."""
    neighbours.add("search", GOOGLE)
    answers(provider, "invalid_grant", url=GOOGLE_TOKEN_URL)
    file_id = await upload(json.dumps({kind: {**TYPED, "project_id": "p"}}).encode())
    await dialog.open_new("search")
    await dialog.submit(name="Photos", file=file_id)
    assert dialog.step == "saved"
    assert stored(hass) == [
        {"id": "search_abc", "domain": "search", "name": "Photos"} | TYPED
    ]


async def test_a_client_from_a_file_can_be_corrected_by_hand(
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    upload: Callable[[bytes], Any],
) -> None:
    """What the file said stands in the fields, where the provider rejects it."""
    neighbours.add("search", GOOGLE)
    provider.post(GOOGLE_TOKEN_URL, status=401, json={"error": "invalid_client"})
    await dialog.open_new("search")
    await dialog.submit(file=await upload(json.dumps({"web": TYPED}).encode()))
    assert dialog.step == "rejected"
    await dialog.choose("new")
    assert dialog.suggested == TYPED


async def test_another_file_is_an_error_at_its_field(
    neighbours: Neighbours, dialog: Dialog, upload: Callable[[bytes], Any]
) -> None:
    """What was typed stays there."""
    neighbours.add("search", GOOGLE)
    await dialog.open_new("search")
    await dialog.submit(name="Photos", file=await upload(b"no JSON"))
    assert dialog.step == "new"
    assert dialog.errors == {"file": "file_invalid"}
    assert dialog.suggested["name"] == "Photos"


async def test_invisible_characters_of_both_fields_are_reported_together(
    dialog: Dialog, bakery: str
) -> None:
    """Each with its place."""
    await dialog.open_new(bakery)
    await dialog.submit(client_id="a\u200bb", client_secret="abc\u00a0d")
    assert dialog.errors == {
        "client_id": "invalid_character",
        "client_secret": "invalid_character_too",
    }
    assert (dialog.told["position"], dialog.told["position_too"]) == ("2", "4")


async def test_another_fault_of_the_second_field_waits_for_its_turn(
    dialog: Dialog, bakery: str
) -> None:
    """It is seldom of the same kind."""
    await dialog.open_new(bakery)
    await dialog.submit(client_id="a\u200bb", client_secret="s" * 4097)
    assert dialog.errors == {"client_id": "invalid_character"}
