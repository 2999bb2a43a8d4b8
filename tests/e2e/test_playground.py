"""A home of the playground goes on when everything is ended and started again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.process import free_port
from playground.shop import Client, Shop
from tests.e2e.common import (
    ANNA,
    add_credential,
    change_tokens,
    entry_state,
    reauthentications,
    wait_for,
)
from tests.e2e.conftest import HomeAssistants


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An authorization server of one's own, to be started by the test."""
    shop = Shop(tmp_path, free_port())
    yield shop
    shop.stop()


@pytest.fixture
def ended(
    new_home_assistant: HomeAssistants, shop: Shop, client: Client
) -> tuple[HomeAssistant, str]:
    """A Home Assistant with Anna's account of the shop, and the id of its config entry; both are ended."""
    home_assistant = new_home_assistant()
    shop.start()
    home_assistant.start()
    shop.register(client, home_assistant.redirect_uri)
    add_credential(home_assistant, client)
    entry_id: str = frontend.link_account(home_assistant, "shop", user=ANNA)["entry_id"]
    home_assistant.stop()
    shop.stop()
    return home_assistant, entry_id


def test_an_account_goes_on_after_the_end_of_everything(
    ended: tuple[HomeAssistant, str], shop: Shop, client: Client
) -> None:
    """The server knows its tokens again, and refreshes them for the same client."""
    home_assistant, entry_id = ended
    change_tokens(home_assistant, expires_at=1)

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


def test_an_account_that_the_server_has_forgotten_asks_to_be_linked_again(
    ended: tuple[HomeAssistant, str], shop: Shop, tmp_path: Path
) -> None:
    """It is the link that has ended: no word of a shop that does not answer."""
    home_assistant, entry_id = ended
    (tmp_path / "authorization_server.json").unlink()

    shop.start()
    home_assistant.start()

    assert wait_for(lambda: reauthentications(home_assistant, entry_id))
    assert entry_state(home_assistant, entry_id) == "setup_error"
    with home_assistant.websocket() as websocket:
        [entry] = websocket.command("config_entries/get", domain="shop")
    assert entry["reason"] == "The shop no longer accepts the link"
