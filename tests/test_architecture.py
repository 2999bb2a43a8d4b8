"""The house: what a room may know of others. docs/architecture.md says why."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components import application_credentials

FOLDER = Path(application_credentials.__file__).parent

# From the ground up. A room knows those below it, and those on its own floor if no circle comes of it.
FLOORS = [
    {"const", "file", "ending", "text"},
    {"models", "errors"},
    {"state"},
    {"records"},
    {"guides", "hooks"},
    {"provider"},
    {"data"},
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
    for node in ast.walk(ast.parse(path.read_text())):
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


def test_every_room_has_its_place() -> None:
    """A new one is put on a floor before it is built."""
    assert {room(name) for name in MODULES} == FLOOR.keys()


# What reaches into objects that belong to somebody else.
REACHES = {"__class__", "exec_module", "f_locals", "tb_frame", "walk_tb", "deepcopy"}

# Our own entry, and what the websocket is about to log.
OURS = {"entry.runtime_data", "record.args"}

# To go, each with its mechanism.
STILL_REACHES = {"accounts.linking", "hooks.loading_alone"}


def reaches(tree: ast.Module) -> Iterator[str]:
    """Yield what a module does to objects that it was handed."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in REACHES:
                yield name
            case ast.Import(names=names) if "copy" in {each.name for each in names}:
                yield "copy"
            case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
                handed = {each.arg for each in (*args.args, *args.kwonlyargs)}
                for inner in ast.walk(node):
                    match inner:
                        case ast.Attribute(
                            value=ast.Name(id=owner), attr=name, ctx=ast.Store()
                        ) if owner in handed - {"self", "cls"}:
                            yield f"{owner}.{name}"
                        case ast.Call(func=ast.Name(id="setattr")):
                            yield "setattr"


@pytest.mark.parametrize("name", sorted(MODULES.keys() - STILL_REACHES))
def test_what_belongs_to_others_is_left_as_it_is(name: str) -> None:
    """Not copied, changed, or looked into."""
    assert set(reaches(ast.parse(MODULES[name].read_text()))) <= OURS
