"""A home of the playground goes on when everything is ended and started again."""

from pathlib import Path

import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.process import free_port
from playground.shop import Client, Shop
from tests.e2e.common import (
    ANNA,
    add_credential,
    entry_state,
    reauthentications,
    wait_for,
)
from tests.e2e.conftest import HomeAssistants


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """An authorization server of one's own, to be started by the test."""
    return Shop(tmp_path, free_port())


def test_an_account_goes_on_after_the_end_of_everything(
    new_home_assistant: HomeAssistants, shop: Shop, client: Client
) -> None:
    """The server knows its tokens again, and refreshes them for the same client."""
    home_assistant = new_home_assistant()
    try:
        shop.start()
        home_assistant.start()
        entry_id = link(home_assistant, shop, client)
        home_assistant.stop()
        shop.stop()
        expire_token(home_assistant, entry_id)

        shop.start()
        home_assistant.start()

        assert entry_state(home_assistant, entry_id) == "loaded"
        assert shop.token_requests()[-1] == {
            "grant_type": "refresh_token",
            "client_id": client.client_id,
            "authentication": "client_secret_post",
            "status": 200,
            "error": None,
        }
    finally:
        shop.stop()


def test_an_account_that_the_server_has_forgotten_asks_to_be_linked_again(
    new_home_assistant: HomeAssistants, shop: Shop, client: Client, tmp_path: Path
) -> None:
    """It is the link that has ended: no word of a shop that does not answer."""
    home_assistant = new_home_assistant()
    try:
        shop.start()
        home_assistant.start()
        entry_id = link(home_assistant, shop, client)
        home_assistant.stop()
        shop.stop()
        (tmp_path / "authorization_server.json").unlink()

        shop.start()
        home_assistant.start()

        assert wait_for(lambda: reauthentications(home_assistant, entry_id))
        assert entry_state(home_assistant, entry_id) == "setup_error"
        with home_assistant.websocket() as websocket:
            [entry] = websocket.command("config_entries/get", domain="shop")
        assert entry["reason"] == "The shop no longer accepts the link"
    finally:
        shop.stop()


def link(home_assistant: HomeAssistant, shop: Shop, client: Client) -> str:
    """Link Anna's account with a client of its own; return the id of its config entry."""
    shop.register(client, home_assistant.redirect_uri)
    add_credential(home_assistant, client)
    entry_id: str = frontend.link_account(home_assistant, "shop", user=ANNA)["entry_id"]
    return entry_id


def expire_token(home_assistant: HomeAssistant, entry_id: str) -> None:
    """Have the access token of an account be one that has to be refreshed."""
    stored = home_assistant.stored("core.config_entries")
    for entry in stored["entries"]:
        if entry["entry_id"] == entry_id:
            entry["data"]["token"]["expires_at"] = 1
    home_assistant.store("core.config_entries", stored)
