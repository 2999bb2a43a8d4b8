"""Home Assistant's websocket API, one command at a time."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
import itertools
import json
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

TIMEOUT_SECONDS = 30


class CommandFailed(Exception):
    """Home Assistant answered a command with an error."""

    def __init__(self, code: str, message: str) -> None:
        """Keep what the answer said."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@contextmanager
def sign_in(
    url: str, access_token: str, *, origin: str | None = None
) -> Iterator["WebSocketClient"]:
    """Connect to a Home Assistant at an http URL, and sign in; browsers say as `origin` where its page is from."""
    with connect(
        f"ws{url.removeprefix('http')}/api/websocket",
        origin=None if origin is None else Origin(origin),
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
        self._answers: dict[int, dict[str, Any]] = {}
        self._events: dict[int, deque[Any]] = {}

    def sign_in(self, access_token: str) -> None:
        """Answer the first message of Home Assistant, which asks who we are."""
        self._receive()
        self._send({"type": "auth", "access_token": access_token})
        if (answer := self._receive())["type"] != "auth_ok":
            raise PermissionError(answer["message"])

    def command(self, kind: str, **fields: Any) -> Any:
        """Send a command and return its result, or raise CommandFailed."""
        number = next(self._ids)
        self._send({"id": number, "type": kind, **fields})
        return self._result(number)

    def commands_at_once(
        self, kind: str, requests: Iterable[dict[str, Any]]
    ) -> list[Any]:
        """Send a command again and again, then wait for the answers; return results and CommandFailed, in order."""
        messages = [
            {"id": next(self._ids), "type": kind, **fields} for fields in requests
        ]
        for message in messages:
            self._send(message)
        return [self._result_or_error(message["id"]) for message in messages]

    def subscribe(self, kind: str, **fields: Any) -> int:
        """Send a command that is answered with events; return the number to give to next_event."""
        number = next(self._ids)
        self._events[number] = deque()
        self._send({"id": number, "type": kind, **fields})
        self._result(number)
        return number

    def next_event(self, subscription: int) -> Any:
        """Wait for the next event of a subscription."""
        events = self._events[subscription]
        while not events:
            self._keep(self._receive())
        return events.popleft()

    def _result(self, number: int) -> Any:
        """Wait for the answer to a command; return its result, or raise CommandFailed."""
        while number not in self._answers:
            self._keep(self._receive())
        answer = self._answers.pop(number)
        if not answer["success"]:
            raise CommandFailed(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    def _result_or_error(self, number: int) -> Any:
        try:
            return self._result(number)
        except CommandFailed as error:
            return error

    def _keep(self, message: dict[str, Any]) -> None:
        if message["type"] == "result":
            self._answers[message["id"]] = message
        elif message["type"] == "event" and message["id"] in self._events:
            self._events[message["id"]].append(message["event"])

    def _send(self, message: dict[str, Any]) -> None:
        self._connection.send(json.dumps(message))

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._connection.recv(TIMEOUT_SECONDS))
        return message
