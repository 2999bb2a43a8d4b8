"""Integrations of others are driven with the original and with ours, and what differs is found."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from neighbours import REPOSITORY, page
from neighbours.compare import STEPS, compare
from neighbours.integrations import Neighbour

# An integration that needs no library, and does all that can be driven.
LODGER = {
    "manifest.json": json.dumps(
        {
            "domain": "lodger",
            "name": "Lodger",
            "version": "1.0.0",
            "config_flow": True,
            "dependencies": ["application_credentials"],
        }
    ),
    "application_credentials.py": """\
from homeassistant.components.application_credentials import AuthorizationServer

async def async_get_authorization_server(hass):
    return AuthorizationServer("https://lodger.test/authorize", "https://lodger.test/token")
""",
    "__init__.py": """\
from aiohttp import ClientResponseError

from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.config_entry_oauth2_flow import (
    OAuth2Session, async_get_config_entry_implementation,
)

async def async_setup_entry(hass, entry):
    implementation = await async_get_config_entry_implementation(hass, entry)
    try:
        await OAuth2Session(hass, entry, implementation).async_ensure_token_valid()
    except ClientResponseError as err:
        raise ConfigEntryAuthFailed from err
    return True

async def async_unload_entry(hass, entry):
    return True
""",
    "config_flow.py": """\
import logging

from homeassistant.config_entries import SOURCE_USER
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

class FlowHandler(AbstractOAuth2FlowHandler, domain="lodger"):
    DOMAIN = "lodger"
    logger = logging.getLogger(__name__)

    async def async_step_reauth(self, entry_data):
        return await self.async_step_user()

    async def async_step_reconfigure(self, user_input=None):
        return await self.async_step_user()

    async def async_oauth_create_entry(self, data):
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=self.title, data=data)
        entry = self.hass.config_entries.async_get_known_entry(self.context["entry_id"])
        return self.async_update_reload_and_abort(entry, data=data)

    title = "Lodger"
""",
}

# What an integration may look at, though none should: whose implementation it was handed.
CURIOUS = """
    @property
    def title(self):
        return type(self.flow_impl).__module__.partition(".")[0]
"""


def write(folder: Path, beside: str = "") -> Path:
    """Write the lodger, with more in its flow."""
    (folder / "lodger").mkdir()
    for name, text in LODGER.items():
        more = beside if name == "config_flow.py" else ""
        (folder / "lodger" / name).write_text(text + more)
    return folder


def drive(domain: str, folder: Path) -> list[list[Any]]:
    """Drive an integration with both, each in a process of its own; return what was seen."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "neighbours.drive", domain, side, str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=REPOSITORY,
        )
        for side in ("original", "ours")
    ]
    return [json.loads(process.communicate(timeout=300)[0]) for process in processes]


def values(seen: list[Any], step: str, what: str) -> list[Any]:
    """Return what was seen of something at a step."""
    return [each[2] for each in seen if each[:2] == [step, what]]


def test_an_integration_is_driven_through_the_life_of_an_account(
    tmp_path: Path,
) -> None:
    """And does the same with both."""
    original, ours = drive("lodger", write(tmp_path))
    comparison = compare(Neighbour("lodger"), original, ours)
    assert comparison.differences == {}
    assert comparison.ends == {
        "without": "missing_credentials",
        "create": "done",
        "link": "create_entry",
        "refresh": "done",
        "reauthenticate": "reauth_successful",
        "reconfigure": "reconfigure_successful",
        "delete": "missing_credentials",
    }
    assert list(comparison.ends) == list(STEPS)
    bodies = [
        [request["body"] for request in values(ours, step, "token request")]
        for step in ("link", "refresh", "reauthenticate", "reconfigure")
    ]
    sent = [
        ["code=neighbour-code-1"],
        ["refresh_token=neighbour-refresh-1"],
        ["refresh_token=neighbour-refresh-2", "code=neighbour-code-2"],
        ["code=neighbour-code-3"],
    ]
    for step, parts in zip(bodies, sent, strict=True):
        for body, part in zip(step, parts, strict=True):
            assert part in body.split("&")
    assert values(ours, "reauthenticate", "asks by itself") == [1]
    (refused,) = values(ours, "delete", "delete in use")
    assert refused["message"].endswith("lodger")
    assert values(ours, "delete", "delete") == [{"success": True, "result": None}]


def test_what_is_different_is_found(tmp_path: Path) -> None:
    """Here an integration that does something else with ours."""
    original, ours = drive("lodger", write(tmp_path, CURIOUS))
    comparison = compare(Neighbour("lodger"), original, ours)
    assert comparison.differences["link"] == [
        f'{place}.title: "homeassistant" / "custom_components"'
        for place in ("flow", "entry")
    ]


def test_an_integration_that_was_not_driven_to_its_end_differs() -> None:
    """If it was with the original."""
    seen = [["link", "flow", {"type": "create_entry"}], ["link", "entry", {"title": 1}]]
    comparison = compare(Neighbour("lodger"), seen, [["run", "failed", "TypeError"]])
    assert set(comparison.differences) == {"run", "link"}


def test_the_page_says_how_each_integration_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what differs, and why one was not driven."""
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    linked = [
        ["link", "flow", {"type": "create_entry"}],
        ["link", "entry", {"title": "Anna"}],
    ]
    other = [*linked[:1], ["link", "entry", {"title": "Ben"}]]
    stuck = [["link", "flow", {"type": "abort", "reason": "no_vehicles"}]]
    page.write_page(
        [
            compare(Neighbour("one"), linked, linked, at="2026-12-01T00:00:00"),
            compare(Neighbour("two"), linked, other, at="2026-11-30T00:00:00"),
            compare(Neighbour("three"), stuck, stuck, at="2026-12-01T00:00:00"),
            compare(
                Neighbour("four"), [], [], at="2026-12-01T00:00:00", missing="No wheel."
            ),
        ]
    )
    lines = page.PAGE.read_text().splitlines()
    assert "| one | – | – | same | – | – | – | – |" in lines
    assert "| two | – | – | **differs** | – | – | – | – |" in lines
    assert "| three | – | – | same: `no_vehicles` | – | – | – | – |" in lines
    assert "| built in | 3 of 4 | 2 | 0 | 0 | 1 |" in lines
    assert '- **two**, link: entry.title: "Anna" / "Ben"' in lines
    assert "- **four**: not driven. No wheel." in lines
    assert any(line.startswith("Driven 30 November 2026 to 1 Dec") for line in lines)
