"""The guides in the browser: with a client that is there, with one of no use, and with a secret that ends.

The integrations are the shop under the names of real ones, so that their provider is on this machine.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import shutil
from typing import Final

from playwright.sync_api import Locator, Page, expect
import pytest

from playground.home_assistant import DEMO_INTEGRATIONS, HomeAssistant
from playground.process import free_port
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import NARROW, Camera
from tests.e2e.browser.pages import SAVED, FlowDialog, OurDialog, open_repair
from tests.e2e.common import OURS, add_credential, issue_id, issues, wait_for
from tests.e2e.forked import ForkedProcess

SHOP: Final = next(path for path in DEMO_INTEGRATIONS if path.name == "shop")
NAMES: Final = {
    "google": "Google Calendar",
    "google_tasks": "Google Tasks",
    "home_connect": "Home Connect",
    "onedrive_for_business": "OneDrive for Business",
}
MY_REDIRECT_URI: Final = "https://my.home-assistant.io/redirect/oauth"


@pytest.fixture(scope="module")
def guided(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HomeAssistant]:
    """A Home Assistant that links accounts of well-known integrations with the shop."""
    home_assistant = HomeAssistant(
        tmp_path_factory.mktemp("guided"),
        free_port(),
        ours=OURS,
        environment=shop.environment,
        process=ForkedProcess,
    )
    home_assistant.my = True
    for domain, name in NAMES.items():
        pretend(home_assistant.folder / "custom_components" / domain, name)
    try:
        home_assistant.start()
        yield home_assistant
    finally:
        home_assistant.stop()


def pretend(folder: Path, name: str) -> None:
    """Make an integration that is the shop under another name."""
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = folder / "manifest.json"
    described = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(described | {"domain": folder.name, "name": name}))
    const = folder / "const.py"
    const.write_text(const.read_text().replace('"shop"', f'"{folder.name}"'))


@pytest.fixture
def home_assistant(guided: HomeAssistant) -> Iterator[HomeAssistant]:
    """It, without credentials in the end."""
    yield guided
    with guided.websocket() as websocket:
        for credential in websocket.command("application_credentials/list"):
            websocket.command(
                "application_credentials/delete",
                application_credentials_id=credential["id"],
            )


@pytest.fixture
def known(client: Client, shop: Shop) -> Client:
    """A client that the provider knows."""
    shop.register(client, MY_REDIRECT_URI)
    return client


def test_a_client_of_the_same_console_is_used_with_one_click(
    home_assistant: HomeAssistant,
    known: Client,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
) -> None:
    """It is offered before the steps at the console, with the API to enable."""
    add_credential(home_assistant, known, "google_tasks", name="Mine")
    dialog = OurDialog(page)
    dialog.open()
    dialog.find("Google Calendar")
    dialog.press_or("Continue")

    dialog.expect_title("Use an existing one?")
    dialog.expect_text("The client ID that you have (Google Tasks) works here, too")
    api = dialog.element.get_by_role("link", name="Google Calendar API")
    expect(api).to_have_attribute("href", re.compile("^https://console.cloud.google"))
    expect(
        dialog.element.get_by_role("radio", name="Mine (Google Tasks)")
    ).to_be_checked()
    assert dialog.nameless() == []
    camera.keep("offered")
    dialog.press_or("Continue")

    dialog.expect_text("The provider accepts the client ID and client secret.")
    camera.keep("saved")
    dialog.close()
    expect(dialog.row("Mine (Google Calendar)")).to_be_visible()
    stored = websocket.command("application_credentials/list")
    assert {
        (each["domain"], each["client_id"], each["client_secret"]) for each in stored
    } == {
        (domain, known.client_id, known.client_secret)
        for domain in ("google", "google_tasks")
    }


@pytest.mark.every_release
def test_a_redirect_uri_is_whole_on_a_phone_and_the_other_guide_folded(
    page: Page, camera: Camera
) -> None:
    """The steps stand in one place; what the integration itself says opens with a click."""
    page.set_viewport_size(NARROW)
    dialog = OurDialog(page)
    dialog.start_adding("Google Calendar")
    uri = dialog.element.locator("code", has_text=MY_REDIRECT_URI)
    expect(uri).to_be_visible()
    assert lines_of(uri) == 1
    camera.keep("folded")

    theirs = dialog.element.get_by_text("printed the client ID")
    expect(theirs).to_be_hidden()
    dialog.element.get_by_text("What Google Calendar itself says about it").click()
    expect(theirs).to_be_visible()
    camera.keep("unfolded")


def lines_of(block: Locator) -> int:
    """Return how many lines a text takes, as it is shown."""
    lines: int = block.evaluate("each => each.getClientRects().length")
    return lines


def test_a_credential_of_no_use_is_deleted_from_its_issue(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
) -> None:
    """As somebody adds it who is asked for one because account linking is not loaded."""
    record = add_credential(
        home_assistant, Client("typed", "by hand"), "xbox", name="My Xbox"
    )
    issue = issue_id("not_needed", record["id"])
    assert wait_for(lambda: issue in issues(home_assistant))

    repair = open_repair(page, re.compile(r"My Xbox \(Xbox\): .* not needed"))
    repair.expect_title("Probably not needed")
    repair.expect_text(re.compile("You do not need a client ID for Xbox."))
    repair.expect_text(re.compile("only because account linking is not loaded"))
    camera.keep("of-no-use")
    repair.press("Delete")
    repair.expect_text("The issue is repaired!")
    repair.close()

    assert websocket.command("application_credentials/list") == []
    assert wait_for(lambda: issue not in issues(home_assistant))


def test_the_end_of_a_secret_is_entered_shown_told_and_mended(
    home_assistant: HomeAssistant,
    shop: Shop,
    known: Client,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
) -> None:
    """It is today's, so the issue is there at once; a new secret takes all of it away."""
    dialog = OurDialog(page)
    dialog.start_adding("OneDrive for Business")
    dialog.fill(client_id=known.client_id, client_secret=known.client_secret)
    pick_today(page, dialog)
    camera.keep("entered")
    dialog.press("Add")
    dialog.leave_saved()

    [record] = websocket.command("application_credentials/list")
    issue = issue_id("secret_ends", record["id"])
    assert wait_for(lambda: issue in issues(home_assistant))
    day = issues(home_assistant)[issue]["translation_placeholders"]["day"]
    assert end_of_secret(websocket).startswith(day)
    dialog.row("OneDrive for Business").locator("ha-config-entry-device-row").click()
    expect(page.get_by_text("Client secret expires")).to_be_visible()
    camera.keep("device")

    title = f"Client secret expires on {day}: OneDrive for Business"
    repair = open_repair(page, title)
    repair.expect_text(re.compile("Create a new one, and enter it here"))
    console = repair.element.get_by_role("link", name="Microsoft Entra admin center")
    expect(console).to_have_attribute("href", "https://entra.microsoft.com/")
    assert repair.nameless() == []
    camera.keep("repair")
    shop.register(Client(known.client_id, "the-new-secret"), MY_REDIRECT_URI)
    repair.fill(client_secret="the-new-secret")
    repair.press("Save")
    repair.expect_text(SAVED)
    camera.keep("repaired")

    assert wait_for(lambda: issue not in issues(home_assistant))
    [record] = websocket.command("application_credentials/list")
    assert record["client_secret"] == "the-new-secret"
    assert wait_for(lambda: end_of_secret(websocket) in ("", "unknown"))


