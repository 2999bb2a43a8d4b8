"""What is measured, in the words of the table."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from benchmarks.durability import KILLED_AFTER

SIZES = (0, 100, 10_000)
SET_UP_SIZES = (100, 10_000)
LOOK_UP_SIZES = (0, 10_000)
CLIENTS = (1, 50)
# As many as there are at the most.
ROWS = 1000
# What a start may take longer where there are no credentials.
START_MILLISECONDS = 25


class Better(Enum):
    """Which of two numbers is the better one."""

    LESS = "less"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Measure:
    """One row.

    `may_be_worse` says that ours pays for something there: to have the data on disk, or
    to be more code. `unnoticed` is the difference, in `unit`, below which it is noise.
    """

    key: str
    title: str
    unit: str
    better: Better = Better.LESS
    may_be_worse: bool = False
    unnoticed: float = 0


def measures(creates: dict[int, int]) -> Iterator[Measure]:
    """Yield all rows in the order of the table; `creates` by the number of clients."""
    yield Measure(
        "config_cold",
        "Add dialog, first opening since the start (`config`, cold)",
        "ms",
    )
    yield Measure("config_memory", "… memory that it takes, for good", "MB")
    yield Measure(
        "config_warm", "Add dialog, every later opening (`config`, warm)", "ms"
    )
    yield Measure(
        "start_0",
        "Start with 0 credentials: loading and set-up",
        "ms",
        unnoticed=START_MILLISECONDS,
    )
    yield Measure(
        "rest_0", "… when the start is over, and nobody waits", "ms", may_be_worse=True
    )
    yield Measure("start_memory_0", "… memory added by both", "MB", may_be_worse=True)
    yield Measure(
        "load",
        "Start with credentials: loading the code, once",
        "ms",
        may_be_worse=True,
    )
    for size in SET_UP_SIZES:
        yield Measure(
            f"set_up_{size}", f"Set-up with {size:,} credentials", "ms", unnoticed=2
        )
        yield Measure(
            f"set_up_memory_{size}",
            "… memory added by loading and set-up",
            "MB",
            may_be_worse=True,
        )
    yield Measure(
        f"rows_{ROWS}",
        f"Set-up with {ROWS:,} credentials, each with row, device and entities",
        "ms",
        may_be_worse=True,
    )
    for size in SIZES:
        yield Measure(f"list_{size}", f"List of {size:,} credentials (`list`)", "ms")
    for size in LOOK_UP_SIZES:
        yield Measure(
            f"implementations_{size}",
            f"An integration asks for its credential, beside {size:,} of others",
            "µs",
            unnoticed=10,
        )
    yield Measure(
        f"import_{LOOK_UP_SIZES[-1]}",
        f"A credential from YAML that is there already, beside {LOOK_UP_SIZES[-1]:,} others",
        "µs",
        unnoticed=10,
    )
    for clients in CLIENTS:
        who = "1 client" if clients == 1 else f"{clients} clients at once"
        yield Measure(
            f"creates_{clients}",
            f"New credentials per second, {who}",
            "/s",
            Better.MORE,
            may_be_worse=True,
        )
        yield Measure(
            f"writes_{clients}",
            f"… writes of the file for {creates[clients]:,} of them",
            "",
            may_be_worse=True,
        )
    yield Measure(
        "lost",
        f"Lost of {KILLED_AFTER} confirmed credentials, when power fails right after",
        "",
    )
