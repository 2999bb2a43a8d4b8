"""Wait with nearly all of ours, where a home has nothing that it could look after.

A start of Home Assistant is not to take longer for credentials that are not there.
What others call stands here in its place. The first call, or at the latest the end
of the start, has everything served; the call is answered then, as any later one.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.components.application_credentials import (
    ApplicationCredentialsStorageCollection,
)
from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import (
    DOMAIN as WEBSOCKET_API,
    ERR_UNKNOWN_COMMAND,
)
from homeassistant.components.websocket_api.decorators import async_response
from homeassistant.components.websocket_api.messages import BASE_COMMAND_MESSAGE_SCHEMA
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.config_entry_oauth2_flow import (
    DATA_PROVIDERS,
    AbstractOAuth2Implementation,
    async_add_implementation_provider,
)
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store
from homeassistant.util.json import json_loads

from .const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from .records.redaction import redact_websocket_log

# What websocket_api.py registers.
COMMANDS: Final = (
    "check",
    "config",
    "config_entry",
    "copy",
    "create",
    "delete",
    "link_again",
    "list",
    "move",
    "redirect_uri",
    "status",
    "subscribe",
    "update",
    "usage",
)

type Serve = Callable[[], Awaitable[None]]
type Then = Callable[[Callable[[], None]], object]


async def async_wait(hass: HomeAssistant, serve: Serve, then: Then) -> bool:
    """Wait for the first call; return False where there is something to look after.

    Called in a start of Home Assistant, where our entry is there, and has no rows.

    `serve` returns when ours serves, or the original; any number of callers may
    await it. What `then` is given is called when that comes to pass.
    """
    if any(
        CONF_AUTH_IMPLEMENTATION in entry.data
        for entry in hass.config_entries.async_entries()
    ):
        return False
    store: Store[Any] = Store(hass, 1, DOMAIN)
    if not await hass.async_add_executor_job(_holds_nothing, Path(store.path)):
        return False
    redact_websocket_log()
    credentials = _NoCredentials(store, serve)
    hass.data[DOMAIN] = credentials
    for name in COMMANDS:
        _register(hass, f"{DOMAIN}/{name}", serve)
    async_add_implementation_provider(
        hass, DOMAIN, partial(_async_implementations, serve=serve)
    )
    then(credentials.hand_over)

    async def serve_at_last(_hass: HomeAssistant) -> None:
        await serve()

    async_at_started(hass, serve_at_last)
    return True


def _holds_nothing(path: Path) -> bool:
    """Return whether a file is not there, or is one of ours without any credential."""
    try:
        # What is no file may keep its reader waiting.
        if not path.is_file():
            return not path.exists(follow_symlinks=False)
        stored: Any = json_loads(path.read_bytes())
        return bool(stored["version"] == 1 and stored["data"]["items"] == [])
    except (OSError, ValueError, LookupError, TypeError):
        return False


async def _async_implementations(
    hass: HomeAssistant, domain: str, *, serve: Serve
) -> list[AbstractOAuth2Implementation]:
    """Return what the provider does that takes the place of this one."""
    await serve()
    return await hass.data[DATA_PROVIDERS][DOMAIN](hass, domain)


@callback
def _register(hass: HomeAssistant, command: str, serve: Serve) -> None:
    """Register what hands a command on to the one that takes its place."""

    @async_response
    async def hand_on(
        hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
    ) -> None:
        await serve()
        handler, schema = hass.data[WEBSOCKET_API][command]
        if handler is hand_on:
            # The original serves, and has no such command.
            connection.send_error(msg["id"], ERR_UNKNOWN_COMMAND, "Unknown command.")
        else:
            handler(hass, connection, schema(msg) if schema else msg)

    async_register_command(
        hass,
        command,
        hand_on,
        BASE_COMMAND_MESSAGE_SCHEMA.extend(
            {vol.Required("type"): command}, extra=vol.ALLOW_EXTRA
        ),
    )


class _NoCredentials(ApplicationCredentialsStorageCollection):
    """The collection that others find: empty, until one of them changes that.

    Who holds on to it later reads and hears of what the collection has that takes its place.
    """

    def __init__(self, store: Store[Any], serve: Serve) -> None:
        super().__init__(store)
        self._serve = serve

    @callback
    def hand_over(self) -> None:
        """Show from now on what the collection has that has taken the place of this one."""
        served = self.hass.data[DOMAIN]
        self.data = served.data
        served.async_add_change_set_listener(self.notify_changes)

    @override
    async def async_create_item(self, data: dict[str, Any]) -> Any:
        return await (await self._async_served()).async_create_item(data)

    @override
    async def async_import_item(self, info: dict[str, Any]) -> None:
        await (await self._async_served()).async_import_item(info)

    @override
    async def async_update_item(self, item_id: str, updates: dict[str, Any]) -> Any:
        return await (await self._async_served()).async_update_item(item_id, updates)

    @override
    async def async_delete_item(self, item_id: str) -> None:
        await (await self._async_served()).async_delete_item(item_id)

    async def _async_served(self) -> Any:
        await self._serve()
        return self.hass.data[DOMAIN]
