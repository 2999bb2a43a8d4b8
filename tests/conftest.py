"""Fixtures: Home Assistant with this component in place of its own."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from pathlib import Path
import shutil
import sys
from typing import cast
from unittest.mock import patch

from aiohttp import web
import pytest
from pytest_homeassistant_custom_component.common import get_test_config_dir
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

# Before the plugin puts the folder of its own custom components on the path.
import custom_components.application_credentials
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .common import (
    DOMAIN,
    HOOK_PACKAGE,
    ORIGIN,
    BrowserWire,
    Disk,
    Neighbours,
    SlowDisk,
    Wire,
    add_hook,
    request_with,
    under_way,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests of the contract run against Home Assistant's own component."""
    parser.addoption(
        "--original",
        action="store_true",
        help="run what holds for Home Assistant's own component, too, against that",
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """With --original, leave out what is ours alone."""
    if config.getoption("--original"):
        ours = [item for item in items if not item.get_closest_marker("original")]
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item.get_closest_marker("original")]


@pytest.fixture(scope="session", autouse=True)
def own_temporary_folder(
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[None]:
    """Have no other run in the folder in which Home Assistant keeps what is uploaded.

    It empties that folder as a whole.
    """
    with patch("tempfile.tempdir", str(tmp_path_factory.mktemp("temporary"))):
        yield


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Have the event loop notice what is called from another thread, as the plugin's fixture of this name has it.

    It does not keep where each call was made, which takes half of the time of a test.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.get_debug = lambda: False  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def imported_hooks() -> Generator[None]:
    """Forget the hooks that were imported in a test."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith(HOOK_PACKAGE) and name.endswith(f".{DOMAIN}"):
            del sys.modules[name]


@pytest.fixture(autouse=True)
def component(
    enable_custom_integrations: None,
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Have Home Assistant find this component in every test, with --original its own."""
    if pytestconfig.getoption("--original"):
        monkeypatch.setattr(custom_components, "__path__", [])


@pytest.fixture(autouse=True)
def provider(aioclient_mock: AiohttpClientMocker) -> AiohttpClientMocker:
    """Stand in for every provider: what a test does not make it answer is no answer."""
    return aioclient_mock


@pytest.fixture
def checks() -> Generator[list[str]]:
    """Collect the ids of the credentials that are checked, and check none of them."""
    checked: list[str] = []
    with patch(
        f"custom_components.{DOMAIN}.provider.findings.Findings.async_schedule",
        lambda _self, item_id, _redirect_uri=None: checked.append(item_id),
    ):
        yield checked


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> Generator[str]:
    """Have Home Assistant live in a folder of its own, on a real disk."""
    shutil.copytree(get_test_config_dir(), tmp_path, symlinks=True, dirs_exist_ok=True)
    # Older releases of the plugin do not ask for this fixture.
    with patch(
        "pytest_homeassistant_custom_component.common.get_test_config_dir",
        lambda *path: str(tmp_path.joinpath(*path)),
    ):
        yield str(tmp_path)


@pytest.fixture
def hass_storage(hass_config_dir: str) -> Disk:
    """Return what is stored on the disk, by key."""
    return Disk(Path(hass_config_dir) / ".storage")


@pytest.fixture
def credentials_file(hass_storage: Disk) -> Path:
    """Return the path of the stored credentials."""
    return hass_storage.path(DOMAIN)


@pytest.fixture
async def slow_disk() -> AsyncGenerator[SlowDisk]:
    """Return a disk on which writes of the credentials can wait or fail."""
    disk = SlowDisk()
    with patch("atomicwrites._proper_fsync", disk.fsync):
        yield disk
    disk.release()


@pytest.fixture
def start(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, checks: list[str]
) -> Callable[[], Awaitable[Wire]]:
    """Return a function that sets up the component, with the shop as an integration."""

    async def start() -> Wire:
        add_hook(hass)
        # As the frontend does.
        assert await async_setup_component(hass, "file_upload", {})
        assert await async_setup_component(hass, DOMAIN, {})
        return Wire(await hass_ws_client(hass))

    return start


@pytest.fixture
async def wire(start: Callable[[], Awaitable[Wire]]) -> Wire:
    """Set the component up with the shop as an integration; return its websocket API."""
    return await start()


@pytest.fixture
def open_browser(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_access_token: str,
    wire: Wire,
) -> Callable[[str], Awaitable[Wire]]:
    """Return a function that opens the websocket of a browser at an address."""

    async def open_browser(origin: str) -> Wire:
        client = await hass_client()
        socket = await client.ws_connect("/api/websocket", headers={"Origin": origin})
        assert (await socket.receive_json())["type"] == "auth_required"
        await socket.send_json({"type": "auth", "access_token": hass_access_token})
        assert (await socket.receive_json())["type"] == "auth_ok"
        return BrowserWire(cast("MockHAClientWebSocket", socket))

    return open_browser


@pytest.fixture
async def browser(open_browser: Callable[[str], Awaitable[Wire]]) -> Wire:
    """Return the websocket API as a person's browser sees it, at the home's address."""
    return await open_browser(ORIGIN)


@pytest.fixture
def request_under_way() -> Generator[web.Request]:
    """Have a request be the one that is under way; nobody has signed in with it."""
    made = request_with({})
    with under_way(made):
        yield made


@pytest.fixture
def neighbours(hass: HomeAssistant, tmp_path: Path) -> Generator[Neighbours]:
    """Write custom integrations to the disk, where Home Assistant finds them."""
    neighbours = Neighbours(hass, tmp_path / "neighbours")
    yield neighbours
    neighbours.remove()
