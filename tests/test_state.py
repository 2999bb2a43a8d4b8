"""What must outlast a restart is in one file, and is worth no more than a start."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
import os
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.data import DATA
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.common import (
    DOMAIN,
    PACKAGE,
    SHOP,
    STATE,
    TOKEN_URL,
    Disk,
    Wire,
    add_account,
    add_integration,
    client,
    fingerprint,
    issue_id,
    kept_finding,
    kept_state,
    link_flow,
    own_entry,
    reauthentications,
    record,
    stored,
)

AT = "2026-11-24T12:00:00+00:00"


async def stop(hass: HomeAssistant) -> None:
    """Have everything saved that is to be saved at the end."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()


@pytest.fixture
async def kept(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk, provider: AiohttpClientMocker
) -> dict[str, Any]:
    """Return the stored finding of a rejected credential."""
    provider.post(TOKEN_URL, status=401, json={"error": "invalid_client"})
    await wire.create("abc", name="Kitchen")
    await wire.get("check", application_credentials_id="shop_abc")
    await stop(hass)
    kept: dict[str, Any] = hass_storage[STATE]["data"]["findings"]["shop_abc"]
    return kept


async def test_verdicts_are_kept_without_words_and_secrets(
    kept: dict[str, Any], hass_storage: Disk
) -> None:
    """In a file for Home Assistant alone."""
    assert set(kept) == {
        "client",
        "redirect_uri",
        "at",
        "by",
        "reason",
        "cause",
        "last_at",
        "about",
    }
    assert kept["client"] == "rejected"
    text = hass_storage.path(STATE).read_text()
    assert "the-secret" not in text
    assert "invalid_client" not in text
    assert hass_storage.path(STATE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("AADSTS7000222: The provided client secret keys are expired.", "expired"),
        ("Something else", None),
    ],
)
async def test_what_the_provider_named_as_the_cause_is_kept_in_our_word(
    wire: Wire,
    hass: HomeAssistant,
    hass_storage: Disk,
    provider: AiohttpClientMocker,
    said: str,
    cause: str | None,
) -> None:
    """And nothing else that it said."""
    answer = {"error": "invalid_client", "error_description": said}
    provider.post(TOKEN_URL, status=401, json=answer)
    await wire.create("abc")
    await wire.get("check", application_credentials_id="shop_abc")
    await stop(hass)
    assert hass_storage[STATE]["data"]["findings"]["shop_abc"]["cause"] == cause
    text = hass_storage.path(STATE).read_text()
    assert said.partition(" ")[0] not in text


def before(hass_storage: Disk, findings: Any, *client_ids: str) -> None:
    """Have credentials on the disk, and what was found out about them."""
    for key, data in {
        DOMAIN: {
            "items": [
                {"id": f"shop_{client_id}", **client(client_id, name=client_id)}
                for client_id in client_ids
            ]
        },
        STATE: findings,
    }.items():
        hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}


async def test_what_was_found_is_known_after_a_restart(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
    issue_registry: ir.IssueRegistry,
) -> None:
    """With the time of the check; what is bad news is an issue again."""
    before(
        hass_storage,
        {
            "findings": {
                "shop_good": kept_finding("good"),
                "shop_bad": kept_finding("bad", "rejected"),
            }
        },
        "good",
        "bad",
    )
    await start()
    await hass.async_block_till_done()
    for entity_id, state in {
        "binary_sensor.good_problem": "off",
        "sensor.good_last_checked": AT,
        "binary_sensor.bad_problem": "on",
        "sensor.bad_last_checked": AT,
    }.items():
        found = hass.states.get(entity_id)
        assert found is not None
        assert found.state == state
    assert [each for _, each in issue_registry.issues] == [
        issue_id("client_rejected", "shop_bad")
    ]


@pytest.mark.parametrize(
    "item",
    [
        kept_finding("abc", about=fingerprint(record(client_secret="another-secret"))),
        kept_finding("abc", about=None),
        kept_finding("abc", client="perhaps"),
        kept_finding("abc", at="yesterday"),
        kept_finding("abc", at=None),
        {},
        None,
    ],
)
async def test_what_is_about_something_else_is_forgotten(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
    item: Any,
) -> None:
    """A file from a backup, or one of a later version."""
    before(
        hass_storage,
        {"findings": {"shop_abc": item, "shop_gone": kept_finding("gone")}},
        "abc",
    )
    wire = await start()
    await hass.async_block_till_done()
    state = hass.states.get("binary_sensor.abc_problem")
    assert state is not None
    assert state.state == "unknown"
    assert len(await wire.get("list")) == 1
    hass.data[DATA].state.async_changed()
    assert (await kept_state(hass, hass_storage))["findings"] == {}


UNREADABLE = [
    {"at": "0001-01-01T00:00:00+23:59"},
    {"last_at": "9999-12-31T23:59:59-23:59"},
    {"at": 1e300},
    {"last_at": "inf"},
    {"by": ["check"]},
    {"reason": {"a": 1}, "at": "9" * 900},
]


@pytest.mark.parametrize("fields", UNREADABLE)
async def test_what_cannot_be_read_costs_itself_alone(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
    fields: dict[str, Any],
) -> None:
    """What else stands in the file is known, and stays in it."""
    findings = {"shop_abc": kept_finding(**fields), "shop_good": kept_finding("good")}
    before(
        hass_storage,
        {
            "findings": findings,
            "links": 7,
            "link_requests": {"good": "a"},
        },
        *("abc", "good"),
    )
    wire = await start()
    status = await wire.get("status")
    assert status["shop_abc"]["client"] == "unknown"
    assert status["shop_good"]["client"] == "accepted"
    hass.data[DATA].state.async_changed()
    kept = await kept_state(hass, hass_storage)
    assert set(kept["findings"]) == {"shop_good"}
    assert kept["link_requests"] == {"good": "a"}


