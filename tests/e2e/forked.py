"""Home Assistant without the time that its imports take: a fork of a process that has them already.

It runs the same `main` with the same arguments, folder and environment as the program `hass`, which is still what starts
a Home Assistant of another release, and one whose clock is ahead.
"""

from collections.abc import Mapping
import multiprocessing
import os
from pathlib import Path
import subprocess
import sys
from typing import override

from playground.process import Process, Running

PROGRAM = Path(sys.executable).with_name("hass")

FORKS = multiprocessing.get_context("forkserver")
# What a start imports of Home Assistant, and with it nearly all that it imports of others; nothing of ours.
FORKS.set_forkserver_preload(
    [
        "homeassistant.__main__",
        "homeassistant.bootstrap",
        "homeassistant.components.analytics",
        "homeassistant.components.assist_pipeline",
        "homeassistant.components.camera",
        "homeassistant.components.frontend",
        "homeassistant.components.marketplace",
    ]
)


class ForkedProcess(Process):
    """A Home Assistant that is forked where it can be."""

    @override
    def _run(self, environment: dict[str, str]) -> Running:
        if Path(self.command[0]) != PROGRAM:
            return super()._run(environment)
        return Fork(self.command, self._folder, self.log, environment)


class Fork:
    """A fork that runs, with what is used of `subprocess.Popen`."""

    def __init__(
        self, command: list[str], folder: Path, log: Path, environment: dict[str, str]
    ) -> None:
        """Start it."""
        self._process = FORKS.Process(
            target=run, args=(command, folder, log, environment), daemon=True
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return the exit code."""
        self._process.join(timeout)
        if (exit_code := self.poll()) is None:
            raise subprocess.TimeoutExpired("hass", timeout or 0)
        return exit_code


def run(
    command: list[str], folder: Path, log: Path, environment: Mapping[str, str]
) -> None:
    """Become what the program is, in the fork."""
    os.setsid()
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    # Not those of the tests: the component in the repository would be found in a home that has none.
    installed = (sys.prefix, sys.base_prefix)
    sys.path[:] = [path for path in sys.path if path.startswith(installed)]
    from homeassistant.__main__ import main  # noqa: PLC0415

    sys.exit(main())
