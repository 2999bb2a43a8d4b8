"""The component is removed without its entry having been deleted first, as people do."""

from collections.abc import Callable
from typing import Any

import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.common import (
    ANNA,
    OURS,
    add_credential,
    complaints,
    credentials,
    entry_state,
)

pytestmark = pytest.mark.skipif(not OURS, reason="The original is always there")


def our_entries(home_assistant: HomeAssistant) -> list[dict[str, Any]]:
    """Return our config entries, as the Integrations page shows them."""
    with home_assistant.websocket() as websocket:
        entries: list[dict[str, Any]] = websocket.command(
            "config_entries/get", domain="application_credentials"
        )
    return entries


def test_an_entry_that_was_left_behind_harms_nobody_and_can_be_deleted(
    new_home_assistant: Callable[[], HomeAssistant], shop: Shop, client: Client
) -> None:
    """Home Assistant shows it as failed until it is deleted; credentials and accounts stay.

    The user guide says so, since nothing of ours is there any more that could delete it.
    """
    home_assistant = new_home_assistant()
    shop.register(client, home_assistant.redirect_uri)
    home_assistant.start()
    credential = add_credential(home_assistant, client)
    account = frontend.link_account(home_assistant, "shop", user=ANNA)["entry_id"]
    home_assistant.stop()

    home_assistant.ours = False
    home_assistant.start()
    (left,) = our_entries(home_assistant)
    assert left["state"] == "setup_error"
    assert len(complaints(home_assistant)) == 1
    assert credentials(home_assistant) == [credential]
    assert entry_state(home_assistant, account) == "loaded"

    frontend.remove_entry(home_assistant, left["entry_id"])
    assert our_entries(home_assistant) == []
    home_assistant.restart()
    assert our_entries(home_assistant) == []
    # None after the one of the start before.
    assert len(complaints(home_assistant)) == 1
    assert credentials(home_assistant) == [credential]
    assert entry_state(home_assistant, account) == "loaded"


def test_an_entry_that_was_left_behind_works_again_once_installed_again(
    new_home_assistant: Callable[[], HomeAssistant],
) -> None:
    """There are not two of them then."""
    home_assistant = new_home_assistant()
    home_assistant.start()
    (before,) = our_entries(home_assistant)
    home_assistant.stop()
    home_assistant.ours = False
    home_assistant.start()
    home_assistant.stop()

    home_assistant.ours = True
    home_assistant.start()
    (after,) = our_entries(home_assistant)
    assert after["entry_id"] == before["entry_id"]
    assert after["state"] == "loaded"
