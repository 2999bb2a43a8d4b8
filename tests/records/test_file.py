"""A disk that fails late, a process that was killed, and others who write the same file."""

from collections.abc import Awaitable, Callable, Generator
import json
import os
from pathlib import Path
import re
from typing import Any
from unittest.mock import patch

from atomicwrites import AtomicWriter
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.application_credentials.records import file
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.common import DOMAIN, Wire, client

RECORD = {"id": "shop_abc", **client("abc")}
READ_ONLY = "The stored credentials could not be read, so nothing was changed"
NOTHING_CHANGED = "The credentials could not be saved, and nothing was changed:"
UNCERTAIN = (
    "home_assistant_error",
    (
        "The disk failed while saving: [Errno 5] Input/output error. The change may"
        " be lost after a restart. Look again: what is shown is what the file holds now"
    ),
)

type Start = Callable[[], Awaitable[Wire]]


def write(path: Path, *items: Any) -> bytes:
    """Write a file as another program would; return its bytes."""
    path.parent.mkdir(exist_ok=True)
    stored = {"version": 1, "minor_version": 1, "key": DOMAIN, "data": {"items": items}}
    path.write_text(json.dumps(stored))
    return path.read_bytes()


def items(path: Path) -> list[dict[str, Any]]:
    """Return the records that are on the disk now, none where there is no file."""
    if not path.exists():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_bytes())["data"]["items"]
    return found


def beside(path: Path) -> list[str]:
    """Return the names of what lies beside the file because of it."""
    return sorted(
        each.name
        for each in path.parent.iterdir()
        if each.name.startswith(DOMAIN) and each != path
    )


# A folder that is not fsynced


class Folder:
    """A folder whose fsync fails so often; and temporary files that can be refused."""

    def __init__(self) -> None:
        """Fail never."""
        self.failures = 0
        self.is_full_after: int | None = None

    def sync(self, folder: Any) -> None:
        """Fail, or do what is to be done."""
        if self.failures:
            self.failures -= 1
            raise OSError(5, "Input/output error")
        _sync_folder(folder)

    def open(self, writer: AtomicWriter, *more: Any, **fields: Any) -> Any:
        """Make a temporary file, unless there is no room left."""
        if self.is_full_after is not None:
            if self.is_full_after == 0:
                raise OSError(28, "No space left on device")
            self.is_full_after -= 1
        return _open(writer, *more, **fields)


_open = AtomicWriter.get_fileobject
_sync_folder = file._sync_folder


@pytest.fixture
def folder() -> Generator[Folder]:
    """Control the fsync of the folder that holds the file."""
    folder = Folder()

    def get_fileobject(writer: AtomicWriter, *more: Any, **fields: Any) -> Any:
        return folder.open(writer, *more, **fields)

    with (
        patch("atomicwrites._sync_directory", folder.sync),
        patch.object(file, "_sync_folder", folder.sync),
        patch.object(AtomicWriter, "get_fileobject", get_fileobject),
    ):
        yield folder


@pytest.mark.parametrize("there", [True, False])
async def test_a_write_that_fails_after_the_rename_is_taken_back(
    credentials_file: Path, wire: Wire, folder: Folder, there: bool
) -> None:
    """Nothing was changed, as the answer says: not in memory, and not on the disk."""
    before = [await wire.create("first")] if there else []
    folder.failures = 1
    code, message = await wire.refused("create", **client("new"))
    assert (code, message) == (
        "home_assistant_error",
        f"{NOTHING_CHANGED} [Errno 5] Input/output error",
    )
    assert items(credentials_file) == before
    assert await wire.get("list") == before
    new = await wire.create("new")
    assert items(credentials_file) == [*before, new]
    assert beside(credentials_file) == []


@pytest.mark.parametrize("there", [True, False])
async def test_a_write_that_is_taken_back_without_certainty_is_said_to_be_uncertain(
    credentials_file: Path, wire: Wire, folder: Folder, there: bool
) -> None:
    """A power cut could bring either; until then memory and file say the same."""
    before = [await wire.create("first")] if there else []
    folder.failures = 2
    assert await wire.refused("create", **client("new")) == UNCERTAIN
    assert await wire.get("list") == items(credentials_file) == before
    new = await wire.create("new")
    assert await wire.get("list") == items(credentials_file) == [*before, new]


