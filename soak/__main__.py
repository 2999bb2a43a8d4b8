"""Run the soak, and print what was lost; see scripts/soak."""

import argparse
from pathlib import Path
import sys
import tempfile
import time

from playground import REPOSITORY
from soak import home, storage

# On the disk of the repository: what is temporary may be kept in memory.
FOLDER = REPOSITORY / ".tools" / "soak-runs"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="default: 10")
    parser.add_argument("--clients", type=int, default=50, help="default: 50")
    parser.add_argument(
        "--storage",
        action="store_true",
        help="the storage layer alone, without a Home Assistant around it",
    )
    parser.add_argument(
        "--kills", type=int, default=1000, help="with --storage; default: 1000"
    )
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    return parser.parse_args()


def say(text: str) -> None:
    """Tell how it goes."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def run_storage(folder: Path, options: argparse.Namespace) -> bool:
    """Kill the storage layer; return whether nothing was lost."""
    result = storage.run(folder, options.kills, options.seed, say)
    print(f"kills                       {result.kills:,}")
    print(f"changes acknowledged        {result.acknowledged:,}")
    print(
        f"temporary files left        {result.temporary_files:,}, removed at the next start"
    )
    print(f"lost, or changed unasked    {len(result.faults):,}")
    return not result.faults


def run_home(folder: Path, options: argparse.Namespace) -> bool:
    """Drive a Home Assistant; return whether nothing was lost and nothing leaked."""
    result = home.Soak(folder, options.clients, options.seed, say).run(options.minutes)
    start, warm, end = result.memory
    print(f"clients                     {options.clients}")
    print(f"changes acknowledged        {result.told.acknowledged:,}")
    print(f"changes refused             {result.told.refused:,}")
    print(f"checks and openings         {result.told.other_answers:,}")
    print(f"kills, stops                {result.kills}, {result.stops}")
    for disk, count in sorted(result.disk_faults.items()):
        print(f"{f'disk {disk}, times':<28}{count}")
    print(f"lost, or changed unasked    {len(result.faults)}")
    print(f"secrets in logs, in errors  {result.secrets_in_logs}, {result.told.leaks}")
    print(f"tracebacks at stops         {result.tracebacks_at_stops}")
    print(
        f"memory of the last process  {start} MB at the start, {warm} MB after 30 s,"
        f" {end} MB after {result.last_process_seconds} s"
    )
    for said, count in result.told.unexpected.items():
        print(f"not expected                {count} times: {said}")
    return not (
        result.faults
        or result.secrets_in_logs
        or result.told.leaks
        or result.tracebacks_at_stops
        or result.told.unexpected
    )


def main() -> None:
    """Run what was asked for; fail where something does not hold."""
    options = arguments()
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    say(f"in {folder}")
    if not (run_storage if options.storage else run_home)(folder, options):
        sys.exit(f"Something does not hold; what it was is in {folder}.")


if __name__ == "__main__":
    main()
