"""What version 1.1.0 has left is taken over, and goes back to the original as well.

The files in `version_1_1_0/` are those that it left on Home Assistant 2025.12 at a power cut.
Anna's account had been asked by a person to be linked again, the provider had come to reject
the credential of Ben's, and the link of the club's was one that ends by itself. With them is
what the shop's server knew then; it takes the tokens for another hundred years.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
import shutil
import time
from typing import Any

import pytest

from playground.home_assistant import HomeAssistant
from playground.process import free_port
from playground.shop import Client, Shop
from tests.e2e.common import (
    ANNA,
    BEN,
    COMMANDS,
    OURS,
    change_tokens,
    complaints,
    credentials,
    entry_state,
    issue_id,
    issues,
    link_again,
    reason_of,
    reauthentications,
    serve_with,
    wait_for,
)
from tests.e2e.forked import ForkedProcess

pytestmark = [
    pytest.mark.every_release,
    pytest.mark.skipif(not OURS, reason="The original leaves no such files"),
]

LEFT = Path(__file__).parent / "version_1_1_0"
SERVER = "authorization_server.json"
SIDE_FILES = [
    f"{COMMANDS}.{name}"
    for name in ("findings", "link_requests", "link_ends", "hidden_requests")
]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """The authorization server, which knows the clients and tokens of then."""
    folder = tmp_path / "shop"
    folder.mkdir()
    shutil.copy(LEFT / SERVER, folder)
    shop = Shop(folder, free_port())
    try:
        shop.start()
        yield shop
    finally:
        shop.stop()


@pytest.fixture
def home(tmp_path: Path, shop: Shop) -> Iterator[HomeAssistant]:
    """The Home Assistant of then, not yet started; its access tokens have expired meanwhile."""
    folder = tmp_path / "home"
    shutil.copytree(LEFT, folder / ".storage", ignore=shutil.ignore_patterns(SERVER))
    home = HomeAssistant(
        folder, free_port(), environment=shop.environment, process=ForkedProcess
    )
    shop.register(Client("kitchen-client", "secret-of-kitchen"), home.redirect_uri)
    change_tokens(home, expires_at=1)
    forward_the_clock(home)
    try:
        yield home
    finally:
        home.stop()


def forward_the_clock(home: HomeAssistant) -> None:
    """Have the club linked two days ago and its token refreshed just now, which has put off no end."""
    link_ends = home.stored(f"{COMMANDS}.link_ends")
    ((club, link),) = link_ends["accounts"].items()
    now = time.time()
    passed = now - 2 * 24 * 3600 - link["answered_at"]
    for name in ("answered_at", "ends_at"):
        link[name] += passed
    home.store(f"{COMMANDS}.link_ends", link_ends)
    change_tokens(home, club, expires_at=now + 3600, expires_in=3600)


def account(home: HomeAssistant, domain: str, title: str) -> str:
    """Return the id of the config entry of an account."""
    (entry_id,) = [
        entry["entry_id"]
        for entry in home.stored("core.config_entries")["entries"]
        if (entry["domain"], entry["title"]) == (domain, title)
    ]
    found: str = entry_id
    return found


def rows(home: HomeAssistant) -> dict[str, Any]:
    """Return the ids of what people have of us, all of which automations and dashboards name."""
    (entry,) = [
        entry
        for entry in home.stored("core.config_entries")["entries"]
        if entry["domain"] == COMMANDS
    ]
    return {
        "entry": entry["entry_id"],
        "rows": {row["unique_id"]: row["subentry_id"] for row in entry["subentries"]},
        "entities": {
            entity["entity_id"]: (entity["id"], entity["device_id"])
            for entity in home.stored("core.entity_registry")["entities"]
            if entity["platform"] == COMMANDS
        },
    }


def ignored(home: HomeAssistant) -> dict[str, bool]:
    """Return the accounts that Home Assistant says have to be linked again, and whether it was told to ignore that."""
    with home.websocket() as websocket:
        return {
            issue["translation_placeholders"]["name"]: issue["ignored"]
            for issue in websocket.command("repairs/list_issues")["issues"]
            if issue["translation_key"] == "config_entry_reauth"
        }


def test_all_that_1_1_0_knew_is_known(home: HomeAssistant) -> None:
    """Its credentials are served, its rows stay; what it kept in four files stands in one."""
    anna, ben = account(home, "shop", ANNA), account(home, "shop", BEN)
    club = account(home, "shop_club", ANNA)
    served = home.stored(COMMANDS)["items"]
    rows_before = rows(home)
    findings = home.stored(f"{COMMANDS}.findings")["findings"]
    ends_at = home.stored(f"{COMMANDS}.link_ends")["accounts"][club]["ends_at"]

    home.start()

    assert credentials(home) == served
    assert wait_for(lambda: entry_state(home, anna) == "loaded")
    assert entry_state(home, club) == "loaded"
    with home.websocket() as websocket:
        status = websocket.command(f"{COMMANDS}/status")
    assert {item_id: known["client"] for item_id, known in status.items()} == {
        item_id: known["client"] for item_id, known in findings.items()
    }
    # Of which nothing has been asked or told since.
    assert status["shop_imported"].items() <= findings["shop_imported"].items()
    assert wait_for(
        lambda: issue_id("client_rejected", "shop_garden_client") in issues(home)
    )
    end = issues(home)[f"link_ends_{club}"]
    assert end["translation_key"] == "link_ends_testing"
    assert (
        end["translation_placeholders"]["day"]
        == datetime.fromtimestamp(ends_at, UTC).date().isoformat()
    )
    # What was hidden is shown again; what a person has asked for is still asked for.
    assert wait_for(lambda: ignored(home) == {ANNA: False, BEN: False})
    assert reauthentications(home, ben)
    assert reason_of(link_again(home, anna, user=ANNA)) == "reauth_successful"
    assert wait_for(lambda: not reauthentications(home, anna))

    home.stop()

    assert rows(home)["entities"].items() >= rows_before["entities"].items()
    assert rows(home) | {"entities": None} == rows_before | {"entities": None}
    assert [name for name in SIDE_FILES if home.storage_path(name).exists()] == []
    kept = home.stored(f"{COMMANDS}.state")
    assert kept["findings"].keys() == findings.keys()
    assert kept["links"][club]["ends_at"] == ends_at
    assert kept["link_requests"] == {}
    # Older releases log as an error what the provider says of Ben's credential; so does the original.
    refusal = "shop_garden_client was refused a token: invalid_client"
    assert [line for line in complaints(home) if refusal not in line] == []


def test_what_1_1_0_has_left_goes_to_the_original_and_comes_back(
    home: HomeAssistant,
) -> None:
    """The account that works goes on, whoever serves its credential; the rows are the same in the end."""
    anna = account(home, "shop", ANNA)
    served = home.stored(COMMANDS)["items"]
    rows_before = rows(home)

    for ours in (True, False, True):
        serve_with(home, ours)
        assert credentials(home) == served
        assert wait_for(lambda: entry_state(home, anna) == "loaded")

    # All the while, it has been asked to be linked again.
    assert wait_for(lambda: reauthentications(home, anna))
    home.stop()
    assert rows(home)["rows"] == rows_before["rows"]
    assert home.stored(f"{COMMANDS}.state")["findings"].keys() == {
        record["id"] for record in served
    }