def pick_today(page: Page, dialog: FlowDialog) -> None:
    """Pick today in the calendar of the field."""
    dialog.element.locator("ha-date-input").click()
    calendar = page.locator("ha-dialog-date-picker")
    calendar.locator("[part~=today]").click()
    calendar.get_by_role("button", name="OK").click()
    expect(calendar.get_by_role("button")).to_have_count(0)


def end_of_secret(websocket: WebSocketClient) -> str:
    """Return the state of the one sensor that says when a secret ends; empty where there is none."""
    return next(
        (
            state["state"]
            for state in websocket.command("get_states")
            if state["entity_id"].endswith("_client_secret_expires")
        ),
        "",
    )


def test_a_client_that_is_too_new_is_saved_and_asked_about_again(
    home_assistant: HomeAssistant, known: Client, page: Page, camera: Camera
) -> None:
    """Its rejection says so at once, and where it is mended when it will be asked about again."""
    too_new = re.compile("It can take up to 15 minutes until a new client ID works.")
    again = re.compile(r"The provider is asked again at \d\d:\d\d.")
    dialog = OurDialog(page)
    dialog.start_adding("Home Connect")
    dialog.fill(client_id=known.client_id, client_secret="not there yet")
    dialog.press("Add")
    dialog.expect_title("Rejected by the provider")
    dialog.expect_text(too_new)
    camera.keep("rejected")
    dialog.choose("Save anyway")
    dialog.expect_text(again)
    camera.keep("saved")
    dialog.leave_saved()

    repair = open_repair(page, re.compile("Rejected by the provider: Home Connect"))
    repair.expect_text(again)
    repair.expect_text("Home Connect Developer Program")
    camera.keep("repair")
