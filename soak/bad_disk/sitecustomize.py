"""A disk that is slow or read-only, for one process: Python imports this as it starts.

A file, whose path is in the environment, says how the disk is: the seconds that a write
takes, or "read-only". Without it, the disk is as it is.
"""

import errno
import os
from pathlib import Path
import stat
import time
from typing import Any

_STATE = Path(os.environ["SOAK_DISK"])
_FOLDER = ".storage"
_FSYNC, _OPEN = os.fsync, os.open


def _state() -> str:
    try:
        return _STATE.read_text()
    except OSError:
        return ""


def _fsync(fd: Any) -> None:
    state = _state()
    # Once a write: the folder is synchronized, too.
    if state and state != "read-only" and stat.S_ISREG(os.fstat(fd).st_mode):
        time.sleep(float(state))
    _FSYNC(fd)


def _open(path: Any, flags: int, *more: Any, **named: Any) -> int:
    if flags & os.O_CREAT and _FOLDER in str(path) and _state() == "read-only":
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
    return _OPEN(path, flags, *more, **named)


os.fsync, os.open = _fsync, _open
