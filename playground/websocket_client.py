"""Home Assistant's websocket API, one command at a time."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
import itertools
import json
from typing import Any

from websockets.sync.client import ClientConnection, connect

TIMEOUT_SECONDS = 30


class CommandFailed(Exception):
    """Home Assistant answered a command with an error."""

    def __init__(self, code: str, message: str) -> None:
        """Keep what the answer said."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@contextmanager
def sign_in(url: str, access_token: str) -> Iterator[WebSocketClient]:
    """Connect to a Home Assistant at an http URL, and sign in."""
    with connect(
        f"ws{url.removeprefix('http')}/api/websocket",
        max_size=None,
        open_timeout=TIMEOUT_SECONDS,
    ) as connection:
        client = WebSocketClient(connection)
        client.sign_in(access_token)
        yield client


class WebSocketClient:
    """An open connection."""

    def __init__(self, connection: ClientConnection) -> None:
        """Number the commands of a connection from 1."""
        self._connection = connection
        self._ids = itertools.count(1)
        self._events: dict[int, deque[Any]] = {}

    def sign_in(self, access_token: str) -> None:
        """Answer the first message of Home Assistant, which asks who we are."""
        self._receive()
        self._send({"type": "auth", "access_token": access_token})
        if (answer := self._receive())["type"] != "auth_ok":
            raise PermissionError(answer["message"])

    def command(self, kind: str, **fields: Any) -> Any:
        """Send a command and return its result, or raise CommandFailed."""
        return self._command(next(self._ids), kind, fields)

    def subscribe(self, kind: str, **fields: Any) -> int:
        """Send a command that is answered with events; return the number to give to next_event."""
        number = next(self._ids)
        self._events[number] = deque()
        self._command(number, kind, fields)
        return number

    def next_event(self, subscription: int) -> Any:
        """Wait for the next event of a subscription."""
        events = self._events[subscription]
        while not events:
            self._keep(self._receive())
        return events.popleft()

    def _command(self, number: int, kind: str, fields: dict[str, Any]) -> Any:
        self._send({"id": number, "type": kind, **fields})
        while (message := self._receive())["type"] != "result" or message[
            "id"
        ] != number:
            self._keep(message)
        if not message["success"]:
            raise CommandFailed(message["error"]["code"], message["error"]["message"])
        return message["result"]

    def _keep(self, message: dict[str, Any]) -> None:
        if message["type"] == "event" and message["id"] in self._events:
            self._events[message["id"]].append(message["event"])

    def _send(self, message: dict[str, Any]) -> None:
        self._connection.send(json.dumps(message))

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._connection.recv(TIMEOUT_SECONDS))
        return message
