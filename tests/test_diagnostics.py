"""Diagnostics show lengths, states and findings, and nothing private."""

from collections.abc import Awaitable, Callable
import json
from typing import Any
from unittest.mock import ANY, patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.provider.answers import TokenAnswer
from custom_components.application_credentials.provider.tables import About
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .common import DOMAIN, TOKEN_URL, Disk, Wire, add_account, record, stored


@pytest.fixture(autouse=True)
async def downloads(hass: HomeAssistant) -> None:
    """Set up diagnostics, before the client connects."""
    assert await async_setup_component(hass, "diagnostics", {})


async def diagnostics(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> dict[str, Any]:
    """Return the diagnostics of the entry, as they are downloaded."""
    await hass.async_block_till_done()
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    downloaded = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert isinstance(downloaded, dict)
    return downloaded


async def test_nothing_is_told_of_no_credentials(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, wire: Wire
) -> None:
    """They only show that there are none."""
    assert await diagnostics(hass, hass_client) == {
        "readable": True,
        "unreadable_records": 0,
        "credentials": [],
    }


async def test_shapes_usage_and_findings_are_told(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    wire: Wire,
    provider: AiohttpClientMocker,
) -> None:
    """For every credential, without names, titles, IDs and tokens."""
    private = [
        "client-1234",
        "s3cr3t",
        "Kitchen",
        "anna@shop.test",
        "quoted",
        "refresh",
    ]
    provider.post(
        TOKEN_URL,
        status=400,
        json={"error": "invalid_client", "error_description": "quoted"},
    )
    await wire.create("client-1234", client_secret="s3cr3t", name="Kitchen")
    await wire.create("public", client_secret="")
    add_account(
        hass, "shop_client_1234", disabled_by=ConfigEntryDisabler.USER, source="user"
    )
    await wire.get("check", application_credentials_id="shop_client_1234")
    told = await diagnostics(hass, hass_client)
    assert told["credentials"] == [
        {
            "domain": "shop",
            "fields": ["client_id", "client_secret", "domain", "id", "name"],
            "client_id_length": 11,
            "has_client_secret": True,
            "entries": [
                {
                    "state": "not_loaded",
                    "disabled_by": "user",
                    "source": "user",
                    "asks_to_be_linked": False,
                    "link_ends": None,
                }
            ],
            "has_row": True,
            "finding": {
                "client": "rejected",
                "redirect_uri": "unknown",
                "at": ANY,
                "by": "check",
                "reason": None,
            },
        },
        {
            "domain": "shop",
            "fields": ["client_id", "client_secret", "domain", "id"],
            "client_id_length": 6,
            "has_client_secret": False,
            "has_row": True,
            "entries": [],
            "finding": None,
        },
    ]
    for value in private:
        assert value not in json.dumps(told)


async def test_what_becomes_of_a_link_is_told(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, wire: Wire
) -> None:
    """Whether the account asks to be linked again, and when its link ends."""
    await wire.create()
    account = add_account(hass, "shop_abc")
    token = {
        "refresh_token": "first",
        "expires_at": 1795000000,
        "expires_in": 3600,
        "refresh_token_expires_in": 604799,
        "scope": "https://www.googleapis.com/auth/calendar",
    }
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": token}
    )
    hass.data[DATA].state.link_requests[account.entry_id] = ""
    (told,) = (await diagnostics(hass, hass_client))["credentials"]
    assert told["entries"][0]["asks_to_be_linked"]
    assert told["entries"][0]["link_ends"] == "2026-11-25T10:06:39+00:00"


async def test_what_a_refusal_has_said_is_not_told(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, wire: Wire
) -> None:
    """They only show that a token was refused because of the client."""
    await wire.create()
    hass.data[DATA].findings.async_reject(
        hass.data[DATA_COLLECTION].record("shop_abc"),
        TokenAnswer(About.CLIENT, "invalid_client", "quoted abc"),
    )
    told = await diagnostics(hass, hass_client)
    finding = told["credentials"][0]["finding"]
    assert (finding["client"], finding["by"]) == ("rejected", "token_request")
    assert "quoted" not in json.dumps(told)


async def test_what_cannot_be_read_is_counted(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_storage: Disk,
    start: Any,
) -> None:
    """Its content is not shown."""
    hass_storage[DOMAIN] = stored(
        record(), {"id": 7, "client_secret": "s3cr3t"}, "s3cr3t"
    )
    await start()
    told = await diagnostics(hass, hass_client)
    assert told["unreadable_records"] == 2
    assert len(told["credentials"]) == 1
    assert "s3cr3t" not in json.dumps(told)


async def test_a_file_of_a_newer_version_is_told(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_storage: Disk,
    start: Any,
) -> None:
    """It is the reason why there are no credentials."""
    hass_storage[DOMAIN] = {"version": 2, "data": {"items": []}}
    await start()
    assert not (await diagnostics(hass, hass_client))["readable"]


async def test_that_the_original_serves_is_told(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """They show nothing else."""
    MockConfigEntry(domain=DOMAIN).add_to_hass(hass)
    with patch(
        f"custom_components.{DOMAIN}.component.Hooks",
        side_effect=AttributeError("gone"),
    ):
        assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert await diagnostics(hass, hass_client) == {"original_serves": True}


async def test_a_number_that_a_person_has_written_into_the_file_has_a_length(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """Such a credential is served, so it is in the diagnostics."""
    hass_storage[DOMAIN] = stored(record(client_id=1234, client_secret=5, name=None))
    await start()
    (told,) = (await diagnostics(hass, hass_client))["credentials"]
    assert told["client_id_length"] == 4
    assert told["has_client_secret"]
