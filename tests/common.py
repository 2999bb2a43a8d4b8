"""What the tests of several modules use: an integration to serve, and a client of the wire."""

import asyncio
from collections.abc import Callable, Generator, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
import importlib
import json
import os
from pathlib import Path
import re
import sys
import threading
from types import ModuleType
from typing import Any, override
from unittest.mock import patch

from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_fire_time_changed,
    mock_config_flow,
    mock_integration,
    mock_platform,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket
import voluptuous as vol
from yarl import URL

import custom_components
from custom_components import application_credentials
from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.models import Finding
from homeassistant import config_entries, loader
from homeassistant.components.application_credentials import (
    AuthorizationServer,
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    AbstractOAuth2Implementation,
    LocalOAuth2Implementation,
    async_add_implementation_provider,
)
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.http import current_request

DOMAIN = "application_credentials"
STATE = f"{DOMAIN}.state"
PACKAGE = f"custom_components.{DOMAIN}"
HOOK_PACKAGE = "homeassistant.components."

# An integration with an OAuth2 account, as one of Home Assistant's own would be.
SHOP = "shop"
AUTHORIZE_URL = "https://provider.test/authorize"
TOKEN_URL = "https://provider.test/token"
ORIGIN = "https://example.com"
REDIRECT_URI = f"{ORIGIN}/auth/external/callback"


async def get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Name the endpoints, as most hooks do and nothing more."""
    return AuthorizationServer(AUTHORIZE_URL, TOKEN_URL)


def hook(**functions: Any) -> Any:
    """Return a module with these functions, to be an integration's hook."""
    module = ModuleType("application_credentials")
    for name, function in functions.items():
        setattr(module, name, function)
    return module


def server(authorize_url: str = AUTHORIZE_URL, token_url: str = TOKEN_URL) -> str:
    """Return the file of a hook that names these endpoints."""
    return f"""
from homeassistant.components.application_credentials import AuthorizationServer
from custom_components.application_credentials.data import DATA

async def async_get_authorization_server(hass):
    return AuthorizationServer("{authorize_url}", "{token_url}")
"""


def fault(said: str, *path: str | int) -> str:
    """Return how this release of Home Assistant words what is wrong at a place in a request.

    That is probatio's way since 2026.9, and was voluptuous' before; `said` is probatio's.
    """
    if vol.Invalid.__module__.startswith("probatio"):
        where = f"{path[0]}" + "".join(f"[{each}]" for each in path[1:])
        return f"{said} at '{where}'"
    if said == "not a valid option":
        said = "extra keys not allowed"
    elif said != "required key not provided" and len(path) == 1:
        said += " for dictionary value"
    return f"{said} @ data" + "".join(f"[{each!r}]" for each in path)


def add_hook(hass: HomeAssistant, domain: str = SHOP, **functions: Any) -> None:
    """Make an integration whose hook has these functions, a plain one without any."""
    functions = functions or {
        "async_get_authorization_server": get_authorization_server
    }
    module = hook(**functions)
    mock_platform(hass, f"{domain}.{DOMAIN}", module)
    # As Python has what Home Assistant has imported; conftest.py takes it away.
    sys.modules[f"{HOOK_PACKAGE}{domain}.{DOMAIN}"] = module


def add_cloud(hass: HomeAssistant, *offered: str) -> None:
    """Have Home Assistant Cloud loaded, whose account linking offers these integrations."""

    async def provide(
        hass: HomeAssistant, domain: str
    ) -> list[AbstractOAuth2Implementation]:
        if domain not in offered:
            return []
        return [LocalOAuth2Implementation(hass, "cloud", "c", "s", "a", "t")]

    hass.config.components.add("cloud")
    async_add_implementation_provider(hass, "cloud", provide)


def real_hook(hass: HomeAssistant, domain: str, **const: Any) -> Any:
    """Make an integration with the hook of Home Assistant's own, whose libraries may lack.

    `const` are constants, where the integration's `const` needs a library.
    """
    folder = Path(loader.__file__).parent / "components" / domain
    package = f"{__package__}.hook_of_{domain}"
    stand_in = sys.modules[package] = ModuleType(package)
    stand_in.__path__ = [str(folder)]
    if const:
        sys.modules[f"{package}.const"] = hook(**const)
    real: Any = importlib.import_module(f"{package}.{DOMAIN}")
    mock_platform(hass, f"{domain}.{DOMAIN}", real)
    sys.modules[f"{HOOK_PACKAGE}{domain}.{DOMAIN}"] = real
    return real


