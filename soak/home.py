"""One Home Assistant, and all that is thrown at it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
import random
import re
import resource
import shutil
import time

from playground.home_assistant import HomeAssistant
from playground.process import free_port
from soak.clients import Client, Told, work
from soak.ledger import DOMAIN, MARK, Ledger
from soak.storage import stored_records
from tests.e2e import hostile_provider
from tests.e2e.hostile_provider import HostileProvider

NEIGHBOURS = Path(__file__).parent / "neighbours"

ANSWERS = [
    hostile_provider.hangs,
    hostile_provider.drips,
    hostile_provider.is_not_http,
    hostile_provider.sends_random_bytes,
    hostile_provider.sends_json_of_another_shape,
    hostile_provider.sends_deep_json,
    hostile_provider.sends_a_huge_body,
    hostile_provider.redirects_in_a_loop,
    hostile_provider.breaks_off,
    hostile_provider.fails,
    hostile_provider.quotes_what_it_was_sent,
]

# Of the time, the part in which Home Assistant is killed and stopped again and again.
_KILLING = 0.6

# Seconds that a write takes on a slow disk, and on one with a fault. The component waits for 60.
_SLOW, _VERY_SLOW = 0.5, 35
# Long enough that some are refused, since they waited for others.
_VERY_SLOW_ROUND = 40


@dataclass
class HomeResult:
    """What has come of it."""

    told: Told = field(default_factory=Told)
    kills: int = 0
    stops: int = 0
    # How often the disk was full, read-only or slow.
    disk_faults: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    secrets_in_logs: int = 0
    tracebacks_at_stops: int = 0
    # Resident, in MB, of the last process: when it was up, warm, and at its end.
    memory: list[int] = field(default_factory=list)
    last_process_seconds: int = 0


class Soak:
    """A run, with everything that it needs."""

    def __init__(
        self, folder: Path, clients: int, seed: int, told: Callable[[str], None]
    ) -> None:
        """Prepare a configuration folder with neighbours; nothing is started yet."""
        self.result = HomeResult()
        self._say = told
        self._random = random.Random(seed)
        self._ledgers = [Ledger(f"p{number}", seed) for number in range(clients)]
        self._clients = [
            Client(ledger, self.result.told, f"{seed} {number}")
            for number, ledger in enumerate(self._ledgers)
        ]
        self._provider = HostileProvider()
        # What the disk of Home Assistant is like: see bad_disk.
        self._disk = folder / "disk"
        self._home_assistant = HomeAssistant(
            folder,
            free_port(),
            environment={
                "SHOP_AUTHORIZATION_SERVER": self._provider.url,
                "PYTHONPATH": str(Path(__file__).parent / "bad_disk"),
                "SOAK_DISK": str(self._disk),
            },
        )
        for neighbour in NEIGHBOURS.iterdir():
            if (neighbour / "manifest.json").exists():
                shutil.copytree(
                    neighbour, folder / "custom_components" / neighbour.name
                )

    def run(self, minutes: float) -> HomeResult:
        """Kill and stop it again and again, then let one process live for the rest."""
        begin = time.monotonic()
        with self._provider:
            try:
                while time.monotonic() - begin < minutes * 60 * _KILLING:
                    self._round()
                self._very_slow_round()
                self._last_round(begin + minutes * 60)
            finally:
                self._home_assistant.process.kill()
        self.result.secrets_in_logs = sum(
            path.read_text(errors="replace").count(MARK)
            for path in (
                self._home_assistant.log,
                *self._home_assistant.folder.glob("home-assistant.log*"),
            )
        )
        return self.result

    def _round(self) -> None:
        """Start, work for some seconds, end in some way, and compare."""
        self._home_assistant.start()
        asyncio.run(self._work(self._random.uniform(2, 12), self._end_somehow))
        self._compare()
        self._say(
            f"{self.result.kills} kills, {self.result.stops} stops,"
            f" {self.result.told.acknowledged} changes acknowledged,"
            f" {len(self.result.faults)} faults"
        )

    def _very_slow_round(self) -> None:
        """Work on a disk that takes more than half a minute for each change."""
        self._home_assistant.start()
        before = self.result.told.acknowledged
        with self._bad_disk(str(_VERY_SLOW)):
            asyncio.run(self._work(_VERY_SLOW_ROUND, lambda: None, disk_fails=False))
        # A write that began on the slow disk, and one that takes a late change back.
        time.sleep(2 * _VERY_SLOW)
        self._stop()
        self._compare()
        self._say(
            f"{self.result.told.acknowledged - before} changes acknowledged while each"
            f" took {_VERY_SLOW} s, {len(self.result.faults)} faults"
        )

    def _last_round(self, end: float) -> None:
        """Let one process live, and see what it takes."""
        self._home_assistant.start()
        begin = time.monotonic()
        self.result.memory.append(self._resident())

        asyncio.run(self._work(30, lambda: None))
        self.result.memory.append(self._resident())
        asyncio.run(self._work(max(10, end - time.monotonic()), lambda: None))
        self.result.memory.append(self._resident())
        self.result.last_process_seconds = int(time.monotonic() - begin)
        self._stop()
        self._compare()

    async def _work(
        self,
        seconds: float,
        end_process: Callable[[], None],
        *,
        disk_fails: bool = True,
    ) -> None:
        """Let all clients work; the disk fails now and then, and the provider is another."""
        end = asyncio.Event()
        url = f"ws{self._home_assistant.url.removeprefix('http')}/api/websocket"
        token = str(self._home_assistant.tokens["access_token"])
        working = asyncio.create_task(work(self._clients, url, token, end))
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not working.done():
            self._provider.become(self._random.choice(ANSWERS))
            if disk_fails and self._random.random() < 0.4:
                fault = self._random.choice(
                    (
                        self._full_disk(),
                        self._bad_disk("read-only"),
                        self._bad_disk(str(_SLOW)),
                    )
                )
                with fault:
                    await asyncio.sleep(min(left, 2 * _SLOW))
            await asyncio.sleep(min(left, 1))
        # In a thread, so that the clients are at it until the very end.
        await asyncio.to_thread(end_process)
        end.set()
        await working

    def _end_somehow(self) -> None:
        if self._random.random() < 0.7:
            self._home_assistant.process.kill()
            self.result.kills += 1
        else:
            self._stop()

    def _stop(self) -> None:
        before = len(self._log())
        self._home_assistant.stop()
        self.result.stops += 1
        self.result.tracebacks_at_stops += len(
            re.findall(r"^Traceback", self._log()[before:], re.MULTILINE)
        )

    def _compare(self) -> None:
        stored = stored_records(self._home_assistant.storage_path(DOMAIN))
        for ledger in self._ledgers:
            self.result.faults += ledger.faults(stored)
            ledger.look_at(stored)

    @contextmanager
    def _full_disk(self) -> Iterator[None]:
        """Let Home Assistant write no file of more than a few bytes for a while."""
        self.result.disk_faults["full"] += 1
        pid = self._home_assistant.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (64, limits[1]))
        try:
            yield
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    @contextmanager
    def _bad_disk(self, state: str) -> Iterator[None]:
        """Let the disk be read-only, or take so many seconds for each write, for a while."""
        is_slow = state != "read-only"
        self.result.disk_faults[f"slow ({state} s)" if is_slow else state] += 1
        self._disk.write_text(state)
        try:
            yield
        finally:
            self._disk.unlink(missing_ok=True)

    def _resident(self) -> int:
        status = Path(f"/proc/{self._home_assistant.process.pid}/status").read_text()
        (kilobytes,) = re.findall(r"VmRSS:\s+(\d+)", status)
        return int(kilobytes) // 1024

    def _log(self) -> str:
        return self._home_assistant.log.read_text(errors="replace")


def as_json(result: HomeResult) -> str:
    """Return what can be kept of a result."""
    return json.dumps(result, default=vars, indent=2)
