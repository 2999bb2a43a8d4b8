"""The file that holds the credentials, on a real disk."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
import json
import os
from pathlib import Path
import stat
from typing import Any, cast
from unittest.mock import Mock, patch

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from tests.common import (
    DOMAIN,
    SHOP,
    SlowDisk,
    Wire,
    client,
    disk_is_full,
    record,
    stored,
)

NOTHING_CHANGED = "This could not be saved, and nothing was changed: "
READ_ONLY = (
    "home_assistant_error",
    (
        "The stored credentials could not be read, so nothing was changed."
        " Check the logs for the reason"
    ),
)

type Start = Callable[[], Awaitable[Wire]]


def write(path: Path, content: Any) -> bytes:
    """Write a file as another program would; return its bytes."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path.read_bytes()


def items(path: Path) -> list[dict[str, Any]]:
    """Return the records that are on the disk now."""
    return cast("list[dict[str, Any]]", json.loads(path.read_bytes())["data"]["items"])


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def files_of(path: Path) -> list[str]:
    """Return the names of the file and of what lies beside it because of it.

    Home Assistant's own stores leave temporary files there, without our name in theirs.
    """
    return sorted(each.name for each in path.parent.iterdir() if DOMAIN in each.name)


@contextmanager
def folder_failing(times: int) -> Iterator[None]:
    """Have the fsync of the folder fail so often, when the file has its new content."""
    faults = iter([OSError(5, "Input/output error")] * times)

    def sync(_folder: Any) -> None:
        if fault := next(faults, None):
            raise fault

    with patch("atomicwrites._sync_directory", sync):
        yield


def impatient() -> Any:
    """Return a context in which nobody waits for the disk."""
    return patch(f"custom_components.{DOMAIN}.records.collection._TIMEOUT", 0.01)


# Durable and private


async def test_an_answer_means_that_the_change_is_on_disk(
    credentials_file: Path, wire: Wire
) -> None:
    """After each answer the file says what the answer says, and nobody else may read it."""
    created = await wire.create()
    assert json.loads(credentials_file.read_bytes()) == stored(created)
    assert mode(credentials_file) == 0o600
    item_id = created["id"]
    updated = await wire.get("update", application_credentials_id=item_id, name="New")
    assert items(credentials_file) == [updated]
    await wire.get("delete", application_credentials_id=item_id)
    assert items(credentials_file) == []
    assert mode(credentials_file) == 0o600
    assert files_of(credentials_file) == [DOMAIN]


async def test_until_a_change_is_on_disk_nobody_sees_it(
    slow_disk: SlowDisk, credentials_file: Path, wire: Wire
) -> None:
    """Those that wait are made one after the other, in their order."""
    slow_disk.hold()
    for client_id in ("first", "second", "third"):
        await wire.socket.send_json_auto_id(
            {"type": f"{DOMAIN}/create", **client(client_id)}
        )
    await slow_disk.under_way.wait()
    # The answer to `list` comes first, since nothing is on disk.
    assert await wire.get("list") == []
    assert not credentials_file.exists()
    slow_disk.release()
    answers = [await wire.socket.receive_json() for _request in range(3)]
    assert all(answer["success"] for answer in answers)
    assert [each["client_id"] for each in items(credentials_file)] == [
        "first",
        "second",
        "third",
    ]


async def test_what_changes_nothing_is_not_written(
    slow_disk: SlowDisk, credentials_file: Path, wire: Wire
) -> None:
    """A first start, an update to what is there already, and a request that is refused."""
    assert await wire.get("list") == []
    assert not credentials_file.exists()
    item_id = (await wire.create(name="Kitchen"))["id"]
    request = {"application_credentials_id": item_id}
    await wire.get("update", **request, name="Kitchen", client_secret="the-secret")
    await wire.refused("create", **client(""))
    assert slow_disk.writes == 1


async def test_a_file_that_others_may_read_is_private_after_a_start(
    credentials_file: Path, start: Start
) -> None:
    """The original has left it at 0644; what a killed process has left is gone, too."""
    before = write(credentials_file, stored(record()))
    credentials_file.chmod(0o644)
    credentials_file.with_name(f"{DOMAIN}.ab1_cd2_.tmp").write_text("the-secret")
    wire = await start()
    assert mode(credentials_file) == 0o600
    assert credentials_file.read_bytes() == before
    assert files_of(credentials_file) == [DOMAIN]
    assert await wire.get("list") == [record()]


# Callers that leave


async def test_a_client_that_leaves_takes_nothing_with_it(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    slow_disk: SlowDisk,
    credentials_file: Path,
    wire: Wire,
) -> None:
    """A change that is being written is finished, without anybody to hear of it."""
    other = Wire(await hass_ws_client(hass))
    slow_disk.hold()
    await other.socket.send_json_auto_id({"type": f"{DOMAIN}/create", **client()})
    await slow_disk.under_way.wait()
    await other.socket.close()
    slow_disk.release()
    await hass.async_block_till_done()
    assert await wire.get("list") == [record()]
    assert items(credentials_file) == [record()]


