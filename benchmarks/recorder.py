"""What was measured, by measure and component."""

from collections import defaultdict
import json
import statistics
from typing import Any

from benchmarks.component import Component


class Recorder:
    """Takes the numbers and the answers of all runs."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._numbers: dict[str, dict[Component, list[float]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._answers: dict[str, dict[Component, Any]] = defaultdict(dict)
        self.differences: dict[str, list[str]] = {}

    def number(self, measure: str, component: Component, value: float) -> None:
        """Note what one run measured."""
        self._numbers[measure][component].append(value)

    def numbers(self, measure: str, component: Component) -> list[float]:
        """Return what all runs measured."""
        return self._numbers[measure][component]

    def median(self, measure: str, component: Component) -> float:
        """Return the median of all runs."""
        return statistics.median(self.numbers(measure, component))

    def answer(self, command: str, component: Component, answer: Any) -> None:
        """Note an answer; from the second component on, compare it with the other's."""
        self._answers[command][component] = answer
        answers = self._answers[command]
        if len(answers) == len(Component):
            found = differences(answers[Component.ORIGINAL], answers[Component.OURS])
            known = self.differences.setdefault(command, [])
            known.extend(difference for difference in found if difference not in known)

    def answer_of(self, command: str) -> Any:
        """Return the last answer of the original."""
        return self._answers[command][Component.ORIGINAL]


def differences(original: Any, ours: Any, place: str = "") -> list[str]:
    """Return where two answers differ, key by key; the order of keys and items counts."""
    if isinstance(original, dict) and isinstance(ours, dict):
        found = [
            f"{place}/{key}: only {'the original' if key in original else 'ours'} has it"
            for key in original.keys() ^ ours.keys()
        ]
        for key in original.keys() & ours.keys():
            found += differences(original[key], ours[key], f"{place}/{key}")
        if not found and list(original) != list(ours):
            found.append(f"{place}: the keys are in another order")
        return found
    if (
        isinstance(original, list)
        and isinstance(ours, list)
        and len(original) == len(ours)
    ):
        return [
            difference
            for number, pair in enumerate(zip(original, ours, strict=True))
            for difference in differences(*pair, f"{place}/{number}")
        ]
    if json.dumps(original) != json.dumps(ours):
        return [f"{place}: original {original!r:.80}, ours {ours!r:.80}"]
    return []
