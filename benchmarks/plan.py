"""Which runs are made, in which order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.component import Component
from benchmarks.durability import measure_creates, measure_lost
from benchmarks.fresh_process import (
    measure_look_up,
    measure_rows,
    measure_set_up,
    measure_start,
)
from benchmarks.measures import CLIENTS, LOOK_UP_SIZES, ROWS, SET_UP_SIZES, SIZES
from benchmarks.over_websocket import measure_config, measure_list
from benchmarks.recorder import Recorder

type Run = Callable[[Component, Recorder], None]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is measured several times, in turn with either component."""

    title: str
    run: Run
    repetitions: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps, and by the number of clients how many credentials each of them creates."""

    steps: tuple[Step, ...]
    creates_each: dict[int, int]

    def __len__(self) -> int:
        """Return the number of runs."""
        return sum(step.repetitions for step in self.steps) * len(Component)

    def runs(self) -> Iterator[tuple[Step, int, Component]]:
        """Yield step, repetition and component of each run.

        A round over all steps before the next one, and another component first each
        time, so that a machine that grows slower does so for both.
        """
        for repetition in range(max(step.repetitions for step in self.steps)):
            order = (
                list(Component) if repetition % 2 == 0 else list(reversed(Component))
            )
            for step in self.steps:
                if repetition < step.repetitions:
                    for component in order:
                        yield step, repetition, component


def make_plan(*, quick: bool) -> Plan:
    """Return what is run: all of it, or once each to see that it works."""
    each = {1: 20, 50: 2} if quick else {1: 200, 50: 20}
    often, some, seldom = (1, 1, 1) if quick else (11, 7, 5)
    steps = [
        Step("Add dialog", measure_config, some),
        Step("start without credentials", measure_start, often),
    ]
    steps += [
        Step(
            f"set-up with {size:,} credentials",
            partial(measure_set_up, size=size),
            often,
        )
        for size in SET_UP_SIZES
    ]
    steps.append(
        Step(f"set-up with {ROWS:,} rows", partial(measure_rows, size=ROWS), seldom)
    )
    steps += [
        Step(f"list of {size:,} credentials", partial(measure_list, size=size), some)
        for size in SIZES
    ]
    steps += [
        Step(
            f"look-up beside {size:,} others",
            partial(measure_look_up, size=size),
            seldom,
        )
        for size in LOOK_UP_SIZES
    ]
    steps += [
        Step(
            f"creating with {clients} clients",
            partial(measure_creates, clients=clients, each=each[clients]),
            seldom,
        )
        for clients in CLIENTS
    ]
    steps.append(Step("SIGKILL", measure_lost, seldom))
    return Plan(tuple(steps), each)
