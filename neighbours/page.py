"""The page that says what was compared: docs/neighbours.md."""

from collections.abc import Sequence
from datetime import date
import json
import re

from neighbours import REPOSITORY
from neighbours.compare import HOOK_FAILS, IN_USE, NOT_IMPORTED, RUN, STEPS, Comparison
from neighbours.integrations import RELEASE

PAGE = REPOSITORY / "docs" / "neighbours.md"

_OURS = REPOSITORY / "custom_components" / "application_credentials" / "manifest.json"

_INTRODUCTION = """\
# Other integrations beside the original

Integrations that use application credentials must work with this component as they work with Home Assistant's own.
This table shows that they do. Each of them was driven through the life of an account twice, once with the
original and once with ours, in a process of its own. Everything that can be observed was compared.

`scripts/neighbours` makes the table anew, `scripts/neighbours miele` the lines of one integration. It installs the libraries into
`.tools/neighbours/` and takes a quarter of an hour, more on a busy machine. If no registry has the version of a library that an
integration requires, the newest earlier one is used. Nothing leaves the machine while an integration is driven: every host is simulated.

A step is the **same** if all of the following is equal: each step of a flow with its fields, errors, placeholders and reasons,
the page of the provider with its query, each request for a token with its method, headers and body, each
implementation with its class, names, client and endpoints, each config entry with its data and state, and each
answer of the websocket. Only what is new each time is masked: ids, times, `state`, keys of PKCE. The
requests of our own checks are left out. If something differs, both are driven up to three times, since some integrations request
tokens in the background, and differ between two runs with the original, too (`teslemetry`).

If a step did not succeed, the reason of the flow is after "same". Mostly the simulated provider does not know the answer that the
integration expects. If no account was linked, the steps after it are left out ("–").

| step | what is done |
| --- | --- |
| without | start the config flow before there is a credential |
| create | create a credential; look at the list, the placeholders and the implementations |
| link | go through the config flow to its end, with what comes first in each form |
| refresh | let the token expire, and reload the entry |
| reauthenticate | have the provider refuse the refresh, see whether reauthentication starts, and go through it |
| reconfigure | go through it, if the integration has it |
| delete | delete the credential while it is in use, remove the entry, delete it again; start the config flow |
"""


def write_page(comparisons: Sequence[Comparison]) -> None:
    """Write the page."""
    version = json.loads(_OURS.read_text())["version"]
    lines = [
        _INTRODUCTION,
        f"Driven {_days(comparisons)}, with Home Assistant {RELEASE} and version {version} of this component.",
        "",
        *_counts(comparisons),
    ]
    for title, is_built_in in (
        ("Built in", True),
        ("Integrations of other people", False),
    ):
        chosen = [
            each
            for each in comparisons
            if (each.neighbour.repository is None) is is_built_in
        ]
        lines += ["", f"## {title}", "", *_table(chosen)]
    lines += ["", *_notes(comparisons)]
    PAGE.write_text("\n".join(lines).rstrip() + "\n")


def _days(comparisons: Sequence[Comparison]) -> str:
    """Return when they were driven."""
    days = sorted({each.at[:10] for each in comparisons})
    return " to ".join(
        f"{date.fromisoformat(day):%-d %B %Y}"
        for day in dict.fromkeys((days[0], days[-1]))
    )


def _counts(comparisons: Sequence[Comparison]) -> list[str]:
    """Return how many were driven how far."""
    lines = [
        "| | driven | linked | reauthenticated | reconfigured | with a difference |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, is_built_in in (("built in", True), ("of other people", False)):
        chosen = [
            each
            for each in comparisons
            if (each.neighbour.repository is None) is is_built_in
        ]
        driven = [
            each
            for each in chosen
            if not (each.missing or each.cannot or RUN in each.ends)
        ]
        cells = (
            name,
            f"{len(driven)} of {len(chosen)}",
            sum(each.has_entry for each in driven),
            *(
                sum(each.ends.get(step) in _WELL[step] for each in driven)
                for step in ("reauthenticate", "reconfigure")
            ),
            sum(bool(each.differences) for each in chosen),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def _table(comparisons: Sequence[Comparison]) -> list[str]:
    """Return a line for each integration."""
    lines = [
        f"| integration | {' | '.join(STEPS)} |",
        f"| --- |{' --- |' * len(STEPS)}",
    ]
    for each in comparisons:
        cells = [_name(each), *(_cell(each, step) for step in STEPS)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _name(comparison: Comparison) -> str:
    neighbour = comparison.neighbour
    if neighbour.repository is None:
        return neighbour.domain
    version = neighbour.manifest.get("version", "")
    commit = f"{neighbour.commit}"[:10]
    return f"{neighbour.repository}: {neighbour.domain} {version} ({commit})"


# What a step ends with if all goes well.
_WELL = {
    "without": {"missing_credentials"},
    "create": {"done"},
    "link": {"create_entry"},
    "refresh": {"done"},
    "reauthenticate": {"reauth_successful"},
    "reconfigure": {"reconfigure_successful"},
    "delete": {"missing_credentials"},
}


# By number: what differs on purpose, and at which step.
_DELIBERATE = {
    "¹": (IN_USE, "delete"),
    "²": (NOT_IMPORTED, "create"),
    "³": (HOOK_FAILS, "create"),
}


def _cell(comparison: Comparison, step: str) -> str:
    """Return what is to be said of a step."""
    if step in comparison.differences:
        return "**differs**"
    end = comparison.ends.get(step)
    if end is None:
        return "–"
    note = "" if end in _WELL[step] else f": `{end[:60]}`"
    marks = [
        number
        for number, (deliberate, of_step) in _DELIBERATE.items()
        if deliberate in comparison.deliberate and step == of_step
    ]
    return f"same{note}{', but ' if marks else ''}{' '.join(marks)}"


def _notes(comparisons: Sequence[Comparison]) -> list[str]:
    """Return what differs, and why an integration was not driven as a whole."""
    lines = []
    for number, (deliberate, _) in _DELIBERATE.items():
        lines += [f"{number} On purpose. {deliberate}", ""]
    for each in comparisons:
        if each.missing:
            reason = " ".join(each.missing.split())
            lines.append(f"- **{each.neighbour.name}**: not driven. {reason}")
        elif each.cannot:
            reason = re.sub(r" \(/.*\)", "", each.cannot)
            lines.append(
                f"- **{each.neighbour.name}**: its config flow cannot be imported,"
                f" with either of them. `{reason}`"
            )
        for step, differences in each.differences.items():
            lines += [
                f"- **{each.neighbour.name}**, {step}: {text}" for text in differences
            ]
    return ["## Notes", "", *lines]
