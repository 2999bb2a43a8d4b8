"""The rules of hassfest, Home Assistant's validator, for what a custom integration like ours has.

Each function returns what breaks a rule, in words; where nothing does, nothing. The source of the rules is
script/hassfest in Home Assistant's repository, which is not part of what gets installed.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
import re
from string import Formatter
from typing import Any, override
from urllib.parse import urlsplit

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import voluptuous as vol

from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv

PLATFORMS = {platform.value for platform in Platform}

# Nothing of a kind that polls or is pushed to.
NO_IOT_CLASS = PLATFORMS | {"application_credentials"}

# What may be imported without being declared: it is always there, or has nothing to be set up.
ALWAYS_THERE = PLATFORMS | {
    "automation",
    "device_automation",
    "frontend",
    "homeassistant",
    "onboarding",
    "persistent_notification",
    "system_health",
    "system_log",
    "websocket_api",
}

QUALITY_RULES = {
    "action-setup",
    "appropriate-polling",
    "brands",
    "common-modules",
    "config-flow",
    "config-flow-test-coverage",
    "dependency-transparency",
    "docs-actions",
    "docs-conditions",
    "docs-high-level-description",
    "docs-installation-instructions",
    "docs-removal-instructions",
    "docs-triggers",
    "entity-event-setup",
    "entity-unique-id",
    "has-entity-name",
    "runtime-data",
    "test-before-configure",
    "test-before-setup",
    "unique-config-entry",
    # Silver
    "action-exceptions",
    "config-entry-unloading",
    "docs-configuration-parameters",
    "docs-installation-parameters",
    "entity-unavailable",
    "integration-owner",
    "log-when-unavailable",
    "parallel-updates",
    "reauthentication-flow",
    "test-coverage",
    # Gold
    "devices",
    "diagnostics",
    "discovery",
    "discovery-update-info",
    "docs-data-update",
    "docs-examples",
    "docs-known-limitations",
    "docs-supported-devices",
    "docs-supported-functions",
    "docs-troubleshooting",
    "docs-use-cases",
    "dynamic-devices",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
    "entity-translations",
    "exception-translations",
    "icon-translations",
    "reconfiguration-flow",
    "repair-issues",
    "stale-devices",
    # Platinum
    "async-dependency",
    "inject-websession",
    "strict-typing",
}

# What is registered in a module, by the file that describes it: the modules, and what they have.
DESCRIBED = {
    "services.yaml": (
        "*.py",
        r"hass\.services\.(async_)?register|async_register_(admin|entity)_service",
    ),
    "triggers.yaml": ("trigger.py", "async_attach_trigger|async_get_triggers"),
    "conditions.yaml": ("condition.py", "async_get_conditions"),
}

DISCOVERED = (
    r"async_step_(bluetooth|dhcp|discovery|hassio|homekit|mqtt|ssdp|usb|zeroconf)"
)
KNOWN_AGAIN = (
    r"self\.(async_set_unique_id|_async_handle_discovery_without_unique_id)"
    r"|register_discovery_flow|AbstractOAuth2FlowHandler"
)

VERSIONS = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]


# What the parts are made of.


def version(value: str) -> str:
    """Return a version as it is; raise where Home Assistant would not load it."""
    if AwesomeVersion(value).strategy not in VERSIONS:
        raise vol.Invalid(f"{value!r} is not a version")
    return value


def https(value: str) -> str:
    """Return an address as it is; raise where it is not of a page on https."""
    address = urlsplit(value)
    if address.scheme != "https" or not address.netloc:
        raise vol.Invalid(f"{value!r} does not begin with https://")
    return value


def own_page(value: str) -> str:
    """Return an address as it is; raise where it is of the original's page."""
    if urlsplit(value).netloc == "www.home-assistant.io":
        raise vol.Invalid("the documentation is that of Home Assistant's integration")
    return value


def code_owner(value: str) -> str:
    """Return a code owner as it is; raise where it is not a name on GitHub."""
    if not re.fullmatch(r"@[\w-]+(/[\w-]+)?", value):
        raise vol.Invalid(f"{value!r} is not a code owner")
    return value


def requirement(value: str) -> str:
    """Return a requirement as it is; raise where pip would not take it as a single one."""
    if not re.fullmatch(r"[\w.,\[\]-]\S*", value):
        raise vol.Invalid(f"{value!r} is not a requirement")
    return value


