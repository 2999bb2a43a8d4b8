"""What was acknowledged is on disk: whatever ends Home Assistant, and whatever the disk does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
import itertools
import json
import os
from pathlib import Path
import random
import re
import resource
import stat
import subprocess
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from playground.home_assistant import HomeAssistant
from playground.process import free_port
from playground.shop import Client, Shop
from playground.websocket_client import CommandFailed, WebSocketClient
from tests.e2e.common import COMMANDS, add_credential

FILE = "application_credentials"
EVERYTHING = ("create", "create", "update", "update", "delete")

PEOPLE = 6
ROUNDS = 4
AT_ONCE = 50

type Record = dict[str, Any]
type Records = dict[str, Record]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A provider that is never started: nobody is linked here, and checks find nothing out."""
    return Shop(tmp_path_factory.mktemp("closed-shop"), free_port())


class Person:
    """Changes credentials over a connection, and remembers what was acknowledged."""

    def __init__(self, name: str, changes: tuple[str, ...]) -> None:
        """Take a name, which is in the person's client IDs, and what the person does."""
        self.acknowledged: Records = {}
        self.answers = 0
        self._asked: Records = {}
        self._name = name
        self._changes = changes
        self._random = random.Random(name)
        self._numbers = itertools.count()

    def change_something(self, websocket: WebSocketClient) -> None:
        """Make one change; return when it is acknowledged."""
        change = self._random.choice(self._changes) if self.acknowledged else "create"
        if change == "create":
            record = self._new()
            fields = {key: record[key] for key in record if key != "id"}
        else:
            before = self._random.choice(list(self.acknowledged.values()))
            new = self._new() if change == "update" else {}
            fields = {
                key: new[key] for key in ("name", "client_id", "client_secret") if new
            }
            record = before | fields
            fields[f"{COMMANDS}_id"] = record["id"]
        others = {
            item_id: other
            for item_id, other in self.acknowledged.items()
            if item_id != record["id"]
        }
        self._asked = others if change == "delete" else {**others, record["id"]: record}
        websocket.command(f"{COMMANDS}/{change}", **fields)
        self.acknowledged = self._asked
        self.answers += 1

    def faults(self, stored: Records) -> list[str]:
        """Return the ids of records that are neither as acknowledged nor as asked for last."""
        own = self._own(stored)
        return sorted(
            item_id
            for item_id in own.keys() | self.acknowledged.keys() | self._asked.keys()
            if own.get(item_id)
            not in (self.acknowledged.get(item_id), self._asked.get(item_id))
        )

    def look_at(self, stored: Records) -> None:
        """Take over what has become of the last request, which was not answered."""
        self.acknowledged = self._own(stored)

    def _own(self, stored: Records) -> Records:
        return {
            item_id: record
            for item_id, record in stored.items()
            if item_id.startswith(f"shop_{self._name}_")
        }

    def _new(self) -> Record:
        client_id = f"{self._name}_{next(self._numbers)}"
        return {
            "id": f"shop_{client_id}",
            "domain": "shop",
            "client_id": client_id,
            # Of different lengths, so that a file that was only overwritten would not parse.
            "client_secret": "s3cret" * self._random.randint(1, 200),
            "name": f"Name of {client_id}",
        }


def stored_records(home_assistant: HomeAssistant) -> Records:
    """Return the credentials that are on disk, by id; none is there twice."""
    items = home_assistant.stored(FILE)["items"]
    records = {item["id"]: item for item in items}
    assert len(records) == len(items)
    return records


def listed_records(home_assistant: HomeAssistant) -> Records:
    """Return the credentials that a running Home Assistant knows, by id."""
    with home_assistant.websocket() as websocket:
        return {
            record["id"]: record for record in websocket.command(f"{COMMANDS}/list")
        }


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def work_until(
    home_assistant: HomeAssistant,
    people: list[Person],
    end: Callable[[], None],
    *,
    after: int,
) -> None:
    """Let people change things at the same time; after so many answers end Home Assistant."""
    answers = itertools.count(1)
    everyone_is_there = threading.Barrier(len(people))

    def work(person: Person) -> None:
        with suppress(ConnectionClosed), home_assistant.websocket() as websocket:
            everyone_is_there.wait()
            while True:
                person.change_something(websocket)
                if next(answers) == after:
                    end()

    with ThreadPoolExecutor(len(people)) as threads:
        for ended in [threads.submit(work, person) for person in people]:
            ended.result()
    assert not home_assistant.process.is_running
    # All of them were at it, and one was in the middle of a request.
    assert sum(person.answers for person in people) >= after


