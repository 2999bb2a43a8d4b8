"""Config flows, driven over HTTP as Home Assistant's frontend does."""

from typing import Any

from playground import visitor
from playground.home_assistant import HomeAssistant

FLOWS = "/api/config/config_entries/flow"


def start_flow(home_assistant: HomeAssistant, domain: str) -> dict[str, Any]:
    """Start to add an integration; return the flow's first step."""
    with home_assistant.http() as client:
        step: dict[str, Any] = (
            client.post(FLOWS, json={"handler": domain}).raise_for_status().json()
        )
    return step


def look_at_flow(home_assistant: HomeAssistant, flow_id: str) -> dict[str, Any]:
    """Return the step that a flow is at; one that came back from outside goes on."""
    with home_assistant.http() as client:
        step: dict[str, Any] = (
            client.get(f"{FLOWS}/{flow_id}").raise_for_status().json()
        )
    return step


def submit_step(
    home_assistant: HomeAssistant, flow_id: str, **fields: Any
) -> dict[str, Any]:
    """Fill in the form that a flow is at; return the next step."""
    with home_assistant.http() as client:
        step: dict[str, Any] = (
            client.post(f"{FLOWS}/{flow_id}", json=fields).raise_for_status().json()
        )
    return step


def authorize(
    home_assistant: HomeAssistant, step: dict[str, Any], *, user: str
) -> dict[str, Any]:
    """Go through the provider's page that a step leads to; return the step after it."""
    visitor.authorize(step["url"], user=user).raise_for_status()
    return look_at_flow(home_assistant, step["flow_id"])


def link_account(
    home_assistant: HomeAssistant,
    domain: str,
    *,
    user: str,
    credential: str | None = None,
) -> dict[str, Any]:
    """Add an integration for a user, with a credential if there are several; return its config entry."""
    step = start_flow(home_assistant, domain)
    if step["type"] == "form" and step["step_id"] == "pick_implementation":
        step = submit_step(home_assistant, step["flow_id"], implementation=credential)
    step = authorize(home_assistant, step, user=user)
    if step["type"] != "create_entry":
        raise AssertionError(f"the flow did not end with a config entry: {step}")
    entry: dict[str, Any] = step["result"]
    return entry


def flows_in_progress(home_assistant: HomeAssistant) -> list[dict[str, Any]]:
    """Return the flows that wait for the user, reauthentication among them."""
    with home_assistant.websocket() as websocket:
        flows: list[dict[str, Any]] = websocket.command("config_entries/flow/progress")
    return flows


def remove_entry(home_assistant: HomeAssistant, entry_id: str) -> None:
    """Remove a config entry."""
    with home_assistant.http() as client:
        client.delete(f"/api/config/config_entries/entry/{entry_id}").raise_for_status()


def abort_flow(home_assistant: HomeAssistant, flow_id: str) -> None:
    """Give up a flow."""
    with home_assistant.http() as client:
        client.delete(f"{FLOWS}/{flow_id}").raise_for_status()
