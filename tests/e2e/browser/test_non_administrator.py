"""Somebody who is not an administrator sees none of it."""

import json
import re

from playwright.sync_api import Page, expect
import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client
from playground.websocket_client import CommandFailed, WebSocketClient, sign_in
from tests.e2e.browser.camera import Camera
from tests.e2e.common import ANNA, add_credential, make_guest
from tests.e2e.results import folder_of

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
    home_assistant: HomeAssistant,
    websocket: WebSocketClient,
    registered_client: Client,
    stranger: Page,
    request: pytest.FixtureRequest,
) -> None:
    """Neither page shows a credential, no notification an account, and every command is refused."""
    credential = add_credential(home_assistant, registered_client, name="Hidden")
    frontend.link_account(home_assistant, "shop", user=ANNA)
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
        for text in (
            "Hidden",
            registered_client.client_id,
            "Add application credential",
        ):
            assert stranger.get_by_text(text).count() == 0
        assert stranger.get_by_role("button", name="Add credential").count() == 0

    # What everybody is notified of names nobody's account, and its link leads nowhere for a guest.
    with pytest.raises(CommandFailed):
        websocket.command(
            "application_credentials/delete",
            application_credentials_id=credential["id"],
        )
    stranger.get_by_role("button", name=re.compile("Notifications")).click()
    drawer = stranger.locator("notification-drawer")
    expect(drawer.get_by_text("Administrators can see which ones")).to_be_visible()
    expect(drawer.get_by_text(ANNA)).to_have_count(0)
    Camera(stranger, folder_of(request.node)).keep("notification")

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
