"""A credential is added, and an account is linked through it."""

from typing import Any

import pytest
from yarl import URL

from playground import frontend, visitor
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import CommandFailed, WebSocketClient
from tests.e2e.common import ANNA, BEN, OURS, add_credential, reason_of

pytestmark = pytest.mark.every_release


def entries(home_assistant: HomeAssistant) -> dict[str, dict[str, Any]]:
    """Return the shop's config entries by their titles, as they are on disk."""
    stored = home_assistant.stored("core.config_entries")["entries"]
    return {entry["title"]: entry for entry in stored if entry["domain"] == "shop"}


def test_without_a_credential_the_flow_asks_for_one(
    home_assistant: HomeAssistant,
) -> None:
    """The abort reason is the one at which the frontend opens the Add dialog."""
    step = frontend.start_flow(home_assistant, "shop")

    assert reason_of(step) == "missing_credentials"


def test_the_flow_leads_to_the_authorization_page(
    home_assistant: HomeAssistant, shop: Shop, registered_client: Client
) -> None:
    """The page is the provider's, for our client, and comes back to us."""
    add_credential(home_assistant, registered_client)

    step = frontend.start_flow(home_assistant, "shop")

    url = URL(step["url"])
    assert str(url.with_query(None)) == f"{shop.url}/oauth2/authorize"
    assert url.query["client_id"] == registered_client.client_id
    assert url.query["redirect_uri"] == home_assistant.redirect_uri


def test_an_account_is_linked_with_tokens_of_the_server(
    home_assistant: HomeAssistant, shop: Shop, registered_client: Client
) -> None:
    """The config entry works with the tokens that the server issued to Anna."""
    credential = add_credential(home_assistant, registered_client)

    entry = frontend.link_account(home_assistant, "shop", user=ANNA)

    assert (entry["title"], entry["state"]) == (ANNA, "loaded")
    with home_assistant.websocket() as websocket:
        used = websocket.command(
            "application_credentials/config_entry", config_entry_id=entry["entry_id"]
        )
    assert used == {"application_credentials_id": credential["id"]}
    home_assistant.stop()
    data = entries(home_assistant)[ANNA]["data"]
    assert data["auth_implementation"] == credential["id"]
    assert shop.access_tokens()[data["token"]["access_token"]] == ANNA
    assert shop.refresh_tokens()[data["token"]["refresh_token"]] == ANNA


def test_a_wrong_secret_links_nothing(
    home_assistant: HomeAssistant, registered_client: Client
) -> None:
    """With ours the flow ends before the server's page, else after it; no entry is made."""
    add_credential(home_assistant, Client(registered_client.client_id, "mistyped"))

    step = frontend.start_flow(home_assistant, "shop")
    if not OURS:
        step = frontend.authorize(home_assistant, step, user=ANNA)
        assert step["reason"] == "oauth_unauthorized"

    assert step["type"] == "abort"
    assert frontend.flows_in_progress(home_assistant) == []
    with home_assistant.websocket() as websocket:
        assert websocket.command("config_entries/get", domain="shop") == []


def test_a_user_who_refuses_is_not_linked(
    home_assistant: HomeAssistant, registered_client: Client
) -> None:
    """The refusal on the provider's page ends the flow."""
    add_credential(home_assistant, registered_client)
    step = frontend.start_flow(home_assistant, "shop")

    visitor.deny(step["url"]).raise_for_status()

    step = frontend.look_at_flow(home_assistant, step["flow_id"])
    assert reason_of(step) == "user_rejected_authorize"


def test_an_expired_token_is_refreshed(
    home_assistant: HomeAssistant, shop: Shop, registered_client: Client
) -> None:
    """At the next start the entry gets a new access token from the server."""
    add_credential(home_assistant, registered_client)
    frontend.link_account(home_assistant, "shop", user=ANNA)
    home_assistant.stop()
    stored = home_assistant.stored("core.config_entries")
    old = next(entry for entry in stored["entries"] if entry["title"] == ANNA)["data"][
        "token"
    ]
    old["expires_at"] = 1
    home_assistant.store("core.config_entries", stored)

    home_assistant.start()
    home_assistant.stop()

    new = entries(home_assistant)[ANNA]["data"]["token"]
    assert new["access_token"] != old["access_token"]
    assert shop.access_tokens()[new["access_token"]] == ANNA
    assert shop.token_requests()[-1] == {
        "grant_type": "refresh_token",
        "client_id": registered_client.client_id,
        "authentication": "client_secret_post",
        "status": 200,
        "error": None,
    }


def test_a_credential_in_use_is_kept_until_the_account_is_removed(
    home_assistant: HomeAssistant, websocket: WebSocketClient, registered_client: Client
) -> None:
    """Deleting is refused while an account uses the credential, and works afterwards."""
    credential = add_credential(home_assistant, registered_client)
    entry = frontend.link_account(home_assistant, "shop", user=ANNA)

    with pytest.raises(CommandFailed) as refused:
        websocket.command(
            "application_credentials/delete",
            application_credentials_id=credential["id"],
        )

    assert refused.value.message.startswith(
        "Cannot delete credential in use by integration shop"
    )
    assert websocket.command("application_credentials/list") == [credential]
    frontend.remove_entry(home_assistant, entry["entry_id"])
    websocket.command(
        "application_credentials/delete", application_credentials_id=credential["id"]
    )
    assert websocket.command("application_credentials/list") == []


def test_a_restart_keeps_everything(
    home_assistant: HomeAssistant, registered_client: Client
) -> None:
    """Credentials and accounts are there again, and another account can be linked."""
    credential = add_credential(home_assistant, registered_client)
    frontend.link_account(home_assistant, "shop", user=ANNA)

    home_assistant.restart()

    with home_assistant.websocket() as websocket:
        assert websocket.command("application_credentials/list") == [credential]
        states = {
            entry["title"]: entry["state"]
            for entry in websocket.command("config_entries/get", domain="shop")
        }
    assert states == {ANNA: "loaded"}
    assert frontend.link_account(home_assistant, "shop", user=BEN)["state"] == "loaded"
