"""What Home Assistant itself waits for, measured by in_process.py in a process of its own."""

from collections.abc import Sequence
from functools import cache
import json
from pathlib import Path
import subprocess
import sys

from benchmarks.component import Component
from benchmarks.instance import link_component, new_folder
from benchmarks.recorder import Recorder
from benchmarks.records import Record, others, own, write_records

_PROGRAM = Path(__file__).with_name("in_process.py")
_TIMEOUT_SECONDS = 120
_MILLISECONDS = 1000
_MICROSECONDS = 1_000_000


def measure_set_up(component: Component, recorder: Recorder, *, size: int) -> None:
    """Set the component up with `size` credentials on disk."""
    measured = _run(component, "set_up", others(size))
    recorder.number("load", component, measured["load"] * _MILLISECONDS)
    recorder.number(f"set_up_{size}", component, measured["set_up"] * _MILLISECONDS)
    recorder.number(f"set_up_memory_{size}", component, measured["megabytes"])


def measure_look_up(component: Component, recorder: Recorder, *, size: int) -> None:
    """Serve one integration while `size` credentials of others are there."""
    measured = _run(component, "look_up", [*others(size), own()])
    recorder.number(
        f"implementations_{size}",
        component,
        measured["implementations"] * _MICROSECONDS,
    )
    recorder.number(f"import_{size}", component, measured["import"] * _MICROSECONDS)


@cache
def _left_by_first_start(component: Component) -> dict[str, str]:
    """Return the files, and what is in them, that a first start leaves in the storage.

    With ours, the config entry that it creates for itself. The starts that are measured
    find it there, as every start but one does.
    """
    with new_folder() as folder:
        _run_in(folder, component, "prepare", [])
        storage = folder / ".storage"
        return {
            path.name: path.read_text()
            for path in storage.iterdir()
            if path.name == "core.config_entries"
        }


def _run(
    component: Component, what: str, records: Sequence[Record]
) -> dict[str, float]:
    """Return what in_process.py measures with these records on disk."""
    left = _left_by_first_start(component)
    with new_folder() as folder:
        (folder / ".storage").mkdir()
        for name, content in left.items():
            (folder / ".storage" / name).write_text(content)
        return _run_in(folder, component, what, records)


def _run_in(
    folder: Path, component: Component, what: str, records: Sequence[Record]
) -> dict[str, float]:
    write_records(folder, records)
    link_component(folder, component)
    done = subprocess.run(
        [sys.executable, "-I", str(_PROGRAM), str(folder), component, what],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{_PROGRAM.name} failed:\n{done.stderr[-4000:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured
