"""Our rows and their dialog on a phone."""

import re

from playwright.sync_api import Locator, Page, expect
import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client
from tests.e2e.browser.camera import NARROW, Camera
from tests.e2e.browser.pages import OUR_PAGE, WHAT_TO_DO, OurDialog
from tests.e2e.common import ANNA, add_credential

# All that can be done with a credential in use, beside others of its integration and of its provider.
CHOICES = [
    "Save",
    "Check",
    "Link accounts again",
    "Move accounts to another credential",
    "Use for other integrations",
    "Delete",
]


@pytest.fixture(autouse=True)
def phone(page: Page) -> None:
    """Have a window as small as a phone."""
    page.set_viewport_size(NARROW)


@pytest.fixture
def kitchen(home_assistant: HomeAssistant, registered_client: Client) -> Client:
    """The client of the credential Kitchen, in use, beside another one of its integration."""
    record = add_credential(home_assistant, registered_client, name="Kitchen")
    add_credential(home_assistant, Client("other", "s3cret"), name="Garden")
    frontend.link_account(home_assistant, "shop", user=ANNA, credential=record["id"])
    return registered_client


def expect_in_sight(element: Locator) -> None:
    """Wait until all of an element can be seen, without scrolling."""
    expect(element).to_be_in_viewport(ratio=1)


def test_all_that_can_be_done_with_a_credential_is_within_reach(
    page: Page, camera: Camera, kitchen: Client
) -> None:
    """The redirect URI is whole, the button in sight, and so is every choice."""
    dialog = OurDialog(page)
    dialog.open_credential("Kitchen")
    button = dialog.element.get_by_role("button", name="Continue", exact=True)
    expect_in_sight(button)
    camera.keep("top")
    uri = dialog.element.locator("code")
    assert uri.evaluate("each => each.getClientRects().length") == 1

    named = re.compile(f"^{re.escape(WHAT_TO_DO)}")
    dialog.element.get_by_role("button", name=named).click()
    for choice in CHOICES:
        item = dialog.element.get_by_role("menuitem", name=choice, exact=True)
        expect_in_sight(item)
    camera.keep("choices")
    assert dialog.element.get_by_role("menuitem").count() == len(CHOICES)
    dialog.element.get_by_role("menuitem", name="Check", exact=True).click()
    expect_in_sight(button)
    dialog.press("Continue")
    dialog.expect_text("The provider accepts the client ID and client secret.")
    camera.keep("checked")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_an_error_is_in_sight(
    home_assistant: HomeAssistant, page: Page, camera: Camera, kitchen: Client
) -> None:
    """Where something is added, in spite of a guide, and where something is changed."""
    dialog = OurDialog(page)
    dialog.start_adding("Google Tasks")
    dialog.fill(client_id="1234\u200b5678")
    dialog.press("Add")
    error = dialog.element.get_by_text("The character at position 5 is not allowed")
    expect(error).to_be_visible()
    expect_in_sight(error)
    camera.keep("new")

    dialog.open_credential("Kitchen")
    dialog.fill(client_secret="with a\u200bgap")
    dialog.press("Continue")
    error = dialog.element.get_by_text("The character at position 7 is not allowed")
    expect(error).to_be_visible()
    camera.keep("edit")
    expect_in_sight(error)


def test_there_is_room_for_sixty_rows(
    home_assistant: HomeAssistant, page: Page, camera: Camera
) -> None:
    """Also for an unnamed Google client: nothing overflows to the right, in the dark either."""
    add_credential(
        home_assistant,
        Client("123456789012-" + "a" * 32 + ".apps.googleusercontent.com", "s"),
        "google_tasks",
    )
    for number in range(59):
        add_credential(
            home_assistant, Client(f"client-{number}", "s"), name=f"Row {number}"
        )
    dialog = OurDialog(page)
    page.emulate_media(color_scheme="dark")
    page.goto(OUR_PAGE)
    expect(dialog.row("Google Tasks")).to_be_visible()
    expect(dialog.row("Row 58")).to_have_count(1)
    camera.keep("sixty")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_placeholder("Search").fill("Row 58")
    expect(dialog.row("Row 57")).to_have_count(0)
    dialog.row("Row 58").get_by_role("button", name="Edit credential").click()
    expect(dialog.field("Client secret")).to_be_visible()
    camera.keep("edit")
