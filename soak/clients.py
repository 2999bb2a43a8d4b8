"""Fifty browsers and scripts at once, over one Home Assistant's websocket."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import itertools
import json
import random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from soak.ledger import DOMAIN, MARK, Ledger

# The change is taken back when the disk answers, unless Home Assistant is killed before.
_UNCERTAIN = {"storage_slow"}


@dataclass
class Told:
    """What the clients were told."""

    acknowledged: int = 0
    refused: int = 0
    other_answers: int = 0
    # Errors that no disk fault explains, each with how often it came.
    unexpected: dict[str, int] = field(default_factory=dict)
    leaks: int = 0


class Client:
    """A person with a connection."""

    def __init__(self, ledger: Ledger, told: Told, seed: object) -> None:
        """Take what the person knows; `told` is everybody's."""
        self._ledger = ledger
        self._told = told
        self._random = random.Random(f"client {seed}")

    async def work(self, url: str, access_token: str, end: asyncio.Event) -> None:
        """Change credentials, and now and then ask for something.

        Until the connection ends, or an answer comes after `end`.
        """
        try:
            async with connect(url, max_size=None, open_timeout=60) as connection:
                await connection.recv()
                await _send(connection, type="auth", access_token=access_token)
                await connection.recv()
                ids = itertools.count(1)

                async def ask(command: str, **fields: Any) -> Any:
                    return await self._ask(connection, next(ids), command, fields)

                while not end.is_set():
                    await self._do_something(ask)
        except (ConnectionClosed, OSError):
            return

    async def _do_something(self, ask: Callable[..., Awaitable[Any]]) -> None:
        match self._random.random():
            case number if number < 0.02:
                await ask("config")
                self._told.other_answers += 1
            case number if number < 0.06 and self._ledger.acknowledged:
                item_id = self._random.choice(list(self._ledger.acknowledged))
                await ask("check", application_credentials_id=item_id)
                self._told.other_answers += 1
            case _:
                command, fields = self._ledger.next_change()
                answer = await ask(command, **fields)
                if answer["success"]:
                    self._ledger.granted()
                    self._told.acknowledged += 1
                    return
                self._told.refused += 1
                key = answer["error"].get("translation_key")
                if key not in _UNCERTAIN:
                    self._ledger.refused()
                if key not in {"storage_failed", *_UNCERTAIN}:
                    said = answer["error"]["message"]
                    self._told.unexpected[said] = self._told.unexpected.get(said, 0) + 1

    async def _ask(
        self,
        connection: ClientConnection,
        number: int,
        command: str,
        fields: dict[str, Any],
    ) -> Any:
        await _send(connection, id=number, type=f"{DOMAIN}/{command}", **fields)
        text = str(await connection.recv())
        answer = json.loads(text)
        if MARK in text and not answer.get("success"):
            self._told.leaks += 1
        return answer


async def work(
    clients: list[Client], url: str, access_token: str, end: asyncio.Event
) -> None:
    """Let all of them work until their connections end, or `end` comes."""
    async with asyncio.TaskGroup() as tasks:
        for client in clients:
            tasks.create_task(client.work(url, access_token, end))


async def _send(connection: ClientConnection, **message: Any) -> None:
    await connection.send(json.dumps(message))
