"""Home Assistant's own frontend, in a real browser."""

from playwright.sync_api import Page, expect

from playground.home_assistant import HomeAssistant
from playground.shop import Client
from playground.websocket_client import WebSocketClient


def test_the_credentials_page_shows_a_credential(
    home_assistant: HomeAssistant,
    websocket: WebSocketClient,
    client: Client,
    page: Page,
) -> None:
    """The page under Settings lists what was added over the wire."""
    websocket.command(
        "application_credentials/create",
        domain="shop",
        client_id=client.client_id,
        client_secret=client.client_secret,
        name="My shop",
    )

    page.goto("/config/application_credentials")

    expect(page.get_by_text("My shop")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(client.client_id)).to_be_visible()
