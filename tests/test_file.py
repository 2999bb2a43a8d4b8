"""A private file on a disk that fails, and what a killed process has left there."""

from collections.abc import Callable, Generator
import os
from pathlib import Path
from unittest.mock import patch

import pytest

from custom_components.application_credentials import file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file that is not there, nor is its folder."""
    return tmp_path / "storage" / "kept"


@pytest.fixture
def synced() -> Generator[list[str]]:
    """Collect what is fsynced: the names that its descriptors have at that moment."""
    names: list[str] = []

    def fsync(descriptor: int) -> None:
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    with patch("atomicwrites._proper_fsync", fsync):
        yield names


def test_what_is_written_is_read(path: Path) -> None:
    """Also in a folder that was not there, and over what was there before."""
    assert file.read_private(path) is None
    for content in (b"first", b"second"):
        file.write_private(path, content)
        assert file.read_private(path) == content
    assert list(path.parent.iterdir()) == [path]


def test_the_content_and_the_name_are_fsynced(path: Path, synced: list[str]) -> None:
    """The content before the file has its name, and the folder after that."""
    file.write_private(path, b"content")

    content, folder = synced
    assert content.startswith("kept.")
    assert folder == "storage"


def test_a_file_is_private(path: Path) -> None:
    """Whatever its mode was before."""
    path.parent.mkdir()
    path.touch(0o666)

    file.write_private(path, b"content")

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    """And nothing beside it."""
    file.write_private(path, b"before")

    with (
        patch("atomicwrites._proper_fsync", side_effect=OSError(28, "No space left")),
        pytest.raises(OSError, match="No space left"),
    ):
        file.write_private(path, b"after")

    assert file.read_private(path) == b"before"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_waited_for(
    path: Path, make: Callable[[Path], None]
) -> None:
    """It is an error."""
    path.parent.mkdir()
    make(path)

    with pytest.raises(OSError, match=r"directory|regular file"):
        file.read_private(path)


def test_what_a_killed_process_has_left_is_removed(path: Path) -> None:
    """Its own alone: neither other files nor the temporary ones of others."""
    path.parent.mkdir()
    others = {"kept", "kept.tmp", "kept.state.ab1_cd2_.tmp", "other.ab1_cd2_.tmp"}
    for name in (*others, "kept.ab1_cd2_.tmp"):
        path.with_name(name).touch()
    path.with_name("kept.12345678.tmp").mkdir()

    file.tidy(path)

    assert {each.name for each in path.parent.iterdir()} == {
        *others,
        "kept.12345678.tmp",
    }


def test_others_may_no_longer_read_a_file(path: Path) -> None:
    """But what a link leads to is not ours."""
    path.parent.mkdir()
    path.touch(0o644)
    target = path.with_name("target")
    target.touch(0o644)
    link = path.with_name("link")
    link.symlink_to(target)

    file.tidy(path)
    file.tidy(link)
    file.tidy(path.with_name("missing"))

    assert path.stat().st_mode & 0o777 == 0o600
    assert target.stat().st_mode & 0o777 == 0o644
