"""What a module may import, and what it may not touch. docs/architecture.md says why."""

import ast
from collections.abc import Iterable, Iterator
from importlib import import_module
from inspect import getsource
from pathlib import Path
import re
from textwrap import dedent

import pytest

from custom_components import application_credentials

FOLDER = Path(application_credentials.__file__).parent

# From the ground up. A room knows those below it, and those on its own floor if no circle comes of it.
FLOORS = [
    {"const", "data", "file", "signals", "text"},
    {"models", "errors"},
    {"state"},
    {"records"},
    {"guides", "hooks"},
    {"provider"},
    {"accounts", "implementations"},
    {"dialog"},
    # What Home Assistant looks for by name, and what follows from what happens below.
    {"websocket_api", "issues", "report", "rows"},
    {"fixes", "entity"},
    {"binary_sensor", "button", "sensor"},
    {"component"},
    # The door.
    {""},
    {"config_flow", "diagnostics", "repairs", "system_health"},
]
DOOR = FLOORS[-1]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def module_name(path: Path) -> str:
    """Return the dotted name of a module within the component; empty for the door."""
    parts = path.relative_to(FOLDER).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(FOLDER.rglob("*.py"))}


def imports(name: str) -> Iterator[str]:
    """Yield the modules of ours that a module imports, wherever in it."""
    path = MODULES[name]
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    module = ast.parse(path.read_text())
    if name == "data":
        # The one key: its types are those of all rooms, and none is imported at run time.
        module.body = [each for each in module.body if not isinstance(each, ast.If)]
    for node in ast.walk(module):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        parts = package.split(".") if package else []
        base = parts[: len(parts) - (node.level - 1)]
        target = ".".join([*base, *([node.module] if node.module else [])])
        for alias in node.names:
            inner = ".".join(filter(None, (target, alias.name)))
            yield inner if inner in MODULES else target


def room(name: str) -> str:
    """Return the top-level room that a module is in."""
    return name.partition(".")[0]


@pytest.mark.parametrize("name", MODULES)
def test_a_room_knows_only_what_is_below_it(name: str) -> None:
    """Or beside it."""
    above = {
        imported
        for imported in imports(name)
        if FLOOR[room(imported)] > FLOOR[room(name)]
    }
    assert above == set()


def test_nothing_goes_round_in_circles() -> None:
    """Neither within a room nor between two."""
    graph = {name: set(imports(name)) for name in MODULES}
    while ends := {name for name, known in graph.items() if not known & graph.keys()}:
        graph = {name: known for name, known in graph.items() if name not in ends}
    assert graph == {}


def test_the_door_imports_every_module_before_anything_is_set_up() -> None:
    """Those that it names, and what they import; but for the rest of the door itself."""
    reached: set[str] = set()
    found = {*application_credentials.ENTRANCES}
    while found:
        reached |= found
        found = {each for name in found for each in imports(name)} - reached
    packages = {name.rpartition(".")[0] for name in reached}
    assert MODULES.keys() - reached - packages == {*DOOR}


def test_every_room_has_its_place() -> None:
    """A new one is put on a floor before it is built."""
    assert {room(name) for name in MODULES} == FLOOR.keys()


# Names with which one reaches into objects that belong to somebody else: their classes and
# attributes, frames and causes of their errors, and code that is run a second time.
REACHES = {
    "__class__",
    "__dict__",
    "__cause__",
    "__context__",
    "__traceback__",
    "__copy__",
    "__deepcopy__",
    "__reduce_ex__",
    "deepcopy",
    "delattr",
    "eval",
    "exec",
    "exec_module",
    "f_globals",
    "f_locals",
    "module_from_spec",
    "setattr",
    "tb_frame",
    "vars",
    "walk_tb",
}
MODULES_THAT_REACH = {"copy", "ctypes", "gc", "inspect", "traceback"}

# Methods of the flow manager that answer or end a flow, and what hides an issue.
OF_THEIR_OWNERS = {"async_abort", "async_configure"}
OF_AN_ISSUE = {"async_create_issue", "async_delete_issue", "async_ignore_issue"}

# Names of our own objects: a flow's state, the state file, what is known of an account, a check.
OWN_OBJECTS = {"self", "cls", "state", "account", "now", "check"}

ALLOWED = {
    # What the websocket is about to log.
    "records.redaction": {"sets record.args"},
    # As each command with a subscription does.
    "websocket_api": {"sets connection.subscriptions"},
    # Undoes what version 1.1.0 has done.
    "issues": {"async_ignore_issue of others in show_again"},
    "implementations": {"_token_request"},
    "provider.request": {"_token_request"},
}


def owner(node: ast.expr) -> str:
    """Return the name that a chain of attributes and subscripts begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_private(name: str) -> bool:
    """Return whether a name is nobody's but its owner's; a named tuple's methods are not."""
    is_method = name in {"_replace", "_asdict"}
    return re.match("_[a-z]", name) is not None and not is_method