@contextmanager
def imported_anew() -> Iterator[None]:
    """Have the component imported as at a start, and forget what was imported."""
    imported = {
        name: module
        for name, module in sys.modules.items()
        if name == PACKAGE or name.startswith(f"{PACKAGE}.")
    }
    handler = config_entries.HANDLERS.get(DOMAIN)
    for name in imported:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in list(sys.modules):
            if name.startswith(PACKAGE):
                del sys.modules[name]
        sys.modules.update(imported)
        if handler is not None:
            config_entries.HANDLERS[DOMAIN] = handler
        sys.modules["custom_components"].application_credentials = (  # type: ignore[attr-defined]
            application_credentials
        )


class Setups:
    """Counts how often each config entry was set up, by entry id."""

    def __init__(self) -> None:
        """Start with none."""
        self.count: dict[str, int] = {}
        self.fails: Callable[[config_entries.ConfigEntry], None] = lambda entry: None

    async def async_setup_entry(
        self, hass: HomeAssistant, entry: config_entries.ConfigEntry
    ) -> bool:
        """Count, and fail if the test wants it so."""
        self.count[entry.entry_id] = self.count.get(entry.entry_id, 0) + 1
        self.fails(entry)
        return True


def add_integration(hass: HomeAssistant, domain: str = SHOP, **hook: Any) -> Setups:
    """Make an integration that has accounts; `link_flow` gives it a config flow."""
    setups = Setups()

    async def async_unload_entry(
        hass: HomeAssistant, entry: config_entries.ConfigEntry
    ) -> bool:
        return True

    mock_integration(
        hass,
        MockModule(
            domain,
            async_setup_entry=setups.async_setup_entry,
            async_unload_entry=async_unload_entry,
        ),
    )
    config_flow: Any = ModuleType("config_flow")
    mock_platform(hass, f"{domain}.config_flow", config_flow)
    add_hook(hass, domain, **hook)
    return setups


def link_flow(domain: str = SHOP, *, reauthentication: bool = True) -> Any:
    """Return a context in which an integration has an OAuth2 config flow."""

    class Flow(AbstractOAuth2FlowHandler):
        DOMAIN = domain

        @property
        @override
        def logger(self) -> Any:
            import logging  # noqa: PLC0415

            return logging.getLogger(__name__)

        @override
        async def async_oauth_create_entry(self, data: dict[str, Any]) -> Any:
            if self.source == config_entries.SOURCE_REAUTH:
                return self.async_update_reload_and_abort(
                    self._get_reauth_entry(), data=data
                )
            return self.async_create_entry(title="anna@shop.test", data=data)

    class FlowWithReauthentication(Flow):
        async def async_step_reauth(self, entry_data: Any) -> Any:
            return await self.async_step_reauth_confirm()

        async def async_step_reauth_confirm(self, user_input: Any = None) -> Any:
            if user_input is None:
                return self.async_show_form(step_id="reauth_confirm")
            return await self.async_step_user()

    return mock_config_flow(
        domain, FlowWithReauthentication if reauthentication else Flow
    )


async def link_again(hass: HomeAssistant, account: MockConfigEntry) -> None:
    """Link an account again in the flow in which it asks for that, within `link_flow`."""
    hass.config.components.add("my")
    flows = hass.config_entries.flow
    (flow_id,) = [
        flow["flow_id"]
        for flow in flows.async_progress()
        if flow["context"].get("entry_id") == account.entry_id
    ]
    # A person answers it, in a browser.
    with under_way(request_with({})):
        await flows.async_configure(flow_id, {})
    external: Any = {"code": "code", "state": {"redirect_uri": REDIRECT_URI}}
    await flows.async_configure(flow_id, external)
    with patch(
        "homeassistant.helpers.config_entry_oauth2_flow"
        ".LocalOAuth2Implementation.async_resolve_external_data",
        return_value={
            "access_token": "new",
            "refresh_token": "new",
            "expires_in": 3600,
        },
    ):
        await flows.async_configure(flow_id)
    await hass.async_block_till_done()