async def test_what_was_found_outlasts_a_file_of_credentials_that_cannot_be_read(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """They are what they were, when it is restored."""
    before(hass_storage, {"findings": {"shop_abc": kept_finding()}}, "abc")
    hass_storage[DOMAIN] |= {"version": 2}
    await start()
    hass.data[DATA].state.async_changed()
    assert set((await kept_state(hass, hass_storage))["findings"]) == {"shop_abc"}


async def test_a_pipe_in_its_place_is_not_read(
    start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """It would never end."""
    before(hass_storage, {}, "abc")
    hass_storage.path(STATE).unlink()
    os.mkfifo(hass_storage.path(STATE))
    wire = await start()
    assert [record["id"] for record in await wire.get("list")] == ["shop_abc"]


async def test_the_files_of_1_1_0_are_taken_over_and_removed(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
    issue_registry: ir.IssueRegistry,
) -> None:
    """What was found, who was asked, which links end; what it has hidden is shown again."""
    add_integration(hass)
    account = add_account(hass, "shop_abc")
    shown = add_account(hass, "shop_abc")
    hidden = f"config_entry_reauth_shop_{account.entry_id}"
    ir.async_create_issue(
        hass,
        "homeassistant",
        hidden,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key="config_entry_reauth",
    )
    ir.async_ignore_issue(hass, "homeassistant", hidden, True)
    hass_storage[DOMAIN] = stored(record())
    link = {
        "link": "a",
        "answered_at": 1.0,
        "ends_at": 2.0,
        "is_testing": True,
        "is_sure": True,
    }
    asked = {"asked_with": "b", "by_integration": False}
    old = {
        "findings": {"findings": {"shop_abc": kept_finding()}},
        "link_ends": {"accounts": {account.entry_id: link}},
        "link_requests": {
            "accounts": {
                account.entry_id: asked,
                "other": {**asked, "by_integration": True},
            }
        },
        "hidden_requests": {
            "accounts": {account.entry_id: {}, shown.entry_id: {}, "gone": {}}
        },
    }
    for name, data in old.items():
        hass_storage.keep(f"{DOMAIN}.{name}", data)
    with link_flow():
        wire = await start()
        await hass.async_block_till_done()
        assert reauthentications(hass) == [account.entry_id]
    assert (await wire.get("status"))["shop_abc"]["client"] == "accepted"
    issue = issue_registry.async_get_issue("homeassistant", hidden)
    assert issue
    assert issue.dismissed_version is None
    kept = await kept_state(hass, hass_storage)
    assert set(kept["findings"]) == {"shop_abc"}
    assert set(kept["link_requests"]) == {account.entry_id}
    assert not [name for name in old if f"{DOMAIN}.{name}" in hass_storage]


@pytest.mark.parametrize("facts", [7, {"accounts": 7}, {"accounts": {"gone": 7}}])
async def test_damaged_files_of_1_1_0_cost_what_stood_in_them(
    start: Callable[[], Awaitable[Wire]], hass_storage: Disk, facts: Any
) -> None:
    """And nothing else."""
    hass_storage[DOMAIN] = stored(record())
    for name in ("findings", "link_ends", "link_requests", "hidden_requests"):
        hass_storage.keep(f"{DOMAIN}.{name}", facts)
    wire = await start()
    assert [each["id"] for each in await wire.get("list")] == ["shop_abc"]


async def test_the_end_of_our_entry_removes_it(
    hass: HomeAssistant, wire: Wire, kept: dict[str, Any], hass_storage: Disk
) -> None:
    """The credentials stay, and nothing is written anew beside them."""
    assert kept
    hass_storage.keep(f"{DOMAIN}.findings", {})
    await hass.config_entries.async_remove(own_entry(hass).entry_id)
    assert {name for name in hass_storage if name.startswith(DOMAIN)} == {DOMAIN}
    await wire.create("new")
    async_fire_time_changed(hass, datetime.now(UTC) + timedelta(seconds=11))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert STATE not in hass_storage
    assert len(await wire.get("list")) == 2


async def test_the_end_of_a_second_entry_of_ours_removes_nothing(
    hass: HomeAssistant, wire: Wire, kept: dict[str, Any], hass_storage: Disk
) -> None:
    """One that a person has put into the file of the entries."""
    second = MockConfigEntry(domain=DOMAIN)
    second.add_to_hass(hass)
    await hass.config_entries.async_remove(second.entry_id)
    assert STATE in hass_storage


async def test_what_could_not_be_saved_is_saved_later(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk
) -> None:
    """As with a full disk that has room again."""
    await wire.create()
    with patch(f"{PACKAGE}.state.write_private", side_effect=OSError("full")) as full:
        hass.data[DATA].state.async_changed()
        async_fire_time_changed(hass, datetime.now(UTC) + timedelta(seconds=11))
        await hass.async_block_till_done(wait_background_tasks=True)
        assert full.called
    await kept_state(hass, hass_storage)
    assert STATE in hass_storage


@pytest.mark.parametrize("content", ["[]", "{", "{}", '{"version": 9, "data": {}}'])
async def test_a_file_that_cannot_be_read_costs_what_stood_in_it(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
    content: str,
) -> None:
    """The credentials are there, and so are their entities."""
    before(hass_storage, {}, "abc")
    hass_storage.path(STATE).write_text(content)
    wire = await start()
    await hass.async_block_till_done()
    assert [record["domain"] for record in await wire.get("list")] == [SHOP]
    assert hass.states.get("binary_sensor.abc_problem")