def set_up(home_assistant: HomeAssistant) -> None:
    """Make the owner, and have all that Home Assistant saves late on disk."""
    home_assistant.start()
    home_assistant.stop()


def test_nothing_acknowledged_is_lost_when_home_assistant_is_killed(
    new_home_assistant: Callable[[], HomeAssistant],
) -> None:
    """SIGKILL right after an answer, again and again, while several people work."""
    home_assistant = new_home_assistant()
    set_up(home_assistant)
    people = [Person(f"person{number}", EVERYTHING) for number in range(PEOPLE)]
    moments = random.Random("moments")
    on_disk: Records = {}

    for _ in range(ROUNDS):
        home_assistant.start()
        assert listed_records(home_assistant) == on_disk

        work_until(
            home_assistant,
            people,
            home_assistant.process.kill,
            after=moments.randint(1, 150),
        )

        on_disk = stored_records(home_assistant)
        assert [fault for person in people for fault in person.faults(on_disk)] == []
        for person in people:
            person.look_at(on_disk)
        assert {
            path.name: oct(mode(path))
            for path in home_assistant.storage_path("").iterdir()
            if b"s3cret" in path.read_bytes() and mode(path) != 0o600
        } == {}


def test_nothing_acknowledged_is_lost_when_home_assistant_is_shut_down(
    new_home_assistant: Callable[[], HomeAssistant],
) -> None:
    """SIGTERM while requests are under way; the next start knows all that was acknowledged."""
    home_assistant = new_home_assistant()
    set_up(home_assistant)
    people = [Person(f"person{number}", EVERYTHING) for number in range(PEOPLE)]
    home_assistant.start()
    log_of_start = home_assistant.log.read_text()

    work_until(home_assistant, people, home_assistant.stop, after=20 * PEOPLE)

    on_disk = stored_records(home_assistant)
    assert [fault for person in people for fault in person.faults(on_disk)] == []
    # Once it was up; other integrations have their own faults at a start.
    log = home_assistant.log.read_text()[len(log_of_start) :]
    entries = re.split(r"^(?=\d{4}-\d\d-\d\d )", log, flags=re.MULTILINE)
    # Home Assistant raises SystemExit in a thread that it still finds idle at the end.
    assert not [
        entry
        for entry in entries
        if "Traceback" in entry
        and "[concurrent.futures] Exception in worker" not in entry
    ]
    home_assistant.start()
    assert listed_records(home_assistant) == on_disk


def test_the_kill_test_notices_what_the_original_loses(
    new_home_assistant: Callable[[], HomeAssistant],
) -> None:
    """Against the component that Home Assistant ships, every acknowledged credential is a fault."""
    home_assistant = new_home_assistant()
    home_assistant.ours = False
    set_up(home_assistant)
    people = [Person(f"person{number}", ("create",)) for number in range(PEOPLE)]
    home_assistant.start()

    work_until(home_assistant, people, home_assistant.process.kill, after=2 * PEOPLE)

    on_disk = (
        stored_records(home_assistant)
        if home_assistant.storage_path(FILE).exists()
        else {}
    )
    acknowledged = {item_id for person in people for item_id in person.acknowledged}
    assert len(acknowledged) >= 2 * PEOPLE
    assert {
        fault for person in people for fault in person.faults(on_disk)
    } == acknowledged


def test_a_file_that_others_may_read_is_tightened_at_start(
    new_home_assistant: Callable[[], HomeAssistant], client: Client
) -> None:
    """The original leaves its file readable for everybody; ours needs no write to mend that."""
    home_assistant = new_home_assistant()
    home_assistant.ours = False
    home_assistant.start()
    add_credential(home_assistant, client)
    home_assistant.stop()
    file = home_assistant.storage_path(FILE)
    content = file.read_bytes()
    assert mode(file) == 0o644

    home_assistant.ours = True
    home_assistant.start()

    assert mode(file) == 0o600
    assert file.read_bytes() == content