def placeholders(value: str) -> set[str]:
    """Return the names of the placeholders in a text; raise where one has no plain name, or a brace stands alone."""
    try:
        parts = [part[1] for part in Formatter().parse(value)]
    except ValueError as err:
        raise vol.Invalid(f"{err}: {value!r}") from err
    names = {name for name in parts if name is not None}
    for name in names:
        if not name.isidentifier():
            raise vol.Invalid(f"{name!r} is not the name of a placeholder: {value!r}")
    return names


def text(value: Any) -> str:
    """Return a text as it is; raise where it would not be shown as it stands, or not translated."""
    if not isinstance(value, str):
        raise vol.Invalid(f"{value!r} is not a text")
    shown = str(cv.string_with_no_html(value))
    placeholders(shown)
    for pattern, reason in (
        (r"'{", "a single quote before a placeholder, which hides it"),
        (r".\[%|%\].", "a reference to another text within a text"),
        (r"\w+://\w|\bwww\.", "an address, which belongs into a placeholder"),
        (r"^\s|\s$", "space at an end"),
    ):
        if re.search(pattern, shown):
            raise vol.Invalid(f"{reason}: {shown!r}")
    return shown


def plain(value: Any) -> str:
    """Return a text as it is; raise where it is none, or has a placeholder where nothing is put in."""
    if placeholders(text(value)):
        raise vol.Invalid(f"a placeholder that nothing is put into: {value!r}")
    return str(value)


def key(value: Any) -> str:
    """Return a translation key as it is; raise where it is none."""
    if not re.fullmatch(r"(?!.+[_-]{2})(?![_-])[a-z0-9_-]+(?<![_-])", cv.string(value)):
        raise vol.Invalid(f"{value!r} is not a translation key")
    return str(value)


def slug(value: Any) -> str:
    """Return a slug as it is, or the underscore that stands for all; raise where it is none."""
    return "_" if value == "_" else cv.slug(value)


def icon(value: Any) -> str:
    """Return an icon as it is; raise where it is not one of those that come with Home Assistant."""
    if not re.fullmatch(r"mdi:[a-z0-9-]+", cv.string(value)):
        raise vol.Invalid(f"{value!r} is not an icon")
    return str(value)


def keyed(value: Any, keys: Callable[[Any], str] = key) -> Any:
    """Return a schema of things by their keys."""

    def have_keys(things: dict[Any, Any]) -> dict[Any, Any]:
        for each in things:
            keys(each)
        return things

    return vol.All(dict, have_keys, {str: value})


def helps_fields_that_there_are(form: dict[str, Any]) -> dict[str, Any]:
    """Return a form as it is; raise where it has help for a field that it does not have."""
    strange = set(form.get("data_description", {})) - set(form.get("data", {}))
    if strange:
        raise vol.Invalid(f"help for fields that there are not: {sorted(strange)}")
    return form


def form(**parts: Any) -> Any:
    """Return a schema of something with fields."""
    return vol.All(
        {
            vol.Optional("description"): text,
            vol.Optional("data"): {str: text},
            vol.Optional("data_description"): {str: text},
            **{vol.Optional(name): part for name, part in parts.items()},
        },
        helps_fields_that_there_are,
    )


def flow(**parts: Any) -> dict[Any, Any]:
    """Return a schema of a flow. It has steps, though they may be none."""
    return {
        vol.Required("step"): {
            str: form(
                title=text,
                menu_options={str: text},
                menu_option_descriptions={str: text},
                submit=text,
                sections={str: form(name=text)},
            )
        },
        vol.Optional("flow_title"): text,
        vol.Optional("error"): {str: text},
        vol.Optional("abort"): {str: text},
        vol.Optional("progress"): {str: text},
        vol.Optional("create_entry"): {str: text},
        **{vol.Required(name): part for name, part in parts.items()},
    }


def says_what_to_do(issue: dict[str, Any]) -> dict[str, Any]:
    """Return an issue as it is; raise where it has not either a description or a flow that mends it."""
    if ("description" in issue) == ("fix_flow" in issue):
        raise vol.Invalid("an issue has either a description or a fix_flow")
    return issue


