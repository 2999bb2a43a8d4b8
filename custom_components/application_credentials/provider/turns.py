"""Whose check is next: a few at once, what a person waits for first, no provider before all others."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

AT_ONCE: Final = 4
# One is left for those who wait for an answer.
IN_BACKGROUND_AT_ONCE: Final = 3


class _Place(NamedTuple):
    """A place in the queue."""

    domain: str
    in_background: bool
    admitted: asyncio.Future[None]


class Turns:
    """The queue, and those whose turn it is."""

    def __init__(self) -> None:
        """Start with nobody there."""
        self._waiting: list[_Place] = []
        self._admitted: list[_Place] = []

    @asynccontextmanager
    async def async_take(
        self, domain: str, *, in_background: bool
    ) -> AsyncIterator[None]:
        """Wait for a turn, and have it until the context ends.

        Who gives up waiting, by being cancelled, leaves the queue.
        """
        place = _Place(
            domain, in_background, asyncio.get_running_loop().create_future()
        )
        self._waiting.append(place)
        self._admit()
        try:
            await place.admitted
            yield
        finally:
            (self._admitted if place in self._admitted else self._waiting).remove(place)
            self._admit()

    def _admit(self) -> None:
        """Admit whose turn it is, for as long as there is room."""
        while len(self._admitted) < AT_ONCE:
            of_domain = Counter(place.domain for place in self._admitted)
            in_background = sum(place.in_background for place in self._admitted)
            candidates = [
                place
                for place in self._waiting
                if not place.in_background or in_background < IN_BACKGROUND_AT_ONCE
            ]
            if not candidates:
                return
            # The first of the best, so that those who are equal keep their order.
            place = min(
                candidates,
                key=lambda place: (place.in_background, of_domain[place.domain]),
            )
            self._waiting.remove(place)
            self._admitted.append(place)
            if not place.admitted.done():
                place.admitted.set_result(None)
