"""What several end-to-end tests do."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
import json
import os
from pathlib import Path
import shutil
import time
from typing import Any

from playground import frontend, visitor
from playground.home_assistant import OURS as COMPONENT, HomeAssistant
from playground.provider_server import PlayedProviders
from playground.shop import Client
from playground.websocket_client import WebSocketClient

OURS = "E2E_ORIGINAL" not in os.environ

ANNA = "anna@shop.test"
BEN = "ben@shop.test"

COMMANDS = "application_credentials"

TAKEN_AWAY = "a_name_that_was_taken_away"
POLL_SECONDS = 0.1


def add_credential(
    home_assistant: HomeAssistant,
    client: Client,
    domain: str = "shop",
    **optional: str,
) -> dict[str, Any]:
    """Add a credential for an integration, as the frontend's dialog does; return its record."""
    with home_assistant.websocket() as websocket:
        record: dict[str, Any] = websocket.command(
            f"{COMMANDS}/create",
            domain=domain,
            client_id=client.client_id,
            client_secret=client.client_secret,
            **optional,
        )
    return record


def credentials(home_assistant: HomeAssistant) -> list[dict[str, Any]]:
    """Return the credentials that a running Home Assistant serves."""
    with home_assistant.websocket() as websocket:
        served: list[dict[str, Any]] = websocket.command(f"{COMMANDS}/list")
    return served


def make_guest(websocket: WebSocketClient, username: str, password: str) -> None:
    """Make a user `Guest`, who is no administrator."""
    user = websocket.command(
        "config/auth/create", name="Guest", group_ids=["system-users"]
    )["user"]
    websocket.command(
        "config/auth_provider/homeassistant/create",
        user_id=user["id"],
        username=username,
        password=password,
    )


def wait_for[ResultT](look: Callable[[], ResultT], *, seconds: float = 15) -> ResultT:
    """Look again and again until there is something; return it, or what is there in the end."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return seen


def issue_id(kind: str, credential_id: str) -> str:
    """Return the id of the issue about a credential, which does not tell that of the credential."""
    return f"{kind}_{sha256(json.dumps(credential_id).encode()).hexdigest()[:16]}"


def issues(home_assistant: HomeAssistant) -> dict[str, dict[str, Any]]:
    """Return our repair issues by their ids."""
    with home_assistant.websocket() as websocket:
        found = websocket.command("repairs/list_issues")["issues"]
    return {issue["issue_id"]: issue for issue in found if issue["domain"] == COMMANDS}


def install_copy(home_assistant: HomeAssistant) -> Path:
    """Put a copy of the component into the configuration folder; return its folder."""
    installed = home_assistant.folder / "custom_components" / COMPONENT.name
    if installed.is_symlink():
        installed.unlink()
    shutil.copytree(COMPONENT, installed, ignore=shutil.ignore_patterns("__pycache__"))
    return installed


def break_import(installed: Path) -> Path:
    """Have one of its modules import what a release may take away; return its path."""
    module = installed / "records" / "store.py"
    module.write_text(
        f"from homeassistant.core import {TAKEN_AWAY}\n{module.read_text()}"
    )
    return module


@dataclass(frozen=True)
class Abroad:
    """A Home Assistant whose accounts are abroad, with the played providers."""

    home_assistant: HomeAssistant
    providers: PlayedProviders


@dataclass(frozen=True)
class Linked:
    """An account that is linked: the record of its credential, and the id of its config entry."""

    credential: dict[str, Any]
    entry_id: str


@dataclass(frozen=True)
class LinkedAccount:
    """What a person would lose with an account: everything that others refer to by an id."""

    entry_id: str
    devices: frozenset[str]
    entities: frozenset[tuple[str, str]]


def linked_account(home_assistant: HomeAssistant, entry_id: str) -> LinkedAccount:
    """Return the ids of a linked account, of its devices and of its entities."""
    with home_assistant.websocket() as websocket:
        devices = websocket.command("config/device_registry/list")
        entities = websocket.command("config/entity_registry/list")
    return LinkedAccount(
        entry_id,
        frozenset(
            device["id"] for device in devices if entry_id in device["config_entries"]
        ),
        frozenset(
            (entity["id"], entity["entity_id"])
            for entity in entities
            if entity["config_entry_id"] == entry_id
        ),
    )


def complaints(home_assistant: HomeAssistant) -> list[str]:
    """Return what the log, that of every start, says of us as a warning or an error."""
    return [
        line
        for line in home_assistant.log.read_text().splitlines()
        if any(f" {level} " in line for level in ("WARNING", "ERROR", "CRITICAL"))
        and "application_credentials" in line
        # It says so of every custom component.
        and "has not been tested by Home Assistant" not in line
    ]


def change_tokens(
    home_assistant: HomeAssistant, entry_id: str | None = None, **fields: Any
) -> None:
    """Change what one or all of the shop's accounts have stored of their tokens; Home Assistant is stopped."""
    stored = home_assistant.stored("core.config_entries")
    for entry in stored["entries"]:
        if entry_id == entry["entry_id"] or (
            entry_id is None and entry["domain"] == "shop"
        ):
            entry["data"]["token"] |= fields
    home_assistant.store("core.config_entries", stored)