async def test_a_caller_that_is_cancelled_leaves_the_others_in_peace(
    hass: HomeAssistant, slow_disk: SlowDisk, credentials_file: Path, wire: Wire
) -> None:
    """Its own change is made as well."""
    credentials = hass.data[DATA_COLLECTION]
    slow_disk.hold()
    given_up = hass.async_create_task(credentials.async_create_item(client("abc")))
    patient = hass.async_create_task(credentials.async_create_item(client("def")))
    await slow_disk.under_way.wait()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    slow_disk.release()
    assert (await patient)["client_id"] == "def"
    assert [each["client_id"] for each in items(credentials_file)] == ["abc", "def"]


# A disk that fails


async def test_a_write_that_fails_changes_nothing(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    credentials_file: Path,
    wire: Wire,
) -> None:
    """List, subscribers, file and the next write are as if the request had never come."""
    kept = await wire.create("kept")
    deleted = await wire.create("deleted")
    listening = Wire(await hass_ws_client(hass))
    await listening.get("subscribe")
    await listening.socket.receive_json()
    before = credentials_file.read_bytes()
    kept_id = {"application_credentials_id": kept["id"]}
    with disk_is_full():
        for command, request in (
            ("create", client("new")),
            ("update", {**kept_id, "client_secret": "new"}),
            ("delete", {"application_credentials_id": deleted["id"]}),
        ):
            answer = await wire.ask(command, **request)
            assert answer["error"]["translation_key"] == "storage_failed"
            assert answer["error"]["message"] == (
                f"{NOTHING_CHANGED}[Errno 28] No space left on device"
            )
    assert await wire.get("list") == [kept, deleted]
    assert credentials_file.read_bytes() == before
    assert files_of(credentials_file) == [DOMAIN]

    new = await wire.create("new")
    assert items(credentials_file) == [kept, deleted, new]
    assert [
        change["item"] for change in (await listening.socket.receive_json())["event"]
    ] == [new]


@pytest.mark.parametrize("there", [True, False])
async def test_a_write_that_fails_after_the_rename_is_taken_back(
    credentials_file: Path, wire: Wire, there: bool
) -> None:
    """Nothing was changed, as the answer says: not in memory, and not on the disk."""
    before = [await wire.create("first")] if there else []
    with folder_failing(times=1):
        assert await wire.refused("create", **client("new")) == (
            "home_assistant_error",
            f"{NOTHING_CHANGED}[Errno 5] Input/output error",
        )
    assert items(credentials_file) == await wire.get("list") == before
    new = await wire.create("new")
    assert items(credentials_file) == [*before, new]


async def test_what_could_not_be_taken_back_is_by_the_next_change(
    credentials_file: Path, wire: Wire
) -> None:
    """The error stays the first one."""
    first = await wire.create("first")
    with folder_failing(times=2):
        _, message = await wire.refused("create", **client("refused"))
    assert message == f"{NOTHING_CHANGED}[Errno 5] Input/output error"
    assert await wire.get("list") == [first]
    new = await wire.create("new")
    assert items(credentials_file) == await wire.get("list") == [first, new]


async def test_a_folder_that_cannot_be_made_is_an_error_that_says_so(
    wire: Wire,
) -> None:
    """What fails before the file is opened is told as well."""
    denied = PermissionError(13, "Permission denied")
    with patch.object(Path, "mkdir", side_effect=denied):
        assert await wire.refused("create", **client()) == (
            "home_assistant_error",
            f"{NOTHING_CHANGED}[Errno 13] Permission denied",
        )


