"""What the frontend of every supported release has to show, in the browser."""

import re

from playwright.sync_api import Page, expect
import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.pages import OUR_PAGE, SAVED, CredentialsPage, OurDialog
from tests.e2e.common import ANNA, BEN, add_credential, reauthentications, wait_for

pytestmark = pytest.mark.every_release


def test_the_page_of_the_original_lists_a_credential(
    page: Page, home_assistant: HomeAssistant, registered_client: Client
) -> None:
    """With its name, under the integration's, and with the button that adds another."""
    add_credential(home_assistant, registered_client, name="The shop's")
    credentials = CredentialsPage(page)
    credentials.open()
    expect(credentials.row("The shop's")).to_contain_text(registered_client.client_id)


def test_a_credential_is_added_and_edited_from_its_row(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    shop: Shop,
    websocket: WebSocketClient,
    registered_client: Client,
) -> None:
    """It is found by typing, checked, saved, and has a row; a new secret is taken there."""
    dialog = OurDialog(page)
    dialog.start_adding("Playground Shop")
    dialog.expect_text(home_assistant.redirect_uri)
    dialog.fill(
        name="Kitchen", client_id=registered_client.client_id, client_secret="mistyped"
    )
    dialog.press_or("Add")
    dialog.expect_title("Rejected by the provider")
    camera.keep("rejected")
    dialog.choose("Correct the entries")
    dialog.fill(client_secret=registered_client.client_secret)
    dialog.press_or("Add")
    dialog.leave_saved()
    expect(dialog.row("Kitchen")).to_be_visible()
    camera.keep("row")

    frontend.link_account(home_assistant, "shop", user=ANNA)
    rotated = Client(registered_client.client_id, "rotated")
    shop.register(rotated, home_assistant.redirect_uri)
    dialog.open_credential("Kitchen")
    dialog.expect_text(ANNA)
    camera.keep("edit")
    dialog.fill(client_secret=rotated.client_secret)
    dialog.press_or("Continue")
    dialog.expect_text(SAVED)
    dialog.close()
    [record] = websocket.command("application_credentials/list")
    assert (record["name"], record["client_secret"]) == ("Kitchen", "rotated")


def test_what_else_can_be_done_is_done_from_the_row(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    shop: Shop,
    websocket: WebSocketClient,
) -> None:
    """Check, move, link again, delete; and the row goes with its credential."""
    ids = {}
    for name in ("Kitchen", "Garden"):
        client = Client(f"client-{name}", f"secret-{name}")
        shop.register(client, home_assistant.redirect_uri)
        ids[name] = add_credential(home_assistant, client, name=name)["id"]
    entry_id = frontend.link_account(
        home_assistant, "shop", user=BEN, credential=ids["Kitchen"]
    )["entry_id"]
    dialog = OurDialog(page)

    dialog.open_credential("Kitchen")
    dialog.do("Check")
    dialog.expect_text("The provider accepts the client ID and client secret.")
    dialog.choose("Back")
    dialog.do("Delete")
    dialog.expect_text("cannot be deleted")
    dialog.choose("Move accounts to another credential")
    dialog.pick(re.compile("Garden"))
    camera.keep("move")
    dialog.press_or("Move")
    dialog.expect_text("ask to be linked again")
    dialog.close()
    assert wait_for(lambda: reauthentications(home_assistant, entry_id))
    used = websocket.command(
        "application_credentials/config_entry", config_entry_id=entry_id
    )
    assert used == {"application_credentials_id": ids["Garden"]}
    dialog.open_credential("Kitchen")
    dialog.do("Delete")
    dialog.press_or("Delete")
    dialog.expect_text("The credential is deleted.")
    dialog.close()
    page.goto(OUR_PAGE)
    expect(dialog.row("Garden")).to_be_visible()
    expect(dialog.row("Kitchen")).to_have_count(0)
    camera.keep("rows")
