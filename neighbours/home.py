"""A Home Assistant in this process, spoken to as its frontend does."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
import socket
from typing import Any

from aiohttp import ClientSession, ClientTimeout

import custom_components
from homeassistant import bootstrap, config_entries, loader
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component

# The address at which its person has it open; the provider sends them back there.
ORIGIN = "https://home.example"

FLOWS = "/api/config/config_entries/flow"
ENTRIES = "/api/config/config_entries/entry"

# For what an integration begins when it is set up.
SETTLE_SECONDS = 15


class Home:
    """What a person can do with it."""

    def __init__(self, hass: HomeAssistant, session: ClientSession, token: str) -> None:
        """Take the access token of a person who is signed in."""
        self.hass = hass
        self._session = session
        self._token = token

    async def command(self, kind: str, **fields: Any) -> Any:
        """Send a command; return the answer but for its number."""
        async with self._session.ws_connect(
            "/api/websocket", headers={"Origin": ORIGIN}
        ) as connection:
            await connection.receive_json()
            await connection.send_json({"type": "auth", "access_token": self._token})
            await connection.receive_json()
            await connection.send_json({"id": 1, "type": kind, **fields})
            answer = await connection.receive_json()
        return {
            key: answer[key] for key in ("success", "result", "error") if key in answer
        }

    async def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request; return its answer, the status where that is no JSON."""
        async with self._session.request(method, path, json=body) as response:
            if response.content_type != "application/json":
                return {"status": response.status, "text": await response.text()}
            return await response.json()

    async def settle(self) -> None:
        """Wait until nothing is under way any more, or for long enough."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self.hass.async_block_till_done()


@asynccontextmanager
async def running(
    folder: Path, integrations: Sequence[Path], beside: Sequence[str]
) -> AsyncGenerator[Home]:
    """Run a Home Assistant in a folder, with custom integrations, and others beside them."""
    custom_components.__path__ = [str(path) for path in integrations]
    hass = HomeAssistant(str(folder))
    loader.async_setup(hass)
    hass.config.skip_pip = True
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    await async_process_ha_core_config(hass, {})
    async_initialize_recorder(hass)
    port = _free_port()
    config = {"http": {"server_host": "127.0.0.1", "server_port": port}}
    for domain in ("homeassistant", "http", "config", "application_credentials"):
        if not await async_setup_component(hass, domain, config):
            raise RuntimeError(f"{domain} cannot be set up")
    for domain in beside:
        await async_setup_component(hass, domain, config)
    await hass.async_start()
    try:
        user = await hass.auth.async_create_user("Anna", group_ids=[GROUP_ID_ADMIN])
        refresh = await hass.auth.async_create_refresh_token(user, f"{ORIGIN}/")
        token = hass.auth.async_create_access_token(refresh)
        async with ClientSession(
            f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}", "HA-Frontend-Base": ORIGIN},
            timeout=ClientTimeout(120),
        ) as session:
            yield Home(hass, session, token)
    finally:
        await hass.async_stop(force=True)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
