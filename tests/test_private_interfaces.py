"""What we lean on in Home Assistant without a promise that it stays.

docs/architecture.md lists each with its reason. The tests run Home Assistant alone,
so they fail on the first release that changes something.
"""

from datetime import timedelta
import logging
from typing import Any, override

import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    mock_config_flow,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.application_credentials import implementations
from custom_components.application_credentials.accounts import usage, watcher
from custom_components.application_credentials.const import CONF_AUTH_IMPLEMENTATION
from custom_components.application_credentials.records import redaction
from homeassistant.auth.models import User
from homeassistant.components.frontend import storage
from homeassistant.config_entries import HANDLERS, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    LocalOAuth2Implementation,
    async_add_implementation_provider,
)
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .common import (
    AUTHORIZE_URL,
    REDIRECT_URI,
    SHOP,
    TOKEN_URL,
    Disk,
    add_account,
    add_integration,
    link_flow,
    request_with,
    under_way,
)


async def test_the_websocket_logs_its_messages_as_arguments(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With the logger to which the filter for client secrets is added."""
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
    """In `HANDLERS`."""
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


async def test_the_language_of_a_profile_is_in_the_frontends_store(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: User,
) -> None:
    """`async_user_store` has it. The tests in the browser check which key the frontend writes."""
    assert await async_setup_component(hass, "websocket_api", {})
    await storage.async_setup_frontend_storage(hass)
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id(
        {
            "type": "frontend/set_user_data",
            "key": "language",
            "value": {"language": "de"},
        }
    )
    assert (await socket.receive_json())["success"]
    store = await storage.async_user_store(hass, hass_admin_user.id)
    assert store.data["language"] == {"language": "de"}


async def test_config_entries_are_saved_in_a_file_that_can_be_read(
    hass: HomeAssistant, hass_storage: Disk
) -> None:
    """Under this key, and in the shape that is read before a credential is deleted."""
    account = add_account(hass, "shop_abc")
    hass.config_entries.async_update_entry(account, title="Changed")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await hass.async_block_till_done()
    (saved,) = hass_storage[usage._ENTRIES_KEY]["data"]["entries"]
    assert saved["entry_id"] == account.entry_id
    assert saved["domain"] == SHOP
    assert saved["data"][CONF_AUTH_IMPLEMENTATION] == "shop_abc"


async def test_a_flow_says_in_which_step_it_is(
    hass: HomeAssistant, provider: AiohttpClientMocker
) -> None:
    """None at first, `auth` at the provider's page, and `creation` when the code is redeemed."""
    flows = hass.config_entries.flow
    begun: list[Any] = []
    linking: list[Any] = []

    async def provide(hass: HomeAssistant, domain: str) -> Any:
        begun.extend(
            flows.async_progress_by_handler(domain, include_uninitialized=True)
        )
        return [
            LocalOAuth2Implementation(
                hass, domain, "abc", "s3cr3t", AUTHORIZE_URL, TOKEN_URL
            )
        ]

    class Flow(AbstractOAuth2FlowHandler):
        DOMAIN = SHOP

        @property
        @override
        def logger(self) -> logging.Logger:
            return logging.getLogger(__name__)

        @override
        async def async_oauth_create_entry(self, data: dict[str, Any]) -> Any:
            linking.extend(flows.async_progress_by_handler(SHOP))
            return self.async_abort(reason="linked")

    add_integration(hass)
    hass.config.components.add("my")
    async_add_implementation_provider(hass, "test", provide)
    provider.post(TOKEN_URL, json={"access_token": "new", "expires_in": 3600})
    with mock_config_flow(SHOP, Flow), under_way(request_with({})):
        step = await flows.async_init(SHOP, context={"source": SOURCE_USER})
        assert step["step_id"] == implementations._AT_PROVIDER
        external: Any = {"code": "code", "state": {"redirect_uri": REDIRECT_URI}}
        await flows.async_configure(step["flow_id"], external)
        await flows.async_configure(step["flow_id"])
    assert [flow["flow_id"] for flow in begun] == [step["flow_id"]]
    assert "step_id" not in begun[0]
    assert [flow["step_id"] for flow in linking] == [watcher._CREATION]