def restart_with(home_assistant: HomeAssistant, **fields: Any) -> None:
    """Restart with tokens that have been changed meanwhile."""
    home_assistant.stop()
    change_tokens(home_assistant, **fields)
    home_assistant.start()


def serve_with(home_assistant: HomeAssistant, ours: bool) -> None:
    """Start it, or start it again, with ours or the original; accounts have to refresh their tokens then."""
    home_assistant.stop()
    change_tokens(home_assistant, expires_at=1)
    home_assistant.ours = ours
    home_assistant.start()


def restart_in_testing(home_assistant: HomeAssistant) -> str:
    """Start it again with links as Google makes them while an app is in "Testing".

    Return the day on which they end, as the issue has it.
    """
    home_assistant.stop()
    links = {
        entry["entry_id"]: {
            "link": sha256(
                entry["data"]["token"]["refresh_token"].encode()
            ).hexdigest(),
            "ends_at": time.time() + 604799,
            "is_testing": True,
        }
        for entry in home_assistant.stored("core.config_entries")["entries"]
        if entry["domain"] == "shop"
    }
    home_assistant.store(f"{COMMANDS}.state", {"links": links})
    home_assistant.start()
    (issue,) = wait_for(lambda: issues(home_assistant)).values()
    day: str = issue["translation_placeholders"]["day"]
    return day


def entry_state(home_assistant: HomeAssistant, entry_id: str) -> str:
    """Return the state of a config entry."""
    with home_assistant.websocket() as websocket:
        answer = websocket.command("config_entries/get_single", entry_id=entry_id)
    state: str = answer["config_entry"]["state"]
    return state


def reload(home_assistant: HomeAssistant, entry_id: str) -> str:
    """Have an account set up anew, for which it has to refresh its token; return its state."""
    with home_assistant.http() as client:
        client.post(
            f"/api/config/config_entries/entry/{entry_id}/reload"
        ).raise_for_status()
    return entry_state(home_assistant, entry_id)


def reauthentications(
    home_assistant: HomeAssistant, entry_id: str
) -> list[dict[str, Any]]:
    """Return the flows in which a config entry asks to be linked again."""
    return [
        flow
        for flow in frontend.flows_in_progress(home_assistant)
        if flow["context"].get("entry_id") == entry_id
        and flow["context"]["source"] == "reauth"
    ]


def reason_of(step: dict[str, Any]) -> str:
    """Return the reason for which a flow has ended without an entry."""
    assert step["type"] == "abort", step
    reason: str = step["reason"]
    return reason


def status(home_assistant: HomeAssistant, credential: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a credential."""
    with home_assistant.websocket() as websocket:
        known: dict[str, Any] = websocket.command(f"{COMMANDS}/status")[
            credential["id"]
        ]
    return known


def is_known(
    home_assistant: HomeAssistant, credential: dict[str, Any], client: str, by: str
) -> bool:
    """Say whether this is known of a client, by this."""
    known = status(home_assistant, credential)
    return (known["client"], known["by"]) == (client, by)


def asks(home_assistant: HomeAssistant, entry_id: str) -> list[dict[str, Any]]:
    """Wait until an account asks to be linked again; return the flow in which it does."""
    return wait_for(
        lambda: [
            flow
            for flow in reauthentications(home_assistant, entry_id)
            if flow["step_id"] == "reauth_confirm"
        ]
    )


def link_again(
    home_assistant: HomeAssistant, entry_id: str, *, user: str
) -> dict[str, Any]:
    """Do what a person does whose account asks to be linked again; return the last step."""
    [flow] = asks(home_assistant, entry_id)
    step = frontend.submit_step(home_assistant, flow["flow_id"])
    if step["type"] != "external":
        return step
    visitor.authorize(step["url"], user=user).raise_for_status()
    return frontend.look_at_flow(home_assistant, flow["flow_id"])
