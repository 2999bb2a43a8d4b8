"""Home Assistant with a clock that is ahead.

    python playground/later.py SECONDS --config FOLDER …

What is put forward is what it asks for the time where days matter: `time.time`, its own `dt_util`, and the library that
looks at the times in its tokens. Whatever waits for some seconds goes by another clock, which no one can put forward.
"""

from datetime import datetime, timedelta, tzinfo
import sys
import time
from typing import Self, override


def put_forward(seconds: float) -> None:
    """Put the clock of this process forward, before anything has asked for the time."""
    real_time = time.time
    time.time = lambda: real_time() + seconds

    class Later(datetime):
        @classmethod
        @override
        def now(cls, tz: tzinfo | None = None) -> Self:
            return datetime.now(tz) + timedelta(seconds=seconds)  # type: ignore[return-value]

    # Nothing else of Home Assistant is there yet, so what it takes from here is ours.
    import jwt.api_jwt  # noqa: PLC0415

    from homeassistant.util import dt as dt_util  # noqa: PLC0415

    def utcnow() -> datetime:
        return Later.now(dt_util.UTC)

    def now(time_zone: tzinfo | None = None) -> datetime:
        return Later.now(time_zone or dt_util.get_default_time_zone())

    dt_util.utcnow = utcnow  # type: ignore[assignment]
    dt_util.now = now
    jwt.api_jwt.datetime = Later  # type: ignore[attr-defined]


def main() -> None:
    """Run Home Assistant."""
    put_forward(float(sys.argv.pop(1)))
    # Afterwards, so that it asks for no time before.
    from homeassistant.__main__ import main as run  # noqa: PLC0415

    sys.exit(run())


if __name__ == "__main__":
    main()
