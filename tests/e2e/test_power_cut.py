"""What was answered about accounts is so after a power cut, too: Home Assistant saves them a second late."""

import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client
from tests.e2e.common import (
    ANNA,
    COMMANDS,
    OURS,
    Linked,
    add_credential,
    asks,
    link_again,
    reason_of,
    wait_for,
)

pytestmark = pytest.mark.skipif(not OURS, reason="the original cannot")


@pytest.fixture
def saved(home_assistant: HomeAssistant, linked: Linked) -> Linked:
    """Anna's account, once Home Assistant has saved it."""

    path = home_assistant.storage_path("core.config_entries")
    assert wait_for(lambda: path.exists() and linked.entry_id in path.read_text())
    return linked


def cut_the_power(home_assistant: HomeAssistant) -> None:
    """Kill Home Assistant, and start it again."""
    home_assistant.process.kill()
    home_assistant.start()


def test_an_account_that_was_moved_is_there_when_its_old_credential_was_deleted(
    home_assistant: HomeAssistant, saved: Linked, other_client: Client
) -> None:
    """A delete is answered when the account is known to be saved where it was moved to."""
    first, anna = saved.credential, saved.entry_id
    second = add_credential(home_assistant, other_client)
    with home_assistant.websocket() as websocket:
        websocket.command(
            f"{COMMANDS}/move",
            config_entry_id=anna,
            application_credentials_id=second["id"],
        )
        websocket.command(f"{COMMANDS}/delete", application_credentials_id=first["id"])

    cut_the_power(home_assistant)

    with home_assistant.websocket() as websocket:
        assert websocket.command(f"{COMMANDS}/list") == [second]
        used = websocket.command(f"{COMMANDS}/config_entry", config_entry_id=anna)
    assert used == {"application_credentials_id": second["id"]}
    step = link_again(home_assistant, anna, user=ANNA)
    assert reason_of(step) == "reauth_successful"


def test_an_account_that_was_removed_is_gone_when_its_credential_was_deleted(
    home_assistant: HomeAssistant, saved: Linked
) -> None:
    """It does not come back without its client secret."""
    frontend.remove_entry(home_assistant, saved.entry_id)
    with home_assistant.websocket() as websocket:
        websocket.command(
            f"{COMMANDS}/delete", application_credentials_id=saved.credential["id"]
        )

    cut_the_power(home_assistant)

    with home_assistant.websocket() as websocket:
        assert websocket.command(f"{COMMANDS}/list") == []
        assert websocket.command("config_entries/get", domain="shop") == []


def test_a_request_to_link_an_account_again_is_there(
    home_assistant: HomeAssistant, saved: Linked
) -> None:
    """It is on the disk before it is answered."""
    with home_assistant.websocket() as websocket:
        websocket.command(f"{COMMANDS}/link_again", config_entry_id=saved.entry_id)

    cut_the_power(home_assistant)

    assert asks(home_assistant, saved.entry_id)
