"""What has to hold, and whether it does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import statistics

from benchmarks.component import Component
from benchmarks.measures import ROWS, START_MILLISECONDS, Better, Measure
from benchmarks.recorder import Recorder
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS

COLD_RATIO = 200
COLD_MEGABYTES = 1.5
ROWS_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that has to hold; `details` say why it does not."""

    text: str
    holds: bool
    details: tuple[str, ...] = ()


def claims(measures: Iterable[Measure], recorder: Recorder) -> Iterator[Claim]:
    """Yield all that has to hold."""
    cold = {each: recorder.median("config_cold", each) for each in Component}
    yield Claim(
        f"The first opening of the Add dialog takes at most 1/{COLD_RATIO} of the original's time.",
        cold[Component.OURS] * COLD_RATIO <= cold[Component.ORIGINAL],
    )
    memory = recorder.median("config_memory", Component.OURS)
    yield Claim(f"It takes at most {COLD_MEGABYTES} MB.", memory <= COLD_MEGABYTES)
    yield _config_is_equal(recorder)
    yield Claim(
        "The lists are equal at every size.",
        not any(
            found for name, found in recorder.differences.items() if name != "config"
        ),
        tuple(
            difference
            for name, found in recorder.differences.items()
            if name != "config"
            for difference in found[:5]
        ),
    )
    start = {each: recorder.median("start_0", each) for each in Component}
    yield Claim(
        f"A start with 0 credentials takes at most {START_MILLISECONDS} ms longer.",
        start[Component.OURS] - start[Component.ORIGINAL] <= START_MILLISECONDS,
    )
    slower = [measure.title for measure in measures if is_worse(measure, recorder)]
    yield Claim(
        "Nothing else is worse than with the original beyond noise, but for what durability and more code cost.",
        not slower,
        tuple(slower),
    )
    yield Claim(
        f"{ROWS:,} rows with their devices and entities cost a start less than"
        f" {ROWS_MILLISECONDS:,} ms.",
        recorder.median(f"rows_{ROWS}", Component.OURS) < ROWS_MILLISECONDS,
    )
    yield Claim(
        "Nothing that was confirmed is lost.", max(_ours("lost", recorder)) == 0
    )


def is_worse(measure: Measure, recorder: Recorder) -> bool:
    """Return whether ours does worse beyond noise, and may not.

    Beyond noise: the middle halves of the runs of both do not overlap, and the medians
    differ by more than nobody would notice.
    """
    if measure.may_be_worse:
        return False
    sign = 1 if measure.better is Better.LESS else -1
    original, ours = (
        sorted(
            sign * quartile
            for quartile in _quartiles(recorder.numbers(measure.key, each))
        )
        for each in Component
    )
    return ours[0] > original[2] and ours[1] - original[1] > measure.unnoticed


def _config_is_equal(recorder: Recorder) -> Claim:
    answered = recorder.answer_of("config")["integrations"]
    differences = list(recorder.differences["config"])
    differences += [
        f"{domain} is not in the answer"
        for domain in APPLICATION_CREDENTIALS
        if domain not in answered
    ]
    return Claim(
        f"The dialog's answer is the original's, key by key, for all {len(APPLICATION_CREDENTIALS)} "
        f"integrations and {len(answered) - len(APPLICATION_CREDENTIALS)} custom ones.",
        not differences,
        tuple(differences),
    )


def _ours(key: str, recorder: Recorder) -> list[float]:
    return recorder.numbers(key, Component.OURS)


def _quartiles(numbers: list[float]) -> list[float]:
    if len(numbers) == 1:
        return numbers * 3
    return statistics.quantiles(numbers, n=4, method="inclusive")
