"""What the documents say of Home Assistant holds for the newest one: its words, and its integrations."""

from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import re
import shlex
from typing import Any, Final

import hass_frontend
import httpx2
import pytest

from custom_components.application_credentials.guides.table import GUIDES
from homeassistant import loader
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS
from playground import REPOSITORY
from playground.__main__ import CLIENT
from playground.home_assistant import OURS, HomeAssistant
from playground.shop import Shop
from tests.documents import blocks
from tests.e2e.common import add_credential

COMPONENTS: Final = Path(loader.__file__).parent / "components"

# Part of a menu's path, and no word.
MENU: Final = "⋮"


def texts(node: Any) -> Iterator[str]:
    """Yield the texts of a file of translations."""
    if isinstance(node, dict):
        for each in node.values():
            yield from texts(each)
    elif isinstance(node, str):
        yield node


@cache
def on_screen() -> re.Pattern[str]:
    """Return an expression for what people see: each text, sentence, and beginning of one."""
    files = [
        OURS / "strings.json",
        COMPONENTS.parent / "strings.json",
        *Path(str(hass_frontend.where())).glob(
            "static/translations/**/en-[0-9a-f]*.json"
        ),
        *(
            COMPONENTS / domain / "translations" / "en.json"
            for domain in ("binary_sensor", "cloud", "homeassistant", "marketplace")
        ),
    ]
    parts = {"Home Assistant Cloud"}
    for file in files:
        for text in texts(json.loads(file.read_text())):
            sentences = re.split(r"(?<=[.?!]) |\n+", text)
            parts |= {text, *sentences, *(each.split(",")[0] for each in sentences)}
    # One that is little but a placeholder would fit anything.
    return re.compile(
        "|".join(
            re.sub(r"\\{.*?\\}", ".+", re.escape(part))
            for part in parts
            if len(re.findall("[a-zA-Z]", re.sub(r"\{.*?\}", "", part))) > 1
        )
    )


def words(document: str) -> list[str]:
    """Return the words in bold type of a document, as they are on the screen, piece by piece."""
    text = (REPOSITORY / document).read_text()
    bold = re.findall(r"\*\*(.+?)\*\*", text.replace("\n", " "))
    pieces = {piece for each in bold for piece in re.sub(" +", " ", each).split(" > ")}
    return sorted(pieces - {MENU})


@pytest.mark.parametrize("word", words("docs/user-guide.md"))
def test_a_word_in_bold_is_on_the_screen(word: str) -> None:
    """Letter by letter; `…` stands for a name."""
    assert is_on_screen(word)


def is_on_screen(word: str) -> bool:
    """Return whether people see a word, or more than one."""
    return on_screen().fullmatch(word) is not None


def test_a_word_that_is_on_no_screen_is_found() -> None:
    """Not everything fits."""
    assert not is_on_screen("Rotate the credential")
    assert not is_on_screen("Application Credentials")


def names(domains: list[str]) -> list[str]:
    """Return the names of integrations in the order of the alphabet."""
    manifests = (
        json.loads((COMPONENTS / domain / "manifest.json").read_text())
        for domain in domains
    )
    return sorted((manifest["name"] for manifest in manifests), key=str.casefold)


def code(domain: str, pattern: str) -> str:
    """Return the source of an integration's modules."""
    return "".join(file.read_text() for file in (COMPONENTS / domain).glob(pattern))


def missing_in(document: str, names: list[str]) -> list[str]:
    """Return the names that a document does not say."""
    text = re.sub(r"\s+", " ", (REPOSITORY / document).read_text())
    return [name for name in names if name not in text]


def test_the_integrations_that_cannot_link_again_are_named() -> None:
    """In the README, and where the guide says what cannot be done; these and no others."""
    found = names(
        [
            domain
            for domain in APPLICATION_CREDENTIALS
            if "async_step_reauth" not in code(domain, "config_flow.py")
        ]
    )
    assert found == ["A Better Routeplanner", "Bosch Smart Camera", "ekey bionyx"]
    assert missing_in("README.md", found) == []
    assert missing_in("docs/user-guide.md", found) == []


def test_the_integrations_that_bring_their_own_client_are_named() -> None:
    """These and no others."""
    found = names(
        [
            domain
            for domain in APPLICATION_CREDENTIALS
            if "async_import_client_credential(" in code(domain, "*.py")
        ]
    )
    assert found == [
        "Bosch Smart Camera",
        "Ondilo ICO",
        "Overkiz",
        "Teslemetry",
        "Viessmann ViCare",
        "Willow",
    ]
    assert missing_in("docs/user-guide.md", found) == []


def test_the_integrations_whose_accounts_cannot_choose_are_named() -> None:
    """Their implementations have a name of their own: that of the integration."""
    found = names(
        [
            domain
            for domain in APPLICATION_CREDENTIALS
            if re.search(
                r"^\s+DOMAIN,$",
                code(domain, "application_credentials.py"),
                re.MULTILINE,
            )
        ]
    )
    assert found == ["SmartThings", "Withings"]
    assert missing_in("docs/user-guide.md", found) == []


def test_every_integration_of_the_newest_release_has_a_guide() -> None:
    """Of one that is new, nobody has read anything yet; it is named here."""
    new = set(APPLICATION_CREDENTIALS) - GUIDES.keys()
    assert names(sorted(new)) == []


def test_a_secret_is_rotated_as_the_documents_say(
    home_assistant: HomeAssistant, shop: Shop
) -> None:
    """The command for the terminal and the one for the console, with the ports of this test."""
    shop.register(CLIENT, home_assistant.redirect_uri)
    credential = add_credential(home_assistant, CLIENT)

    def verdict() -> Any:
        with home_assistant.websocket() as websocket:
            return websocket.command(
                "application_credentials/check",
                application_credentials_id=credential["id"],
            )

    assert verdict()["client"] == "accepted"
    text = (REPOSITORY / "docs" / "websocket-api.md").read_text()
    text = text.replace("http://127.0.0.1:9400", shop.url)
    text = text.replace("http://127.0.0.1:8123", home_assistant.url)
    [command] = blocks(text, "bash")
    curl, request, method, url, header, content_type, data, body = shlex.split(
        command.replace("\\\n", " ")
    )
    assert (curl, request, header, data) == ("curl", "-X", "-H", "-d")
    name, _, value = content_type.partition(": ")
    answer = httpx2.request(method, url, headers={name: value}, content=body)
    answer.raise_for_status()
    assert verdict()["client"] == "rejected"
    with home_assistant.websocket() as websocket:
        assert f'"{credential["id"]}"' in text
        websocket.command(
            "application_credentials/update",
            application_credentials_id=credential["id"],
            client_secret=json.loads(body)["client_secret"],
        )
    assert (verdict()["client"], verdict()["redirect_uri"]) == ("accepted", "accepted")