def differs_from_the_default(icons: dict[str, Any]) -> dict[str, Any]:
    """Return icons as they are; raise where one for a state is the one that there is for all."""
    same = [
        state
        for state, each in icons.get("state", {}).items()
        if each == icons.get("default")
    ]
    if same:
        raise vol.Invalid(f"the icon is the default one: {same}")
    return icons


STATES = {vol.Optional("state"): keyed(plain)}
ENTITY = STATES | {
    vol.Optional("name"): text,
    vol.Optional("state_attributes"): keyed(STATES | {vol.Optional("name"): plain}),
    vol.Optional("unit_of_measurement"): plain,
}
ICONS = {vol.Optional("default"): icon, vol.Optional("state"): keyed(icon)}
ATTRIBUTE_ICONS = keyed(vol.All(ICONS, differs_from_the_default))
SUBENTRY = {
    "entry_type": text,
    "initiate_flow": {vol.Required("user"): text, str: text},
}

STRINGS = vol.Schema(
    {
        vol.Optional("title"): text,
        vol.Optional("config"): flow(),
        vol.Optional("options"): flow(),
        vol.Optional("config_subentries"): keyed(flow(**SUBENTRY), slug),
        vol.Optional("issues"): {
            str: vol.All(
                {
                    vol.Required("title"): text,
                    vol.Optional("description"): text,
                    vol.Optional("fix_flow"): flow(),
                },
                says_what_to_do,
            )
        },
        vol.Optional("selector"): keyed({vol.Optional("options"): keyed(text)}, slug),
        vol.Optional("system_health"): {vol.Optional("info"): keyed(text)},
        vol.Optional("exceptions"): keyed({vol.Required("message"): text}, cv.slug),
        vol.Optional("device"): keyed({vol.Optional("name"): text}),
        vol.Optional("entity"): keyed(keyed(ENTITY), cv.slug),
        vol.Optional("common"): {cv.slug: text},
    }
)

MANIFEST = vol.Schema(
    {
        vol.Required("domain"): cv.slug,
        vol.Required("name"): str,
        vol.Required("documentation"): vol.All(str, https, own_page),
        vol.Required("codeowners"): [code_owner],
        vol.Required("version"): vol.All(str, version),
        vol.Required("integration_type"): vol.In(
            ["device", "entity", "hardware", "helper", "hub", "service", "system"]
        ),
        vol.Optional("issue_tracker"): vol.All(str, https),
        vol.Optional("config_flow"): bool,
        vol.Optional("single_config_entry"): bool,
        vol.Optional("import_executor"): bool,
        vol.Optional("dependencies"): [str],
        vol.Optional("after_dependencies"): [str],
        vol.Optional("requirements"): [vol.All(str, requirement)],
        vol.Optional("loggers"): [str],
        vol.Optional("iot_class"): vol.In(
            [
                "assumed_state",
                "calculated",
                "cloud_polling",
                "cloud_push",
                "local_polling",
                "local_push",
            ]
        ),
    }
)

QUALITY_SCALE = vol.Schema(
    {
        vol.Required("rules"): {
            vol.In(QUALITY_RULES): vol.Any(
                vol.In(["done", "todo"]),
                {
                    vol.Required("status"): vol.In(["done", "exempt", "todo"]),
                    vol.Required("comment"): str,
                },
            )
        }
    }
)

ICON_FILE = vol.Schema(
    {
        vol.Optional("entity"): keyed(
            keyed(
                vol.All(
                    ICONS | {vol.Optional("state_attributes"): ATTRIBUTE_ICONS},
                    differs_from_the_default,
                )
            ),
            cv.slug,
        ),
    }
)


def broken(schema: vol.Schema, value: Any) -> list[str]:
    """Return what breaks a schema: where, and why."""
    try:
        schema(value)
    except vol.MultipleInvalid as err:
        return [
            f"{'.'.join(map(str, each.path))}: {each.error_message}"
            for each in err.errors
        ]
    except vol.Invalid as err:
        return [f"{'.'.join(map(str, err.path))}: {err.error_message}"]
    return []


# The rules.


