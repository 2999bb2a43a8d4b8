"""Read the files of integrations, which other people have put there."""

import os
from pathlib import Path
import stat
from typing import Final

# Bytes; a hook has a hundredth of it, and so have most constants beside it.
MAX_SIZE: Final = 1024 * 1024


class UntouchableFile(Exception):
    """What stands in the place of a file is none, or too large to be one of Python."""


def read_source(path: Path) -> bytes:
    """Return what a file holds; nothing is waited for.

    Raises OSError, and UntouchableFile for a pipe, a device, or a file above MAX_SIZE.
    """
    # Without it, a pipe would be waited for until somebody writes to it.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UntouchableFile("is no file")
        if status.st_size > MAX_SIZE:
            raise UntouchableFile("is too large")
        # At most what it had just now, of one that grows.
        return file.read(status.st_size)


def refuse_untouchable(folder: Path) -> None:
    """Raise UntouchableFile if a folder has a module that `read_source` would refuse."""
    # Not Path.glob, which takes ten times as long.
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                status = entry.stat()
                if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SIZE:
                    raise UntouchableFile(
                        f"has a module that cannot be read: {entry.name}"
                    )
