"""Somebody who is not an administrator sees none of it."""

import json

from playwright.sync_api import Page, expect
import pytest

from playground.home_assistant import HomeAssistant
from playground.shop import Client
from playground.websocket_client import CommandFailed, WebSocketClient, sign_in
from tests.e2e.common import add_credential, make_guest

COMMANDS: dict[str, dict[str, object]] = {
    "list": {},
    "subscribe": {},
    "config": {},
    "usage": {},
    "redirect_uri": {},
    "config_entry": {"config_entry_id": "shop"},
    "create": {"domain": "shop", "client_id": "a", "client_secret": "b"},
    "update": {"application_credentials_id": "ID", "name": "Mine"},
    "check": {"application_credentials_id": "ID"},
    "copy": {"application_credentials_id": "ID", "domains": ["shop_club"]},
    "link_again": {"config_entry_id": "shop"},
    "move": {"application_credentials_id": "ID", "config_entry_id": "shop"},
    "delete": {"application_credentials_id": "ID"},
}


def test_a_guest_gets_at_nothing(
    home_assistant: HomeAssistant, websocket: WebSocketClient, stranger: Page
) -> None:
    """Neither page shows a credential, and every command is refused."""
    credential = add_credential(
        home_assistant, Client("hidden-client", "s3cret"), name="Hidden"
    )
    make_guest(websocket, "lodger", "guest-password")
    stranger.goto("/")
    stranger.locator("input[name=username]").fill("lodger")
    stranger.locator("input[name=password]").fill("guest-password")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("link", name="Guest")).to_be_visible()

    for address in (
        "/config/application_credentials",
        "/config/integrations/integration/application_credentials",
        "/config/repairs",
    ):
        stranger.goto(address)
        expect(stranger.get_by_role("link", name="Guest")).to_be_visible()
        stranger.wait_for_timeout(1000)
        for text in ("Hidden", "hidden-client", "Add application credential"):
            assert stranger.get_by_text(text).count() == 0
        assert stranger.get_by_role("button", name="Add credential").count() == 0

    tokens = json.loads(stranger.evaluate("localStorage.hassTokens"))
    refused = {}
    with sign_in(home_assistant.url, tokens["access_token"]) as guest:
        assert guest.command("auth/current_user")["is_admin"] is False
        for command, fields in COMMANDS.items():
            sent = {
                name: credential["id"] if value == "ID" else value
                for name, value in fields.items()
            }
            with pytest.raises(CommandFailed) as failed:
                guest.command(f"application_credentials/{command}", **sent)
            refused[command] = failed.value.code
    assert refused == dict.fromkeys(COMMANDS, "unauthorized")
    assert websocket.command("application_credentials/list") == [credential]