def add_account(
    hass: HomeAssistant,
    auth_implementation: str,
    *,
    domain: str = SHOP,
    title: str = "anna@shop.test",
    data: dict[str, Any] | None = None,
    **entry: Any,
) -> MockConfigEntry:
    """Make a config entry that points at a credential; it is not set up yet."""
    account = MockConfigEntry(
        domain=domain,
        title=title,
        data={
            "auth_implementation": auth_implementation,
            "token": {"access_token": "access", "refresh_token": "refresh"},
        }
        | (data or {}),
        **entry,
    )
    account.add_to_hass(hass)
    # It is there, and was not linked just now.
    async_dispatcher_send(
        hass,
        config_entries.SIGNAL_CONFIG_ENTRY_CHANGED,
        config_entries.ConfigEntryChange.UPDATED,
        account,
    )
    return account


async def import_client(
    hass: HomeAssistant, client_id: str = "abc", auth_domain: str | None = None
) -> None:
    """Import a credential, as the shop does that brings its own client."""
    await async_import_client_credential(
        hass, SHOP, ClientCredential(client_id, "s"), auth_domain
    )


async def settle(hass: HomeAssistant) -> None:
    """Wait until what goes on in the background is done, too."""
    await hass.async_block_till_done(wait_background_tasks=True)


def own_entry(hass: HomeAssistant) -> config_entries.ConfigEntry:
    """Return the entry of this component, whose rows the credentials are."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


def entry_with_row(hass: HomeAssistant) -> MockConfigEntry:
    """Make our entry with the row of a credential, as a start before has left it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[
            {
                "data": {},
                "subentry_type": "credential",
                "title": "Kitchen",
                "unique_id": "shop_abc",
            }
        ],
    )
    entry.add_to_hass(hass)
    return entry


def issue_id(kind: str, item_id: str = "shop_abc") -> str:
    """Return the id of the issue of a credential, which must not tell that of the credential."""
    return f"{kind}_{sha256(json.dumps(item_id).encode()).hexdigest()[:16]}"


def issue_ids(hass: HomeAssistant) -> set[str]:
    """Return the ids of our issues."""
    return {
        issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN
    }


def finding_of(hass: HomeAssistant, item_id: str = "shop_abc") -> Finding:
    """Return the finding about a credential."""
    finding = hass.data[DATA].findings.get(item_id)
    assert finding is not None
    return finding


def fail_as_titled(entry: config_entries.ConfigEntry) -> None:
    """Have the set-up of an account fail as its title says, of any other title work."""
    if entry.title == "retried":
        raise ConfigEntryNotReady
    if entry.title == "failed":
        raise ConfigEntryError


def as_shown(text: str) -> str:
    """Return Markdown as it is shown, without escapes."""
    return re.sub(r"\\(.)", r"\1", text)


def client(client_id: str = "abc", **fields: Any) -> dict[str, Any]:
    """Return the fields of a credential of the shop, unless `fields` say otherwise."""
    return {
        "domain": SHOP,
        "client_id": client_id,
        "client_secret": "the-secret",
    } | fields


def record(client_id: str = "abc", /, **fields: Any) -> dict[str, Any]:
    """Return a stored record of the shop, unless `fields` say otherwise."""
    return {"id": f"shop_{client_id}", **client(client_id)} | fields


def fingerprint(record: dict[str, Any]) -> str:
    """Return the fingerprint of a client, as it is in the state."""
    client = [record["id"], record["client_id"], record["client_secret"]]
    return sha256(json.dumps(client).encode()).hexdigest()


def kept_finding(
    client_id: str = "abc", verdict: str = "accepted", **other: Any
) -> dict[str, Any]:
    """Return a finding about a credential of the shop, as it is kept."""
    return {
        "client": verdict,
        "redirect_uri": "unknown",
        "at": "2026-11-24T12:00:00+00:00",
        "about": fingerprint(record(client_id)),
    } | other


async def kept_state(hass: HomeAssistant, hass_storage: "Disk") -> dict[str, Any]:
    """Return the stored state, after pending saves."""
    async_fire_time_changed(hass, datetime.now(UTC) + timedelta(seconds=11))
    await hass.async_block_till_done(wait_background_tasks=True)
    data: dict[str, Any] = hass_storage[STATE]["data"]
    return data


def stored(*items: Any, **beside: Any) -> dict[str, Any]:
    """Return the content of the file, with `beside` next to the items."""
    return {
        "version": 1,
        "minor_version": 1,
        "key": DOMAIN,
        "data": {"items": list(items), **beside},
    }


def reauthentications(hass: HomeAssistant, domain: str = SHOP) -> list[str]:
    """Return the ids of the config entries that ask to be linked again."""
    return [
        flow["context"]["entry_id"]
        for flow in hass.config_entries.flow.async_progress_by_handler(
            domain, match_context={"source": config_entries.SOURCE_REAUTH}
        )
    ]


