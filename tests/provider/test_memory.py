"""What checks found is known after a restart."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.common import (
    DOMAIN,
    SHOP,
    TOKEN_URL,
    Disk,
    Wire,
    client,
    fingerprint,
    issue_id,
    kept_finding,
    record,
)

KEY = f"{DOMAIN}.findings"
AT = "2026-11-24T12:00:00+00:00"


async def stop(hass: HomeAssistant) -> None:
    """Have everything saved that is to be saved at the end."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()


@pytest.fixture
async def kept(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk, provider: AiohttpClientMocker
) -> dict[str, Any]:
    """Return what is kept of a credential that the provider has rejected."""
    provider.post(TOKEN_URL, status=401, json={"error": "invalid_client"})
    await wire.create("abc", name="Kitchen")
    await wire.get("check", application_credentials_id="shop_abc")
    await stop(hass)
    kept: dict[str, Any] = hass_storage[KEY]["data"]["findings"]["shop_abc"]
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
    text = hass_storage.path(KEY).read_text()
    assert "the-secret" not in text
    assert "invalid_client" not in text
    assert hass_storage.path(KEY).stat().st_mode & 0o077 == 0


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
    assert hass_storage[KEY]["data"]["findings"]["shop_abc"]["cause"] == cause
    text = hass_storage.path(KEY).read_text()
    assert said.partition(" ")[0] not in text


async def test_a_deleted_credential_is_forgotten(
    hass: HomeAssistant, wire: Wire, kept: dict[str, Any], hass_storage: Disk
) -> None:
    """Also on the disk."""
    assert kept
    await wire.get("delete", application_credentials_id="shop_abc")
    await stop(hass)
    assert hass_storage[KEY]["data"]["findings"] == {}


def before(hass_storage: Disk, findings: Any, *client_ids: str) -> None:
    """Have credentials on the disk, and what was found out about them."""
    for key, data in {
        DOMAIN: {
            "items": [
                {"id": f"shop_{client_id}", **client(client_id, name=client_id)}
                for client_id in client_ids
            ]
        },
        KEY: findings,
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


@pytest.mark.parametrize("content", ["[]", "{", "{}", '{"version": 9, "data": {}}'])
async def test_a_file_that_cannot_be_read_costs_what_stood_in_it(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
    content: str,
) -> None:
    """The credentials are there, and so are their entities."""
    before(hass_storage, {}, "abc")
    hass_storage.path(KEY).write_text(content)
    wire = await start()
    await hass.async_block_till_done()
    assert [record["domain"] for record in await wire.get("list")] == [SHOP]
    assert hass.states.get("binary_sensor.abc_problem")
