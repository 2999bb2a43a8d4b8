"""The authorization server as a process, and the door behind it as methods."""

from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any

import httpx2

from playground import REPOSITORY
from playground.process import Process

START_SECONDS = 30


@dataclass(frozen=True)
class Client:
    """A client that the authorization server knows."""

    client_id: str
    client_secret: str


class Shop:
    """The shop's authorization server on 127.0.0.1."""

    def __init__(self, folder: Path, port: int) -> None:
        """Describe a server; its log and what it knows go into the folder."""
        self.url = f"http://127.0.0.1:{port}"
        self.process = Process(
            "The authorization server",
            [
                sys.executable,
                "-m",
                "playground.authorization_server",
                "--port",
                str(port),
                "--memory",
                str(folder / "authorization_server.json"),
            ],
            folder=REPOSITORY,
            log=folder / "authorization_server.log",
        )
        self._door = httpx2.Client(base_url=f"{self.url}/playground", timeout=30)

    @property
    def environment(self) -> dict[str, str]:
        """What tells the demo integrations where the server is."""
        return {"SHOP_AUTHORIZATION_SERVER": self.url}

    def start(self) -> None:
        """Start the server; return when it answers."""
        self.process.start()
        self.process.wait_until(self._is_listening, seconds=START_SECONDS)

    def stop(self) -> None:
        """Stop the server; it knows its clients and tokens when it is started again."""
        self.process.stop()

    def register(self, client: Client, *redirect_uris: str) -> None:
        """Make a client known, or change its secret or its redirect URIs."""
        self._door.put(
            f"/clients/{client.client_id}",
            json={
                "client_secret": client.client_secret,
                "redirect_uris": redirect_uris,
            },
        ).raise_for_status()

    def forget(self, client_id: str) -> None:
        """Make a client unknown."""
        self._door.delete(f"/clients/{client_id}").raise_for_status()

    def access_tokens(self) -> dict[str, str]:
        """Return the valid access tokens, each with the user it was issued for."""
        tokens: dict[str, str] = (
            self._door.get("/tokens").raise_for_status().json()["access_tokens"]
        )
        return tokens

    def refresh_tokens(self) -> dict[str, str]:
        """Return the valid refresh tokens, each with the user it was issued for."""
        tokens: dict[str, str] = (
            self._door.get("/tokens").raise_for_status().json()["refresh_tokens"]
        )
        return tokens

    def token_requests(self) -> list[dict[str, Any]]:
        """Return what the token endpoint was asked, oldest first."""
        requests: list[dict[str, Any]] = (
            self._door.get("/token-requests").raise_for_status().json()
        )
        return requests

    def _is_listening(self) -> bool:
        try:
            return self._door.get("/tokens").is_success
        except httpx2.TransportError:
            return False