def issues_of_others(tree: ast.Module) -> Iterator[str]:
    """Yield how a module treats issues of others, and in which function."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(attr=name), args=[_, domain, *_]) if (
                    name in OF_AN_ISSUE and ast.unparse(domain) != "DOMAIN"
                ):
                    yield f"{name} of others in {function.name}"


def changes(tree: ast.Module) -> Iterator[str]:
    """Yield the attributes, and the members of attributes, that a module sets or deletes."""
    for node in ast.walk(tree):
        if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            continue
        match node:
            case ast.Attribute(value=value, attr=name) if owner(
                value
            ) not in OWN_OBJECTS or name.startswith("async_step_"):
                yield f"sets {ast.unparse(node)}"
            case ast.Subscript(value=ast.Attribute() as value) if (
                owner(value) not in OWN_OBJECTS and ast.unparse(value) != "hass.data"
            ):
                yield f"sets {ast.unparse(value)}"


def private_names(tree: ast.Module) -> Iterator[str]:
    """Yield the private names of others, also those that are written as a text."""
    in_texts = {
        part
        for text in ast.walk(tree)
        if isinstance(text, ast.JoinedStr)
        for part in text.values
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=value, attr=name) if ast.unparse(value) not in (
                "self",
                "cls",
            ):
                yield name
            case ast.Constant(value=str(name)) if (
                name.isidentifier() and node not in in_texts
            ):
                yield name
            case ast.ImportFrom(names=names, level=0):
                yield from (each.name for each in names)


def reaches(tree: ast.Module) -> Iterator[str]:
    """Yield what a module does to objects of others."""
    yield from issues_of_others(tree)
    yield from changes(tree)
    yield from filter(is_private, private_names(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in REACHES:
                yield name
            case ast.Attribute(value=value, attr=name) if name in OF_THEIR_OWNERS and (
                ast.unparse(value) != "self"
            ):
                yield name
            case ast.Import(names=names):
                yield from MODULES_THAT_REACH & {each.name for each in names}
            case ast.ImportFrom(module=module, level=0):
                yield from MODULES_THAT_REACH & {module}


@pytest.mark.parametrize("name", MODULES)
def test_what_belongs_to_others_is_left_as_it_is(name: str) -> None:
    """Not copied, changed, hidden, answered, run a second time, or looked into."""
    found = set(reaches(ast.parse(MODULES[name].read_text())))
    assert found <= ALLOWED.get(name, set())


def test_every_exception_is_still_one() -> None:
    """Who takes a reach away takes it off the list."""
    for name, allowed in ALLOWED.items():
        assert allowed <= set(reaches(ast.parse(MODULES[name].read_text())))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("implementation.__class__ = Ours", "sets implementation.__class__"),
        ("type(implementation).name = 'a'", "sets type(implementation).name"),
        ("import copy", "copy"),
        ("from copy import replace", "copy"),
        ("implementation.__copy__()", "__copy__"),
        ("for frame, _ in walk_tb(err.__traceback__): pass", "walk_tb"),
        ("err = err.__cause__", "__cause__"),
        ("import traceback", "traceback"),
        ("from inspect import getattr_static", "inspect"),
        ("spec.loader.exec_module(module)", "exec_module"),
        ("exec(code, names)", "exec"),
        ("vars(implementation)['hass'] = None", "vars"),
        ("implementation.__dict__.update(a)", "__dict__"),
        ("setattr(flow, name, ours)", "setattr"),
        ("object.__new__(cls).hass = hass", "sets object.__new__(cls).hass"),
        ("del entry.runtime_data", "sets entry.runtime_data"),
        ("flow.async_step_user = ours", "sets flow.async_step_user"),
        (
            "self.flow.async_step_user = ours",
            "sets self.flow.async_step_user",
        ),
        ("flow.count += 1", "sets flow.count"),
        ("flow.context['source'] = 'user'", "sets flow.context"),
        ("hass.config_entries.flow.async_abort(flow_id)", "async_abort"),
        ("hass.config_entries.flow.async_configure(flow_id, {})", "async_configure"),
        (
            "def hide(hass): ir.async_ignore_issue(hass, 'homeassistant', a, True)",
            "async_ignore_issue of others in hide",
        ),
        (
            "async def hide(hass): ir.async_delete_issue(hass, *issue)",
            "async_delete_issue of others in hide",
        ),
        ("hass.config_entries._entries", "_entries"),
        ("getattr(flow, '_progress')", "_progress"),
        ("from homeassistant.config_entries import _x", "_x"),
    ],
)
def test_a_reach_is_found(code: str, found: str) -> None:
    """Each kind of it."""
    assert found in set(reaches(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "self._hass.data[KEY].seen = True",
        "hass.data[KEY] = ours",
        "def show(hass): ir.async_ignore_issue(hass, DOMAIN, issue_id, True)",
        "return_ = self.async_abort(reason='a')",
        "implementation.token_url",
    ],
)
def test_what_is_ours_is_no_reach(code: str) -> None:
    """Nor is what anybody may read."""
    assert set(reaches(ast.parse(code))) == set()


# Home Assistant's documentation for developers has it for flows of subentries.
OFFERED = {"_get_reconfigure_subentry"}


def classes() -> Iterator[type]:
    """Yield all classes of ours."""
    for name in MODULES:
        package = application_credentials.__name__
        module = import_module(f"{package}.{name}" if name else package)
        for each in vars(module).values():
            if isinstance(each, type) and each.__module__ == module.__name__:
                yield each


def private_of_others(ours: type, names: Iterable[str]) -> set[str]:
    """Return those of the names that are private in a class of others below one of ours.

    Not those that such a class asks to be defined.
    """
    return {
        name
        for name in names
        if is_private(name) and not name.startswith("_attr_")
        for base in ours.__mro__
        if not base.__module__.startswith(application_credentials.__name__)
        and name in vars(base)
        and not getattr(vars(base)[name], "__isabstractmethod__", False)
    }


def used_by(ours: type) -> Iterator[str]:
    """Yield the names that a class of ours defines, or uses of itself."""
    for node in ast.walk(ast.parse(dedent(getsource(ours)))):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                yield name


def test_one_private_method_of_a_base_class_is_overridden() -> None:
    """And none other is overridden or called."""
    found = {
        name for ours in classes() for name in private_of_others(ours, used_by(ours))
    }
    assert found - OFFERED == {"_token_request"}
