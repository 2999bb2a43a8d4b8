"""What we lean on in Home Assistant without a promise that it stays.

Each is listed with its reason in docs/architecture.md, and has a test here that
looks at Home Assistant alone: it fails on the first release that changes it.
"""

import logging
from typing import Any, override

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.application_credentials.records import redaction
from homeassistant.config_entries import HANDLERS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    LocalOAuth2Implementation,
)
from homeassistant.setup import async_setup_component

from .common import AUTHORIZE_URL, SHOP, TOKEN_URL, link_flow


async def test_the_websocket_logs_its_messages_as_arguments(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Under the logger's name that the filter for client secrets is added to."""
    assert await async_setup_component(hass, "websocket_api", {})
    with caplog.at_level(logging.DEBUG, redaction._WEBSOCKET_LOGGER):
        socket = await hass_ws_client(hass)
        await socket.send_json_auto_id({"type": "ping", "marker": "the-marker"})
        await socket.receive_json()
    logged = [
        record for record in caplog.records if "the-marker" in record.getMessage()
    ]
    assert logged
    assert {record.name for record in logged} == {redaction._WEBSOCKET_LOGGER}
    assert all("the-marker" not in record.msg for record in logged)


async def test_config_flows_are_registered_by_domain(hass: HomeAssistant) -> None:
    """`HANDLERS`."""
    with link_flow():
        assert issubclass(HANDLERS[SHOP], AbstractOAuth2FlowHandler)


async def test_a_token_request_is_a_method_to_override(
    hass: HomeAssistant, provider: AiohttpClientMocker
) -> None:
    """`_token_request`, through which codes are redeemed and tokens refreshed."""
    asked: list[str] = []

    class Ours(LocalOAuth2Implementation):
        @override
        async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
            asked.append(data["grant_type"])
            return {"access_token": "new", "expires_in": 3600}

    ours = Ours(hass, SHOP, "abc", "s3cr3t", AUTHORIZE_URL, TOKEN_URL)
    await ours.async_refresh_token({"refresh_token": "r"})
    await ours.async_resolve_external_data(
        {"code": "c", "state": {"redirect_uri": "https://ha.test"}}
    )
    assert asked == ["refresh_token", "authorization_code"]
