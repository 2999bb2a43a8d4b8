"""The texts match the code, and the translations match the texts."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

import pytest

from custom_components import application_credentials
from custom_components.application_credentials import (
    ORIGINAL_SERVES,
    fixes,
    issues,
    rows,
)
from custom_components.application_credentials.accounts import refusals
from custom_components.application_credentials.dialog import flow as dialog_flow, forms
from custom_components.application_credentials.models import Cause, Reason, Verdict
from homeassistant import const
from tests import hassfest

COMPONENT = Path(application_credentials.__file__).parent
STRINGS: dict[str, Any] = json.loads((COMPONENT / "strings.json").read_text())
LANGUAGES = {
    path.stem: json.loads(path.read_text())
    for path in (COMPONENT / "translations").glob("*.json")
}
MODULES = {
    ".".join(path.relative_to(COMPONENT).with_suffix("").parts): ast.parse(
        path.read_text()
    )
    for path in sorted(COMPONENT.rglob("*.py"))
}
DIALOG = ast.Module(
    [
        statement
        for name, module in MODULES.items()
        if name.startswith("dialog.")
        for statement in module.body
    ],
    type_ignores=[],
)

# Of the flows: what of the errors of which modules can come back to a form. Left out
# is what ends the flow, what asks for nothing, and what a form cannot be filled in to get.
OPTIONS_NEVER = {
    "credential_not_found",
    "invalid_field",
    "link_again_impossible",
    "move_no_reauthentication",
    "move_other_integration",
    "no_url_available",
    "nothing_to_change",
}
STORING = {
    "records.validation",
    "records.draft",
    "records.store",
    "records.collection",
}
OPTIONS_ERRORS_OF = STORING | {
    *("hooks.hook", "accounts.relink", "accounts.changes", "accounts.usage")
}
REPAIRS = {
    issues.CLIENT_REJECTED: (
        STORING,
        {
            "credential_in_use",
            "credential_not_found",
            "invalid_field",
            "no_platform",
            "nothing_to_change",
        },
    ),
    issues.SECRET_ENDS: (
        STORING,
        {
            "credential_in_use",
            "credential_not_found",
            "invalid_field",
            "no_platform",
            "nothing_to_change",
        },
    ),
    issues.REDIRECT_URI_REJECTED: (set(), set()),
    issues.CREDENTIAL_MISSING: (
        STORING | {"hooks.hook", "accounts.relink"},
        {
            "credential_in_use",
            "credential_not_found",
            "invalid_field",
            "link_again_impossible",
            "move_other_integration",
            "nothing_to_change",
            "uses_no_credential",
        },
    ),
    issues.NOT_NEEDED: (
        {"records.store", "records.collection", "accounts.usage"},
        {"credential_not_found", "no_platform"},
    ),
    issues.RECORD_UNREADABLE: (
        {"records.store", "records.collection"},
        {"credential_in_use", "credential_not_found", "no_platform"},
    ),
    issues.LINK_ENDS: ({"state"}, set()),
    issues.LINK_ENDS_TESTING: ({"state"}, set()),
    issues.LINK_ENDED: ({"state"}, set()),
    issues.LINK_ENDED_TESTING: ({"state"}, set()),
}


ASKS_FOR_CLIENT = {issues.CLIENT_REJECTED, issues.SECRET_ENDS}

# Languages that the README promises.
PROMISED = {
    *("en", "de", "fr", "nl", "es", "it", "pl", "pt", "pt-BR", "sv", "da"),
    *("nb", "fi", "cs", "hu", "ro", "ru", "uk", "tr", "zh-Hans"),
}

# Texts that are right as they are in English.
SAME = {
    "da": {"Integration"},
    "de": {"Name", "Integration"},
    "it": {"Client secret"},
    "nl": {
        "Accounts",
        "Open [{console}]({console_url}).",
        "{name} (accounts: {count}; {finding})",
    },
    "sv": {"Integration"},
}


def terms() -> dict[str, dict[str, str]]:
    """Return what Home Assistant says in each language, as the guide for translators lists it."""
    guide = (COMPONENT.parents[1] / "docs" / "translating.md").read_text()
    _, _, part = guide.partition("## What Home Assistant says")
    names, _, *rows = [
        line.strip("|").split("|") for line in part.splitlines() if line[:1] == "|"
    ]
    return {
        row[0].strip(): dict(
            zip(map(str.strip, names), map(str.strip, row), strict=True)
        )
        for row in rows
    }


TERMS = terms()


def too_long(texts: dict[str, Any], limit: int) -> list[str]:
    """Return the titles of dialogs that are too long, or whose length is unknown because of a placeholder."""
    steps = [*texts["config_subentries"][rows.SUBENTRY_TYPE]["step"].values()]
    for issue in texts["issues"].values():
        steps += issue.get("fix_flow", {}).get("step", {}).values()
    return [
        step["title"]
        for step in steps
        if len(step["title"]) > limit or "{" in step["title"]
    ]


def flat(texts: dict[str, Any], path: str = "") -> dict[str, str]:
    """Return all texts by their dotted keys."""
    found: dict[str, str] = {}
    for key, value in texts.items():
        if isinstance(value, dict):
            found |= flat(value, f"{path}{key}.")
        else:
            found[f"{path}{key}"] = value
    return found


def placeholders(text: str) -> list[str]:
    """Return the placeholders of a text, in no order."""
    return sorted(re.findall(r"{(\w+)}", text))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Return all calls with the name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node


def functions(tree: ast.AST) -> Iterator[ast.AsyncFunctionDef | ast.FunctionDef]:
    """Return all functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            yield node


