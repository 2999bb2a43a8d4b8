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


def measure_start(component: Component, recorder: Recorder) -> None:
    """Start with nothing in the file, and the entry that a first start has left."""
    measured = _run_again(component, "start", [])
    recorder.number("start_0", component, measured["start"] * _MILLISECONDS)
    recorder.number("rest_0", component, measured["rest"] * _MILLISECONDS)
    recorder.number("start_memory_0", component, measured["megabytes"])


def measure_set_up(component: Component, recorder: Recorder, *, size: int) -> None:
    """Set the component up with `size` credentials on disk."""
    measured = _run(component, "set_up", others(size))
    recorder.number("load", component, measured["load"] * _MILLISECONDS)
    recorder.number(f"set_up_{size}", component, measured["set_up"] * _MILLISECONDS)
    recorder.number(f"set_up_memory_{size}", component, measured["megabytes"])


def measure_rows(component: Component, recorder: Recorder, *, size: int) -> None:
    """Set the component up with `size` credentials, each with its row and its entities."""
    records = others(size)
    measured = _run_again(component, "set_up", records)
    recorder.number(f"rows_{size}", component, measured["set_up"] * _MILLISECONDS)


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
def _left_by_first_start(component: Component, size: int) -> dict[str, str]:
    """Return the files, and what is in them, that a first start leaves in the storage.

    With ours, the config entry that it creates for itself, with its rows, and what is
    registered for them. The starts that are measured find it there, as every start but
    one does.
    """
    with new_folder() as folder:
        _run_in(folder, component, "prepare", others(size))
        storage = folder / ".storage"
        return {
            path.name: path.read_text()
            for path in storage.iterdir()
            if path.name
            in {"core.config_entries", "core.device_registry", "core.entity_registry"}
        }


@cache
def _without_entities(component: Component, size: int) -> str | None:
    """Return the config entries of a first start, with ours disabled by a person.

    What is measured then is what the original does as well. Of what is shown of the
    credentials there is a measure of its own.
    """
    left = _left_by_first_start(component, size).get("core.config_entries")
    if left is None:
        return None
    stored = json.loads(left)
    for entry in stored["data"]["entries"]:
        entry["disabled_by"] = "user"
    return json.dumps(stored)


def _run_again(
    component: Component, what: str, records: Sequence[Record]
) -> dict[str, float]:
    """Return what in_process.py measures at a start that is not the first."""
    with new_folder() as folder:
        (folder / ".storage").mkdir()
        for name, content in _left_by_first_start(component, len(records)).items():
            (folder / ".storage" / name).write_text(content)
        return _run_in(folder, component, what, records)


def _run(
    component: Component, what: str, records: Sequence[Record]
) -> dict[str, float]:
    """Return what in_process.py measures with these records on disk."""
    entries = _without_entities(component, len(records))
    with new_folder() as folder:
        (folder / ".storage").mkdir()
        if entries is not None:
            (folder / ".storage" / "core.config_entries").write_text(entries)
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
