"""Home Assistant starts for the first time with ours, on an empty configuration folder."""

from collections.abc import Callable

import pytest

from playground.home_assistant import HomeAssistant
from playground.shop import Client
from tests.e2e.common import COMMANDS, OURS, add_credential, complaints, credentials

pytestmark = [
    pytest.mark.every_release,
    pytest.mark.skipif(not OURS, reason="The original has no entry"),
]


def test_a_first_start_is_quiet_and_serves(
    new_home_assistant: Callable[[], HomeAssistant], client: Client
) -> None:
    """There is our entry; a credential is added, and is a row; the log has no complaint, nor has that of a restart."""
    home_assistant = new_home_assistant()
    home_assistant.start()
    assert credentials(home_assistant) == []
    with home_assistant.websocket() as websocket:
        config = websocket.command(f"{COMMANDS}/config")
        (entry,) = websocket.command("config_entries/get", domain=COMMANDS)
    assert {"shop", "google_tasks"} <= set(config["domains"])
    assert entry["state"] == "loaded"

    credential = add_credential(home_assistant, client)

    assert credential in credentials(home_assistant)
    home_assistant.restart()
    assert credentials(home_assistant) == [credential]
    with home_assistant.websocket() as websocket:
        (row,) = websocket.command(
            "config_entries/subentries/list", entry_id=entry["entry_id"]
        )
    assert row["unique_id"] == credential["id"]
    assert complaints(home_assistant) == []
