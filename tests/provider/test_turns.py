"""A few checks at once, those that somebody waits for first, and every integration in its turn."""

import asyncio

import pytest

from custom_components.application_credentials.provider.turns import Turns


class Queue:
    """Takes turns, and notes whose turn has come."""

    def __init__(self) -> None:
        """Start with nobody there."""
        self.turns = Turns()
        self.admitted: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str, in_background: bool = False) -> None:
        """Have some come, each named after its integration and a number."""
        for name in names:
            self._ends[name] = asyncio.Event()
            self._tasks[name] = asyncio.create_task(self._take(name, in_background))
            await asyncio.sleep(0)

    async def _take(self, name: str, in_background: bool) -> None:
        domain = name.rstrip("0123456789")
        async with self.turns.async_take(domain, in_background=in_background):
            self.admitted.append(name)
            await self._ends[name].wait()

    async def end(self, *names: str) -> None:
        """Have some end their turns."""
        for name in names:
            self._ends[name].set()
            await self._tasks[name]
            await asyncio.sleep(0)

    async def give_up(self, name: str) -> None:
        """Have one go away."""
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)

    async def all_end(self) -> None:
        """Have all end."""
        for event in self._ends.values():
            event.set()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


@pytest.fixture
def queue() -> Queue:
    """Return a queue with nobody in it."""
    return Queue()


async def test_four_have_their_turn_at_once(queue: Queue) -> None:
    """The others wait, in order."""
    await queue.come("a1", "b1", "c1", "d1", "e1", "f1")
    assert queue.admitted == ["a1", "b1", "c1", "d1"]
    await queue.end("c1")
    assert queue.admitted[4:] == ["e1"]
    await queue.all_end()
    assert queue.admitted[5:] == ["f1"]


async def test_one_place_is_left_for_those_who_wait_for_an_answer(
    queue: Queue,
) -> None:
    """Whatever goes on in the background."""
    await queue.come("a1", "b1", "c1", "d1", in_background=True)
    assert queue.admitted == ["a1", "b1", "c1"]
    await queue.come("e1")
    assert queue.admitted == ["a1", "b1", "c1", "e1"]
    await queue.come("f1")
    await queue.end("a1")
    assert queue.admitted[4:] == ["f1"]
    await queue.all_end()


async def test_three_hundred_of_one_integration_are_before_nobody_else(
    queue: Queue,
) -> None:
    """Who comes later is next, where it is of an integration that has no turn."""
    await queue.come(*(f"a{number}" for number in range(300)), in_background=True)
    await queue.come("b1", in_background=True)
    await queue.end("a0")
    assert queue.admitted[3:] == ["b1"]
    await queue.all_end()
    assert len(queue.admitted) == 301


async def test_who_gives_up_is_passed_over(queue: Queue) -> None:
    """While waiting, and in its turn."""
    await queue.come("a1", "b1", "c1", "d1", "e1", "f1")
    await queue.give_up("e1")
    await queue.give_up("a1")
    assert queue.admitted[4:] == ["f1"]
    await queue.all_end()


async def test_who_gives_up_at_the_moment_of_its_turn_keeps_no_place(
    queue: Queue,
) -> None:
    """The next one has it."""
    await queue.come("a1", "b1", "c1", "d1", "e1", "f1")
    waiting = queue._tasks["e1"]
    queue._ends["a1"].set()
    waiting.cancel()
    await asyncio.gather(waiting, queue._tasks["a1"], return_exceptions=True)
    await asyncio.sleep(0)
    assert queue.admitted[4:] == ["f1"]
    await queue.all_end()
