"""Several things end with one call."""

from custom_components.application_credentials.ending import all_of


def test_each_is_ended_in_order() -> None:
    """Also what was given as a generator, and then only when it is called."""
    ended: list[int] = []
    end = all_of(lambda number=number: ended.append(number) for number in range(3))  # type: ignore[misc]
    assert ended == []
    end()
    assert ended == [0, 1, 2]
