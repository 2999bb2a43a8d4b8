"""The dialog can be used with the keyboard alone."""

import re

from playwright.sync_api import Page, expect

from playground.home_assistant import HomeAssistant
from playground.shop import Client
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.pages import OUR_PAGE, OurDialog
from tests.e2e.common import add_credential

# What has the focus: its label and name, and its text or that of the element that it is the inside of.
FOCUSED = """() => {
    let element = document.activeElement;
    while (element.shadowRoot && element.shadowRoot.activeElement)
        element = element.shadowRoot.activeElement;
    if (element === document.body)
        return '';
    const host = element.getRootNode().host;
    const text = of => (of && of.textContent.trim().length < 80) ? of.textContent.trim() : '';
    return [element.getAttribute('aria-label'), element.title, element.name, text(element), host && host.label, text(host)]
        .filter(Boolean).join(' | ');
}"""


def go_to(page: Page, what: str, key: str) -> None:
    """Press a key until the focus is on something."""
    seen: list[str] = []
    for _ in range(80):
        page.keyboard.press(key)
        seen.append(page.evaluate(FOCUSED))
        if what in seen[-1].split(" | "):
            return
    raise AssertionError(f"{key} never gets to {what}, but to {seen}")


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the focus is on something."""
    go_to(page, what, "Tab")


def test_a_credential_is_added_without_a_mouse(
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
    registered_client: Client,
) -> None:
    """Tab, Enter, arrows and typing lead from the page to the saved credential."""
    dialog = OurDialog(page)
    page.goto(OUR_PAGE)
    expect(page.get_by_role("button", name="Add credential")).to_be_visible()
    tab_to(page, "Add credential")
    page.keyboard.press("Enter")
    dialog.expect_text(re.compile("Which integration is it for?"))
    tab_to(page, "Integration")
    page.keyboard.press("Space")
    expect(dialog.element.get_by_role("option").first).to_be_visible()
    page.keyboard.type("Playground Shop")
    shop = dialog.element.get_by_role("option", name="Playground Shop", exact=True)
    expect(shop).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.element.get_by_role("option")).to_have_count(0)
    camera.keep("integration")
    tab_to(page, "Next")
    page.keyboard.press("Enter")
    dialog.expect_title("Client ID and secret")
    for field, value in (
        ("client_id", registered_client.client_id),
        ("client_secret", registered_client.client_secret),
        ("name", "Kitchen"),
    ):
        tab_to(page, field)
        page.keyboard.type(value)
    camera.keep("typed")
    page.keyboard.press("Enter")
    dialog.expect_title("Saved")
    tab_to(page, "Close")
    page.keyboard.press("Enter")
    dialog.expect_closed()

    assert [
        record["client_id"]
        for record in websocket.command("application_credentials/list")
    ] == [registered_client.client_id]


def test_what_to_do_next_is_chosen_without_a_mouse(
    home_assistant: HomeAssistant, page: Page, client: Client
) -> None:
    """From a credential, the keyboard leads to whatever can be done with it."""
    add_credential(home_assistant, client, name="Kitchen")
    dialog = OurDialog(page)
    dialog.open_credential("Kitchen")

    tab_to(page, "What do you want to do?")
    page.keyboard.press("Space")
    expect(page.get_by_role("menuitem", name="Delete")).to_be_visible()
    go_to(page, "Delete", "ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Delete")).to_have_count(0)
    tab_to(page, "Next")
    page.keyboard.press("Enter")
    dialog.expect_title("Delete credential?")