def test_requests_that_arrive_together_are_on_disk_when_they_are_answered(
    new_home_assistant: Callable[[], HomeAssistant],
) -> None:
    """Fifty at once, and what is deleted of them then."""
    home_assistant = new_home_assistant()
    home_assistant.start()
    requests = [
        {"domain": "shop", "client_id": f"at_once_{number}", "client_secret": "s3cret"}
        for number in range(AT_ONCE)
    ]
    with home_assistant.websocket() as websocket:
        answers = websocket.commands_at_once(f"{COMMANDS}/create", requests)
        created = {answer["id"]: answer for answer in answers}
        assert stored_records(home_assistant) == created

        for item_id in list(created)[:5]:
            websocket.command(f"{COMMANDS}/delete", **{f"{COMMANDS}_id": item_id})
            del created[item_id]
        assert stored_records(home_assistant) == created


type WithoutRoom = Callable[[HomeAssistant], AbstractContextManager[None]]


@contextmanager
def full_disk(home_assistant: HomeAssistant) -> Iterator[None]:
    """Fill the disk that the storage is on to the last byte, and make room again."""
    filler = home_assistant.storage_path("filler")
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def file_size_limit(home_assistant: HomeAssistant) -> Iterator[None]:
    """Let Home Assistant write no file of more than a few bytes, and lift that limit again."""
    pid = home_assistant.process.pid
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (64, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@pytest.fixture(params=[full_disk, file_size_limit])
def without_room(
    request: pytest.FixtureRequest, home_assistant_on_small_disk: HomeAssistant
) -> WithoutRoom:
    """A way in which a write can fail for want of room."""
    without_room: WithoutRoom = request.param
    if (
        without_room is full_disk
        and not home_assistant_on_small_disk.storage_path("").is_mount()
    ):
        pytest.skip("mounting a file system is not permitted")
    return without_room


@pytest.fixture
def home_assistant_on_small_disk(
    new_home_assistant: Callable[[], HomeAssistant],
) -> Iterator[HomeAssistant]:
    """A running Home Assistant whose storage has a little disk of its own, where mounting is permitted."""
    home_assistant = new_home_assistant()
    storage = home_assistant.storage_path("")
    storage.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(storage)]
    is_mounted = (
        os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0
    )
    try:
        home_assistant.start()
        yield home_assistant
    finally:
        home_assistant.stop()
        if is_mounted:
            subprocess.run(["umount", str(storage)], check=True)


def test_a_write_that_fails_is_an_error_and_changes_nothing(
    home_assistant_on_small_disk: HomeAssistant,
    without_room: WithoutRoom,
    client: Client,
) -> None:
    """Every caller hears of it; memory, subscribers and file are as if nobody had asked."""
    home_assistant = home_assistant_on_small_disk
    file = home_assistant.storage_path(FILE)
    kept = add_credential(home_assistant, client)
    content = file.read_bytes()
    secrets = [f"unsaved-s3cret-{number}" for number in range(3)]
    requests = [
        {"domain": "shop", "client_id": f"unsaved-{number}", "client_secret": secret}
        for number, secret in enumerate(secrets)
    ]
    with home_assistant.websocket() as websocket, home_assistant.websocket() as other:
        subscription = other.subscribe(f"{COMMANDS}/subscribe")
        assert [change["item"] for change in other.next_event(subscription)] == [kept]

        with without_room(home_assistant):
            answers = websocket.commands_at_once(f"{COMMANDS}/create", requests)
            answers += websocket.commands_at_once(
                f"{COMMANDS}/update",
                [{f"{COMMANDS}_id": kept["id"], "client_secret": secrets[0]}],
            )
            answers += websocket.commands_at_once(
                f"{COMMANDS}/delete", [{f"{COMMANDS}_id": kept["id"]}]
            )
            assert websocket.command(f"{COMMANDS}/list") == [kept]
            assert file.read_bytes() == content

        for answer in answers:
            assert isinstance(answer, CommandFailed)
            assert answer.code == "home_assistant_error"
            assert not any(
                secret in answer.message for secret in (client.client_secret, *secrets)
            )

        saved = websocket.command(f"{COMMANDS}/create", **requests[0])
        assert [change["item"] for change in other.next_event(subscription)] == [saved]
    assert json.loads(file.read_bytes())["data"]["items"] == [kept, saved]
    assert mode(file) == 0o600
    log = home_assistant.log.read_text()
    assert not any(secret in log for secret in (client.client_secret, *secrets))
