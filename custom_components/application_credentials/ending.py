"""End several things with one call."""

from collections.abc import Iterable

from homeassistant.core import CALLBACK_TYPE, callback


def all_of(ends: Iterable[CALLBACK_TYPE]) -> CALLBACK_TYPE:
    """Return what calls each of `ends`, in their order."""
    each_of_them = tuple(ends)

    @callback
    def end() -> None:
        for each in each_of_them:
            each()

    return end
