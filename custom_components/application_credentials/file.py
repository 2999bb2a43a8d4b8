"""Read and write a private file that must survive a power cut.

All functions block; call them in an executor. Writes to one path must not overlap.
"""

from contextlib import suppress
import errno
import os
from pathlib import Path
import stat
from typing import Final

from atomicwrites import AtomicWriter

# Far more than 10,000 credentials need.
MAX_BYTES: Final = 64 * 1024 * 1024

# The number of characters that `tempfile` puts between prefix and suffix.
_RANDOM_LENGTH: Final = 8
_SUFFIX: Final = ".tmp"


def tidy(path: Path) -> None:
    """Remove what a killed process has left of a write, and make the file private.

    Call it before the first write to `path`: it would remove the temporary file of a write
    that is under way. What cannot be done is left as it is.
    """
    # Not with a pattern, which takes a start half a millisecond to compile.
    leftovers: list[Path] = []
    with suppress(OSError):
        leftovers = [each for each in path.parent.iterdir() if _is_left(each, path)]
    for leftover in leftovers:
        with suppress(OSError):
            leftover.unlink()
    with suppress(OSError):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) and stat.S_IMODE(mode) & 0o077:
            path.chmod(0o600)


def _is_left(file: Path, path: Path) -> bool:
    """Return whether a file is a temporary one of a write to `path`."""
    prefix = f"{path.name}."
    return (
        file.name.startswith(prefix)
        and file.name.endswith(_SUFFIX)
        and len(file.name) == len(prefix) + _RANDOM_LENGTH + len(_SUFFIX)
    )


def read_private(path: Path) -> bytes | None:
    """Return the content of a file, or None if there is none.

    Raises OSError if it cannot be read, is larger than `MAX_BYTES`, or is no regular file: a
    FIFO would block.
    """
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "Not a regular file", str(path))
            if status.st_size > MAX_BYTES:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
            return file.read()
    except FileNotFoundError:
        return None


def write_private(path: Path, content: bytes) -> None:
    """Replace a file as a whole, readable for its owner alone.

    The content and its name are on disk when this returns. Raises OSError if they are not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with AtomicWriter(
        path, mode="wb", overwrite=True, prefix=f"{path.name}.", suffix=_SUFFIX
    ).open() as file:
        file.write(content)


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
