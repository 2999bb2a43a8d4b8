"""The original and ours take turns on one configuration folder; each reads what the other wrote."""

from collections.abc import Callable
from typing import Any

import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.common import ANNA, add_credential

# In the order in which they run: ours, or the original.
TURNS = [
    pytest.param(False, True, id="original-first"),
    pytest.param(True, False, id="ours-first"),
]


def credentials(home_assistant: HomeAssistant) -> list[dict[str, Any]]:
    """Return the credentials that a running Home Assistant knows."""
    with home_assistant.websocket() as websocket:
        records: list[dict[str, Any]] = websocket.command(
            "application_credentials/list"
        )
    return records


@pytest.mark.parametrize(("first", "second"), TURNS)
def test_each_reads_what_the_other_wrote(
    new_home_assistant: Callable[[], HomeAssistant],
    shop: Shop,
    client: Client,
    first: bool,
    second: bool,
) -> None:
    """Credentials survive the change of component, and accounts go on working."""
    home_assistant = new_home_assistant()
    shop.register(client, home_assistant.redirect_uri)

    home_assistant.ours = first
    home_assistant.start()
    add_credential(home_assistant, client)
    add_credential(
        home_assistant,
        Client("imported", "s3cret"),
        auth_domain="shop",
        name="From YAML",
    )
    frontend.link_account(
        home_assistant,
        "shop",
        user=ANNA,
        credential=f"shop_{client.client_id.replace('-', '_')}",
    )
    written_by_first = credentials(home_assistant)
    home_assistant.stop()

    home_assistant.ours = second
    home_assistant.start()
    assert credentials(home_assistant) == written_by_first
    with home_assistant.websocket() as websocket:
        states = {
            entry["title"]: entry["state"]
            for entry in websocket.command("config_entries/get", domain="shop")
        }
    assert states == {ANNA: "loaded"}
    add_credential(home_assistant, Client("another", "s3cret"))
    written_by_second = credentials(home_assistant)
    home_assistant.stop()

    home_assistant.ours = first
    home_assistant.start()
    assert credentials(home_assistant) == written_by_second
    assert [record["client_id"] for record in written_by_second] == [
        client.client_id,
        "imported",
        "another",
    ]
