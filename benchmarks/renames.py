"""Count how often a file is written anew, seen from outside.

Both components write a temporary file and rename it into place. Linux reports that to
whoever watches the folder (inotify(7)), which Python has no module for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import ctypes
import os
from pathlib import Path
import struct

_IN_MOVED_FROM = 0x40
_IN_MOVED_TO = 0x80
_IN_Q_OVERFLOW = 0x4000
# struct inotify_event: watch descriptor, mask, cookie, length of the name that follows.
_EVENT = struct.Struct("iIII")

_LIBC = ctypes.CDLL(None, use_errno=True)


class Renames:
    """Knows how often a file was renamed into place since it was watched."""

    def __init__(self, descriptor: int, name: str) -> None:
        """Count what `descriptor` reports about the file called `name`."""
        self._descriptor = descriptor
        self._name = name.encode()
        self._counted = 0

    def count(self) -> int:
        """Return the number so far."""
        while True:
            try:
                events = os.read(self._descriptor, 65536)
            except BlockingIOError:
                return self._counted
            self._counted += sum(name == self._name for name in _renamed(events))


@contextmanager
def watch(path: Path) -> Iterator[Renames]:
    """Watch a file, which need not be there yet; its folder has to."""
    descriptor = _checked(_LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    try:
        # The old name as well, which differs each time: Linux makes one event of equal
        # ones that follow each other.
        mask = _IN_MOVED_FROM | _IN_MOVED_TO
        _checked(_LIBC.inotify_add_watch(descriptor, os.fsencode(path.parent), mask))
        yield Renames(descriptor, path.name)
    finally:
        os.close(descriptor)


def _renamed(events: bytes) -> Iterator[bytes]:
    """Yield the new names of the files that some events are about."""
    offset = 0
    while offset < len(events):
        _, mask, _, length = _EVENT.unpack_from(events, offset)
        if mask & _IN_Q_OVERFLOW:
            raise RuntimeError("More files were renamed than Linux keeps count of")
        offset += _EVENT.size
        if mask & _IN_MOVED_TO:
            yield events[offset : offset + length].rstrip(b"\0")
        offset += length


def _checked(result: int) -> int:
    """Return what a function of the C library returned, or raise its error."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