class Wire:
    """The websocket API as a client sees it."""

    def __init__(self, socket: MockHAClientWebSocket) -> None:
        """Take an authenticated connection."""
        self.socket = socket

    async def ask(self, command: str, **request: Any) -> Any:
        """Send a command; return the whole answer."""
        await self.socket.send_json_auto_id({"type": f"{DOMAIN}/{command}", **request})
        return await self.socket.receive_json()

    async def get(self, command: str, **request: Any) -> Any:
        """Send a command that succeeds; return its result."""
        answer = await self.ask(command, **request)
        assert answer["success"], answer
        return answer["result"]

    async def refused(self, command: str, **request: Any) -> tuple[str, str]:
        """Send a command that fails; return the error's code and message."""
        answer = await self.ask(command, **request)
        assert not answer["success"], answer
        return answer["error"]["code"], answer["error"]["message"]

    async def ask_together(self, command: str, *requests: dict[str, Any]) -> list[Any]:
        """Send a command several times before reading; return the answers in that order."""
        for request in requests:
            await self.socket.send_json_auto_id(
                {"type": f"{DOMAIN}/{command}", **request}
            )
        answers = [await self.socket.receive_json() for _ in requests]
        return sorted(answers, key=lambda answer: int(answer["id"]))

    async def create(self, client_id: str = "abc", **fields: Any) -> Any:
        """Create a credential of the shop, unless `fields` say otherwise."""
        return await self.get("create", **client(client_id, **fields))


class BrowserWire(Wire):
    """A websocket that numbers its messages itself."""

    _last_id = 0

    @override
    async def ask(self, command: str, **request: Any) -> Any:
        """Send a command; return the whole answer."""
        self._last_id += 1
        await self.socket.send_json(
            {"id": self._last_id, "type": f"{DOMAIN}/{command}", **request}
        )
        return await self.socket.receive_json()


async def add_movable(
    hass: HomeAssistant, wire: Wire, domain: str = SHOP, **entry: Any
) -> MockConfigEntry:
    """Create the credentials `one` and `two` of an integration, and an account of the first."""
    await wire.create("one", domain=domain)
    await wire.create("two", domain=domain)
    return add_account(hass, f"{domain}_one", domain=domain, **entry)


async def move(
    hass: HomeAssistant, wire: Wire, account: config_entries.ConfigEntry, item_id: str
) -> None:
    """Move an account to another credential, and wait for what comes of it."""
    answer = await wire.get(
        "move", config_entry_id=account.entry_id, application_credentials_id=item_id
    )
    assert answer == {}
    await hass.async_block_till_done()


def is_control(data: Any) -> bool:
    """Return whether a token request is one with a secret that cannot be right."""
    return any(
        re.fullmatch("[0-9a-f]{32}", value)
        for value in dict(data).values()
        if isinstance(value, str)
    )


