"""Kill the storage layer alone, a thousand times in a few minutes.

A child is forked from a process that has imported everything, opens the records
and changes them with several workers; it writes what it asks for and what it was
told into a pipe. After a moment it is killed, and the file is compared with that.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import random
import select
import signal
import time
from typing import Any, NoReturn

from custom_components.application_credentials.records.collection import (
    CredentialCollection,
)
from homeassistant.core import HomeAssistant
from soak.ledger import DOMAIN, Ledger, Records

WORKERS = 6

# A child is killed at some moment of its first so many seconds.
LIFE_SECONDS = 0.15


@dataclass
class StorageResult:
    """What has come of it."""

    kills: int = 0
    acknowledged: int = 0
    temporary_files: int = 0
    faults: list[str] = field(default_factory=list)


def run(
    folder: Path, kills: int, seed: int, told: Callable[[str], None]
) -> StorageResult:
    """Kill so many children on one folder, and compare after each."""
    result = StorageResult()
    moments = random.Random(seed)
    stored: Records = {}
    while result.kills < kills:
        ledgers = [
            Ledger(f"w{number}", f"{seed} {result.kills}", result.kills * 10_000)
            for number in range(WORKERS)
        ]
        for ledger in ledgers:
            ledger.look_at(stored)
        lines = _live_and_die(folder, ledgers, moments.uniform(0.01, LIFE_SECONDS))
        result.kills += 1
        # Each line is a worker that has asked, or was told, by turns.
        asks: set[int] = set()
        for worker in lines:
            if worker in asks:
                asks.remove(worker)
                ledgers[worker].granted()
                result.acknowledged += 1
            else:
                asks.add(worker)
                ledgers[worker].next_change()
        result.temporary_files += len(list(folder.glob(f".storage/{DOMAIN}.*.tmp")))
        stored = stored_records(folder / ".storage" / DOMAIN)
        for ledger in ledgers:
            result.faults += ledger.faults(stored)
        if result.kills % 100 == 0:
            told(f"{result.kills} kills, {result.acknowledged} changes acknowledged")
    return result


def stored_records(path: Path) -> Records:
    """Return the records that are on the disk, by id."""
    if not path.exists():
        return {}
    return {item["id"]: item for item in json.loads(path.read_bytes())["data"]["items"]}


def _live_and_die(folder: Path, ledgers: list[Ledger], seconds: float) -> bytes:
    """Return what a child wrote into its pipe until it was killed."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reading)
        _be_a_child(folder, ledgers, writing)
    os.close(writing)
    lines = bytearray()
    # Not before it has written something, unless it never does.
    select.select([reading], [], [], 30)
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and select.select(
        [reading], [], [], left
    )[0]:
        if not (read := os.read(reading, 1 << 16)):
            break
        lines += read
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while read := os.read(reading, 1 << 16):
        lines += read
    os.close(reading)
    return bytes(lines)


def _be_a_child(folder: Path, ledgers: list[Ledger], pipe: int) -> NoReturn:
    """Change records until the end, which comes from outside."""
    with suppress(BaseException):
        asyncio.run(_work(folder, ledgers, pipe))
    os._exit(1)


async def _work(folder: Path, ledgers: list[Ledger], pipe: int) -> None:
    hass = HomeAssistant(str(folder))

    async def has_hook(_domain: str) -> bool:
        return True

    credentials = CredentialCollection(hass, has_hook=has_hook)
    await credentials.async_load()

    async def change(worker: int, ledger: Ledger) -> None:
        while True:
            os.write(pipe, bytes([worker]))
            command, fields = ledger.next_change()
            await _send(credentials, command, fields)
            ledger.granted()
            os.write(pipe, bytes([worker]))

    await asyncio.gather(*(change(*each) for each in enumerate(ledgers)))


async def _send(
    credentials: CredentialCollection, command: str, fields: dict[str, Any]
) -> None:
    item_id = fields.pop(f"{DOMAIN}_id", "")
    if command == "create":
        await credentials.async_create_item(fields)
    elif command == "update":
        await credentials.async_update_items(item_id, fields)
    else:
        await credentials.async_delete_item(item_id, users=lambda _record: [])
