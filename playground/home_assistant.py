"""A Home Assistant process with its own configuration folder."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
import json
import os
from pathlib import Path
import shutil
import sys
from typing import Any

import httpx2

from playground import REPOSITORY
from playground.process import Process, ProcessFailed
from playground.websocket_client import WebSocketClient, sign_in

# The Python of the environment that holds Home Assistant: ours, or that of another release.
PYTHON = Path(os.environ.get("HOME_ASSISTANT_PYTHON", sys.executable))

LATER = REPOSITORY / "playground" / "later.py"
OURS = REPOSITORY / "custom_components" / "application_credentials"
DEMO_INTEGRATIONS = sorted(
    (REPOSITORY / "playground" / "custom_components").glob("shop*")
)

OWNER = "owner"
PASSWORD = "playground"

START_SECONDS = 120

# It speaks plain HTTP, and to load certificates takes longer than to ask.
NO_CERTIFICATES = False

# Not default_config: it brings `my`, and with it a redirect URI that leads away from this machine.
CONFIGURATION = """\
frontend:
config:
logger:
  default: warning
  logs:
    homeassistant.components.application_credentials: debug
    custom_components.application_credentials: debug
"""

# Older releases are told in YAML where to listen.
HTTP_IS_STORED = any(
    PYTHON.parent.parent.glob(
        "lib/python*/site-packages/homeassistant/components/http/config.py"
    )
)
HTTP_IN_YAML = """\
http:
  server_host: 127.0.0.1
  server_port: {port}
