"""Read and write a private file that must survive a power cut.

All functions block; call them in an executor. Writes to one path must not overlap.
"""

from contextlib import suppress
import errno
from pathlib import Path
import stat
from typing import Any, Final

from atomicwrites import AtomicWriter

# The original's, and that of our own file.
VERSION: Final = 1

# The number of characters that `tempfile` puts between prefix and suffix.
_RANDOM_LENGTH: Final = 8
_SUFFIX: Final = ".tmp"


def tidy(path: Path) -> None:
    """Remove what a killed process has left of a write, and make the file private.

    Call it before the first write to `path`: it would remove the temporary file of a write
    that is under way. What cannot be done is left as it is.
    """
    prefix = f"{path.name}."
    files: list[Path] = []
    with suppress(OSError):
        files = list(path.parent.iterdir())
    for file in files:
        # Not with a pattern, which takes a start half a millisecond to compile.
        random = file.name.removeprefix(prefix).removesuffix(_SUFFIX)
        if len(random) == _RANDOM_LENGTH and file.name == f"{prefix}{random}{_SUFFIX}":
            with suppress(OSError):
                file.unlink()
    with suppress(OSError):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) and stat.S_IMODE(mode) & 0o077:
            path.chmod(0o600)


def read_private(path: Path) -> bytes | None:
    """Return the content of a file, or None if there is none.

    Raises OSError if it cannot be read, or is no regular file: a FIFO would block.
    """
    try:
        is_regular = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return None
    if not is_regular:
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return path.read_bytes()


def enveloped(key: str, data: Any) -> dict[str, Any]:
    """Return data in the shape of the files of Home Assistant's `Store`."""
    return {"version": VERSION, "minor_version": VERSION, "key": key, "data": data}


def write_private(path: Path, content: bytes) -> None:
    """Replace a file as a whole, readable for its owner alone.

    The content and its name are on disk when this returns. Raises OSError if they are not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with AtomicWriter(
        path, mode="wb", overwrite=True, prefix=f"{path.name}.", suffix=_SUFFIX
    ).open() as file:
        file.write(content)
