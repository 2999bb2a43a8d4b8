"""What accounts do anyway says what is wrong, and why; and it costs no request more."""

from collections.abc import Callable
from dataclasses import replace
import time
from typing import Any

import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.common import (
    ANNA,
    BEN,
    COMMANDS,
    OURS,
    Linked,
    add_credential,
    asks,
    change_tokens,
    entry_state,
    is_known,
    issue_id,
    issues,
    link_again,
    reason_of,
    reauthentications,
    reload,
    restart_with,
    status,
    wait_for,
)
from tests.e2e.hostile_provider import HostileProvider

ours_alone = pytest.mark.skipif(not OURS, reason="the original cannot")


def update(
    home_assistant: HomeAssistant, credential: dict[str, Any], **fields: str
) -> None:
    """Change a credential."""
    with home_assistant.websocket() as websocket:
        websocket.command(
            f"{COMMANDS}/update",
            application_credentials_id=credential["id"],
            **fields,
        )


def tells_of_rejection(step: dict[str, Any]) -> bool:
    """Return whether a flow has ended since the provider rejects the client, in our words."""
    return reason_of(step) == "client_rejected" and (
        step["translation_domain"] == COMMANDS
    )


def test_ten_accounts_that_work_make_ten_requests(
    home_assistant: HomeAssistant, shop: Shop, linked: Linked
) -> None:
    """With ours as with the original: one each, when its token has expired."""
    home_assistant.stop()
    stored = home_assistant.stored("core.config_entries")
    [account] = [each for each in stored["entries"] if each["domain"] == "shop"]
    account["data"]["token"]["expires_at"] = 1
    refresh_token = account["data"]["token"]["refresh_token"]
    assert refresh_token in shop.refresh_tokens()
    stored["entries"] += [
        account
        | {"entry_id": f"{linked.entry_id[:-1]}{number}", "unique_id": str(number)}
        for number in range(9)
        if not linked.entry_id.endswith(str(number))
    ]
    accounts = sum(each["domain"] == "shop" for each in stored["entries"])
    home_assistant.store("core.config_entries", stored)
    before = len(shop.token_requests())

    home_assistant.start()
    time.sleep(3)

    requests = shop.token_requests()[before:]
    assert accounts >= 9
    assert [request["grant_type"] for request in requests] == [
        "refresh_token"
    ] * accounts


@ours_alone
def test_a_token_says_that_the_client_is_accepted(
    home_assistant: HomeAssistant, linked: Linked
) -> None:
    """A restart forgets nothing, and an ordinary refresh moves nothing."""
    credential = linked.credential
    before = status(home_assistant, credential)
    assert before["client"] == "accepted"

    home_assistant.restart()

    assert status(home_assistant, credential) == before
    restart_with(home_assistant, expires_at=1)
    assert status(home_assistant, credential) == before


@ours_alone
def test_a_secret_that_has_expired_is_an_issue(
    home_assistant: HomeAssistant,
    shop: Shop,
    registered_client: Client,
    linked: Linked,
) -> None:
    """And mended by a new one; nobody has to link anything."""
    credential, entry_id = linked.credential, linked.entry_id
    rotated = replace(registered_client, client_secret="r0tated")
    shop.register(rotated, home_assistant.redirect_uri)

    restart_with(home_assistant, expires_at=1)

    issue = issue_id("client_rejected", credential["id"])
    assert wait_for(lambda: issue in issues(home_assistant))
    assert is_known(home_assistant, credential, "rejected", "check")
    # Who links again now is told that first.
    step = link_again(home_assistant, entry_id, user=ANNA)
    assert tells_of_rejection(step)
    update(home_assistant, credential, client_secret="r0tated")
    assert wait_for(lambda: entry_state(home_assistant, entry_id) == "loaded")
    assert wait_for(lambda: issue not in issues(home_assistant))
    assert wait_for(lambda: not reauthentications(home_assistant, entry_id))
    assert is_known(home_assistant, credential, "accepted", "token_request") or (
        is_known(home_assistant, credential, "accepted", "check")
    )


@ours_alone
def test_a_link_that_has_ended_is_the_accounts(
    home_assistant: HomeAssistant, linked: Linked
) -> None:
    """The credential is good."""
    credential, entry_id = linked.credential, linked.entry_id

    restart_with(home_assistant, expires_at=1, refresh_token="ended")

    assert asks(home_assistant, entry_id)
    assert wait_for(lambda: is_known(home_assistant, credential, "accepted", "check"))
    assert issues(home_assistant) == {}
    step = link_again(home_assistant, entry_id, user=ANNA)
    assert reason_of(step) == "reauth_successful"


@ours_alone
def test_an_account_asks_until_it_is_linked(
    home_assistant: HomeAssistant, linked: Linked, other_client: Client
) -> None:
    """Through an abandoned page, a wrong account, a further edit and a restart."""
    credential, entry_id = linked.credential, linked.entry_id
    update(
        home_assistant,
        credential,
        client_id=other_client.client_id,
        client_secret="wrong",
    )
    [flow] = asks(home_assistant, entry_id)

    # The dialog is closed.
    frontend.abort_flow(home_assistant, flow["flow_id"])
    assert asks(home_assistant, entry_id)

    # The account is reloaded, and the secret is corrected.
    reload(home_assistant, entry_id)
    assert asks(home_assistant, entry_id)
    update(home_assistant, credential, client_secret=other_client.client_secret)
    assert wait_for(lambda: entry_state(home_assistant, entry_id) == "loaded")
    assert asks(home_assistant, entry_id)

    # Ben is signed in at the shop.
    step = link_again(home_assistant, entry_id, user=BEN)
    assert reason_of(step) == "wrong_account"
    assert asks(home_assistant, entry_id)

    home_assistant.restart()
    step = link_again(home_assistant, entry_id, user=ANNA)
    assert reason_of(step) == "reauth_successful"
    time.sleep(1)
    assert reauthentications(home_assistant, entry_id) == []
    home_assistant.restart()
    time.sleep(1)
    assert reauthentications(home_assistant, entry_id) == []


