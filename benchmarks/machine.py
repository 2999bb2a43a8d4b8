"""What the numbers depend on."""

from datetime import UTC, datetime
import os
from pathlib import Path
import platform
import statistics
import tempfile
import time

from benchmarks.instance import FOLDER
from homeassistant.const import __version__

_FSYNCS = 50


def describe_machine() -> dict[str, str]:
    """Return date, machine and versions, each in one line."""
    return {
        "Date": datetime.now(UTC).date().isoformat(),
        "Processor": f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        "Memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.0f} GB",
        "Disk": f"one small write and its fsync take {_fsync_milliseconds():.1f} ms (median)",
        "System": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Home Assistant": __version__,
    }


def load() -> float:
    """Return how many programs have wanted a core, on average, in the last minute."""
    return os.getloadavg()[0]


def _field(path: str, name: str) -> str:
    """Return the first value of a name in a file of lines `name : value`."""
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _fsync_milliseconds() -> float:
    """Return how long this disk takes until something is safe."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    times = []
    with tempfile.TemporaryFile(dir=FOLDER) as file:
        for _ in range(_FSYNCS):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000
