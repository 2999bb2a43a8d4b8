"""A credential is changed or replaced, at the provider and here, and no account has to be removed."""

from dataclasses import replace
from typing import Any

import pytest
from yarl import URL

from playground import frontend, visitor
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.common import (
    ANNA,
    BEN,
    COMMANDS,
    Linked,
    LinkedAccount,
    add_credential,
    change_tokens,
    entry_state,
    issue_id,
    issues,
    linked_account,
    reason_of,
    reauthentications,
    wait_for,
)


def link_again(
    home_assistant: HomeAssistant, shop: Shop, entry_id: str, *, user: str
) -> URL:
    """Do what a person does whose account asks to be linked again; return the authorization URL."""
    [flow] = wait_for(lambda: reauthentications(home_assistant, entry_id))
    step = frontend.submit_step(home_assistant, flow["flow_id"])
    # No choice between credentials: the page of the provider is next.
    assert step["type"] == "external"
    visitor.authorize(step["url"], user=user).raise_for_status()
    done = frontend.look_at_flow(home_assistant, flow["flow_id"])
    assert reason_of(done) == "reauth_successful"
    request = shop.token_requests()[-1]
    url = URL(step["url"])
    assert (request["grant_type"], request["client_id"], request["status"]) == (
        "authorization_code",
        url.query["client_id"],
        200,
    )
    return url


def watch_entries(websocket: WebSocketClient) -> int:
    """Subscribe to config entries; the next event is the next change of one."""
    subscription = websocket.subscribe("config_entries/subscribe")
    websocket.next_event(subscription)
    return subscription


def reloaded(websocket: WebSocketClient, subscription: int, entry_id: str) -> set[str]:
    """Wait until an entry is loaded; return all entries whose state changed until then."""
    changed: set[str] = set()
    while True:
        for change in websocket.next_event(subscription):
            changed.add(change["entry"]["entry_id"])
            if (
                change["entry"]["entry_id"] == entry_id
                and change["entry"]["state"] == "loaded"
            ):
                return changed


def next_of_an_account(websocket: WebSocketClient, subscription: int) -> dict[str, Any]:
    """Return the next change of an entry that is not our own, whose rows follow the names."""
    while True:
        for change in websocket.next_event(subscription):
            if change["entry"]["domain"] != COMMANDS:
                found: dict[str, Any] = change
                return found


def refreshes(shop: Shop, client: Client) -> list[dict[str, Any]]:
    """Return the requests to refresh a token that a client has made."""
    return [
        request
        for request in shop.token_requests()
        if request["client_id"] == client.client_id
        and request["grant_type"] == "refresh_token"
    ]


def stays_the_same(home_assistant: HomeAssistant, before: LinkedAccount) -> None:
    """Fail unless an account is loaded, with the devices and entities that it had, and works."""
    assert wait_for(lambda: entry_state(home_assistant, before.entry_id) == "loaded")
    assert linked_account(home_assistant, before.entry_id) == before
    assert wait_for(lambda: is_available(home_assistant, before.entities))


def is_available(home_assistant: HomeAssistant, entities: frozenset[Any]) -> bool:
    """Say whether entities, of which there are some, have got a value from the shop."""
    with home_assistant.http() as client:
        states = [
            client.get(f"/api/states/{entity_id}").raise_for_status().json()["state"]
            for _, entity_id in entities
        ]
    return states == ["Anna"]


@pytest.mark.every_release
def test_a_rotated_secret_works_at_once_and_nobody_links_again(
    home_assistant: HomeAssistant,
    shop: Shop,
    registered_client: Client,
    linked: Linked,
    other_client: Client,
) -> None:
    """The account that failed with the old secret refreshes its token with the new one."""
    credential, anna = linked.credential, linked.entry_id
    other_credential = add_credential(home_assistant, other_client)
    ben = frontend.link_account(
        home_assistant, "shop", user=BEN, credential=other_credential["id"]
    )["entry_id"]
    before = linked_account(home_assistant, anna)
    assert before.devices
    assert before.entities

    # At the provider: from now on the old secret is refused.
    rotated = replace(registered_client, client_secret="rotated-s3cret")
    shop.register(rotated, home_assistant.redirect_uri)
    home_assistant.stop()
    change_tokens(home_assistant, anna, expires_at=1)
    home_assistant.start()
    assert entry_state(home_assistant, anna) == "setup_error"
    assert entry_state(home_assistant, ben) == "loaded"
    assert reauthentications(home_assistant, anna)
    refused = refreshes(shop, rotated)
    assert [request["error"] for request in refused] == ["invalid_client"]
    # That an account asks to be linked again has the reason found out.
    issue = issue_id("client_rejected", credential["id"])
    assert wait_for(lambda: issue in issues(home_assistant))

    # And here.
    with home_assistant.websocket() as websocket:
        entries = watch_entries(websocket)
        websocket.command(
            f"{COMMANDS}/update",
            application_credentials_id=credential["id"],
            client_secret=rotated.client_secret,
        )
        assert reloaded(websocket, entries, anna) == {anna}

    refreshed = refreshes(shop, rotated)
    assert [request["status"] for request in refreshed] == [401, 200]
    assert reauthentications(home_assistant, anna) == []
    assert linked_account(home_assistant, anna) == before
    assert wait_for(lambda: is_available(home_assistant, before.entities))
    assert wait_for(lambda: issue not in issues(home_assistant))
    home_assistant.stop()
    [token] = [
        entry["data"]["token"]["access_token"]
        for entry in home_assistant.stored("core.config_entries")["entries"]
        if entry["entry_id"] == anna
    ]
    assert shop.access_tokens()[token] == ANNA


