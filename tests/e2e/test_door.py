"""A release of Home Assistant that ours cannot be imported on costs nobody an account."""

from collections.abc import Callable
from pathlib import Path
import shutil
from typing import Any

import pytest

from playground import frontend
from playground.home_assistant import OURS as COMPONENT, HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.common import ANNA, OURS, add_credential, entry_state, issues, wait_for

pytestmark = pytest.mark.skipif(not OURS, reason="The original has no door")

# What a release may take away: a name that a room of ours imports.
BROKEN = "from homeassistant.core import a_name_that_was_taken_away\n"


def install_copy(home_assistant: HomeAssistant) -> Path:
    """Put a copy of the component into the configuration folder; return its folder."""
    installed = home_assistant.folder / "custom_components" / COMPONENT.name
    if installed.is_symlink():
        installed.unlink()
    shutil.copytree(COMPONENT, installed, ignore=shutil.ignore_patterns("__pycache__"))
    return installed


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

    installed = install_copy(home_assistant)
    broken = installed / "records" / "store.py"
    whole = broken.read_text()
    broken.write_text(BROKEN + whole)
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
    assert "a_name_that_was_taken_away" in home_assistant.log.read_text()
    home_assistant.stop()

    broken.write_text(whole)
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
