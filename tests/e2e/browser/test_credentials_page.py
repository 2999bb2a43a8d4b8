"""The page of the original works as its user guide describes it."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.pages import CredentialsPage
from tests.e2e.common import ANNA, add_credential


def stored(websocket: WebSocketClient) -> list[dict[str, Any]]:
    """Return the records without their ids."""
    records = websocket.command("application_credentials/list")
    return [
        {field: value for field, value in record.items() if field != "id"}
        for record in records
    ]


def test_a_credential_is_added_and_deleted(
    page: Page, camera: Camera, websocket: WebSocketClient
) -> None:
    """As in `Manual setup` and `Deleting application credentials` of the guide."""
    credentials = CredentialsPage(page)
    credentials.open_from_menu()

    credentials.add(
        "Playground Shop", name="Kitchen", client_id="abc", client_secret="s3cret"
    )

    expect(credentials.row("Kitchen")).to_contain_text("abc")
    expect(credentials.row("Kitchen")).to_contain_text("Playground Shop")
    camera.keep("added")
    assert stored(websocket) == [
        {
            "domain": "shop",
            "client_id": "abc",
            "client_secret": "s3cret",
            "name": "Kitchen",
        }
    ]
    credentials.delete("Kitchen")
    expect(credentials.row("Kitchen")).to_have_count(0)
    assert stored(websocket) == []


def test_several_are_deleted_and_the_others_stay(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
) -> None:
    """In the selection mode, only what is selected goes."""
    for name in ("Kitchen", "Garden", "Cellar"):
        add_credential(home_assistant, Client(name.lower(), "s3cret"), name=name)
    credentials = CredentialsPage(page)
    credentials.open()
    expect(credentials.row("Garden")).to_be_visible()
    camera.keep("original-page")

    credentials.delete_several("Kitchen", "Cellar")

    expect(credentials.row("Kitchen")).to_have_count(0)
    expect(credentials.row("Garden")).to_be_visible()
    assert [record["name"] for record in stored(websocket)] == ["Garden"]


def test_one_in_use_stays_and_a_notification_says_who_uses_it(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
    registered_client: Client,
) -> None:
    """The page shows no error, so a notification names the credential and links to our page."""
    add_credential(home_assistant, registered_client, name="Kitchen")
    frontend.link_account(home_assistant, "shop", user=ANNA)
    credentials = CredentialsPage(page)
    credentials.open()

    credentials.delete("Kitchen")

    page.get_by_role("button", name=re.compile("Notifications")).click()
    drawer = page.locator("notification-drawer")
    expect(drawer.get_by_text("Credential not deleted")).to_be_visible()
    expect(drawer.get_by_text("Kitchen (Playground Shop)")).to_be_visible()
    expect(drawer.get_by_text(ANNA)).to_have_count(0)
    camera.keep("in-use-notification")
    drawer.get_by_role("link", name="page of Application credentials").click()
    expect(page.get_by_role("button", name="Add credential")).to_be_visible()
    assert [record["name"] for record in stored(websocket)] == ["Kitchen"]
