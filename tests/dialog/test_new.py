"""The form in which the client of a new credential is entered."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

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
    assert redirect_uri == f"`{REDIRECT_URI}`"
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


async def test_an_error_does_not_stand_below_a_long_guide(
    dialog: Dialog, bakery: str
) -> None:
    """The dialog on a phone jumps to the top. With what is right, the guide is back."""
    await dialog.open_new(bakery)
    assert (guide := dialog.told["instructions"])
    await dialog.submit(client_id=" ")
    assert dialog.told["instructions"] == ""
    await dialog.submit(client_id="new", client_secret="wrong")
    await dialog.choose("new")
    assert dialog.told["instructions"] == guide


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
    assert dialog.step == "created"


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


@pytest.fixture
async def google(neighbours: Neighbours, dialog: Dialog) -> Dialog:
    """Return the dialog where a client of Google's is typed."""
    neighbours.add("search", GOOGLE)
    await dialog.open_new("search")
    return dialog


async def test_a_client_from_a_file_can_be_corrected_by_hand(
    google: Dialog, provider: AiohttpClientMocker, upload: Callable[[bytes], Any]
) -> None:
    """What the file said stands in the fields, where the provider rejects it."""
    answers(provider, "invalid_client", url=GOOGLE_TOKEN_URL)
    await google.submit(file=await upload(json.dumps({"web": TYPED}).encode()))
    assert google.step == "rejected"
    await google.choose("new")
    assert google.suggested == TYPED


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"web": {**TYPED, "redirect_uris": ["x"]}}, id="web"),
        pytest.param({"installed": TYPED}, id="installed"),
        pytest.param({"installed": TYPED, "web": "?"}, id="the other part is broken"),
        pytest.param(
            {"installed": {"client_id": "no", "client_secret": "no"}, "web": TYPED},
            id="both",
        ),
    ],
)
async def test_the_file_stands_for_what_is_in_it(
    hass: HomeAssistant,
    google: Dialog,
    provider: AiohttpClientMocker,
    upload: Callable[[bytes], Any],
    content: Any,
) -> None:
    """A web client is the one that Home Assistant can use best; the name is still typed."""
    answers(provider, "invalid_grant", url=GOOGLE_TOKEN_URL)
    file_id = await upload(json.dumps(content).encode())
    await google.submit(name="Photos", file=file_id)
    assert google.step == "created"
    assert stored(hass) == [
        {"id": "search_abc", "domain": "search", "name": "Photos"} | TYPED
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(
            json.dumps({"web": {**TYPED, "x": "x" * 65_536}}).encode(), id="large"
        ),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"client_id=abc", id="no JSON"),
        pytest.param(b"[" * 60_000, id="deep"),
        pytest.param(b"9" * 5_000, id="a huge number"),
        pytest.param(b"[]", id="a list"),
        pytest.param(json.dumps(TYPED).encode(), id="no part"),
        pytest.param(b'{"web": null}', id="an empty part"),
        pytest.param(b'{"web": ["client_id", "client_secret"]}', id="a list as part"),
        pytest.param(b'{"web": {"client_id": "abc"}}', id="no secret"),
        pytest.param(b'{"web": {"client_secret": "s"}}', id="no client ID"),
        pytest.param(
            b'{"web": {"client_id": 1, "client_secret": "s"}}', id="a number as ID"
        ),
        pytest.param(
            b'{"type": "service_account", "client_id": "1", "private_key": "k"}',
            id="a service account",
        ),
    ],
)
async def test_another_file_is_an_error_at_its_field(
    google: Dialog, upload: Callable[[bytes], Any], content: bytes
) -> None:
    """Whatever it is; what was typed stays there."""
    await google.submit(name="Photos", file=await upload(content))
    assert google.step == "new"
    assert google.errors == {"file": "file_invalid"}
    # The file is used up.
    assert google.suggested == {"name": "Photos"}


async def test_an_upload_is_read_once(
    hass: HomeAssistant, google: Dialog, upload: Callable[[bytes], Any]
) -> None:
    """Then it is gone, with the secret in it; as one that was lost in a restart."""
    file_id = await upload(b"")
    await google.submit(file=file_id)
    folder = Path(hass.data["file_upload"].temp_dir)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    for gone in (file_id, uuid4().hex):
        await google.submit(file=gone)
        assert google.errors == {"file": "file_gone"}


async def test_an_upload_of_which_only_the_name_is_left_is_refused(
    hass: HomeAssistant, google: Dialog, upload: Callable[[bytes], Any]
) -> None:
    """Somebody has emptied the folder for temporary files."""
    file_id = await upload(json.dumps({"web": TYPED}).encode())
    hass.data["file_upload"].file_path(file_id).unlink()
    await google.submit(file=file_id)
    assert google.errors == {"file": "file_gone"}
