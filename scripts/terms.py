"""Print what Home Assistant itself says about credentials in a language; for translators.

    python scripts/terms.py de …      prints a table for each language
    python scripts/terms.py --check   ends with 1 where docs/translating.md says something else

It is read from what is installed beside this Python: the packages home-assistant-frontend and homeassistant.
"""

from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
import json
from pathlib import Path
import re
import sys
from typing import Any, Final

LANGUAGES: Final = (
    *("de", "fr", "nl", "es", "it", "pl", "pt", "pt-BR", "sv", "da"),
    *("nb", "fi", "cs", "hu", "ro", "ru", "uk", "tr", "zh-Hans"),
)

_PAGE: Final = "ui.panel.config.application_credentials"

# Texts of the frontend, by the part that they are of, and their key.
FRONTEND: Final = (
    ("", "panel.config"),
    ("config", "ui.panel.config.dashboard.devices.main"),
    ("config", "ui.panel.config.dashboard.system.main"),
    ("config", "ui.panel.config.network.caption"),
    ("config", "ui.panel.config.repairs.caption"),
    ("config", "ui.panel.config.logs.caption"),
    ("config", f"{_PAGE}.caption"),
    ("config", f"{_PAGE}.picker.add_application_credential"),
    ("config", f"{_PAGE}.picker.remove.confirm_title"),
    ("config", f"{_PAGE}.picker.remove_selected.confirm_title"),
    ("config", f"{_PAGE}.picker.remove_selected.confirm_text"),
    ("config", f"{_PAGE}.editor.missing_credentials"),
    ("config", f"{_PAGE}.editor.domain"),
    ("config", f"{_PAGE}.editor.name"),
    ("config", f"{_PAGE}.editor.client_id"),
    ("config", f"{_PAGE}.editor.client_secret"),
    ("config", "ui.panel.config.integrations.reconfigure"),
    ("config", "ui.panel.config.integrations.config_flow.submit"),
    ("config", "ui.panel.config.integrations.config_entry.reload"),
    ("config", "ui.panel.config.integrations.config_entry.custom_integration"),
    ("", "config_entry.disabled_by.config_entry"),
    ("", "config_entry.disabled_by.device"),
    ("", "ui.components.target-picker.type.entities"),
    ("config", "ui.panel.config.backup.overview.header"),
    ("config", "ui.panel.config.users.editor.admin"),
)

# Texts that many integrations share: the one that most of them have counts.
SHARED: Final = (
    "config.step.pick_implementation.title",
    "config.step.reauth_confirm.title",
    "config.abort.reauth_successful",
    "config.abort.wrong_account",
    "config.abort.user_rejected_authorize",
)

# Where the redirect URI has a name: in instructions, beside the URI itself.
_INSTRUCTIONS: Final = "application_credentials.description"
_NAMED: Final = re.compile(r"\*\*([^*]+?)[:：]?\*\*[:：]?\s*`\{redirect_url\}`")
_REDIRECT_URI: Final = "redirect URI"

# What a person looks for on the screen.
NAMES: Final = (
    "Settings",
    "Devices & services",
    "System",
    "Network",
    "Repairs",
    "Logs",
    "Reconfigure",
    "Application credentials",
)

_DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "translating.md"


def main(arguments: list[str]) -> int:
    """Print or check; return how to exit."""
    if arguments == ["--check"]:
        return 0 if _names() in _DOCUMENT.read_text() else 1
    for language in arguments or LANGUAGES:
        sys.stdout.write(f"{_table(language)}\n")
    return 0


def _names() -> str:
    """Return the rows of the table in docs/translating.md."""
    english = _texts("en")
    keys = [
        next(key for key, text in english.items() if text == name) for name in NAMES
    ]
    rows = ""
    for language in LANGUAGES:
        texts = _texts(language)
        rows += f"| {language} | {' | '.join(_cell(texts[key]) for key in keys)} |\n"
    return rows


def _table(language: str) -> str:
    """Return what the texts are in a language, as a Markdown table under its code."""
    english, theirs = _texts("en"), _texts(language)
    rows = "".join(
        f"| {_cell(text)} | {_cell(theirs.get(key, '')) or '–'} |\n"
        for key, text in english.items()
    )
    return f"### {language}\n\n| en | {language} |\n| --- | --- |\n{rows}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def _texts(language: str) -> dict[str, str]:
    """Return the texts above that there are in a language, by what names them."""
    parts = {part: _frontend(part, language) for part in ("", "config")}
    found = {f"{part}:{key}": parts[part].get(key, "") for part, key in FRONTEND}
    shared: dict[str, Counter[str]] = {
        key: Counter() for key in (*SHARED, _REDIRECT_URI)
    }
    folder = _package("homeassistant") / "components"
    for path in sorted(folder.glob(f"*/translations/{language}.json")):
        texts = dict(_flat(json.loads(path.read_text())))
        for key, counter in shared.items():
            if texts.get(key):
                counter[texts[key]] += 1
        if named := _NAMED.search(texts.get(_INSTRUCTIONS, "")):
            shared[_REDIRECT_URI][named[1].strip()] += 1
    for key, counter in shared.items():
        found[key] = counter.most_common(1)[0][0] if counter else ""
    return found


def _frontend(part: str, language: str) -> dict[str, str]:
    """Return the texts of a part of the frontend, which stand in a file with a fingerprint."""
    folder = _package("hass_frontend") / "static" / "translations" / part
    # A fingerprint has no hyphen, so that `pt-*` is not the file of `pt-BR`.
    (path,) = [
        path
        for path in folder.glob(f"{language}-*.json")
        if "-" not in path.stem.removeprefix(f"{language}-")
    ]
    return dict(_flat(json.loads(path.read_text())))


def _flat(texts: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in texts.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{key}.")
        elif isinstance(value, str):
            yield f"{path}{key}", value


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed beside this Python")
    return Path(spec.origin).parent


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
