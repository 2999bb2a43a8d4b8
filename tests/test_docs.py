"""The documents are right: their links, pictures and examples, and the names of code in them."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any, Final, cast
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components import application_credentials
from custom_components.application_credentials import errors
from custom_components.application_credentials.state import STATE_KEY
from homeassistant.components.persistent_notification import DOMAIN as NOTIFICATIONS
from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml

from .common import (
    DOMAIN,
    SHOP,
    Wire,
    add_account,
    add_integration,
    answer_token_requests,
    get_authorization_server,
    link_flow,
)
from .documents import (
    DOCUMENTS,
    REPOSITORY,
    Section,
    anchors,
    blocks,
    links,
    name,
    pictures,
    prose,
    sections,
)

COMPONENT = Path(application_credentials.__file__).parent
DOCS = REPOSITORY / "docs"
IMAGES = DOCS / "images"

# What the examples are about.
MIELE = "miele"
GOOGLE = ["google_tasks", "google_mail", "google_sheets", "youtube"]
ACCOUNT: Final = "01JXSHOP0000000000000ANNA1"


# Links and pictures


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_a_link_leads_to_something_that_is_there(document: Path) -> None:
    """To a file of the repository, and to a heading in it."""
    for link in links(document.read_text()):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text()), link


def test_a_picture_is_shown_and_is_taken_by_the_tests() -> None:
    """Every picture is shown in a document and taken by `scripts/screenshots`."""
    shown = {
        path.stem
        for document in DOCUMENTS
        for path in pictures(document)
        if path.parent == IMAGES
    }
    taken = {
        picture
        for test in (REPOSITORY / "tests" / "e2e" / "browser").glob("test_*.py")
        for picture in re.findall(r"\.guide\w*\(\s*\"([\w-]+)\"", test.read_text())
    }
    assert {path.stem for path in IMAGES.iterdir()} == shown
    assert taken == shown


# The websocket API

COMMANDS = [
    section
    for section in sections((DOCS / "websocket-api.md").read_text())
    if section.title.startswith("`")
]


def command_of(section: Section) -> str:
    """Return the command that a section is about."""
    return section.title.strip("`").removeprefix(f"{DOMAIN}/")


def requests_in(section: Section) -> list[dict[str, Any]]:
    """Return the requests that the examples of a section send; a literal of JavaScript is YAML."""
    return [
        cast("dict[str, Any]", parse_yaml(literal))
        for block in section.blocks("js")
        for literal in re.findall(
            r"\{\s*type: \"application_credentials/[^{}]*\}", block
        )
    ]


def keys_named(section: Section) -> set[str]:
    """Return the keys of the answer or event that a section describes."""
    return {
        key
        for code in section.inline()
        if code.startswith("{")
        for key in re.findall(r"[{,]\s*\"(\w+)\"", code)
    }


def keys_in(answer: Any) -> set[str]:
    """Return the keys in an answer, without ids."""
    if isinstance(answer, list):
        return {key for each in answer for key in keys_in(each)}
    if not isinstance(answer, dict):
        return set()
    values = {
        key
        for name, each in answer.items()
        if name != "description_placeholders"
        for key in keys_in(each)
    }
    # By credential or by integration: the keys are data, as the placeholders' are.
    return values if _by_id(answer) else values | answer.keys()


def _by_id(answer: dict[str, Any]) -> bool:
    return bool(answer) and all(
        key == SHOP or key.startswith((f"{SHOP}_", MIELE, *GOOGLE)) for key in answer
    )


async def placeholders(_hass: HomeAssistant) -> dict[str, str]:
    """Return placeholders, as a hook does."""
    return {"more_info_url": "https://provider.test"}


@pytest.fixture
def _few_integrations() -> Iterator[None]:
    """Let Home Assistant ship only the integrations of the examples."""
    with patch("homeassistant.loader.APPLICATION_CREDENTIALS", [SHOP, MIELE, *GOOGLE]):
        yield


@pytest.fixture
async def documented(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    _few_integrations: None,
) -> Wire:
    """Set up the integrations and credentials of the examples."""
    answer_token_requests(provider, "invalid_grant")
    hass.config.components.add("my")
    add_integration(hass, MIELE)
    for domain in GOOGLE:
        add_integration(
            hass,
            domain,
            async_get_authorization_server=get_authorization_server,
            async_get_description_placeholders=placeholders,
        )
    await wire.create("playground-client")
    for domain, client_id in (
        (MIELE, "my-client-id"),
        (MIELE, "my-other-client-id"),
        (GOOGLE[0], "my-client-id"),
    ):
        await wire.create(client_id, domain=domain)
    return wire


@pytest.fixture
def documented_commands(hass: HomeAssistant, wire: Wire) -> set[str]:
    """Return the commands that are registered."""
    return {
        command.removeprefix(f"{DOMAIN}/")
        for command in hass.data[WEBSOCKET]
        if command.startswith(f"{DOMAIN}/")
    }


def test_every_command_has_its_section(documented_commands: set[str]) -> None:
    """There are no other sections."""
    assert {command_of(section) for section in COMMANDS} == documented_commands


@pytest.mark.parametrize("section", COMMANDS, ids=command_of)
async def test_the_example_of_a_command_works_and_has_the_answer_that_is_described(
    hass: HomeAssistant, documented: Wire, section: Section
) -> None:
    """Each request is granted, and its answer has the keys that the section names."""
    command = command_of(section)
    if command == "create":
        await documented.get("delete", **{f"{DOMAIN}_id": "miele_my_client_id"})
    if command != "delete":
        add_account(
            hass, "miele_my_client_id", domain=MIELE, entry_id=ACCOUNT, title="A"
        )
    requests = requests_in(section)
    assert requests
    answers = []
    with link_flow(MIELE, reauthentication=command != "update"):
        for request in requests:
            if request.get("config_entry_id") in {"entry.entry_id", "account.entry_id"}:
                request["config_entry_id"] = ACCOUNT
            sent = request.pop("type").removeprefix(f"{DOMAIN}/")
            assert sent == command
            if command == "update" and "shop" not in request[f"{DOMAIN}_id"]:
                request["client_id"] = "a-new-one"
            answers.append(await documented.get(sent, **request))
        if command == "subscribe":
            answers.append((await documented.socket.receive_json())["event"])
        await hass.async_block_till_done()
    named = keys_named(section)
    found = keys_in(answers)
    if any(key in found for key in ("client_secret", "without_reauthentication")):
        # A credential, which has a section of its own.
        found -= {*credential_in_document(), "without_reauthentication"}
        named.discard("without_reauthentication")
    assert found == named


def credential_in_document() -> dict[str, Any]:
    """Return the example of a credential."""
    [example] = blocks((DOCS / "websocket-api.md").read_text(), "json")
    credential: dict[str, Any] = json.loads(example)
    return credential


async def test_a_credential_is_as_in_the_example(documented: Wire) -> None:
    """It has the same keys, and its id is made in the same way."""
    example = credential_in_document()
    fields = {key: value for key, value in example.items() if key != "id"}
    made = await documented.create(**(fields | {"domain": SHOP}))
    assert made.keys() == example.keys()
    assert made["id"] == example["id"].replace("spotify", SHOP)


def test_every_error_code_is_described() -> None:
    """In the table of errors or in the section of a command."""
    text = prose((DOCS / "websocket-api.md").read_text())
    codes = {
        each.code
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.CredentialError)
    }
    assert [code for code in codes if f"`{code}`" not in text] == []


# The guide


async def test_the_automation_of_the_guide_tells_of_a_rejected_credential(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """Unchanged, for a credential with the name in the example."""
    [example] = blocks((DOCS / "user-guide.md").read_text(), "yaml")
    assert await async_setup_component(hass, NOTIFICATIONS, {})
    assert await async_setup_component(
        hass, "automation", {"automation": parse_yaml(example)}
    )
    await wire.create("abc", name="Spotify")
    await hass.async_block_till_done()
    answer_token_requests(provider, "invalid_client")
    await wire.get("check", **{f"{DOMAIN}_id": "shop_abc"})
    await hass.async_block_till_done()
    told = hass.data[NOTIFICATIONS].values()
    assert [each["title"] for each in told] == ["A credential needs you"]
    assert [each["message"] for each in told] == [
        "There is a problem with Spotify. Settings > System > Repairs says what to do."
    ]


# What is named of the code


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_a_script_that_is_named_is_there_and_knows_the_options(document: Path) -> None:
    """In examples, too."""
    for script, options in re.findall(
        r"(?<![\w/])(scripts/[\w.-]+)((?: --[\w-]+)*)", document.read_text()
    ):
        path = REPOSITORY / script.rstrip(".")
        assert path.is_file(), script
        for option in options.split():
            assert option in source_of(path), f"{script} {option}"


def source_of(script: Path) -> str:
    """Return the source of a script, with that of the program that it starts."""
    text = script.read_text()
    for module in re.findall(r"-m (playground|soak|benchmarks)\b", text):
        folder = REPOSITORY / module
        text += "".join(path.read_text() for path in folder.glob("*.py"))
    for program in re.findall(r"scripts/\w+\.py", text):
        text += (REPOSITORY / program).read_text()
    return text


def test_every_module_is_in_the_table_of_modules() -> None:
    """By its name, with its job."""
    text = (DOCS / "architecture.md").read_text()
    [table] = [each.text for each in sections(text) if each.title == "The modules"]
    named = set(re.findall(r"`([\w/]+)`", table))
    missing = [
        str(path.relative_to(COMPONENT))
        for path in sorted(COMPONENT.rglob("*.py"))
        if path.stem != "__init__" and path.stem not in named
    ]
    assert missing == []
    folders = {path.parent.name for path in COMPONENT.glob("*/__init__.py")}
    assert {each.rstrip("/") for each in named if each.endswith("/")} == folders


def test_a_test_that_is_named_is_there() -> None:
    """A reader wants to look at it."""
    for document in DOCUMENTS:
        for path in re.findall(r"`(tests/[\w/.]+)`", document.read_text()):
            assert (REPOSITORY / path).exists(), f"{document.name}: {path}"


def test_what_a_failed_write_is_called_is_so() -> None:
    """The documents name keys of errors that exist."""
    known = json.loads((COMPONENT / "strings.json").read_text())["exceptions"]
    for document in DOCUMENTS:
        for key in re.findall(r"`(storage_\w+)`", document.read_text()):
            assert key in known, f"{document.name}: {key}"


def test_the_file_beside_the_credentials_is_the_one_that_is_named() -> None:
    """There is no other file."""
    assert f"`{STATE_KEY}`" in (DOCS / "storage.md").read_text()
    source = "".join(path.read_text() for path in COMPONENT.rglob("*.py"))
    assert re.findall(
        r'^\w+_KEY: Final = f"\{DOMAIN\}\.(\w+)"', source, re.MULTILINE
    ) == ["state"]
