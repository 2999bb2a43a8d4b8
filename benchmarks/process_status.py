"""What Linux knows about a running process, seen from outside."""

import os
from pathlib import Path
import time

MEGABYTE = 1_000_000
_PAGE = os.sysconf("SC_PAGE_SIZE")

_QUIET_SECONDS = 0.5
_QUIET_TICKS = 1
_PATIENCE_SECONDS = 20


def resident_megabytes(pid: int) -> float:
    """Return the memory that a process occupies."""
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return resident * _PAGE / MEGABYTE


def wait_until_quiet(pid: int) -> None:
    """Wait until a process has nothing more to do, so that what follows is measured alone."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    before = _cpu_ticks(pid), resident_megabytes(pid)
    while time.monotonic() < deadline:
        time.sleep(_QUIET_SECONDS)
        now = _cpu_ticks(pid), resident_megabytes(pid)
        if now[0] - before[0] <= _QUIET_TICKS and now[1] == before[1]:
            return
        before = now


def _cpu_ticks(pid: int) -> int:
    """Return the time that a process has computed, in the hundredths of a second Linux counts."""
    # The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