async def test_a_write_that_cannot_be_taken_back_is_taken_over(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    credentials_file: Path,
    wire: Wire,
    folder: Folder,
) -> None:
    """Uncertain, but memory and subscribers know what the file holds."""
    first = await wire.create("first")
    listening = Wire(await hass_ws_client(hass))
    await listening.get("subscribe")
    await listening.socket.receive_json()
    folder.failures, folder.is_full_after = 1, 1
    assert await wire.refused("create", **client("new")) == UNCERTAIN
    new = {"id": "shop_new", **client("new")}
    assert await wire.get("list") == items(credentials_file) == [first, new]
    (change,) = (await listening.socket.receive_json())["event"]
    assert change["item"] == new
    folder.is_full_after = None
    third = await wire.create("third")
    assert await wire.get("list") == items(credentials_file) == [first, new, third]
    assert beside(credentials_file) == []


async def test_a_disk_that_cannot_be_read_after_a_failure_is_uncertain(
    credentials_file: Path, wire: Wire, folder: Folder
) -> None:
    """Nobody can say what it holds, so nobody says it."""
    first = await wire.create("first")
    folder.failures = 1
    with patch.object(Path, "read_bytes", side_effect=OSError(5, "Input/output error")):
        assert await wire.refused("create", **client("new")) == UNCERTAIN
    assert await wire.get("list") == [first]


# What a killed process has left


async def test_what_killed_writes_have_left_is_removed_at_the_next_start(
    credentials_file: Path, start: Start, tmp_path: Path
) -> None:
    """Temporary files of our own, with secrets in them, and nothing else."""
    write(credentials_file, RECORD)
    folder = credentials_file.parent
    ours = [f"{DOMAIN}.a_8bcd3f.tmp", f"{DOMAIN}.________.tmp"]
    others = [
        f"{DOMAIN}.tmp",
        f"{DOMAIN}.abc.tmp",
        f"{DOMAIN}.abcdefgh.tmp.bak",
        f"{DOMAIN}_2.abcdefgh.tmp",
        "tmpabcdefgh",
        f"{DOMAIN}.corrupt.2026-01-01",
    ]
    for name in (*ours, *others):
        (folder / name).write_text("the-secret")
    target = tmp_path / "elsewhere"
    target.write_text("somebody's")
    (folder / f"{DOMAIN}.linklink.tmp").symlink_to(target)
    (folder / f"{DOMAIN}.folder00.tmp").mkdir()
    wire = await start()
    assert await wire.get("list") == [RECORD]
    left = {path.name for path in folder.iterdir()}
    assert left.isdisjoint(ours)
    assert left >= {*others, f"{DOMAIN}.linklink.tmp", f"{DOMAIN}.folder00.tmp"}
    assert target.read_text() == "somebody's"


