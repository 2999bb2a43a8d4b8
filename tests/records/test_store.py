"""The file that holds the credentials, on a real disk."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
import gc
import json
import os
from pathlib import Path
import stat
from typing import Any, cast
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from custom_components.application_credentials.records.store import CredentialStore
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from tests.common import DOMAIN, SHOP, Wire, client

RECORD = {"id": "shop_abc", **client("abc")}
READ_ONLY = (
    "home_assistant_error",
    (
        "The stored credentials could not be read, so nothing was changed."
        " Check the logs for the reason"
    ),
)

type Start = Callable[[], Awaitable[Wire]]


def content(*items: Any, **header: Any) -> dict[str, Any]:
    """Return what a file with these records holds."""
    return {
        "version": 1,
        "minor_version": 1,
        "key": DOMAIN,
        "data": {"items": list(items)},
    } | header


def write(path: Path, stored: Any) -> bytes:
    """Write a file as another program would; return its bytes."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(stored if isinstance(stored, str) else json.dumps(stored))
    return path.read_bytes()


def items(path: Path) -> list[dict[str, Any]]:
    """Return the records that are on the disk now."""
    return cast("list[dict[str, Any]]", json.loads(path.read_bytes())["data"]["items"])


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def files_of(path: Path) -> list[str]:
    """Return the names of the file and of what lies beside it because of it."""
    return sorted(
        each.name
        for each in path.parent.iterdir()
        if DOMAIN in each.name or "tmp" in each.name
    )


class Disk:
    """The disk, which counts what is written and can be made to wait or to fail."""

    def __init__(self, path: Path) -> None:
        """Take the file; until told otherwise all is as ever."""
        self.path = path
        self.writes = 0
        self.under_way = asyncio.Event()
        self._go_on = asyncio.Event()
        self._go_on.set()

    async def write(self, store: CredentialStore, data: dict[str, Any]) -> None:
        """Write as Home Assistant's store does, once that is allowed."""
        self.writes += 1
        self.under_way.set()
        await self._go_on.wait()
        await store.hass.async_add_executor_job(store._write, data)

    def hold(self) -> None:
        """Have every write wait."""
        self.under_way.clear()
        self._go_on.clear()

    def release(self) -> None:
        """Have writes go on."""
        self._go_on.set()

    def break_down(self) -> None:
        """Have every write fail, for anybody: a folder is in the place of the file."""
        if self.path.exists():
            self.path.rename(self.path.with_suffix(".whole"))
        self.path.mkdir()

    def repair(self) -> None:
        """Have the file as it was."""
        self.path.rmdir()
        if (whole := self.path.with_suffix(".whole")).exists():
            whole.rename(self.path)


@pytest.fixture
async def disk(credentials_file: Path) -> AsyncGenerator[Disk]:
    """Count and control the writes."""
    disk = Disk(credentials_file)

    async def write_data(store: CredentialStore, data: dict[str, Any]) -> None:
        await disk.write(store, data)

    with patch.object(CredentialStore, "_async_write_file", write_data):
        yield disk
    disk.release()


@pytest.fixture
def _short_patience() -> Generator[None]:
    """Have a caller lose patience with the disk at once."""
    with patch(
        "custom_components.application_credentials.records.group_commit._WRITE_TIMEOUT",
        0.01,
    ):
        yield


# Durable and private


async def test_an_answer_means_that_the_change_is_on_disk(
    credentials_file: Path, wire: Wire
) -> None:
    """After each answer the file says what the answer says, and nobody else may read it."""
    record = await wire.create()
    assert json.loads(credentials_file.read_bytes()) == content(record)
    assert mode(credentials_file) == 0o600
    item_id = record["id"]
    record = await wire.get("update", application_credentials_id=item_id, name="New")
    assert items(credentials_file) == [record]
    assert mode(credentials_file) == 0o600
    await wire.get("delete", application_credentials_id=item_id)
    assert items(credentials_file) == []
    assert mode(credentials_file) == 0o600
    assert files_of(credentials_file) == [DOMAIN]


