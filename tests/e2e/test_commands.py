"""The commands that the original does not have, and who may send them."""

from collections.abc import Iterator
from typing import Any

import pytest
from yarl import URL

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import CommandFailed, WebSocketClient, sign_in
from tests.e2e.common import ANNA, BEN, COMMANDS, Linked, add_credential, make_guest

# Of another provider, and its library is in the environment: its hook can be asked.
OTHER_PROVIDER = "ekeybionyx"

# What each command wants to know, so that a refusal is not about that.
REQUESTS: dict[str, dict[str, Any]] = {
    "list": {},
    "create": {"domain": "shop", "client_id": "guest", "client_secret": "s3cret"},
    "update": {"name": "The guest's"},
    "delete": {},
    "subscribe": {},
    "config": {},
    "config_entry": {"config_entry_id": "none"},
    "usage": {},
    "check": {},
    "move": {"config_entry_id": "none"},
    "redirect_uri": {},
    "copy": {"domains": ["shop_club"]},
}
ABOUT_ONE = ("update", "delete", "check", "move", "copy")


def test_usage_shows_who_uses_what(
    home_assistant: HomeAssistant,
    websocket: WebSocketClient,
    shop: Shop,
    linked: Linked,
) -> None:
    """Accounts in any state are with their credential, and a credential without accounts is there too."""
    used, anna = linked.credential, linked.entry_id
    ben = frontend.link_account(home_assistant, "shop", user=BEN)["entry_id"]
    websocket.command("config_entries/disable", entry_id=ben, disabled_by="user")
    unused = add_credential(home_assistant, Client("unused", "s3cret"), "shop_club")

    assert websocket.command(f"{COMMANDS}/usage") == {
        used["id"]: [
            {
                "config_entry_id": anna,
                "title": ANNA,
                "domain": "shop",
                "state": "loaded",
                "disabled_by": None,
            },
            {
                "config_entry_id": ben,
                "title": BEN,
                "domain": "shop",
                "state": "not_loaded",
                "disabled_by": "user",
            },
        ],
        unused["id"]: [],
    }
    with pytest.raises(CommandFailed) as refused:
        websocket.command(f"{COMMANDS}/delete", application_credentials_id=used["id"])
    assert refused.value.message == (
        f"Cannot delete credential in use by integration shop ({ANNA}, {BEN})"
    )


@pytest.mark.parametrize("address", ["http://homeassistant.local:8123", None])
def test_the_redirect_uri_is_the_one_that_a_flow_uses(
    home_assistant: HomeAssistant, registered_client: Client, address: str | None
) -> None:
    """It is at the address at which the person has Home Assistant open."""
    add_credential(home_assistant, registered_client)
    address = address or home_assistant.url
    with home_assistant.http() as client:
        client.headers["HA-Frontend-Base"] = address
        flow = client.post(frontend.FLOWS, json={"handler": "shop"}).json()
    with sign_in(
        home_assistant.url, home_assistant.tokens["access_token"], origin=address
    ) as browser:
        answer = browser.command(f"{COMMANDS}/redirect_uri")

    assert answer == {"redirect_uri": f"{address}/auth/external/callback"}
    assert answer["redirect_uri"] == URL(flow["url"]).query["redirect_uri"]


def test_the_redirect_uri_is_known_without_a_browser(
    home_assistant: HomeAssistant, websocket: WebSocketClient
) -> None:
    """A script, which has no page open, is told the address that was configured."""
    websocket.command("config/core/update", external_url="https://home.example.org")
    try:
        with sign_in(
            home_assistant.url, home_assistant.tokens["access_token"]
        ) as script:
            answer = script.command(f"{COMMANDS}/redirect_uri")
    finally:
        websocket.command("config/core/update", external_url=None)

    assert answer == {"redirect_uri": "https://home.example.org/auth/external/callback"}