async def test_what_cannot_be_removed_stops_nothing(
    credentials_file: Path, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what is left."""
    write(credentials_file, RECORD)
    left = credentials_file.with_name(f"{DOMAIN}.abcdefgh.tmp")
    left.touch()
    with patch.object(Path, "unlink", side_effect=PermissionError(13, "No")):
        wire = await start()
    assert await wire.get("list") == [RECORD]
    assert f"{left} is left from a write, and cannot be removed" in caplog.text


def test_a_folder_that_is_not_there_is_made_by_the_first_write(tmp_path: Path) -> None:
    """At the first start of all there is nothing to look at."""
    durable = file.DurableFile(tmp_path / "folder" / "file")
    durable.prepare()
    assert not durable.path.parent.exists()
    durable.write(b"content")
    assert durable.path.read_bytes() == b"content"
    assert durable.take_kept() == []


# The mode


async def test_the_mode_of_what_a_link_leads_to_is_left_alone(
    credentials_file: Path, start: Start, tmp_path: Path
) -> None:
    """It is somebody else's; the next write puts a file of ours in the place of the link."""
    target = tmp_path / "elsewhere"
    before = write(target, RECORD)
    target.chmod(0o644)
    credentials_file.parent.mkdir(exist_ok=True)
    credentials_file.symlink_to(target)
    wire = await start()
    assert await wire.get("list") == [RECORD]
    assert target.stat().st_mode & 0o777 == 0o644
    await wire.create("new")
    assert not credentials_file.is_symlink()
    assert credentials_file.stat().st_mode & 0o777 == 0o600
    assert target.read_bytes() == before


async def test_a_folder_in_the_place_of_the_file_is_left_alone(
    credentials_file: Path, start: Start
) -> None:
    """With its mode."""
    credentials_file.mkdir(parents=True)
    credentials_file.chmod(0o755)
    wire = await start()
    assert credentials_file.stat().st_mode & 0o777 == 0o755
    _, message = await wire.refused("create", **client())
    assert message.startswith(READ_ONLY)


async def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(
    credentials_file: Path, start: Start
) -> None:
    """Whoever opens a pipe waits until somebody writes into it."""
    credentials_file.parent.mkdir(exist_ok=True)
    os.mkfifo(credentials_file)
    wire = await start()
    assert await wire.get("list") == []
    _, message = await wire.refused("create", **client())
    assert message.startswith(READ_ONLY)
    assert credentials_file.is_fifo()


# A file that was replaced underneath


def replaced(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the issues about files that were kept."""
    return [
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.translation_key == "file_replaced"
    ]


@pytest.mark.parametrize("in_place", [True, False])
async def test_a_file_that_was_replaced_is_kept_before_it_is_overwritten(
    hass: HomeAssistant, credentials_file: Path, wire: Wire, in_place: bool
) -> None:
    """A backup that was restored while Home Assistant runs, whatever it was restored with."""
    first = await wire.create("first")
    restored = credentials_file if in_place else credentials_file.with_name("restored")
    content = write(restored, RECORD)
    restored.replace(credentials_file)
    credentials_file.chmod(0o644)
    assert await wire.get("list") == [first]
    assert replaced(hass) == []

    second = await wire.create("second")
    assert items(credentials_file) == [first, second]
    (kept,) = beside(credentials_file)
    assert re.fullmatch(rf"{DOMAIN}\.replaced\.[-:.T0-9+]+", kept)
    path = credentials_file.with_name(kept)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    (issue,) = replaced(hass)
    assert issue.translation_placeholders == {"file": kept}
    assert issue.data is None

    await wire.create("third")
    assert beside(credentials_file) == [kept]


async def test_it_is_kept_where_the_write_fails_too(
    hass: HomeAssistant, credentials_file: Path, wire: Wire, folder: Folder
) -> None:
    """Then it is still in place, is kept once, and stays so until there is room."""
    first = await wire.create("first")
    write(credentials_file, RECORD)
    folder.is_full_after = 1
    for _time in range(2):
        _, message = await wire.refused("create", **client("new"))
        assert message.startswith(NOTHING_CHANGED)
        assert items(credentials_file) == [RECORD]
        assert len(beside(credentials_file)) == len(replaced(hass)) == 1
    folder.is_full_after = None
    new = await wire.create("new")
    assert items(credentials_file) == [first, new]
    assert len(beside(credentials_file)) == len(replaced(hass)) == 1


async def test_a_file_that_cannot_be_kept_is_not_overwritten(
    hass: HomeAssistant, credentials_file: Path, wire: Wire, folder: Folder
) -> None:
    """Without room for the copy nothing is written at all."""
    await wire.create("first")
    write(credentials_file, RECORD)
    folder.is_full_after = 0
    _, message = await wire.refused("create", **client("new"))
    assert message.startswith(NOTHING_CHANGED)
    assert items(credentials_file) == [RECORD]
    assert replaced(hass) == []


async def test_a_file_that_was_only_copied_is_no_other(
    hass: HomeAssistant, credentials_file: Path, wire: Wire
) -> None:
    """The same content is the same file, wherever it has been meanwhile."""
    first = await wire.create("first")
    content = credentials_file.read_bytes()
    credentials_file.unlink()
    credentials_file.write_bytes(content)
    second = await wire.create("second")
    assert items(credentials_file) == [first, second]
    assert beside(credentials_file) == []
    assert replaced(hass) == []


async def test_a_file_that_was_deleted_is_written_again(
    hass: HomeAssistant, credentials_file: Path, wire: Wire
) -> None:
    """There is nothing to keep."""
    first = await wire.create("first")
    credentials_file.unlink()
    second = await wire.create("second")
    assert items(credentials_file) == [first, second]
    assert replaced(hass) == []


async def test_a_file_that_appeared_is_kept(
    hass: HomeAssistant, credentials_file: Path, wire: Wire
) -> None:
    """There was none at the start, and somebody has put one there."""
    write(credentials_file, RECORD)
    await wire.create("first")
    assert len(beside(credentials_file)) == len(replaced(hass)) == 1


@pytest.mark.parametrize("is_there", [True, False])
async def test_the_issue_is_there_for_as_long_as_the_copy(
    hass: HomeAssistant, credentials_file: Path, start: Start, is_there: bool
) -> None:
    """At the next start it says so again, unless somebody has taken the copy away."""
    write(credentials_file, RECORD)
    kept = credentials_file.with_name(f"{DOMAIN}.replaced.2026-11-24")
    if is_there:
        kept.write_text("{}")
    await start()
    assert [issue.translation_placeholders for issue in replaced(hass)] == (
        [{"file": kept.name}] if is_there else []
    )