async def test_a_write_is_flushed_before_it_takes_the_place_of_the_file(
    credentials_file: Path, wire: Wire
) -> None:
    """The new file is fsynced, renamed into place, and then so is the folder."""
    await wire.create("abc")
    calls: list[tuple[str, bool]] = []
    fsync, rename = os.fsync, os.rename

    def record_fsync(descriptor: int) -> None:
        calls.append(("fsync", stat.S_ISDIR(os.fstat(descriptor).st_mode)))
        fsync(descriptor)

    def record_rename(source: Any, target: Any, **more: Any) -> None:
        assert Path(target) == credentials_file
        assert [each["id"] for each in items(Path(source))] == ["shop_abc", "shop_def"]
        calls.append(("rename", False))
        rename(source, target, **more)

    # Home Assistant's atomic writes stand on this library.
    with (
        patch("atomicwrites._proper_fsync", record_fsync),
        patch("os.rename", record_rename),
    ):
        await wire.create("def")
    assert calls == [("fsync", False), ("rename", False), ("fsync", True)]


@pytest.mark.parametrize("found", [0o644, 0o666, 0o640, 0o700, 0o600])
async def test_a_file_that_others_may_read_is_tightened_at_set_up(
    credentials_file: Path, start: Start, found: int
) -> None:
    """The original has left it at 0644."""
    before = write(credentials_file, content(RECORD))
    credentials_file.chmod(found)
    wire = await start()
    assert mode(credentials_file) == 0o600
    assert credentials_file.read_bytes() == before
    assert await wire.get("list") == [RECORD]


