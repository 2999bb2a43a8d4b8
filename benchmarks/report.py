"""The table, for people and for programs."""

from collections.abc import Iterable, Sequence
import json
from pathlib import Path
from typing import Any

from benchmarks.component import Component
from benchmarks.measures import Measure
from benchmarks.recorder import Recorder
from benchmarks.verdict import Claim, is_worse
from playground import REPOSITORY

PAGE = REPOSITORY / "docs" / "performance.md"
DATA = REPOSITORY / "docs" / "performance.json"

_BEGIN = "<!-- written by scripts/benchmark: begin -->"
_END = "<!-- written by scripts/benchmark: end -->"


def table(measures: Iterable[Measure], recorder: Recorder) -> str:
    """Return the table in Markdown: medians, and ours divided by the original."""
    lines = ["| | original | ours | ratio |", "| :-- | --: | --: | --: |"]
    for measure in measures:
        original, ours = (recorder.median(measure.key, each) for each in Component)
        lines.append(
            f"| {measure.title} | {_number(original, measure.unit)} | {_number(ours, measure.unit)} "
            f"| {_ratio(original, ours)} |"
        )
    return "\n".join(lines)


def claim_list(claims: Iterable[Claim]) -> str:
    """Return what has to hold as a list in Markdown."""
    lines = []
    for claim in claims:
        lines.append(
            f"- {'Holds' if claim.holds else '**Does not hold**'}: {claim.text}"
        )
        lines += [f"  - {detail}" for detail in claim.details]
    return "\n".join(lines)


def as_data(
    measures: Iterable[Measure],
    recorder: Recorder,
    claims: Iterable[Claim],
    machine: dict[str, str],
) -> dict[str, Any]:
    """Return everything that was measured, run by run."""
    return {
        "machine": machine,
        "measures": [
            {
                "key": measure.key,
                "title": measure.title,
                "unit": measure.unit,
                "worse_beyond_noise": is_worse(measure, recorder),
                **{
                    str(each): {
                        "median": _rounded(recorder.median(measure.key, each)),
                        "runs": [
                            _rounded(run) for run in recorder.numbers(measure.key, each)
                        ],
                    }
                    for each in Component
                },
            }
            for measure in measures
        ],
        "claims": [
            {"text": claim.text, "holds": claim.holds, "details": claim.details}
            for claim in claims
        ],
    }


def write_data(path: Path, data: dict[str, Any]) -> None:
    """Write the JSON."""
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def write_page(table: str, claims: str, machine: dict[str, str]) -> None:
    """Replace what stands between the marks on the page; the rest is written by hand."""
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    if not rest or _END not in rest:
        raise RuntimeError(f"The marks are missing in {PAGE}")
    where = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    PAGE.write_text(
        f"{before}{_BEGIN}\n\n{table}\n\n{claims}\n\n{where}\n\n{_END}{after}"
    )


def _number(value: float, unit: str) -> str:
    """Return three digits that mean something, and the unit."""
    digits = 0 if value.is_integer() else max(0, 2 - _magnitude(value))
    return f"{value:,.{min(digits, 2)}f} {unit}".rstrip()


def _magnitude(value: float) -> int:
    """Return the power of ten of the first digit."""
    return int(f"{value:e}".partition("e")[2])


def _ratio(original: float, ours: float) -> str:
    if original <= 0 or ours <= 0:
        return "–"
    ratio = ours / original
    return (
        f"1/{1 / ratio:,.0f}" if ratio < 0.1 else f"{ratio:,.{2 if ratio < 10 else 0}f}"
    )


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")


def failed(claims: Sequence[Claim]) -> bool:
    """Return whether something does not hold."""
    return not all(claim.holds for claim in claims)