async def test_a_home_assistant_that_has_stopped_saves_nothing_and_says_so(
    hass: HomeAssistant, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that comes too late is refused, and writes no traceback."""
    ended = RuntimeError("Executor shutdown has been called")
    with patch.object(hass, "async_add_executor_job", side_effect=ended):
        assert await wire.refused("create", **client("def")) == (
            "home_assistant_error",
            f"{NOTHING_CHANGED}Executor shutdown has been called",
        )
    assert await wire.get("list") == []
    assert "Traceback" not in caplog.text


async def test_a_value_that_is_no_text_fails_the_request_alone(
    hass: HomeAssistant, credentials_file: Path, wire: Wire
) -> None:
    """Half of a character, as an integration may import it, is not what JSON can hold."""
    first = await wire.create("abc")
    with pytest.raises(HomeAssistantError) as refusal:
        await async_import_client_credential(
            hass, SHOP, ClientCredential("def", "the-imported-secret", "half \ud83d")
        )
    assert str(refusal.value).endswith("nothing was changed: a value is not valid text")
    new = await wire.create("def")
    assert items(credentials_file) == await wire.get("list") == [first, new]


@pytest.mark.parametrize("fails", [False, True])
async def test_a_disk_that_does_not_answer_is_an_error_and_changes_nothing(
    hass: HomeAssistant,
    slow_disk: SlowDisk,
    credentials_file: Path,
    wire: Wire,
    fails: bool,
) -> None:
    """What it writes in the end is taken back; who waited for it is refused as well."""
    first = await wire.create("first")
    slow_disk.hold()
    with impatient():
        for answer in await wire.ask_together("create", client("a"), client("b")):
            assert answer["error"]["translation_key"] == "storage_slow"
            assert answer["error"]["message"] == (
                "The disk has not answered for 0.01 seconds."
                " The change was given up and will be undone; try again later"
            )
    if fails:
        slow_disk.fails = Mock(side_effect=OSError(5, "Input/output error"))
    slow_disk.release()
    # What comes next waits for the write that was given up.
    await hass.data[DATA_COLLECTION].async_use("shop_first", lambda _record: None)
    slow_disk.fails = lambda: None
    assert items(credentials_file) == await wire.get("list") == [first]
    new = await wire.create("new")
    assert items(credentials_file) == await wire.get("list") == [first, new]


# A file that cannot be read


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(stored(record()) | {"version": 2}, id="newer version"),
        pytest.param(stored(record()) | {"version": "1"}, id="version of another type"),
        pytest.param([record()], id="a list"),
        pytest.param("17", id="a number"),
        pytest.param({"data": {"items": [record()]}}, id="no version"),
        pytest.param({"version": 1, "minor_version": 1}, id="no data"),
        pytest.param(stored() | {"data": "items"}, id="a string as data"),
        pytest.param(stored() | {"data": [record()]}, id="a list as data"),
        pytest.param(stored() | {"data": {"items": None}}, id="no items"),
        pytest.param(stored() | {"data": {"items": {"a": record()}}}, id="items by id"),
    ],
)
async def test_a_file_that_holds_something_else_is_left_alone(
    hass: HomeAssistant,
    credentials_file: Path,
    start: Start,
    caplog: pytest.LogCaptureFixture,
    content: Any,
) -> None:
    """The component starts and reads empty; whatever would write is refused.

    An import fails no integration: it is served, and the log says that it is not saved.
    """
    before = write(credentials_file, content)
    wire = await start()
    assert await wire.get("list") == []
    assert await wire.refused("create", **client("new")) == READ_ONLY
    for _ in range(2):
        await async_import_client_credential(hass, SHOP, ClientCredential("new", "s"))
    assert [each["id"] for each in await wire.get("list")] == ["shop_new"]
    assert caplog.text.count("that shop imports is not saved: The stored cred") == 1
    request = {"application_credentials_id": "shop_new"}
    assert await wire.refused("update", **request, client_secret="t") == READ_ONLY
    assert await wire.refused("delete", **request) == READ_ONLY
    assert credentials_file.read_bytes() == before
    assert files_of(credentials_file) == [DOMAIN]
    assert "cannot be read, and stay as they are" in caplog.text


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
async def test_what_is_no_file_is_left_alone(
    credentials_file: Path, start: Start, make: Callable[[Path], None]
) -> None:
    """Nor is it waited for."""
    credentials_file.parent.mkdir(exist_ok=True)
    make(credentials_file)
    before = mode(credentials_file)
    wire = await start()
    assert await wire.get("list") == []
    assert await wire.refused("create", **client("new")) == READ_ONLY
    assert mode(credentials_file) == before


@pytest.mark.parametrize(
    "content", ["", "{", '{"version": 1, "data": {"it', "\x00" * 9]
)
async def test_a_file_that_is_not_json_is_put_aside_by_home_assistant(
    hass: HomeAssistant, credentials_file: Path, start: Start, content: str
) -> None:
    """It is kept under another name, Home Assistant raises its issue, and all works."""
    before = write(credentials_file, content)
    wire = await start()
    assert await wire.get("list") == []
    [aside] = files_of(credentials_file)
    assert aside.startswith(f"{DOMAIN}.corrupt.")
    assert (credentials_file.parent / aside).read_bytes() == before
    assert any(
        issue.translation_key == "storage_corruption"
        for issue in ir.async_get(hass).issues.values()
    )
    created = await wire.create()
    assert items(credentials_file) == [created]


@pytest.mark.parametrize("data", [None, {}, []])
async def test_a_file_without_data_is_an_empty_one(
    credentials_file: Path, start: Start, data: Any
) -> None:
    """As it is to the original."""
    write(credentials_file, stored() | {"data": data})
    wire = await start()
    created = await wire.create()
    assert items(credentials_file) == [created]


async def test_a_file_of_a_newer_minor_version_is_read(
    credentials_file: Path, start: Start
) -> None:
    """A minor version is one that the older reads, by Home Assistant's rule."""
    write(credentials_file, stored(record()) | {"minor_version": 2})
    wire = await start()
    assert await wire.get("list") == [record()]
    # Home Assistant has written it in the format of this version.
    assert mode(credentials_file) == 0o600
    created = await wire.create("def")
    assert items(credentials_file) == [record(), created]
