"""Every dialog can be used with the keyboard alone; here they are dark."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect
import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import SETTLE_MILLISECONDS, Camera
from tests.e2e.browser.pages import OUR_PAGE, SAVED, WHAT_TO_DO, OurDialog
from tests.e2e.common import (
    ANNA,
    BEN,
    COMMANDS,
    add_credential,
    issues,
    reauthentications,
    restart_in_testing,
    wait_for,
)

# A credential of the shop, as it is stored.
OTHER = {
    "id": "shop_other",
    "domain": "shop",
    "client_id": "other",
    "client_secret": "s3cret",
    "name": "Other",
}

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

# Whether what has the focus is a field that takes letters.
TYPES = """() => {
    let element = document.activeElement;
    while (element.shadowRoot && element.shadowRoot.activeElement)
        element = element.shadowRoot.activeElement;
    return element.localName === 'input' && element.type !== 'checkbox';
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


def press(page: Page, button: str) -> None:
    """Go to a button, and press it."""
    tab_to(page, button)
    page.keyboard.press("Enter")


def type_into(page: Page, field: str, text: str) -> None:
    """Go to a field, and type in place of what is there; Enter is left to the test."""
    tab_to(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def tick(page: Page, box: str) -> None:
    """Go to a box, and tick it or take the tick away."""
    tab_to(page, box)
    page.keyboard.press("Space")


def is_focused(element: Locator) -> bool:
    """Return whether the focus is on or in an element."""
    focused: bool = element.evaluate("element => element.matches(':focus-within')")
    return focused


def focus(page: Page, element: Locator, key: str) -> None:
    """Press a key until the focus is on or in an element."""
    for _ in range(80):
        page.keyboard.press(key)
        if is_focused(element):
            return
    raise AssertionError(f"{key} never gets to {element}")


def open_row(page: Page, name: str = "Kitchen") -> OurDialog:
    """Go to our page, and from there to the cogwheel of a row."""
    dialog = OurDialog(page)
    page.goto(OUR_PAGE)
    cogwheel = dialog.row(name).get_by_role("button", name="Edit credential")
    expect(cogwheel).to_be_visible()
    focus(page, cogwheel, "Tab")
    page.keyboard.press("Enter")
    expect(dialog.field("Client secret")).to_be_visible()
    return dialog


def do(page: Page, what: str) -> None:
    """Choose what else to do with a credential than to change it."""
    tab_to(page, WHAT_TO_DO)
    page.keyboard.press("Space")
    expect(page.get_by_role("menuitem", name=what, exact=True)).to_be_visible()
    # A list that still opens takes no choice.
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    go_to(page, what, "ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name=what, exact=True)).to_have_count(0)
    # What is asked next may have fields and links of the same name.
    chosen = page.get_by_role("button", name=re.compile(f"^{re.escape(WHAT_TO_DO)}"))
    expect(chosen).to_contain_text(what)
    press(page, "Continue")
    expect(chosen).to_have_count(0)


def open_issue(page: Page, issue: str) -> OurDialog:
    """Go to the list of repairs, and open one."""
    page.goto("/config/repairs")
    expect(page.get_by_role("button", name=issue)).to_be_visible()
    # The item has the focus, and not the button within; Tab gets to the first one.
    items = page.locator("ha-list-item-button", has_text=re.compile(" ago by "))
    focus(page, items.first, "Tab")
    item = items.filter(has_text=issue)
    if not is_focused(item):
        focus(page, item, "ArrowDown")
    page.keyboard.press("Enter")
    return OurDialog(page)


def close(page: Page, dialog: OurDialog) -> None:
    """Close a dialog that has come to its end."""
    press(page, "Close")
    dialog.expect_closed()


def records(websocket: WebSocketClient) -> list[dict[str, Any]]:
    """Return what is stored."""
    stored: list[dict[str, Any]] = websocket.command(f"{COMMANDS}/list")
    return stored


@pytest.fixture(autouse=True)
def dark(page: Page) -> None:
    """Have the page as in a browser that asks for dark ones."""
    page.emulate_media(color_scheme="dark")


@pytest.fixture
def kitchen(home_assistant: HomeAssistant, registered_client: Client) -> Client:
    """The client of the credential Kitchen, with which Anna's account is linked."""
    add_credential(home_assistant, registered_client, name="Kitchen")
    frontend.link_account(home_assistant, "shop", user=ANNA)
    return registered_client


@pytest.fixture
def garden(home_assistant: HomeAssistant, kitchen: Client, shop: Shop) -> Client:
    """The client of another credential of the shop, which nobody uses yet."""
    client = Client(f"garden-{kitchen.client_id}", "secret of the garden")
    shop.register(client, home_assistant.redirect_uri)
    add_credential(home_assistant, client, name="Garden")
    return client


@pytest.fixture
def asking(home_assistant: HomeAssistant, websocket: WebSocketClient) -> Any:
    """Return a function that returns the accounts that ask to be linked again, by title."""

    def asking() -> set[str]:
        return {
            entry["title"]
            for entry in websocket.command("config_entries/get", domain="shop")
            if reauthentications(home_assistant, entry["entry_id"])
        }

    return asking


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
    # Before the field of the list has the focus, letters are shortcuts of the frontend.
    page.wait_for_function(TYPES)
    page.keyboard.type("Playground Shop")
    shop = dialog.element.get_by_role("option", name="Playground Shop", exact=True)
    expect(shop).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.element.get_by_role("option")).to_have_count(0)
    camera.keep("integration")
    tab_to(page, "Continue")
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
    dialog.expect_text(SAVED)
    tab_to(page, "Finish")
    page.keyboard.press("Enter")
    dialog.expect_closed()

    assert [
        record["client_id"]
        for record in websocket.command("application_credentials/list")
    ] == [registered_client.client_id]


def test_a_secret_and_a_name_are_changed_without_a_mouse(
    home_assistant: HomeAssistant,
    page: Page,
    websocket: WebSocketClient,
    shop: Shop,
    kitchen: Client,
) -> None:
    """From the row to the end of the dialog."""
    shop.register(Client(kitchen.client_id, "rotated"), home_assistant.redirect_uri)
    dialog = open_row(page)
    type_into(page, "client_secret", "rotated")
    type_into(page, "name", "Cellar")
    page.keyboard.press("Enter")
    dialog.expect_text(ANNA)
    dialog.expect_text(SAVED)
    close(page, dialog)
    [record] = records(websocket)
    assert (record["client_secret"], record["name"]) == ("rotated", "Cellar")


def test_a_client_is_changed_everywhere_without_a_mouse(
    home_assistant: HomeAssistant,
    page: Page,
    websocket: WebSocketClient,
    shop: Shop,
    kitchen: Client,
    asking: Any,
) -> None:
    """A new client ID, with one tick for the other integration that has the same."""
    add_credential(home_assistant, kitchen, "shop_club", name="Club")
    new = Client(f"new-{kitchen.client_id}", "new secret")
    shop.register(new, home_assistant.redirect_uri)
    dialog = open_row(page)
    type_into(page, "client_secret", new.client_secret)
    type_into(page, "client_id", new.client_id)
    tick(page, "Save for all of these integrations")
    press(page, "Continue")
    dialog.expect_text(re.compile("now ask to be linked again"))
    close(page, dialog)
    assert {record["client_id"] for record in records(websocket)} == {new.client_id}
    assert wait_for(lambda: asking() == {ANNA})


def test_a_wrong_secret_is_corrected_or_saved_anyway_without_a_mouse(
    page: Page, websocket: WebSocketClient, kitchen: Client
) -> None:
    """Arrows choose what to do about the answer of the provider."""
    dialog = open_row(page)
    type_into(page, "client_secret", "mistyped")
    page.keyboard.press("Enter")
    dialog.expect_text(re.compile("is not saved"))
    press(page, "Continue")
    expect(dialog.field("Client secret")).to_have_value("mistyped")
    press(page, "Continue")
    dialog.expect_text(re.compile("is not saved"))
    tab_to(page, "Correct the entries")
    page.keyboard.press("ArrowDown")
    press(page, "Continue")
    dialog.expect_text(SAVED)
    close(page, dialog)
    [record] = records(websocket)
    assert record["client_secret"] == "mistyped"


def test_a_credential_is_checked_without_a_mouse(page: Page, kitchen: Client) -> None:
    """Once, again, and back."""
    dialog = open_row(page)
    do(page, "Check")
    dialog.expect_text("The provider accepts the client ID and client secret.")
    tab_to(page, "Back")
    page.keyboard.press("ArrowDown")
    press(page, "Continue")
    # The same page again, with what is chosen at first.
    expect(dialog.element.get_by_role("radio", name="Back")).to_be_checked()
    press(page, "Continue")
    expect(dialog.field("Client secret")).to_be_visible()


def test_accounts_are_linked_again_without_a_mouse(
    page: Page, kitchen: Client, asking: Any
) -> None:
    """Those that are ticked, of which there has to be one."""
    dialog = open_row(page)
    do(page, "Link accounts again")
    tick(page, ANNA)
    press(page, "Link accounts again")
    dialog.expect_text("Select at least one.")
    tick(page, ANNA)
    press(page, "Link accounts again")
    dialog.expect_text(re.compile("now ask to be linked again"))
    close(page, dialog)
    assert wait_for(lambda: asking() == {ANNA})


def test_accounts_are_moved_away_and_here_without_a_mouse(
    home_assistant: HomeAssistant,
    page: Page,
    websocket: WebSocketClient,
    garden: Client,
) -> None:
    """From one row, and from the other."""
    ids = {record["name"]: record["id"] for record in records(websocket)}
    ben = frontend.link_account(
        home_assistant, "shop", user=BEN, credential=ids["Kitchen"]
    )["entry_id"]

    def used_by_ben() -> str:
        used: str = websocket.command(f"{COMMANDS}/config_entry", config_entry_id=ben)[
            "application_credentials_id"
        ]
        return used

    dialog = open_row(page)
    do(page, "Move accounts to another credential")
    tick(page, ANNA)
    tab_to(page, "Garden (accounts: 0; accepted by the provider)")
    page.keyboard.press("Space")
    press(page, "Move")
    dialog.expect_text(re.compile("now ask to be linked again"))
    close(page, dialog)
    assert used_by_ben() == ids["Garden"]

    dialog = open_row(page)
    do(page, "Move other accounts here")
    tab_to(page, BEN)
    press(page, "Move")
    dialog.expect_text(re.compile("now ask to be linked again"))
    close(page, dialog)
    assert used_by_ben() == ids["Kitchen"]


def test_a_client_is_copied_without_a_mouse(
    page: Page, websocket: WebSocketClient, kitchen: Client
) -> None:
    """To the integration that is ticked."""
    dialog = open_row(page)
    do(page, "Use for other integrations")
    tick(page, "Playground Shop Club")
    press(page, "Add")
    dialog.expect_text(re.compile("also stored for Playground Shop Club"))
    close(page, dialog)
    assert {record["domain"] for record in records(websocket)} == {"shop", "shop_club"}


def test_a_credential_is_deleted_without_a_mouse(
    home_assistant: HomeAssistant,
    page: Page,
    websocket: WebSocketClient,
    garden: Client,
) -> None:
    """One that is in use leads to where its accounts are moved; then it goes."""
    dialog = open_row(page)
    do(page, "Delete")
    dialog.expect_text(re.compile("cannot be deleted"))
    press(page, "Continue")
    expect(dialog.element.get_by_role("checkbox", name=ANNA)).to_be_visible()
    tab_to(page, "Garden (accounts: 0; accepted by the provider)")
    page.keyboard.press("Space")
    press(page, "Move")
    dialog.expect_text(re.compile("now ask to be linked again"))
    close(page, dialog)
    dialog = open_row(page)
    do(page, "Delete")
    dialog.expect_text(re.compile("No account uses"))
    press(page, "Delete")
    dialog.expect_text("The credential is deleted.")
    close(page, dialog)
    assert [record["name"] for record in records(websocket)] == ["Garden"]


# The repairs.


def test_a_rejected_credential_is_repaired_without_a_mouse(
    home_assistant: HomeAssistant,
    page: Page,
    websocket: WebSocketClient,
    registered_client: Client,
) -> None:
    """From the list of repairs."""
    wrong = Client(registered_client.client_id, "mistyped")
    add_credential(home_assistant, wrong, name="Kitchen")
    assert wait_for(lambda: issues(home_assistant))
    dialog = open_issue(page, "Rejected by the provider: Kitchen (Playground Shop)")
    type_into(page, "client_secret", registered_client.client_secret)
    page.keyboard.press("Enter")
    dialog.expect_text(SAVED)
    press(page, "Close")
    [record] = records(websocket)
    assert record["client_secret"] == registered_client.client_secret
    assert wait_for(lambda: not issues(home_assistant))
    dialog.expect_closed()


def test_a_redirect_uri_is_repaired_without_a_mouse(
    home_assistant: HomeAssistant, page: Page, shop: Shop, client: Client
) -> None:
    """When the person has registered it, one key has it checked again."""
    shop.register(client, "http://127.0.0.1/somewhere/else")
    record = add_credential(home_assistant, client, name="Kitchen")
    with home_assistant.websocket() as websocket:
        websocket.command(f"{COMMANDS}/check", application_credentials_id=record["id"])
    assert wait_for(lambda: issues(home_assistant))
    dialog = open_issue(page, "Redirect URI not known: Kitchen (Playground Shop)")
    dialog.expect_text(home_assistant.redirect_uri)
    shop.register(client, home_assistant.redirect_uri)
    press(page, "Check")
    dialog.expect_text("The provider knows the redirect URI.")
    press(page, "Close")
    assert wait_for(lambda: not issues(home_assistant))
    dialog.expect_closed()


@pytest.mark.parametrize("is_there", [False, True])
def test_a_missing_credential_is_repaired_without_a_mouse(
    home_assistant: HomeAssistant,
    page: Page,
    shop: Shop,
    kitchen: Client,
    is_there: bool,
) -> None:
    """Another one is chosen where there is one, and added where there is none."""
    shop.register(
        Client(OTHER["client_id"], OTHER["client_secret"]), home_assistant.redirect_uri
    )
    home_assistant.stop()
    kept = [OTHER] if is_there else []
    home_assistant.store("application_credentials", {"items": kept})
    home_assistant.start()
    assert wait_for(lambda: issues(home_assistant))
    dialog = open_issue(page, f"Playground Shop: the credential of {ANNA} is missing")
    if is_there:
        other = dialog.element.get_by_role("radio", name=re.compile("^Other"))
        focus(page, other, "Tab")
        page.keyboard.press("Space")
        press(page, "Continue")
    else:
        type_into(page, "client_id", OTHER["client_id"])
        type_into(page, "client_secret", OTHER["client_secret"])
        type_into(page, "name", OTHER["name"])
        page.keyboard.press("Enter")
    dialog.expect_text("These accounts now ask to be linked again.")
    press(page, "Close")
    dialog.expect_closed()
    assert wait_for(lambda: not issues(home_assistant))
    with home_assistant.websocket() as websocket:
        assert records(websocket) == [OTHER]


def test_a_damaged_credential_is_deleted_without_a_mouse(
    home_assistant: HomeAssistant, page: Page
) -> None:
    """What can be read of it is shown before."""
    home_assistant.stop()
    damaged = {"id": "shop_b", "name": "Bath", "client_secret": "s3cr3t"}
    home_assistant.store("application_credentials", {"items": [damaged]})
    home_assistant.start()
    assert wait_for(lambda: issues(home_assistant))
    dialog = open_issue(page, "A stored credential is damaged")
    dialog.expect_text(re.compile("name: Bath"))
    press(page, "Delete")
    dialog.expect_text("The issue is repaired!")
    press(page, "Close")
    dialog.expect_closed()
    assert wait_for(lambda: not issues(home_assistant))
    assert home_assistant.stored("application_credentials") == {"items": []}


def test_an_account_whose_link_ends_asks_to_be_linked_again_without_a_mouse(
    home_assistant: HomeAssistant, page: Page, kitchen: Client
) -> None:
    """Arrows choose between that and ignoring the message."""
    day = restart_in_testing(home_assistant)
    dialog = open_issue(page, f"Playground Shop: the link of {ANNA} ends on {day}")
    tab_to(page, "Link it again")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    press(page, "Continue")
    dialog.expect_text("These accounts now ask to be linked again.")
    press(page, "Close")
    dialog.expect_closed()
    with home_assistant.websocket() as websocket:
        (account,) = websocket.command("config_entries/get", domain="shop")
    assert wait_for(lambda: reauthentications(home_assistant, account["entry_id"]))