async def test_a_file_that_cannot_be_tightened_is_read_all_the_same(
    credentials_file: Path, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk without modes, or another owner, is no reason to lose all credentials."""
    write(credentials_file, content(RECORD))
    credentials_file.chmod(0o644)
    with patch("os.fchmod", side_effect=PermissionError(1, "Not permitted")):
        wire = await start()
    assert await wire.get("list") == [RECORD]
    assert f"Others than the owner may read {credentials_file}" in caplog.text
    await wire.create("def")
    assert mode(credentials_file) == 0o600


async def test_a_first_start_writes_nothing(
    credentials_file: Path, disk: Disk, wire: Wire
) -> None:
    """Without credentials there is no file."""
    assert await wire.get("list") == []
    assert disk.writes == 0
    assert not credentials_file.exists()


async def test_what_changes_nothing_is_not_written(disk: Disk, wire: Wire) -> None:
    """An update to what is there already, and a request that is refused."""
    item_id = (await wire.create(name="Kitchen"))["id"]
    request = {"application_credentials_id": item_id}
    await wire.get("update", **request, name="Kitchen", client_secret="the-secret")
    await wire.refused("create", **client())
    assert disk.writes == 1


# Group commit


async def test_requests_that_arrive_together_share_writes(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, disk: Disk, wire: Wire
) -> None:
    """A hundred creates of two clients are on disk after a handful of writes."""
    other = Wire(await hass_ws_client(hass))
    answers = await asyncio.gather(
        wire.ask_together("create", *(client(f"a{n}") for n in range(50))),
        other.ask_together("create", *(client(f"b{n}") for n in range(50))),
    )
    created = [answer["result"] for each in answers for answer in each]
    assert len(created) == 100
    assert disk.writes <= 4
    stored = items(disk.path)
    assert stored == await wire.get("list")
    assert sorted(each["id"] for each in stored) == sorted(
        each["id"] for each in created
    )


async def test_what_arrives_during_a_write_is_the_next(disk: Disk, wire: Wire) -> None:
    """Until a change is on disk, nobody sees it; those that wait share one write."""
    disk.hold()
    await wire.socket.send_json_auto_id({"type": f"{DOMAIN}/create", **client("first")})
    await disk.under_way.wait()
    for client_id in ("second", "third"):
        await wire.socket.send_json_auto_id(
            {"type": f"{DOMAIN}/create", **client(client_id)}
        )
    # The answer to `list` comes first, since nothing else is on disk.
    assert await wire.get("list") == []
    assert not disk.path.exists()
    disk.release()
    answers = [await wire.socket.receive_json() for _request in range(3)]
    assert all(answer["success"] for answer in answers)
    assert disk.writes == 2
    assert [each["client_id"] for each in await wire.get("list")] == [
        "first",
        "second",
        "third",
    ]


async def test_a_client_that_leaves_takes_nothing_with_it(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, disk: Disk, wire: Wire
) -> None:
    """A change that is being written is finished, without anybody to hear of it."""
    other = Wire(await hass_ws_client(hass))
    disk.hold()
    await other.socket.send_json_auto_id({"type": f"{DOMAIN}/create", **client()})
    await disk.under_way.wait()
    await other.socket.close()
    disk.release()
    await hass.async_block_till_done()
    assert await wire.get("list") == [RECORD]
    assert items(disk.path) == [RECORD]


async def test_a_caller_that_gives_up_leaves_the_others_in_peace(
    hass: HomeAssistant, disk: Disk, wire: Wire
) -> None:
    """A cancelled request fails nobody else's, and no error is lost for nobody."""
    credentials = hass.data[DATA_COLLECTION]
    disk.hold()
    given_up = hass.async_create_task(credentials.async_create_item(client("abc")))
    patient = hass.async_create_task(credentials.async_create_item(client("def")))
    await disk.under_way.wait()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    disk.release()
    assert (await patient)["client_id"] == "def"
    assert [each["client_id"] for each in items(disk.path)] == ["abc", "def"]


# A disk that fails


async def test_a_write_that_fails_is_an_error_to_all_whose_change_it_held(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, disk: Disk, wire: Wire
) -> None:
    """List, subscribers, file and the next write are as if the request had never come."""
    kept = await wire.create("kept")
    deleted = await wire.create("deleted")
    listening = Wire(await hass_ws_client(hass))
    await listening.get("subscribe")
    await listening.socket.receive_json()
    before = disk.path.read_bytes()

    disk.break_down()
    answers = await wire.ask_together("create", client("a"), client("b"))
    answers += await wire.ask_together(
        "update",
        {"application_credentials_id": kept["id"], "client_secret": "new"},
        {"application_credentials_id": kept["id"], "name": "New"},
    )
    answers += await wire.ask_together(
        "delete", {"application_credentials_id": deleted["id"]}
    )
    for answer in answers:
        assert not answer["success"]
        assert answer["error"]["code"] == "home_assistant_error"
        assert answer["error"]["message"].startswith(
            "The credentials could not be saved, and nothing was changed: [Errno 21]"
        )
        assert answer["error"]["translation_key"] == "storage_failed"
    assert await wire.get("list") == [kept, deleted]

    disk.repair()
    assert disk.path.read_bytes() == before
    assert [name for name in files_of(disk.path) if name != DOMAIN] == []
    new = await wire.create("a")
    assert items(disk.path) == [kept, deleted, new]
    assert (await listening.socket.receive_json())["event"] == [
        {"change_type": "added", "application_credentials_id": "shop_a", "item": new}
    ]


async def test_a_disk_that_is_full_fails_the_request_alone(
    credentials_file: Path, wire: Wire
) -> None:
    """The reason that the disk gives is in the error; the file is whole."""
    record = await wire.create("abc")
    before = credentials_file.read_bytes()
    with patch(
        "homeassistant.util.file.AtomicWriter.sync",
        side_effect=OSError(28, "No space left on device"),
    ):
        assert await wire.refused("create", **client("def")) == (
            "home_assistant_error",
            (
                "The credentials could not be saved, and nothing was changed:"
                " [Errno 28] No space left on device"
            ),
        )
    assert credentials_file.read_bytes() == before
    assert files_of(credentials_file) == [DOMAIN]
    assert items(credentials_file) == [record]


async def test_a_home_assistant_that_has_stopped_saves_nothing_and_says_so(
    hass: HomeAssistant, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that comes too late is refused, and writes no traceback."""
    record = await wire.create("abc")
    ended = RuntimeError("Executor shutdown has been called")
    with patch.object(hass, "async_add_executor_job", side_effect=ended):
        assert await wire.refused("create", **client("def")) == (
            "home_assistant_error",
            (
                "The credentials could not be saved, and nothing was changed:"
                " Executor shutdown has been called"
            ),
        )
    assert await wire.get("list") == [record]
    assert "Traceback" not in caplog.text


async def test_a_folder_that_cannot_be_made_is_an_error_that_says_so(
    credentials_file: Path, wire: Wire
) -> None:
    """What fails before the file is opened is told as well."""
    with patch.object(
        Path, "mkdir", side_effect=PermissionError(13, "Permission denied")
    ):
        assert await wire.refused("create", **client()) == (
            "home_assistant_error",
            (
                "The credentials could not be saved, and nothing was changed:"
                " [Errno 13] Permission denied"
            ),
        )
    assert await wire.get("list") == []
    assert (await wire.create())["id"] == "shop_abc"


async def test_a_value_that_is_no_text_fails_the_request_alone(
    hass: HomeAssistant, credentials_file: Path, wire: Wire
) -> None:
    """Half of a character, as an integration may import it, is not what JSON can hold."""
    record = await wire.create("abc")
    with pytest.raises(HomeAssistantError) as refusal:
        await async_import_client_credential(
            hass, SHOP, ClientCredential("def", "the-imported-secret", "half \ud83d")
        )
    assert str(refusal.value) == (
        "The credentials could not be saved, and nothing was changed:"
        " a value is not valid text"
    )
    assert await wire.get("list") == [record]
    new = await wire.create("def")
    assert items(credentials_file) == [record, new]


@pytest.mark.usefixtures("_short_patience")
async def test_a_disk_that_does_not_answer_is_an_error_and_the_write_goes_on(
    hass: HomeAssistant, disk: Disk, wire: Wire
) -> None:
    """The person hears of it; what is saved in the end is what is shown."""
    disk.hold()
    assert await wire.refused("create", **client("abc")) == (
        "home_assistant_error",
        (
            "The disk has not answered for 0.01 seconds."
            " Look again later to see whether the change was saved"
        ),
    )
    assert await wire.get("list") == []
    disk.release()
    await hass.async_block_till_done()
    assert await wire.get("list") == [RECORD]
    assert items(disk.path) == [RECORD]


@pytest.mark.usefixtures("_short_patience")
async def test_a_disk_that_fails_when_nobody_waits_any_more_fails_quietly(
    hass: HomeAssistant, disk: Disk, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """The error has no reader by then, and is not logged as lost."""
    disk.hold()
    await wire.refused("create", **client("abc"))
    disk.break_down()
    disk.release()
    await hass.async_block_till_done()
    assert await wire.get("list") == []
    gc.collect()
    assert "exception was never retrieved" not in caplog.text
    disk.repair()


# A file that cannot be read


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(content(RECORD, version=2), id="newer version"),
        pytest.param(content(RECORD, version="1"), id="version of another type"),
        pytest.param([RECORD], id="a list"),
        pytest.param("17", id="a number"),
        pytest.param({"data": {"items": [RECORD]}}, id="no version"),
        pytest.param({"version": 1, "minor_version": 1}, id="no data"),
    ],
)
async def test_a_file_that_cannot_be_read_is_left_alone(
    credentials_file: Path,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    stored: Any,
) -> None:
    """The component starts and reads empty; whatever would write is refused."""
    before = write(credentials_file, stored)
    wire = await start()
    assert await wire.get("list") == []
    assert await wire.refused("create", **client("new")) == READ_ONLY
    assert credentials_file.read_bytes() == before
    assert files_of(credentials_file) == [DOMAIN]
    assert "cannot be read, and stay as they are" in caplog.text


async def test_a_file_that_the_disk_does_not_give_is_left_alone(
    credentials_file: Path, start: Start
) -> None:
    """A fault of the disk at start-up must not end in an empty file."""
    before = write(credentials_file, content(RECORD))

    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        if path == credentials_file:
            raise OSError(5, "Input/output error")
        return read_bytes(path)

    with patch.object(Path, "read_bytes", read):
        wire = await start()
    assert await wire.get("list") == []
    assert await wire.refused("create", **client("new")) == READ_ONLY
    assert credentials_file.read_bytes() == before


async def test_an_import_is_refused_when_the_file_cannot_be_read(
    hass: HomeAssistant, credentials_file: Path, start: Start
) -> None:
    """An integration is told so, instead of being given a record that will be lost."""
    write(credentials_file, content(RECORD, version=2))
    wire = await start()
    with pytest.raises(HomeAssistantError, match="could not be read"):
        await async_import_client_credential(hass, SHOP, ClientCredential("new", "s"))
    assert await wire.get("list") == []


@pytest.mark.parametrize("stored", ["", "{", '{"version": 1, "data": {"it', "\x00" * 9])
async def test_a_file_that_is_not_json_is_put_aside_by_home_assistant(
    hass: HomeAssistant, credentials_file: Path, start: Start, stored: str
) -> None:
    """It is kept under another name, Home Assistant raises its issue, and all works."""
    before = write(credentials_file, stored)
    wire = await start()
    assert await wire.get("list") == []
    [aside] = files_of(credentials_file)
    assert aside.startswith(f"{DOMAIN}.corrupt.")
    assert (credentials_file.parent / aside).read_bytes() == before
    assert any(
        issue.translation_key == "storage_corruption"
        and issue.translation_placeholders
        and issue.translation_placeholders["storage_key"] == DOMAIN
        for issue in ir.async_get(hass).issues.values()
    )
    record = await wire.create()
    assert items(credentials_file) == [record]


@pytest.mark.parametrize(
    "data",
    [{}, [], "items", 17, {"items": None}, {"items": {"shop_abc": RECORD}}, [RECORD]],
)
async def test_a_file_without_records_is_put_aside(
    credentials_file: Path,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    data: Any,
) -> None:
    """What is in the place of the records is kept under another name, and all works."""
    before = write(credentials_file, content(data=data))
    wire = await start()
    assert await wire.get("list") == []
    [aside] = files_of(credentials_file)
    assert aside.startswith(f"{DOMAIN}.corrupt.")
    assert (credentials_file.parent / aside).read_bytes() == before
    assert mode(credentials_file.parent / aside) == 0o600
    assert (
        f"holds no credentials; kept as {credentials_file.parent / aside}"
        in caplog.text
    )
    record = await wire.create()
    assert items(credentials_file) == [record]


async def test_a_file_without_records_that_cannot_be_put_aside_is_left_alone(
    credentials_file: Path, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """The component starts all the same, and overwrites nothing."""
    before = write(credentials_file, content(data=[]))
    with patch("os.rename", side_effect=OSError("read-only")):
        wire = await start()
    assert "holds no credentials, and stays: read-only" in caplog.text
    assert await wire.refused("create", **client("new")) == READ_ONLY
    assert credentials_file.read_bytes() == before


async def test_a_file_of_a_newer_minor_version_is_read(
    credentials_file: Path, start: Start
) -> None:
    """A minor version is one that the older reads, by Home Assistant's rule."""
    write(credentials_file, content(RECORD, minor_version=2))
    wire = await start()
    assert await wire.get("list") == [RECORD]
    record = await wire.create("def")
    assert items(credentials_file) == [RECORD, record]
