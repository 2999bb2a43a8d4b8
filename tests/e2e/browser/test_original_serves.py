"""What a person sees of a release of Home Assistant that ours does not go together with."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
import pytest

from playground.home_assistant import HomeAssistant
from playground.shop import Client
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.conftest import Speak
from tests.e2e.browser.pages import OUR_PAGE, CredentialsPage
from tests.e2e.common import add_credential, break_import, install_copy


@pytest.fixture
def home_assistant(new_home_assistant: Callable[[], HomeAssistant]) -> HomeAssistant:
    """One with a credential, at whose last start ours could not be imported."""
    home_assistant = new_home_assistant()
    home_assistant.start()
    add_credential(home_assistant, Client("kitchen-client", "s3cret"), name="Kitchen")
    home_assistant.stop()
    break_import(install_copy(home_assistant))
    home_assistant.start()
    return home_assistant


@pytest.mark.parametrize("language", ["en", "sv"])
def test_an_issue_and_the_entry_say_that_the_original_serves(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    speak: Speak,
    language: str,
) -> None:
    """In the language of the person; and Home Assistant's own page works as ever."""
    texts = speak(language)
    with home_assistant.websocket() as websocket:
        version = websocket.command(
            "manifest/get", integration="application_credentials"
        )["version"]
    told = texts["issues"]["original_serves"]

    page.goto("/config/repairs")
    title = told["title"].replace("{version}", version)
    page.get_by_role("button", name=title).click()
    paragraph = told["description"].partition("\n\n")[2]
    expect(page.get_by_text(paragraph)).to_be_visible()
    camera.keep("issue")

    page.goto(OUR_PAGE)
    reason = texts["exceptions"]["original_serves"]["message"]
    expect(page.get_by_text(reason.partition(":")[0]).first).to_be_visible()
    camera.keep("entry")


def test_credentials_are_added_and_deleted_where_the_original_serves(
    page: Page, camera: Camera
) -> None:
    """On the page of Home Assistant."""
    credentials = CredentialsPage(page)
    credentials.open()
    expect(credentials.row("Kitchen")).to_be_visible()
    credentials.add(
        "Playground Shop", name="Garden", client_id="garden", client_secret="s3cret"
    )
    expect(credentials.row("Garden")).to_be_visible()
    camera.keep("added")
    credentials.delete("Kitchen")
    expect(credentials.row("Kitchen")).to_have_count(0)
    expect(credentials.row("Garden")).to_be_visible()
