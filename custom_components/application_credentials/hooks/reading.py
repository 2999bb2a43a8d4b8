"""Read an integration's `application_credentials.py` without running it.

Importing that module imports the whole integration with its libraries, which
for all of Home Assistant's takes seconds and more than a hundred megabytes.
What the module defines, and what most description functions return, stands in
its syntax tree.
"""

import ast
from contextlib import suppress
from pathlib import Path
import re
from typing import Any, Final, NamedTuple

from ..const import DOMAIN
from .files import read_source
from .protocol import GET_DESCRIPTION_PLACEHOLDERS

type Placeholders = dict[str, Any]

# Where a hook is, in an integration's folder.
_HOOK_FILES: Final = (f"{DOMAIN}.py", f"{DOMAIN}/__init__.py")

# What a file needs one of to have the description function: its name, a star or a
# function that stand for names that are not there, or an encoding that hides them.
_MAY_DESCRIBE: Final = re.compile(
    rb"%b|__getattr__|import[\s\\]*\*|coding" % GET_DESCRIPTION_PLACEHOLDERS.encode()
)


class HookReading(NamedTuple):
    """What the file of a hook says that has, or may have, a description function.

    `placeholders` is what the function returns, where it does nothing but return
    a literal; None where it has to be asked. `path` is the file.
    """

    path: Path
    placeholders: Placeholders | None


def read_hook(integration_folder: Path) -> HookReading | None:
    """Return what the hook in `integration_folder` says, None where it describes nothing.

    Reads the disk; most files are not parsed for it. Raises what `read_source` raises,
    and where a file that is parsed is not Python whatever the parser does: SyntaxError,
    ValueError, RecursionError.
    """
    if (hook := _hook_in(integration_folder)) is None:
        return None
    path, source = hook
    if source.isascii() and not _MAY_DESCRIBE.search(source):
        return None
    defined, complete = _defined_by(path, source)
    if not complete:
        return HookReading(path, None)
    if (function := defined.get(GET_DESCRIPTION_PLACEHOLDERS)) is None:
        return None
    return HookReading(path, _literal_returned_by(function))


def read_names(integration_folder: Path) -> frozenset[str]:
    """Return the names that a hook gives a value to at its top level, as far as they show.

    Reads the disk. Raises as `read_hook`.
    """
    if (hook := _hook_in(integration_folder)) is None:
        return frozenset()
    defined, _ = _defined_by(*hook)
    return frozenset(defined)


def _hook_in(integration_folder: Path) -> tuple[Path, bytes] | None:
    """Return the file of a hook, and what is in it."""
    for name in _HOOK_FILES:
        path = integration_folder / name
        with suppress(FileNotFoundError, NotADirectoryError):
            return path, read_source(path)
    return None


def _defined_by(path: Path, source: bytes) -> tuple[dict[str, ast.stmt], bool]:
    """Return the last statement that binds each name, and whether these are all names."""
    defined: dict[str, ast.stmt] = {}
    complete = True
    for statement in ast.parse(source, str(path)).body:
        given = _names_given_by(statement)
        if given is None:
            complete = False
        else:
            defined.update(dict.fromkeys(given, statement))
    return defined, complete


def _names_given_by(statement: ast.stmt) -> set[str] | None:
    """Return the names that a top-level statement binds, None where that is open."""
    match statement:
        case (
            ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.ClassDef(name=name)
        ):
            return None if name == "__getattr__" else {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            bound = {alias.asname or alias.name.partition(".")[0] for alias in names}
            return None if "*" in bound else bound
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.TypeAlias():
            return {
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
        case ast.Expr() | ast.Pass() | ast.Assert():
            return set()
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=[]):
            return set()
        case _:
            # A condition, a loop, a try: what it binds shows only when it runs.
            return None


def _literal_returned_by(function: ast.stmt) -> Placeholders | None:
    """Return the dictionary that `function` returns, None where it has to be called."""
    match function:
        case ast.AsyncFunctionDef(
            decorator_list=[],
            body=[ast.Return(value=ast.Dict() as value)]
            | [
                ast.Expr(value=ast.Constant(value=str())),
                ast.Return(value=ast.Dict() as value),
            ],
        ):
            try:
                literal: Placeholders = ast.literal_eval(value)
            except (ValueError, TypeError):
                return None
            return literal
        case _:
            return None


def read_urls(integration_folder: Path) -> frozenset[str]:
    """Return the URLs that a hook, and the constants beside it, are written with.

    Reads the disk. Raises as `read_hook`.
    """
    urls: set[str] = set()
    for name in (*_HOOK_FILES, "const.py"):
        path = integration_folder / name
        with suppress(FileNotFoundError, NotADirectoryError):
            urls.update(
                node.value
                for node in ast.walk(ast.parse(read_source(path), str(path)))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.startswith(("https://", "http://"))
            )
    return frozenset(urls)