def test_an_account_that_works_keeps_working_when_a_secret_is_rotated(
    home_assistant: HomeAssistant,
    websocket: WebSocketClient,
    shop: Shop,
    registered_client: Client,
    linked: Linked,
) -> None:
    """A loaded account is reloaded with the new secret; it asks for nothing."""
    credential, anna = linked.credential, linked.entry_id
    before = linked_account(home_assistant, anna)
    rotated = replace(registered_client, client_secret="rotated-s3cret")
    shop.register(rotated, home_assistant.redirect_uri)
    entries = watch_entries(websocket)

    websocket.command(
        f"{COMMANDS}/update",
        application_credentials_id=credential["id"],
        client_secret=rotated.client_secret,
    )

    assert reloaded(websocket, entries, anna) == {anna}
    assert reauthentications(home_assistant, anna) == []
    assert linked_account(home_assistant, anna) == before


def test_a_new_name_reloads_nobody(
    home_assistant: HomeAssistant,
    websocket: WebSocketClient,
    linked: Linked,
) -> None:
    """The next thing that happens to an account is what the test does to it afterwards."""
    credential, anna = linked.credential, linked.entry_id
    entries = watch_entries(websocket)

    websocket.command(
        f"{COMMANDS}/update",
        application_credentials_id=credential["id"],
        name="Another name",
    )

    websocket.command("config_entries/update", entry_id=anna, title="The end")
    change = next_of_an_account(websocket, entries)
    assert (change["entry"]["title"], change["entry"]["state"]) == ("The end", "loaded")


@pytest.mark.every_release
def test_with_a_new_client_id_the_account_is_linked_again_and_stays_the_same(
    home_assistant: HomeAssistant,
    websocket: WebSocketClient,
    shop: Shop,
    registered_client: Client,
    linked: Linked,
    other_client: Client,
) -> None:
    """The client is gone at the provider; the record takes another one, and the person links again."""
    credential, anna = linked.credential, linked.entry_id
    before = linked_account(home_assistant, anna)
    shop.forget(registered_client.client_id)

    changed = websocket.command(
        f"{COMMANDS}/update",
        application_credentials_id=credential["id"],
        client_id=other_client.client_id,
        client_secret=other_client.client_secret,
    )

    assert changed == {
        **credential,
        "client_id": other_client.client_id,
        "client_secret": other_client.client_secret,
    }
    url = link_again(home_assistant, shop, anna, user=ANNA)
    assert url.query["client_id"] == other_client.client_id
    stays_the_same(home_assistant, before)
    assert reauthentications(home_assistant, anna) == []
    assert issues(home_assistant) == {}


def test_an_account_moves_to_another_credential_and_stays_the_same(
    home_assistant: HomeAssistant,
    shop: Shop,
    linked: Linked,
    other_client: Client,
) -> None:
    """The person links again with the other credential; the first one can go then."""
    first, anna = linked.credential, linked.entry_id
    second = add_credential(home_assistant, other_client)
    before = linked_account(home_assistant, anna)

    with home_assistant.websocket() as websocket:
        moved = websocket.command(
            f"{COMMANDS}/move",
            config_entry_id=anna,
            application_credentials_id=second["id"],
        )

    assert moved == {}
    url = link_again(home_assistant, shop, anna, user=ANNA)
    assert url.query["client_id"] == other_client.client_id
    stays_the_same(home_assistant, before)
    with home_assistant.websocket() as websocket:
        websocket.command(f"{COMMANDS}/delete", application_credentials_id=first["id"])
    home_assistant.restart()
    with home_assistant.websocket() as websocket:
        assert websocket.command(f"{COMMANDS}/config_entry", config_entry_id=anna) == {
            "application_credentials_id": second["id"]
        }
    assert entry_state(home_assistant, anna) == "loaded"
    assert linked_account(home_assistant, anna) == before