def answer_token_requests(
    provider: AiohttpClientMocker,
    error: str,
    said: str | None = None,
    *,
    url: str = TOKEN_URL,
) -> None:
    """Have the shop's provider refuse a code with `error`, and no secret but a wrong one."""

    async def respond(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        answer = {"error": error, "error_description": said}
        if is_control(data):
            answer = {"error": "invalid_client"}
        return AiohttpClientMockResponse(method, url, status=400, json=answer)

    provider.post(url, side_effect=respond)


def request_with(headers: dict[str, str]) -> web.Request:
    """Return a request as a browser makes it, to be the one that is under way."""
    return make_mocked_request("GET", "/", headers={"Host": "example.com", **headers})


@contextmanager
def under_way(request: web.Request) -> Generator[None]:
    """Have a request be the one that is under way."""
    token = current_request.set(request)
    try:
        yield
    finally:
        current_request.reset(token)


class Neighbours:
    """Custom integrations of other people, as folders with real files."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Have Home Assistant look into `folder` for custom integrations, too."""
        self._hass = hass
        self._folder = folder
        self._path = custom_components.__path__
        folder.mkdir()
        custom_components.__path__ = [*self._path, str(folder)]

    def add(
        self,
        domain: str,
        hook: str | None = None,
        *,
        requirements: Sequence[str] = (),
        **files: str,
    ) -> Path:
        """Write an integration: its hook, if it has one, and other modules by their names."""
        integration = self._folder / domain
        integration.mkdir()
        manifest = {
            "domain": domain,
            "name": domain,
            "version": "1.0.0",
            "dependencies": [DOMAIN],
            "requirements": list(requirements),
        }
        (integration / "manifest.json").write_text(json.dumps(manifest))
        (integration / "__init__.py").write_text(files.pop("init", ""))
        if hook is not None:
            files[DOMAIN] = hook
        for name, content in files.items():
            path = integration / f"{name}.py"
            path.write_bytes(content.encode("utf-8", "surrogateescape"))
        self._hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
        # Python remembers what is in a folder by its time, which may not have moved on.
        importlib.invalidate_caches()
        return integration

    def remove(self) -> None:
        """Forget the integrations, and what was imported of them."""
        custom_components.__path__ = self._path
        for domain in (path.name for path in self._folder.iterdir()):
            package = f"custom_components.{domain}"
            for name in list(sys.modules):
                if name == package or name.startswith(f"{package}."):
                    del sys.modules[name]


class OwnImplementation(AbstractOAuth2Implementation):
    """An implementation whose endpoints nobody can know."""

    name = "own"
    domain = "own"

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        """Do nothing."""
        raise NotImplementedError

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Do nothing."""
        raise NotImplementedError

    @override
    async def _async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


async def own_implementation(hass: HomeAssistant, *_: Any) -> OwnImplementation:
    """Be a hook with an implementation that does not say its endpoints."""
    return OwnImplementation()


async def broken(hass: HomeAssistant, *_: Any) -> None:
    """Be a hook that fails, as one does that works in its own flow alone."""
    raise LookupError


class SlowDisk:
    """The disk below the file of the credentials, which can be slow, and can fail.

    Other files are written as ever.
    """

    def __init__(self) -> None:
        """Be as fast as ever, until told otherwise."""
        # Of the credentials, also those that failed.
        self.writes = 0
        self.fails: Callable[[], None] = lambda: None
        self.under_way = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._go_on = threading.Event()
        self._go_on.set()

    def fsync(self, descriptor: int) -> None:
        """Stand in for what the atomic writes of Home Assistant call."""
        if _is_of_credentials(descriptor):
            self.writes += 1
            self._loop.call_soon_threadsafe(self.under_way.set)
            self._go_on.wait(10)
            self.fails()
        os.fsync(descriptor)

    def hold(self) -> None:
        """Have every write wait from now on."""
        self.under_way.clear()
        self._go_on.clear()

    def release(self) -> None:
        """Have them go on."""
        self._go_on.set()


def _is_of_credentials(descriptor: int) -> bool:
    """Return whether this is the temporary file of a write of the credentials."""
    name = Path(f"/proc/self/fd/{descriptor}").readlink().name
    return re.fullmatch(rf"{DOMAIN}\.\w{{8}}\.tmp", name) is not None


def disk_is_full() -> Any:
    """Return a context in which no credentials can be saved."""

    def fsync(descriptor: int) -> None:
        if _is_of_credentials(descriptor):
            raise OSError(28, "No space left on device")
        os.fsync(descriptor)

    return patch("atomicwrites._proper_fsync", fsync)


class Disk(MutableMapping[str, Any]):
    """What Home Assistant's stores hold, as it stands in their files."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not be there."""
        self._folder = folder

    def path(self, key: str) -> Path:
        """Return the file of a store."""
        return self._folder / key

    @override
    def __getitem__(self, key: str) -> Any:
        try:
            return json.loads(self.path(key).read_text())
        except FileNotFoundError:
            raise KeyError(key) from None

    @override
    def __setitem__(self, key: str, stored: Any) -> None:
        self._folder.mkdir(exist_ok=True)
        self.path(key).write_text(json.dumps(stored))

    def keep(self, key: str, data: Any) -> None:
        """Have a store of ours hold this from before the start."""
        self[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}

    @override
    def __delitem__(self, key: str) -> None:
        self.path(key).unlink()

    @override
    def __iter__(self) -> Iterator[str]:
        return (path.name for path in self._folder.glob("*"))

    @override
    def __len__(self) -> int:
        return len(list(self))


class Shown:
    """A step of a flow as a person sees it."""

    shown: dict[str, Any]

    @property
    def told(self) -> dict[str, str]:
        """What the texts of the step have placeholders for."""
        told = self.shown["description_placeholders"] or {}
        return {name: as_shown(text) for name, text in told.items()}

    @property
    def errors(self) -> dict[str, str]:
        """The errors of the form, by field."""
        return dict(self.shown["errors"] or {})
