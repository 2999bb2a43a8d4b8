"""A release of Home Assistant that ours cannot be imported on costs nobody an account."""

from collections.abc import Callable
import shutil
from typing import Any

import pytest

from playground import frontend
from playground.home_assistant import OURS as COMPONENT, HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.common import (
    ANNA,
    OURS,
    TAKEN_AWAY,
    add_credential,
    break_import,
    entry_state,
    install_copy,
    issues,
    wait_for,
)

pytestmark = pytest.mark.skipif(not OURS, reason="The original has no door")


def our_entry(home_assistant: HomeAssistant) -> dict[str, Any]:
    """Return our own config entry, as the Integrations page shows it."""
    with home_assistant.websocket() as websocket:
        (entry,) = websocket.command(
            "config_entries/get", domain="application_credentials"
        )
    found: dict[str, Any] = entry
    return found


def test_accounts_go_on_where_ours_cannot_be_imported(
    new_home_assistant: Callable[[], HomeAssistant], shop: Shop, client: Client
) -> None:
    """The original serves, a repair issue says so; the next start with a good version is ours."""
    home_assistant = new_home_assistant()
    shop.register(client, home_assistant.redirect_uri)
    home_assistant.start()
    credential = add_credential(home_assistant, client)
    account = frontend.link_account(home_assistant, "shop", user=ANNA)
    home_assistant.stop()

    broken = break_import(install_copy(home_assistant))
    home_assistant.start()

    assert entry_state(home_assistant, account["entry_id"]) == "loaded"
    with home_assistant.websocket() as websocket:
        assert websocket.command("application_credentials/list") == [credential]
        version = websocket.command("get_config")["version"]
        manifest = websocket.command(
            "manifest/get", integration="application_credentials"
        )
    add_credential(home_assistant, Client("while-the-original-serves", "s3cret"))
    issue = issues(home_assistant)["original_serves"]
    assert issue["translation_placeholders"] == {
        "version": manifest["version"],
        "home_assistant": version,
    }
    entry = our_entry(home_assistant)
    assert entry["state"] == "setup_error"
    assert entry["error_reason_translation_key"] == "original_serves"
    assert TAKEN_AWAY in home_assistant.log.read_text()
    home_assistant.stop()

    shutil.copy(COMPONENT / "records" / "store.py", broken)
    home_assistant.start()

    assert wait_for(lambda: our_entry(home_assistant)["state"] == "loaded")
    assert "original_serves" not in issues(home_assistant)
    assert entry_state(home_assistant, account["entry_id"]) == "loaded"
    with home_assistant.websocket() as websocket:
        assert websocket.command("application_credentials/usage")[credential["id"]]
        clients = [
            record["client_id"]
            for record in websocket.command("application_credentials/list")
        ]
    # The original saves with a delay, and at the latest when it is stopped.
    assert clients == [client.client_id, "while-the-original-serves"]
