"""What was seen of an integration with the original and with ours, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
import json
import textwrap
from typing import Any, override

from neighbours.integrations import Neighbour

STEPS = (
    "without",
    "create",
    "link",
    "refresh",
    "reauthenticate",
    "reconfigure",
    "delete",
)

# Of a process that did not get to its end, and of the import of a config flow.
RUN = "run"
IMPORT = "import"

# Where ours differs from the original on purpose, and what it does.
IN_USE = "A credential that an account uses under the name of its import is not deleted. The original deletes it."
NOT_IMPORTED = (
    "A credential can be created as soon as the hook can be read. The original imports the hook, which is broken here,"
    " and refuses."
)
HOOK_FAILS = (
    "Whatever a hook raises becomes `ImplementationUnavailableError`, with which Home Assistant ends a flow. With the"
    " original, it is an error 500. The hooks of `mcp` and `onedrive_for_business` raise outside of their config flows."
)


@dataclass
class Comparison:
    """An integration: why it could not be driven as a whole, how each step ended, what differs."""

    neighbour: Neighbour
    at: str
    missing: str
    has_entry: bool
    cannot: str
    ends: dict[str, str] = field(default_factory=dict)
    differences: dict[str, list[str]] = field(default_factory=dict)
    deliberate: set[str] = field(default_factory=set)

    @override
    def __str__(self) -> str:
        """Return a line about it."""
        if self.differences:
            return f"DIFFERS: {json.dumps(self.differences)}"
        ends = ", ".join(f"{step}: {end}" for step, end in self.ends.items())
        return f"same ({ends})"


def compare(
    neighbour: Neighbour,
    original: list[Any],
    ours: list[Any],
    *,
    at: str = "",
    missing: str = "",
) -> Comparison:
    """Compare what was seen, lists of [step, what, value], step by step."""
    has_entry = any(what == "entry" for _, what, _ in original)
    cannot = next(
        (value for step, what, value in original if (step, what) == (IMPORT, "failed")),
        "",
    )
    comparison = Comparison(neighbour, at, missing, has_entry, cannot)
    is_broken = any(
        what == "create" and "No application_credentials platform" in json.dumps(value)
        for _, what, value in original
    )
    for step in (RUN, IMPORT, *STEPS):
        theirs, own = (
            [each[1:] for each in seen if each[0] == step] for seen in (original, ours)
        )
        if theirs and step != IMPORT:
            comparison.ends[step] = _end(step, theirs)
        for what, difference in _differences(theirs, own):
            if what == "delete in use":
                comparison.deliberate.add(IN_USE)
            elif what == "failed" and "ImplementationUnavailableError" in difference:
                comparison.deliberate.add(HOOK_FAILS)
            elif is_broken and step in ("create", "delete"):
                comparison.deliberate.add(NOT_IMPORTED)
            else:
                comparison.differences.setdefault(step, []).append(difference)
    return comparison


def _end(step: str, seen: list[Any]) -> str:
    """Return how a step ended: a failure, or the last step of its flow."""
    for what, value in reversed(seen):
        if what == "failed":
            return str(value)
        if what == "flow":
            return _flow_end(value)
    return "no flow" if step == "reauthenticate" else "done"


def _flow_end(step: dict[str, Any]) -> str:
    """Return how a flow ended, or where it stands."""
    if "status" in step:
        return f"error {step['status']}"
    for name in ("reason", "message"):
        if name in step:
            return str(step[name])
    if errors := step.get("errors"):
        return f"{step['step_id']}: {', '.join(map(str, errors.values()))}"
    return str(step["type"] if step["type"] == "create_entry" else step["step_id"])


def _differences(original: list[Any], ours: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield what differs at a step: what it is about, and the difference."""
    theirs, own = (
        [json.dumps(each, sort_keys=True) for each in seen] for seen in (original, ours)
    )
    matcher = SequenceMatcher(None, theirs, own, autojunk=False)
    for kind, begin, end, our_begin, our_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        pairs = zip_longest(original[begin:end], ours[our_begin:our_end])
        for one, other in pairs:
            if one and other and one[0] == other[0]:
                for difference in _of_values(one[1], other[1], one[0]):
                    yield one[0], difference
            else:
                yield (one or other)[0], f"{_short(one)} / {_short(other)}"


def _of_values(original: Any, ours: Any, at: str) -> Iterator[str]:
    """Yield what differs in two values, with its place."""
    if isinstance(original, dict) and isinstance(ours, dict):
        for key in sorted(original.keys() | ours.keys()):
            yield from _of_values(original.get(key), ours.get(key), f"{at}.{key}")
    elif original != ours:
        yield f"{at}: {_short(original)} / {_short(ours)}"


def _short(value: Any) -> str:
    return textwrap.shorten(json.dumps(value), 300, placeholder=" …")
