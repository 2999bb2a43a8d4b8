"""A program that runs beside us, with its output in a file."""

from collections.abc import Callable, Mapping
import contextlib
import os
from pathlib import Path
import signal
import socket
import subprocess
import time
from typing import Protocol

POLL_SECONDS = 0.05


class ProcessFailed(Exception):
    """A program ended by itself, or was not ready in time."""


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def port_is_taken(port: int) -> bool:
    """Say whether somebody listens on a port of 127.0.0.1."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Running(Protocol):
    """A program that was started; `subprocess.Popen` is one."""

    pid: int

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""

    def terminate(self) -> None:
        """Ask it to end."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return the exit code; raise `subprocess.TimeoutExpired`."""


class Process:
    """A program under a name, started and stopped as often as one likes."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        folder: Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Remember how to run the program; nothing is started yet."""
        self.name = name
        self.log = log
        self.command = command
        self._folder = folder
        self._environment = dict(environment or {})
        self._process: Running | None = None

    @property
    def is_running(self) -> bool:
        """Whether the program was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the program, which was started."""
        if self._process is None:
            raise ProcessFailed(f"{self.name} was not started")
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How the program ended, None while it has not."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start the program; its output is added to the log."""
        self._process = self._run(_clean_environment() | self._environment)

    def _run(self, environment: dict[str, str]) -> Running:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command,
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal reaches us alone, and we end what we started in order.
                start_new_session=True,
            )

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait for a condition, for as long as the program runs and no longer than given."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running:
                raise ProcessFailed(
                    f"{self.name} ended by itself (exit code {self.exit_code})\n{self.log_tail()}"
                )
            if time.monotonic() > deadline:
                raise ProcessFailed(
                    f"{self.name} was not ready after {seconds:.0f} s\n{self.log_tail()}"
                )
            time.sleep(POLL_SECONDS)

    def stop(self, *, seconds: float = 30) -> None:
        """Ask the program to end, and insist after a while."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the program, and what it may have started, as a power cut would."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def log_tail(self, lines: int = 40) -> str:
        """Return the last lines of the log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def _clean_environment() -> dict[str, str]:
    """Return our environment without what would change which modules a Python finds."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON")
    }