def manifest_faults(manifest: dict[str, Any], folder: Path) -> list[str]:
    """Look at a manifest, and at what its folder has to have because of it."""
    faults = broken(MANIFEST, manifest)
    domain = manifest.get("domain")
    if domain != folder.name:
        faults.append("the domain is not the folder's name")
    if (domain in NO_IOT_CLASS) == ("iot_class" in manifest):
        faults.append("iot_class: needed, but by a domain of Home Assistant's own kind")
    if manifest.get("config_flow") and not (folder / "config_flow.py").is_file():
        faults.append("there is no config_flow.py")
    rest = sorted(manifest.keys() - {"domain", "name"})
    if list(manifest) != ["domain", "name", *rest]:
        faults.append("the keys do not stand in order: domain, name, alphabetical")
    return faults


def strings_faults(strings: dict[str, Any]) -> list[str]:
    """Look at the texts of a language."""
    return broken(STRINGS, strings)


def icons_faults(icons: dict[str, Any]) -> list[str]:
    """Look at icons.json."""
    return broken(ICON_FILE, icons)


def quality_scale_faults(quality_scale: dict[str, Any]) -> list[str]:
    """Look at quality_scale.yaml: what is exempt says why, and no rule is left out."""
    left_out = QUALITY_RULES - quality_scale.get("rules", {}).keys()
    return broken(QUALITY_SCALE, quality_scale) + [
        f"rules.{rule}: left out" for rule in sorted(left_out)
    ]


class Imports(ast.NodeVisitor):
    """Collects the integrations that a module imports when it runs."""

    def __init__(self) -> None:
        """Start with none."""
        self.found: set[str] = set()

    @override
    def visit_If(self, node: ast.If) -> None:
        """Leave out what is imported for types alone."""
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    @override
    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Take `from homeassistant.components import x`, and `from homeassistant.components.x import …`."""
        module = node.module or ""
        if module == "homeassistant.components":
            self.found.update(alias.name for alias in node.names)
        elif module.startswith("homeassistant.components."):
            self.found.add(module.split(".")[2])

    @override
    def visit_Import(self, node: ast.Import) -> None:
        """Take `import homeassistant.components.x`."""
        self.found.update(
            alias.name.split(".")[2]
            for alias in node.names
            if alias.name.startswith("homeassistant.components.")
        )


def imported(folder: Path) -> Iterator[str]:
    """Yield the integrations that the modules of an integration import."""
    for path in sorted(folder.rglob("*.py")):
        imports = Imports()
        imports.visit(ast.parse(path.read_text()))
        yield from imports.found


def dependency_faults(manifest: dict[str, Any], folder: Path) -> list[str]:
    """Look at what an integration imports, and at what it says it depends on."""
    before = manifest.get("dependencies", [])
    after = manifest.get("after_dependencies", [])
    allowed = ALWAYS_THERE | {*before, *after, manifest["domain"]}
    faults = [f"{domain} is declared twice" for domain in before if domain in after]
    return faults + [
        f"{domain} is imported, and not declared"
        for domain in sorted(set(imported(folder)) - allowed)
        # Unless it is of what the integration has a platform for.
        if not (folder / f"{domain}.py").is_file() and not (folder / domain).is_dir()
    ]


def schema_faults(folder: Path) -> list[str]:
    """Look at whether a set-up from YAML says what it takes."""
    names = {
        name
        for statement in ast.parse((folder / "__init__.py").read_text()).body
        for name in (
            [statement.name]
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
            else [
                target.id
                for target in statement.targets
                if isinstance(target, ast.Name)
            ]
            if isinstance(statement, ast.Assign)
            else []
        )
    }
    if names & {"setup", "async_setup"} and "CONFIG_SCHEMA" not in names:
        return ["there is a set-up, and no CONFIG_SCHEMA"]
    return []


def description_faults(folder: Path) -> list[str]:
    """Look at whether there is a file that describes what the modules register."""
    return [
        f"{module.relative_to(folder)} registers what no {described} describes"
        for described, (modules, registering) in DESCRIBED.items()
        if not (folder / described).is_file()
        for module in sorted(folder.rglob(modules))
        if re.search(registering, module.read_text())
    ]


def discovery_faults(folder: Path) -> list[str]:
    """Look at whether a flow knows again what was discovered before."""
    flow_module = (folder / "config_flow.py").read_text()
    if re.search(DISCOVERED, flow_module) and not re.search(KNOWN_AGAIN, flow_module):
        return ["what is discovered gets no ID that it is known by"]
    return []
