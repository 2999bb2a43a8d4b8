"""A private file that is replaced as a whole, and that others may replace as well.

It knows nothing of what the file holds. Everything here blocks, and is called
in an executor.
"""

from datetime import UTC, datetime
import logging
import os
from pathlib import Path
import stat
from string import ascii_lowercase, digits
from typing import Final

from atomicwrites import AtomicWriter

_LOGGER = logging.getLogger(__name__)

# What `tempfile` makes its names of.
_RANDOM: Final = frozenset(f"{ascii_lowercase}{digits}_")
_PRIVATE: Final = stat.S_IRUSR | stat.S_IWUSR


class WriteUncertain(OSError):
    """The disk failed when the file had its new content; `is_new` says if it has it still."""

    def __init__(self, reason: OSError, *, is_new: bool) -> None:
        """Take what the disk said."""
        super().__init__(reason.errno, reason.strerror or str(reason))
        self.is_new = is_new


class DurableFile:
    """A file whose content is on disk when a write returns, or as it was before."""

    def __init__(self, path: Path) -> None:
        """Take the path; `prepare` comes before anything else."""
        self.path = path
        self._prefix = f"{path.name}."
        # What was in the file when it was last looked at, and what the file was then.
        self._content: bytes | None = None
        self._identity: tuple[int, ...] | None = None
        # The names under which files of others were kept since the last look.
        self._kept: list[str] = []

    def prepare(self) -> bytes | None:
        """Tidy up after a process that was killed, and return what is there.

        Raises OSError where something else than a file has the file's name, or
        the disk does not give it.
        """
        try:
            entries = os.scandir(self.path.parent)
        except (FileNotFoundError, NotADirectoryError):
            return None
        with entries:
            for entry in entries:
                if not entry.is_file(follow_symlinks=False):
                    continue
                if self._is_own_temporary(entry.name):
                    _remove(Path(entry))
                elif entry.name.startswith(f"{self._prefix}replaced."):
                    self._kept.append(entry.name)
        if not self.path.exists():
            return None
        if not self.path.is_file():
            # A pipe would be read for ever.
            raise OSError(f"{self.path} is no file")
        _tighten(self.path)
        self._identity = _identity(self.path)
        self._content = self.path.read_bytes()
        return self._content

    def take_kept(self) -> list[str]:
        """Return the names under which others' files are kept, each once."""
        kept, self._kept = self._kept, []
        return kept

    def write(self, content: bytes) -> None:
        """Have the file hold `content`, fsynced, readable for the owner alone.

        What another program has put in its place is kept beside it. Raises
        OSError where the file is as it was, and WriteUncertain where the disk
        failed too late to say so.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._keep_others()
        before = self._content
        try:
            self._put(self.path, content)
        except OSError as err:
            self._undo(content, before, err)
            raise
        else:
            self._content = content
        finally:
            self._identity = _identity(self.path)

    def _undo(self, content: bytes, before: bytes | None, reason: OSError) -> None:
        """Have the file as it was before a write that failed.

        Raises WriteUncertain where that fails as well.
        """
        try:
            if self._read() != content:
                return
            # It is in place; what failed is to have that on disk.
            if before is None:
                self.path.unlink()
                _sync_folder(self.path.parent)
            else:
                self._put(self.path, before)
        except OSError:
            try:
                is_new = self._read() == content
            except OSError:
                is_new = False
            self._content = content if is_new else before
            raise WriteUncertain(reason, is_new=is_new) from reason

    def _put(self, path: Path, content: bytes) -> None:
        """Write a temporary file that others cannot read, and rename it into place.

        File and folder are fsynced.
        """
        with AtomicWriter(
            path, mode="wb", overwrite=True, prefix=self._prefix, suffix=".tmp"
        ).open() as file:
            file.write(content)

    def _keep_others(self) -> None:
        """Keep a copy of what another program has put in the place of the file."""
        identity = _identity(self.path)
        if identity is None:
            self._content = None
        if identity in (None, self._identity) or not self.path.is_file():
            return
        found = self.path.read_bytes()
        if found != self._content:
            name = f"{self._prefix}replaced.{datetime.now(UTC).isoformat()}"
            self._put(self.path.with_name(name), found)
            self._kept.append(name)
            _LOGGER.warning(
                "Another program has replaced %s; what it held is kept as %s",
                self.path,
                name,
            )
        self._content, self._identity = found, identity

    def _read(self) -> bytes | None:
        """Return what the file holds, None where there is none."""
        try:
            return self.path.read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            return None

    def _is_own_temporary(self, name: str) -> bool:
        """Return whether a file is one that `_put` has left behind, by its name."""
        random = name.removeprefix(self._prefix).removesuffix(".tmp")
        return (
            name == f"{self._prefix}{random}.tmp"
            and len(random) == 8
            and _RANDOM.issuperset(random)
        )


def _identity(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is replaced or written, None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as err:
        _LOGGER.warning("%s is left from a write, and cannot be removed: %s", path, err)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tighten(path: Path) -> None:
    """Take away what others than the owner may do with a file; a link's target is left alone."""
    if path.is_symlink():
        return
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if stat.S_IMODE(os.fstat(descriptor).st_mode) & ~_PRIVATE:
                os.fchmod(descriptor, _PRIVATE)
        finally:
            os.close(descriptor)
    except OSError as err:
        # A network share without modes, or another owner's file.
        _LOGGER.warning(
            "Others than the owner may read %s, and it stays so: %s", path, err
        )