"""

# Where it listens, as a user has confirmed it on the first release that stores it; later ones read that. Settings from
# YAML are on trial only: Home Assistant asks whether to keep them, and minutes later restarts without them.
HTTP = {
    "server_host": ["127.0.0.1"],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": True,
    "ssl_profile": "intermediate",
    "use_x_frame_options": True,
    "created_at": "2026-11-01T00:00:00+00:00",
    "error": None,
    "error_message": None,
}

# All of onboarding but the owner's account; its other steps set up integrations that talk to the internet.
ONBOARDING_BUT_USER = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["core_config", "analytics", "integration"]},
}


class HomeAssistant:
    """A Home Assistant on 127.0.0.1 with the demo integrations, and with others that are given.

    `ours` says whether the next start is with our component or with the one that Home Assistant ships,
    `my` whether it is with My Home Assistant, whose redirect URI most homes have, `ahead` by how much its clock is ahead.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        ours: bool = True,
        environment: Mapping[str, str] | None = None,
        configuration: str = CONFIGURATION,
        integrations: Iterable[Path] = (),
        process: type[Process] = Process,
    ) -> None:
        """Describe a Home Assistant; start() makes what is missing of its configuration folder."""
        self.ours = ours
        self.my = False
        self.ahead = timedelta()
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.redirect_uri = f"{self.url}/auth/external/callback"
        self.log = folder / "output.log"
        self.tokens: dict[str, Any] = {}
        self._port = port
        self._configuration = configuration
        self._integrations = [*DEMO_INTEGRATIONS, *integrations]
        self.process = process(
            "Home Assistant",
            self._command(),
            folder=folder,
            log=self.log,
            environment=environment,
        )

    def start(self) -> None:
        """Start it; return when all is set up."""
        self._prepare_folder()
        self.process.command = self._command()
        self.process.start()
        self.process.wait_until(self._is_listening, seconds=START_SECONDS)
        self.tokens = self._sign_in()
        self.process.wait_until(self.is_set_up, seconds=START_SECONDS)
        self._check_component()

    def _command(self) -> list[str]:
        program = [str(PYTHON.with_name("hass"))]
        if self.ahead:
            seconds = self.ahead.total_seconds()
            program = [str(PYTHON), "-P", str(LATER), str(seconds)]
        # --skip-pip: all it needs is in the environment, and a run installs nothing.
        return [
            *program,
            "--config",
            str(self.folder),
            "--skip-pip",
            "--log-no-color",
        ]

    def stop(self) -> None:
        """End it as a user would, so that everything is saved."""
        self.process.stop()

    def restart(self) -> None:
        """Stop it and start it again on the same configuration folder."""
        self.stop()
        self.start()

    def websocket(self) -> AbstractContextManager[WebSocketClient]:
        """Open a websocket connection as the frontend of the owner does."""
        return sign_in(self.url, self.tokens["access_token"], origin=self.url)

    def http(self) -> httpx2.Client:
        """Open an HTTP client that acts as the frontend of the owner."""
        return httpx2.Client(
            base_url=self.url,
            headers={
                "Authorization": f"Bearer {self.tokens['access_token']}",
                "HA-Frontend-Base": self.url,
            },
            timeout=60,
            verify=NO_CERTIFICATES,
        )

    def install(self, release: Path) -> None:
        """Unpack a release of our component, as users and HACS do, for the next start."""
        shutil.unpack_archive(release, self._installed)
        self.ours = True

    def uninstall(self) -> None:
        """Remove what install() unpacked."""
        shutil.rmtree(self._installed)
        self.ours = False

    @property
    def _installed(self) -> Path:
        return self.folder / "custom_components" / OURS.name

    def storage_path(self, key: str) -> Path:
        """Return where Home Assistant stores the data with a key."""
        return self.folder / ".storage" / key

    def stored(self, key: str) -> dict[str, Any]:
        """Return the data that is on disk under a key."""
        data: dict[str, Any] = json.loads(self.storage_path(key).read_text())["data"]
        return data

    def store(self, key: str, data: dict[str, Any]) -> None:
        """Replace the data under a key; for a Home Assistant that is stopped."""
        if self.process.is_running:
            raise RuntimeError("Home Assistant would overwrite it: stop it first")
        path = self.storage_path(key)
        path.write_text(json.dumps(json.loads(path.read_text()) | {"data": data}))

    def _prepare_folder(self) -> None:
        integrations = self.folder / "custom_components"
        integrations.mkdir(parents=True, exist_ok=True)
        configuration = self._configuration + ("my:\n" if self.my else "")
        if not HTTP_IS_STORED:
            configuration += HTTP_IN_YAML.format(port=self._port)
        (self.folder / "configuration.yaml").write_text(configuration)
        wanted = {
            path.name: path
            for path in [*self._integrations, *([OURS] if self.ours else [])]
        }
        for present in integrations.iterdir():
            if present.is_symlink():
                present.unlink()
        for name, path in wanted.items():
            if not (integrations / name).exists():
                # A link, so that a restart is all it takes to try a change in the working tree.
                (integrations / name).symlink_to(path)
        self.storage_path("").mkdir(exist_ok=True)
        if not self.storage_path("onboarding").exists():
            self.storage_path("onboarding").write_text(json.dumps(ONBOARDING_BUT_USER))
        if HTTP_IS_STORED:
            self._store_http()

    def _store_http(self) -> None:
        self.storage_path("http").write_text(
            json.dumps(
                {
                    "version": 2,
                    "minor_version": 2,
                    "key": "http",
                    "data": {
                        "stable": HTTP | {"server_port": self._port},
                        "pending": None,
                        "yaml_migration_done": True,
                    },
                }
            )
        )

    def _is_listening(self) -> bool:
        try:
            url = f"{self.url}/manifest.json"
            return httpx2.get(url, verify=NO_CERTIFICATES).is_success
        except httpx2.TransportError:
            return False

    def is_set_up(self) -> bool:
        """Return whether its start is over."""
        with self.http() as client:
            return bool(
                client.get("/api/config").raise_for_status().json()["state"]
                == "RUNNING"
            )

    def _check_component(self) -> None:
        """Make sure that the component is the one that was asked for."""
        with self.websocket() as websocket:
            manifest = websocket.command(
                "manifest/get", integration="application_credentials"
            )
        if manifest["is_built_in"] is self.ours:
            raise ProcessFailed(f"Home Assistant loaded another component: {manifest}")

    def _sign_in(self) -> dict[str, Any]:
        """Return tokens of the owner, who is created at the first time."""
        if "user" in self.stored("onboarding")["done"]:
            return self.sign_in(OWNER, PASSWORD)
        with httpx2.Client(
            base_url=self.url, timeout=60, verify=NO_CERTIFICATES
        ) as client:
            return self._tokens(client, self._code_of_new_owner(client, f"{self.url}/"))

    def sign_in(self, username: str, password: str) -> dict[str, Any]:
        """Sign in a user who is there; return the tokens."""
        with httpx2.Client(
            base_url=self.url, timeout=60, verify=NO_CERTIFICATES
        ) as client:
            code = self._code_of_user(client, f"{self.url}/", username, password)
            return self._tokens(client, code)

    def _tokens(self, client: httpx2.Client, code: str) -> dict[str, Any]:
        token = client.post(
            "/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "client_id": f"{self.url}/",
            },
        )
        tokens: dict[str, Any] = token.raise_for_status().json()
        return tokens

    @staticmethod
    def _code_of_new_owner(client: httpx2.Client, client_id: str) -> str:
        owner = {
            "name": "Owner",
            "username": OWNER,
            "password": PASSWORD,
            "language": "en",
            "client_id": client_id,
        }
        code: str = (
            client.post("/api/onboarding/users", json=owner)
            .raise_for_status()
            .json()["auth_code"]
        )
        return code

    @staticmethod
    def _code_of_user(
        client: httpx2.Client, client_id: str, username: str, password: str
    ) -> str:
        start = {
            "client_id": client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": client_id,
        }
        flow = client.post("/auth/login_flow", json=start).raise_for_status().json()
        login = {"client_id": client_id, "username": username, "password": password}
        code: str = (
            client.post(f"/auth/login_flow/{flow['flow_id']}", json=login)
            .raise_for_status()
            .json()["result"]
        )
        return code
