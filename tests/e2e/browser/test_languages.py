"""Our dialogs on a phone, in the languages of the people who use it."""

from collections.abc import Callable, Iterator
import json
from typing import Any

from playwright.sync_api import Page, expect
import pytest

from playground import REPOSITORY
from playground.home_assistant import HomeAssistant
from playground.shop import Client
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import NARROW, Camera
from tests.e2e.browser.pages import OUR_PAGE, FlowDialog
from tests.e2e.common import issues, wait_for

TRANSLATIONS = REPOSITORY / "custom_components/application_credentials/translations"

type Speak = Callable[[str], dict[str, Any]]


@pytest.fixture
def speak(page: Page, websocket: WebSocketClient) -> Iterator[Speak]:
    """Have the owner's profile speak a language; return our texts in it."""

    def choose(language: str) -> None:
        websocket.command(
            "frontend/set_user_data", key="language", value={"language": language}
        )

    def speak(language: str) -> dict[str, Any]:
        choose(language)
        texts: dict[str, Any] = json.loads(
            (TRANSLATIONS / f"{language}.json").read_text()
        )
        return texts

    yield speak
    choose("en")


@pytest.mark.parametrize("language", ["de", "fr", "pl"])
def test_a_wrong_secret_is_saved_and_mended_on_a_phone(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    registered_client: Client,
    speak: Speak,
    language: str,
) -> None:
    """Every title, label and button is in the language, and nothing overflows."""
    texts = speak(language)
    ours = texts["config_subentries"]["credential"]
    options = texts["selector"]["after_rejected"]["options"]
    fix = texts["issues"]["client_rejected"]
    page.set_viewport_size(NARROW)
    dialog = FlowDialog(page)

    def look(step: dict[str, Any], name: str) -> None:
        dialog.expect_title(step["title"])
        button = dialog.element.get_by_role("button", name=step["submit"], exact=True)
        expect(button).to_be_visible()
        camera.keep(name)
        overflow = "document.documentElement.scrollWidth"
        assert page.evaluate(overflow) <= NARROW["width"]

    def fill(step: dict[str, Any], **values: str) -> None:
        for field, value in values.items():
            dialog.field(step["data"][field]).fill(value)
        dialog.press(step["submit"])

    page.goto(OUR_PAGE)
    page.get_by_role("button", name=ours["initiate_flow"]["user"], exact=True).click()
    user, new, rejected = (ours["step"][each] for each in ("user", "new", "rejected"))
    look(user, "user")
    dialog.element.get_by_role("button", name=user["data"]["domain"]).click()
    dialog.element.get_by_role("textbox").last.fill("Playground Shop")
    page.get_by_role("option", name="Playground Shop", exact=True).click()
    dialog.press(user["submit"])
    look(new, "new")
    fill(
        new,
        client_id=registered_client.client_id,
        client_secret="mistyped",
        name="Kitchen",
    )
    look(rejected, "rejected")
    dialog.element.get_by_role("radio", name=options["save_anyway"]).click()
    dialog.press(rejected["submit"])
    dialog.expect_text("Kitchen")
    camera.keep("saved")

    page.goto("/config/repairs")
    title = fix["title"].replace("{name}", "Kitchen (Playground Shop)")
    page.get_by_role("button", name=title).click()
    init = fix["fix_flow"]["step"]["init"]
    look(init, "repair")
    fill(init, client_secret=registered_client.client_secret)
    assert wait_for(lambda: not issues(home_assistant))
    camera.keep("mended")
