"""Measure ours and the original side by side; see scripts/benchmark."""

import argparse
from pathlib import Path
import signal
import sys

from benchmarks import report
from benchmarks.machine import describe_machine, load
from benchmarks.measures import measures
from benchmarks.plan import make_plan
from benchmarks.progress import Progress
from benchmarks.recorder import Recorder
from benchmarks.verdict import claims

# Of what one core can do, taken by others.
BUSY = 0.5


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="everything once, to see that it works; the pages in docs stay as they are",
    )
    parser.add_argument("--json", type=Path, help="write the JSON there as well")
    return parser.parse_args()


def main() -> None:
    """Run all, print the table, and fail where something does not hold."""
    # Ended from outside, we still end what we started.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    options = arguments()
    plan = make_plan(quick=options.quick)
    recorder = Recorder()
    progress = Progress(len(plan))
    load_before = load()
    if load_before > BUSY:
        progress.say(f"This machine is busy (load {load_before:.1f}): expect noise.")
    for step, repetition, component in plan.runs():
        progress.begin(
            f"{component}, {step.title}, {repetition + 1} of {step.repetitions}"
        )
        step.run(component, recorder)
    progress.end()

    rows = list(
        measures(
            {clients: clients * each for clients, each in plan.creates_each.items()}
        )
    )
    found = list(claims(rows, recorder))
    machine = describe_machine()
    machine["Other work on the machine before the run"] = f"load {load_before:.1f}"
    table, claim_list = report.table(rows, recorder), report.claim_list(found)
    data = report.as_data(rows, recorder, found, machine)
    print(
        table,
        claim_list,
        *(f"{key}: {text}" for key, text in machine.items()),
        sep="\n",
    )
    if options.json:
        report.write_data(options.json, data)
    if not options.quick:
        report.write_data(report.DATA, data)
        report.write_page(table, claim_list, machine)
    if report.failed(found):
        sys.exit(1)


if __name__ == "__main__":
    main()