def test_a_client_is_copied_for_another_integration_of_its_provider(
    home_assistant: HomeAssistant, websocket: WebSocketClient, registered_client: Client
) -> None:
    """The club's account is linked through the copy; a second copy is not made."""
    original = add_credential(home_assistant, registered_client, name="My client")

    created = websocket.command(
        f"{COMMANDS}/copy",
        application_credentials_id=original["id"],
        domains=["shop_club"],
    )

    slug = registered_client.client_id.replace("-", "_")
    assert created == [{**original, "id": f"shop_club_{slug}", "domain": "shop_club"}]
    assert websocket.command(f"{COMMANDS}/list") == [original, *created]
    entry = frontend.link_account(home_assistant, "shop_club", user=ANNA)
    assert (entry["domain"], entry["state"]) == ("shop_club", "loaded")
    again = websocket.command(
        f"{COMMANDS}/copy",
        application_credentials_id=original["id"],
        domains=["shop", "shop_club"],
    )
    assert again == []
    assert websocket.command(f"{COMMANDS}/list") == [original, *created]


def test_a_client_is_not_copied_for_another_provider(
    home_assistant: HomeAssistant, websocket: WebSocketClient, registered_client: Client
) -> None:
    """All or nothing: the integration that could have it does not get it either."""
    original = add_credential(home_assistant, registered_client)

    with pytest.raises(CommandFailed) as refused:
        websocket.command(
            f"{COMMANDS}/copy",
            application_credentials_id=original["id"],
            domains=["shop_club", OTHER_PROVIDER],
        )

    assert refused.value.code == "home_assistant_error"
    assert OTHER_PROVIDER in refused.value.message
    assert registered_client.client_secret not in refused.value.message
    assert websocket.command(f"{COMMANDS}/list") == [original]
    # It was asked, and gave another answer than the shop.
    assert f"integration {OTHER_PROVIDER} cannot" not in home_assistant.log.read_text()


@pytest.mark.every_release
def test_the_add_dialog_is_told_of_all_integrations_whatever_is_wrong_with_one(
    home_assistant: HomeAssistant, websocket: WebSocketClient, shop: Shop
) -> None:
    """Most of Home Assistant's integrations lack their libraries here, and are described all the same."""
    config = websocket.command(f"{COMMANDS}/config")

    assert {"shop", "shop_club", "google_tasks", "xbox"} <= set(config["domains"])
    described = config["integrations"]
    assert described.keys() == set(config["domains"])
    assert described["shop"]["description_placeholders"] == {
        "authorization_server": shop.url
    }
    assert "oauth_consent_url" in described["google_tasks"]["description_placeholders"]
    assert described["shop_club"] == {}


@pytest.fixture(scope="module")
def guest_tokens(shared_home_assistant: HomeAssistant) -> dict[str, Any]:
    """What a person without an administrator's rights gets on signing in."""
    with shared_home_assistant.websocket() as websocket:
        make_guest(websocket, "guest", "guest-password")
    return shared_home_assistant.sign_in("guest", "guest-password")


@pytest.fixture
def guest(
    home_assistant: HomeAssistant, guest_tokens: dict[str, Any]
) -> Iterator[WebSocketClient]:
    """The connection of a person who is no administrator."""
    with sign_in(home_assistant.url, guest_tokens["access_token"]) as websocket:
        yield websocket


@pytest.mark.parametrize("command", REQUESTS)
def test_a_command_is_refused_to_who_is_no_administrator(
    home_assistant: HomeAssistant,
    websocket: WebSocketClient,
    client: Client,
    guest: WebSocketClient,
    command: str,
) -> None:
    """The guest is refused what the owner is granted, and changes nothing."""
    credential = add_credential(home_assistant, client)
    request = REQUESTS[command]
    if command in ABOUT_ONE:
        request = {**request, "application_credentials_id": credential["id"]}

    with pytest.raises(CommandFailed) as refused:
        guest.command(f"{COMMANDS}/{command}", **request)

    assert refused.value.code == "unauthorized"
    assert guest.command("auth/current_user")["is_admin"] is False
    assert websocket.command(f"{COMMANDS}/list") == [credential]
    [answer] = websocket.commands_at_once(f"{COMMANDS}/{command}", [request])
    # That there is no such config entry is no want of rights.
    assert getattr(answer, "code", None) in (None, "invalid_config_entry_id")
