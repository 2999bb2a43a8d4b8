"""The original and ours take turns on one configuration folder; each reads what the other wrote."""

from collections.abc import Callable

import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.common import ANNA, add_credential, credentials, serve_with

pytestmark = pytest.mark.every_release

# In the order in which they run: ours, or the original.
TURNS = [
    pytest.param(False, True, id="original-first"),
    pytest.param(True, False, id="ours-first"),
]


def states(home_assistant: HomeAssistant) -> dict[str, str]:
    """Return the states of the shop's accounts, by their titles."""
    with home_assistant.websocket() as websocket:
        return {
            entry["title"]: entry["state"]
            for entry in websocket.command("config_entries/get", domain="shop")
        }


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

    serve_with(home_assistant, second)
    assert states(home_assistant) == {ANNA: "loaded"}
    assert credentials(home_assistant) == written_by_first
    add_credential(home_assistant, Client("another", "s3cret"))
    written_by_second = credentials(home_assistant)

    serve_with(home_assistant, first)
    assert states(home_assistant) == {ANNA: "loaded"}
    assert credentials(home_assistant) == written_by_second
    assert [record["client_id"] for record in written_by_second] == [
        client.client_id,
        "imported",
        "another",
    ]
