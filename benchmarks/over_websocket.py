"""What a person waits for in the frontend, measured from outside on a real Home Assistant."""

import statistics
import time
from typing import Any

from benchmarks.component import DOMAIN, Component
from benchmarks.instance import new_home_assistant, pid_of
from benchmarks.process_status import resident_megabytes, wait_until_quiet
from benchmarks.recorder import Recorder
from benchmarks.records import others
from playground.websocket_client import WebSocketClient

CONFIG = f"{DOMAIN}/config"
LIST = f"{DOMAIN}/list"

# So many calls that a processor which has been idle before is not what is measured.
_REPEAT_SECONDS = 1.0
_MILLISECONDS = 1000


def timed_command(websocket: WebSocketClient, command: str) -> tuple[float, Any]:
    """Return the seconds from request to answer, and the answer."""
    start = time.perf_counter()
    answer = websocket.command(command)
    return time.perf_counter() - start, answer


def repeated_command(websocket: WebSocketClient, command: str) -> float:
    """Return the median of the seconds that a command takes when it is sent again and again."""
    times: list[float] = []
    end = time.perf_counter() + _REPEAT_SECONDS
    while time.perf_counter() < end:
        times.append(timed_command(websocket, command)[0])
    return statistics.median(times)


def measure_config(component: Component, recorder: Recorder) -> None:
    """Open the Add dialog for the first time, and again."""
    with (
        new_home_assistant(component) as home_assistant,
        home_assistant.websocket() as websocket,
    ):
        pid = pid_of(home_assistant)
        # The connection and its buffers are not what is measured.
        websocket.command("manifest/list")
        wait_until_quiet(pid)
        before = resident_megabytes(pid)
        cold, answer = timed_command(websocket, CONFIG)
        wait_until_quiet(pid)
        added = resident_megabytes(pid) - before
        warm = repeated_command(websocket, CONFIG)
    recorder.number("config_cold", component, cold * _MILLISECONDS)
    recorder.number("config_memory", component, added)
    recorder.number("config_warm", component, warm * _MILLISECONDS)
    recorder.answer("config", component, answer)


def measure_list(component: Component, recorder: Recorder, *, size: int) -> None:
    """List all credentials, as the page in the settings does."""
    with (
        new_home_assistant(component, others(size)) as home_assistant,
        home_assistant.websocket() as websocket,
    ):
        _, answer = timed_command(websocket, LIST)
        wait_until_quiet(pid_of(home_assistant))
        seconds = repeated_command(websocket, LIST)
    recorder.number(f"list_{size}", component, seconds * _MILLISECONDS)
    recorder.answer(f"list_{size}", component, answer)
