"""Two people have the same credential open, each in a browser of their own."""

from collections.abc import Iterator
import re

from playwright.sync_api import Browser, Page, expect
import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.conftest import be_owner, new_page
from tests.e2e.browser.pages import OUR_PAGE, SAVED, OurDialog, open_repair
from tests.e2e.common import ANNA, COMMANDS, add_credential, issues, wait_for


@pytest.fixture
def other(browser: Browser, home_assistant: HomeAssistant) -> Iterator[OurDialog]:
    """The dialog of the other person."""
    with new_page(browser, home_assistant.url) as page:
        be_owner(page, home_assistant)
        yield OurDialog(page)


@pytest.fixture
def kitchen(home_assistant: HomeAssistant, registered_client: Client) -> Client:
    """The client of a credential, with which an account is linked."""
    add_credential(home_assistant, registered_client, name="Kitchen")
    frontend.link_account(home_assistant, "shop", user=ANNA)
    return registered_client


def stored(websocket: WebSocketClient) -> tuple[str, str]:
    """Return the name and the client secret of the credential that is stored."""
    [record] = websocket.command(f"{COMMANDS}/list")
    return record["name"], record["client_secret"]


def save(dialog: OurDialog, camera: Camera) -> None:
    """Save what was typed."""
    dialog.press("Continue")
    dialog.expect_text(SAVED)
    camera.keep("saved")
    dialog.close()


def test_what_is_typed_is_saved_and_what_nobody_touched_stays(
    home_assistant: HomeAssistant,
    shop: Shop,
    page: Page,
    camera: Camera,
    other: OurDialog,
    kitchen: Client,
    websocket: WebSocketClient,
) -> None:
    """Also the secret that was stored when the dialog was opened."""
    dialog = OurDialog(page)
    dialog.open_credential("Kitchen")
    other.open_credential("Kitchen")
    shop.register(Client(kitchen.client_id, "another"), home_assistant.redirect_uri)
    other.fill(client_secret="another")
    save(other, camera)
    assert stored(websocket) == ("Kitchen", "another")

    shop.register(kitchen, home_assistant.redirect_uri)
    dialog.fill(name="Attic", client_secret=kitchen.client_secret)
    save(dialog, camera)
    assert stored(websocket) == ("Attic", kitchen.client_secret)

    dialog.open_credential("Attic")
    other.open_credential("Attic")
    shop.register(Client(kitchen.client_id, "a third"), home_assistant.redirect_uri)
    other.fill(client_secret="a third")
    save(other, camera)
    dialog.fill(name="Cellar")
    save(dialog, camera)
    assert stored(websocket) == ("Cellar", "a third")


def test_a_credential_that_somebody_has_deleted_is_said_to_be_gone(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    other: OurDialog,
    websocket: WebSocketClient,
) -> None:
    """Nothing comes back by saving; and its row is gone from both pages."""
    add_credential(home_assistant, Client("old", "s3cret"), name="Kitchen")
    dialog = OurDialog(page)
    dialog.open_credential("Kitchen")
    other.open_credential("Kitchen")
    other.do("Delete")
    other.press("Delete")
    other.expect_text("The credential is deleted.")

    dialog.fill(client_secret="new")
    dialog.press("Continue")
    dialog.expect_text("This credential has been deleted in the meantime.")
    camera.keep("gone")
    dialog.close()
    assert websocket.command(f"{COMMANDS}/list") == []
    page.goto(OUR_PAGE)
    expect(page.get_by_role("button", name="Add credential")).to_be_visible()
    expect(dialog.row("Kitchen")).to_have_count(0)


def test_a_repair_that_somebody_has_finished_can_be_finished(
    home_assistant: HomeAssistant,
    shop: Shop,
    page: Page,
    camera: Camera,
    other: OurDialog,
    kitchen: Client,
    websocket: WebSocketClient,
) -> None:
    """With the same secret, it is as if there had been one."""
    changed = Client(kitchen.client_id, "changed")
    shop.register(changed, home_assistant.redirect_uri)
    [record] = websocket.command(f"{COMMANDS}/list")
    websocket.command(f"{COMMANDS}/check", application_credentials_id=record["id"])
    issue = re.compile("Rejected by the provider: ")
    for repair in (open_repair(other.page, issue), open_repair(page, issue)):
        repair.fill(client_secret=changed.client_secret)
    for repair in (other, OurDialog(page)):
        repair.press("Save")
        repair.expect_text(SAVED)
    camera.keep("saved")
    assert stored(websocket) == ("Kitchen", "changed")
    assert wait_for(lambda: not issues(home_assistant))
