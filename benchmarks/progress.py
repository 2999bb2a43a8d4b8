"""What is going on, on stderr."""

import sys
import time


class Progress:
    """Tells how far the work is, and how long it will take."""

    def __init__(self, runs: int) -> None:
        """Expect a number of runs."""
        self._runs = runs
        self._started = time.monotonic()
        self._begun = 0

    def begin(self, what: str) -> None:
        """Say that a run begins."""
        elapsed = time.monotonic() - self._started
        left = ""
        if self._begun:
            expected = elapsed / self._begun * (self._runs - self._begun)
            left = f", about {_clock(expected)} left"
        self._begun += 1
        self.say(f"[{self._begun}/{self._runs}] {_clock(elapsed)}{left}: {what} …")

    @staticmethod
    def say(text: str) -> None:
        """Say something in between."""
        print(text, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Say how long it took."""
        self.say(f"{self._runs} runs in {_clock(time.monotonic() - self._started)}.")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