def values(node: ast.AST | None) -> set[str]:
    """Return the texts that an expression can evaluate to.

    What a verdict is part of, or why it is unknown or rejected, for each.
    """
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp():
            return values(node.body) | values(node.orelse)
        case ast.List():
            return {text for each in node.elts for text in values(each)}
        case ast.JoinedStr():
            (begins,) = values(node.values[0])
            parts = {"unknown_": Reason, "cause_": Cause}.get(begins, Verdict)
            return {
                "".join(
                    str(part.value) if isinstance(part, ast.Constant) else each
                    for part in node.values
                )
                for each in parts
            }
    return set()


def keyword(call: ast.Call, name: str) -> ast.AST | None:
    """Return the keyword argument of a call with this name."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def keywords(tree: ast.AST, name: str) -> set[str]:
    """Return the texts that calls pass as this keyword argument."""
    return {
        text for _, call in calls(tree) for text in values(keyword(call, name)) if text
    }


def error_classes() -> dict[str, ast.Call]:
    """Return the errors with a fixed text, with the call that names it."""
    return {
        node.name: call
        for node in MODULES["errors"].body
        if isinstance(node, ast.ClassDef)
        for name, call in calls(node)
        if name == "__init__" and call.args and values(call.args[0])
    }


def raised_in(tree: ast.AST, classes: dict[str, Any]) -> dict[str, set[str]]:
    """Return the keys of the errors of some classes, with their placeholders.

    A class that has a text of its own has the call that names it.
    """
    found: dict[str, set[str]] = {}
    for name, call in calls(tree):
        if name in classes:
            named = classes[name] or call
            for key in values(named.args[0]):
                found[key] = {each.arg for each in named.keywords if each.arg}
    return found


RAISED = error_classes() | dict.fromkeys(
    ("CredentialError", "InvalidCredential", "StorageFailed")
)
ERRORS = {module: raised_in(tree, RAISED) for module, tree in MODULES.items()}
# Those that only forms show.
FORM_ERRORS = raised_in(DIALOG, {"FormError": None})
ALL_ERRORS = {key: names for module in ERRORS.values() for key, names in module.items()}


def errors_of(modules: set[str]) -> set[str]:
    """Return the keys of the errors that these modules make."""
    return {key for module in modules for key in ERRORS[module]}


# Where a flow asks what to do next: step, and all that it may offer. The tests of the
# flows look for the text of each option that they see.
BACK = {"reconfigure", "new", "reuse", "init"}
CHOICES = {
    "reconfigure": {"save", "check", "link_again", "move", "take", "copy", "delete"},
    "finding": {"save_anyway", "reconfigure", "check"},
    "in_use": {"move", "reconfigure"},
    "rejected": {"save_anyway"} | BACK,
    "unknown": {"save_anyway"} | BACK,
    "redirect_uri": {"check", "save_anyway"} | BACK,
    "link_ends": {"link_again", "ignore"},
}
# The steps after a client was entered, in every flow that has it saved.
ASKED = {"rejected", "unknown", "redirect_uri"}


def steps_shown(tree: ast.AST) -> set[str]:
    """Return the steps that show a form."""
    return {
        text
        for name, call in calls(tree)
        if name in {"show_fields", "choose_next"}
        or name in {"_ask_for_accounts", "async_show_stored"}
        for text in values(call.args[0])
    }


def ends_in(tree: ast.AST) -> set[str]:
    """Return the abort reasons of a flow."""
    return {
        text
        for name, call in calls(tree)
        if name == "end"
        for text in values(call.args[0])
    }


def fields_asked(tree: ast.AST) -> set[str]:
    """Return the fields that the forms of a module ask for."""
    names = vars(const) | vars(forms)
    return {
        names[call.args[0].id]
        for name, call in calls(tree)
        if name in {"Required", "Optional"} and isinstance(call.args[0], ast.Name)
    }


OPTIONS = STRINGS["config_subentries"][rows.SUBENTRY_TYPE]
FIXABLE = {
    kind: issue for kind, issue in STRINGS["issues"].items() if "fix_flow" in issue
}
STEPS = [
    *((f"options.{name}", step) for name, step in OPTIONS["step"].items()),
    *(
        (f"{kind}.{name}", step)
        for kind, issue in FIXABLE.items()
        for name, step in issue["fix_flow"]["step"].items()
    ),
]


# The texts and the code.


def test_the_dialog_has_the_texts_of_its_steps() -> None:
    """Of all steps that are shown, and of no others."""
    assert set(OPTIONS["step"]) == steps_shown(DIALOG) | ASKED | {"finding"}


def test_the_flows_have_the_texts_of_their_choices() -> None:
    """Of all choices that may be offered, and of no others."""
    texts = {
        name: set(text["options"])
        for name, text in STRINGS["selector"].items()
        if name not in {"guide", "text"}
    }
    assert texts == {f"after_{step}": options for step, options in CHOICES.items()}


@pytest.mark.parametrize(("name", "step"), STEPS, ids=[name for name, _ in STEPS])
def test_a_step_is_explained(name: str, step: dict[str, Any]) -> None:
    """It has a title, a description and a button, and each field a label and help.

    But for the choice of what to do next: its options say all there is to say.
    """
    assert step["title"]
    assert step["description"]
    assert step["submit"]
    fields = [field for field in step.get("data", {}) if field != "next"]
    assert fields == list(step.get("data_description", {}))


def test_every_field_has_a_label() -> None:
    """There is no label without a field."""
    labelled = {
        field for step in OPTIONS["step"].values() for field in step.get("data", ())
    }
    assert labelled == fields_asked(DIALOG)
    labelled = {
        field
        for issue in FIXABLE.values()
        for step in issue["fix_flow"]["step"].values()
        for field in step.get("data", ())
    }
    clients = {
        str(field)
        for fields in (
            *(forms.CLIENT_ID_FIELD, forms.CLIENT_SECRET_FIELD),
            *(forms.NAME_FIELD, forms.ALSO_FIELD, forms.SECRET_ENDS_FIELD),
        )
        for field in (*fields, *forms.FILE_FIELD)
    } | {forms.CONF_NEXT}
    assert labelled == fields_asked(MODULES["fixes"]) | clients


def test_the_dialog_has_the_texts_of_its_errors() -> None:
    """Of all errors that one of its forms may show, and of no others."""
    assert set(OPTIONS["error"]) == (
        errors_of(OPTIONS_ERRORS_OF) - OPTIONS_NEVER | FORM_ERRORS.keys()
    )


def test_the_dialog_has_the_texts_of_its_ends() -> None:
    """In every step."""
    assert set(OPTIONS["abort"]) == ends_in(DIALOG) | {
        dialog_flow.CredentialFlow.reason_gone
    }


@pytest.mark.parametrize("kind", sorted(fixes.FLOWS))
def test_a_fix_flow_has_its_texts(kind: str) -> None:
    """Those of its steps, errors and ends."""
    flow = fixes.FLOWS[kind]
    [tree] = (
        ast.Module([each], [])
        for each in MODULES["fixes"].body
        if isinstance(each, ast.ClassDef) and each.name == flow.__name__
    )
    texts = STRINGS["issues"][kind]["fix_flow"]
    modules, never = REPAIRS[kind]
    own: set[str] = set()
    steps = steps_shown(tree)
    ends = ends_in(tree)
    if kind != issues.RECORD_UNREADABLE:
        ends |= {flow.reason_gone}
    if kind in {*ASKS_FOR_CLIENT, issues.CREDENTIAL_MISSING}:
        steps |= ASKED
    if kind in ASKS_FOR_CLIENT:
        ends |= {"saved"}
        steps |= {"init"}
        own = {"client_exists"}
    if kind == issues.CREDENTIAL_MISSING:
        own = {"client_exists", "file_gone", "file_invalid"}
        steps |= {"new", "reuse"}
    if kind == issues.REDIRECT_URI_REJECTED:
        own = {kind, "redirect_uri_unknown"}
    assert set(texts["step"]) == steps
    assert set(texts.get("error", {})) == errors_of(modules) - never | own
    assert set(texts.get("abort", {})) == ends


def test_every_kind_of_issue_has_its_texts_and_its_flow() -> None:
    """The kinds are the constants of issues.py."""
    kinds = {
        value
        for name, value in vars(issues).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str)
    } & {*FIXABLE, *fixes.FLOWS}
    assert kinds == set(FIXABLE) == set(fixes.FLOWS) == set(REPAIRS)


def test_every_text_that_is_put_together_here_is_used() -> None:
    """Every text that is used exists."""
    used = {
        text
        for tree in MODULES.values()
        for name, call in calls(tree)
        if name in {"text", "async_notify"}
        for text in values(call.args[0] if name == "text" else keyword(call, "title"))
    }
    assert used == set(STRINGS["selector"]["text"]["options"])


def test_every_error_has_its_text() -> None:
    """Every text belongs to an error."""
    assert set(STRINGS["exceptions"]) == set(ALL_ERRORS) | {ORIGINAL_SERVES}


def test_the_text_of_an_error_is_given_what_it_has_placeholders_for() -> None:
    """On the websocket and in every flow."""
    texts = {
        f"exceptions.{key}": (key, text["message"])
        for key, text in STRINGS["exceptions"].items()
        if key != ORIGINAL_SERVES
    }
    for place, errors in {
        "options": OPTIONS["error"],
        **{kind: issue["fix_flow"].get("error", {}) for kind, issue in FIXABLE.items()},
    }.items():
        texts |= {f"{place}.{key}": (key, text) for key, text in errors.items()}
    missing = {
        path: set(placeholders(text)) - (ALL_ERRORS | FORM_ERRORS).get(key, set())
        for path, (key, text) in texts.items()
    }
    assert {path: names for path, names in missing.items() if names} == {}


def test_no_error_takes_a_placeholder_away_from_a_form() -> None:
    """Both are filled in from the same dictionary, and the error comes last."""
    for path, step in STEPS:
        # Which names the accounts, as most forms do but that of a deletion.
        never = set() if path == "options.delete" else {"credential_in_use"}
        given = {name for key in ALL_ERRORS.keys() - never for name in ALL_ERRORS[key]}
        used = {name for text in flat(step).values() for name in placeholders(text)}
        assert not used & given, path


def test_system_health_has_the_texts_of_its_counts() -> None:
    """Of all counts that the page gets."""
    (summary,) = [
        node
        for node in MODULES["report"].body
        if isinstance(node, ast.FunctionDef) and node.name == "summary"
    ]
    (counts,) = [
        {text for key in node.value.keys for text in values(key)}
        for node in ast.walk(summary)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict)
    ]
    assert set(STRINGS["system_health"]["info"]) == counts


def test_there_are_no_other_texts() -> None:
    """The tests above check every text."""
    assert set(STRINGS) == {
        "title",
        "config",
        "config_subentries",
        "entity",
        "issues",
        "selector",
        "system_health",
        "exceptions",
    }
    assert flat(STRINGS["config"]).keys() == {
        # Ours for the flows of other integrations.
        f"abort.{refusals.CLIENT_REJECTED}",
    }
    assert set(OPTIONS) == {
        "entry_type",
        "initiate_flow",
        "step",
        "error",
        "abort",
        "create_entry",
    }
    assert set(OPTIONS["initiate_flow"]) == {"user", "reconfigure"}
    assert set(OPTIONS["create_entry"]) == {"default"}
    assert {name for name in STRINGS["selector"] if not name.startswith("after_")} == {
        "guide",
        "text",
    }


def test_every_row_has_the_name_of_its_kind() -> None:
    """As Home Assistant shows it above all rows."""
    assert set(STRINGS["config_subentries"]) == {rows.SUBENTRY_TYPE}


def test_every_entity_has_its_name_and_its_icon() -> None:
    """Unless its device class gives it both."""
    icons = json.loads((COMPONENT / "icons.json").read_text())["entity"]
    named = {
        platform: {
            text
            for node in ast.walk(MODULES[platform])
            if isinstance(node, ast.ClassDef)
            and "_attr_translation_key" in ast.unparse(node)
            for statement in node.body
            if isinstance(statement, ast.Assign)
            and ast.unparse(statement.targets[0]) == "key"
            for text in values(statement.value)
        }
        for platform in ("button", "sensor")
    }
    assert {name: set(texts) for name, texts in STRINGS["entity"].items()} == named
    assert {name: set(each) for name, each in icons.items()} == named


# The translations.


def test_english_is_as_the_texts() -> None:
    """A custom component needs both files."""
    english = (COMPONENT / "translations" / "en.json").read_text()
    assert english == (COMPONENT / "strings.json").read_text()


def test_the_languages_are_there() -> None:
    """Those that the README promises, and no others."""
    assert set(LANGUAGES) == PROMISED
    assert set(TERMS) == PROMISED - {"en"}


def test_french_has_no_break_spaces() -> None:
    """A colon or a question mark never begins a line."""
    broken = re.compile(r" [:;?!»]|« ")
    assert [
        text for text in flat(LANGUAGES["fr"]).values() if broken.search(text)
    ] == []


def test_english_titles_fit_on_a_phone() -> None:
    """The other languages follow them."""
    assert too_long(STRINGS, 24) == []


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"en"}))
class TestLanguage:
    """The tests of one language."""

    def test_it_has_the_same_texts(self, language: str) -> None:
        """In the same order, so that two files can be read side by side."""
        assert list(flat(LANGUAGES[language])) == list(flat(STRINGS))

    def test_it_has_the_same_placeholders(self, language: str) -> None:
        """A translated placeholder would be shown as it is."""
        english = flat(STRINGS)
        assert {
            key: placeholders(text) for key, text in flat(LANGUAGES[language]).items()
        } == {key: placeholders(text) for key, text in english.items()}

    def test_it_has_the_same_markdown(self, language: str) -> None:
        """Paragraphs, code, emphasis and links."""

        def marks(text: str) -> list[str]:
            return sorted(re.findall(r"\n\n|`|\*\*|\]\({\w+}\)", text))

        english = flat(STRINGS)
        assert {
            key: marks(text) for key, text in flat(LANGUAGES[language]).items()
        } == {key: marks(text) for key, text in english.items()}

    def test_it_is_translated(self, language: str) -> None:
        """A text that is the same in two languages was forgotten, unless it is in `SAME`."""
        english = flat(STRINGS)
        same = {
            text
            for key, text in flat(LANGUAGES[language]).items()
            if text == english[key] and re.search(r"\w", re.sub(r"{\w+}", "", text))
        }
        assert same <= SAME.get(language, set())

    def test_it_names_what_a_person_looks_for_as_home_assistant_does(
        self, language: str
    ) -> None:
        """Pages and buttons of Home Assistant's, and options of our own."""
        terms = TERMS[language]
        theirs = LANGUAGES[language]
        english, texts = flat(STRINGS), flat(theirs)
        again = theirs["selector"]["after_reconfigure"]["options"]["link_again"]
        names = {
            "**Reconfigure**": f"**{terms['Reconfigure']}**",
            "**Link accounts again**": f"**{again}**",
            **{
                " > ".join(path): " > ".join(terms[part] for part in path)
                for path in (
                    ("Settings", "Devices & services"),
                    ("Settings", "Devices & services", "Application credentials"),
                    ("Settings", "System", "Repairs"),
                    ("Settings", "System", "Network"),
                )
            },
        }
        assert [
            (key, own)
            for key, text in english.items()
            for name, own in names.items()
            if name in text and own not in texts[key]
        ] == []

    def test_its_titles_fit_on_a_phone(self, language: str) -> None:
        """A dialog cuts off what does not fit into its one line."""
        assert too_long(LANGUAGES[language], 12 if language == "zh-Hans" else 24) == []

    def test_it_keeps_the_rules_of_hassfest(self, language: str) -> None:
        """Quotes that hide a placeholder, HTML, addresses, space at the ends."""
        for text in flat(LANGUAGES[language]).values():
            hassfest.text(text)

    def test_its_errors_on_the_wire_end_without_a_full_stop(
        self, language: str
    ) -> None:
        """As those of Home Assistant do; the log and scripts have them."""
        exceptions = flat(LANGUAGES[language]["exceptions"])
        assert [
            key for key, text in exceptions.items() if text.endswith((".", "。"))
        ] == []

    def test_it_can_be_filled_in(self, language: str) -> None:
        """No brace is left over that would break the text where it is put together."""
        for key, text in flat(LANGUAGES[language]["selector"]).items():
            filled = text.format(**dict.fromkeys(placeholders(text), "x"))
            assert "{" not in filled, key
