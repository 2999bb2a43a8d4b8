"""What it costs to have a credential on disk before the answer, and what it saves."""

import asyncio
from contextlib import AsyncExitStack
import itertools
import json
import time
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.component import DOMAIN, Component
from benchmarks.instance import new_home_assistant
from benchmarks.recorder import Recorder
from benchmarks.records import read_records, storage_path
from benchmarks.renames import watch
from playground.home_assistant import HomeAssistant

CREATE = f"{DOMAIN}/create"
KILLED_AFTER = 10

# The demo integration: its provider is on this machine, and not there.
_INTEGRATION = "shop"


class Client:
    """One of many that create credentials, one after the other."""

    def __init__(self, connection: ClientConnection, name: str) -> None:
        """Use an open connection; `name` makes the client IDs its own."""
        self._connection = connection
        self._name = name
        self._ids = itertools.count(1)

    async def sign_in(self, access_token: str) -> None:
        """Do what Home Assistant asks for first."""
        await self._connection.recv()
        await self._connection.send(
            json.dumps({"type": "auth", "access_token": access_token})
        )
        if json.loads(await self._connection.recv())["type"] != "auth_ok":
            raise PermissionError("Home Assistant does not know the access token")

    async def create(self) -> str:
        """Create a credential and return its id."""
        number = next(self._ids)
        request = {
            "id": number,
            "type": CREATE,
            "domain": _INTEGRATION,
            "client_id": f"{self._name}-{number}",
            "client_secret": f"secret-{self._name}-{number}",
        }
        await self._connection.send(json.dumps(request))
        answer: dict[str, Any] = json.loads(await self._connection.recv())
        if not answer.get("success"):
            raise RuntimeError(f"{CREATE} was answered with {answer}")
        item_id: str = answer["result"]["id"]
        return item_id

    async def create_many(self, count: int) -> list[str]:
        """Create credentials one after the other and return their ids."""
        return [await self.create() for _ in range(count)]


def measure_creates(
    component: Component, recorder: Recorder, *, clients: int, each: int
) -> None:
    """Create credentials with several clients at once; count the writes until all is on disk."""
    with new_home_assistant(component) as home_assistant:
        with watch(storage_path(home_assistant.folder)) as renames:
            seconds, created = asyncio.run(_create(home_assistant, clients, each))
            # The original writes ten seconds later, or when Home Assistant stops.
            home_assistant.stop()
            writes = renames.count()
        missing = set(created) - _ids_on_disk(home_assistant)
    if missing:
        raise RuntimeError(
            f"{len(missing)} credentials are missing after a proper stop"
        )
    # One credential was created before the clock started.
    recorder.number(f"creates_{clients}", component, (len(created) - 1) / seconds)
    recorder.number(f"writes_{clients}", component, writes)


def measure_lost(component: Component, recorder: Recorder) -> None:
    """Create credentials, kill Home Assistant after the last answer, and see what is on disk."""
    with new_home_assistant(component) as home_assistant:
        _, created = asyncio.run(_create(home_assistant, 1, KILLED_AFTER - 1))
        home_assistant.process.kill()
        recorder.number(
            "lost", component, len(set(created) - _ids_on_disk(home_assistant))
        )


async def _create(
    home_assistant: HomeAssistant, clients: int, each: int
) -> tuple[float, list[str]]:
    """Return the seconds that the clients took, and the ids of what they created.

    The first credential of all is created before the clock starts, since with it the
    integration is loaded.
    """
    async with AsyncExitStack() as stack:
        url = f"ws{home_assistant.url.removeprefix('http')}/api/websocket"
        opened: list[Client] = []
        for number in range(clients):
            connection = await stack.enter_async_context(connect(url, compression=None))
            client = Client(connection, f"client-{number}")
            await client.sign_in(home_assistant.tokens["access_token"])
            opened.append(client)
        created = [await opened[0].create()]
        start = time.perf_counter()
        for ids in await asyncio.gather(
            *(client.create_many(each) for client in opened)
        ):
            created += ids
        return time.perf_counter() - start, created


def _ids_on_disk(home_assistant: HomeAssistant) -> set[str]:
    return {record["id"] for record in read_records(home_assistant.folder)}