@ours_alone
def test_an_account_that_was_linked_while_the_original_served_asks_no_more(
    home_assistant: HomeAssistant, linked: Linked, other_client: Client
) -> None:
    """Ours was removed, and came back."""
    credential, entry_id = linked.credential, linked.entry_id
    update(
        home_assistant,
        credential,
        client_id=other_client.client_id,
        client_secret=other_client.client_secret,
    )
    assert asks(home_assistant, entry_id)
    try:
        home_assistant.stop()
        home_assistant.ours = False
        # It knows of no request, until the token has expired.
        change_tokens(home_assistant, expires_at=1)
        home_assistant.start()
        step = link_again(home_assistant, entry_id, user=ANNA)
        assert reason_of(step) == "reauth_successful"
    finally:
        home_assistant.stop()
        home_assistant.ours = True
        home_assistant.start()
    time.sleep(1)
    assert reauthentications(home_assistant, entry_id) == []


@ours_alone
def test_a_wrong_secret_is_told_before_the_page_of_the_provider(
    home_assistant: HomeAssistant, registered_client: Client
) -> None:
    """In the middle of adding an integration, as Home Assistant's own dialog has it."""
    credential = add_credential(
        home_assistant, Client(registered_client.client_id, "mistyped")
    )

    step = frontend.start_flow(home_assistant, "shop")

    assert tells_of_rejection(step)
    assert issue_id("client_rejected", credential["id"]) in issues(home_assistant)
    update(home_assistant, credential, client_secret=registered_client.client_secret)
    assert frontend.link_account(home_assistant, "shop", user=ANNA)["title"] == ANNA


# An integration that asks for its tokens itself, and raises an error from itself, as Home Assistant's tplink does.
CLUB = {
    "manifest.json": """{
        "domain": "club", "name": "Club", "version": "1.0.0", "config_flow": true,
        "dependencies": ["application_credentials"]
    }""",
    "config_flow.py": """
from homeassistant.config_entries import ConfigFlow

class ClubFlow(ConfigFlow, domain="club"):
    VERSION = 1
""",
    "application_credentials.py": """
from aiohttp import ClientResponseError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

class ClubImplementation(LocalOAuth2Implementation):
    async def _token_request(self, data):
        session = async_get_clientsession(self.hass)
        try:
            async with session.post(self.token_url, data=data) as response:
                response.raise_for_status()
                return await response.json()
        except ClientResponseError as err:
            raise err from err

async def async_get_auth_implementation(hass, auth_domain, credential):
    return ClubImplementation(
        hass, auth_domain, credential.client_id, credential.client_secret, URL, URL
    )
""",
    "__init__.py": """
from aiohttp import ClientError
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.config_entry_oauth2_flow import (
    OAuth2Session, async_get_config_entry_implementation
)

async def async_setup_entry(hass, entry):
    implementation = await async_get_config_entry_implementation(hass, entry)
    try:
        await OAuth2Session(hass, entry, implementation).async_ensure_token_valid()
    except ClientError as err:
        raise ConfigEntryNotReady("The club is closed") from err
    return True
""",
}
CLUB_ENTRY: dict[str, Any] = {
    "created_at": "2026-11-01T00:00:00+00:00",
    "data": {
        "auth_implementation": "club_abc",
        "token": {"access_token": "a", "refresh_token": "r", "expires_at": 1},
    },
    "disabled_by": None,
    "discovery_keys": {},
    "domain": "club",
    "entry_id": "01JCLUB0000000000000000000",
    "minor_version": 1,
    "modified_at": "2026-11-01T00:00:00+00:00",
    "options": {},
    "pref_disable_new_entities": False,
    "pref_disable_polling": False,
    "source": "user",
    "subentries": [],
    "title": ANNA,
    "unique_id": None,
    "version": 1,
}


def test_an_error_that_is_its_own_cause_stops_nobody(
    new_home_assistant: Callable[[], HomeAssistant],
) -> None:
    """Home Assistant starts and answers, and the account shows its integration's own error."""
    with HostileProvider() as provider:
        provider.become(lambda request: request.reply(401, b"Who are you?"))
        home_assistant = new_home_assistant()
        club = home_assistant.folder / "custom_components" / "club"
        club.mkdir(parents=True)
        for name, text in CLUB.items():
            (club / name).write_text(
                text.replace("URL, URL", f'*["{provider.url}"] * 2')
            )
        home_assistant.start()
        add_credential(home_assistant, Client("abc", "s3cret"), "club")
        home_assistant.stop()
        entries = home_assistant.stored("core.config_entries")
        entries["entries"].append(CLUB_ENTRY)
        home_assistant.store("core.config_entries", entries)

        home_assistant.start()

        with home_assistant.websocket() as websocket:
            [entry] = websocket.command("config_entries/get", domain="club")
        assert (entry["state"], entry["reason"]) == (
            "setup_retry",
            "The club is closed",
        )
        assert "grant_type=refresh_token" in provider.requests[-1]
