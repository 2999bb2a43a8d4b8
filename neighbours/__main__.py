"""Drive all integrations, or those that are named, and say what differs.

usage: scripts/neighbours [NAME …]

With names, the others stand in docs/neighbours.md as they were driven last.
"""

from datetime import UTC, datetime
import json
import multiprocessing
import os
from pathlib import Path
import subprocess
import sys
from typing import Any

from neighbours import FOLDER
from neighbours.authority import Authority
from neighbours.compare import RUN, Comparison, compare
from neighbours.drive import drive, trusted_authority
from neighbours.integrations import (
    RELEASE,
    Neighbour,
    NotInstallable,
    built_in,
    elsewhere,
)
from neighbours.page import write_page

SIDES = ("original", "ours")

DRIVE_SECONDS = 300

# Where something differs. Some integrations ask in the background, and do not do the
# same twice with the original either.
DRIVES = 3

# A process has Home Assistant imported when it begins, and nothing of an integration.
_FORK = multiprocessing.get_context("fork")

RESULTS = FOLDER / f"results-{RELEASE}"


def drive_apart(neighbour: Neighbour, side: str, authority: Authority) -> list[Any]:
    """Drive an integration in a process of its own; return what was seen."""
    log = RESULTS / f"{neighbour.name}.{side}.log"
    receiver, sender = _FORK.Pipe(duplex=False)
    process = _FORK.Process(
        target=_drive_here, args=(neighbour, side, authority, log, sender)
    )
    process.start()
    sender.close()
    try:
        if not receiver.poll(DRIVE_SECONDS):
            return [[RUN, "failed", f"not done after {DRIVE_SECONDS} s"]]
        seen: list[Any] = receiver.recv()
    except EOFError:
        return [[RUN, "failed", log.read_text().strip().rpartition("\n")[2]]]
    finally:
        process.kill()
        process.join()
    return seen


def _drive_here(
    neighbour: Neighbour, side: str, authority: Authority, log: Path, sender: Any
) -> None:
    """Drive an integration in this process, which has its libraries alone."""
    with log.open("w") as errors:
        os.dup2(errors.fileno(), sys.stdout.fileno())
        os.dup2(errors.fileno(), sys.stderr.fileno())
    sys.path.insert(0, str(neighbour.libraries))
    folders = [path for path in (neighbour.custom_components,) if path]
    sender.send(drive(neighbour.domain, side, folders, authority))


def drive_both(neighbour: Neighbour, authority: Authority) -> None:
    """Drive an integration with the original and with ours; keep what was seen."""
    missing = ""
    try:
        neighbour.fetch()
        neighbour.install()
    except (NotInstallable, subprocess.CalledProcessError) as err:
        missing = str(err)
    for _ in range(DRIVES):
        seen = {side: drive_apart(neighbour, side, authority) for side in SIDES}
        kept = {"at": datetime.now(UTC).isoformat(), "missing": missing} | seen
        _result(neighbour).write_text(json.dumps(kept, indent=1))
        if (last := last_comparison(neighbour)) and not last.differences:
            break


def last_comparison(neighbour: Neighbour) -> Comparison | None:
    """Compare what was seen when an integration was driven last, if it was."""
    path = _result(neighbour)
    if not path.exists():
        return None
    return compare(neighbour, **json.loads(path.read_text()))


def _result(neighbour: Neighbour) -> Path:
    return RESULTS / f"{neighbour.name}.json"


def main() -> None:
    """Drive what the command line names; fail where something differs."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    names = {*sys.argv[1:]}
    found = [*built_in(), *elsewhere()]
    with trusted_authority() as authority:
        for neighbour in found:
            if not names or {neighbour.name, neighbour.domain} & names:
                drive_both(neighbour, authority)
                print(neighbour.name, last_comparison(neighbour), flush=True)
    comparisons = [each for each in map(last_comparison, found) if each]
    write_page(comparisons)
    sys.exit(any(each.differences for each in comparisons))


if __name__ == "__main__":
    main()
