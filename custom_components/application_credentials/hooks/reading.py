"""Read an integration's `application_credentials.py` without running it.

Importing that module imports the whole integration with its libraries, which
for all of Home Assistant's takes seconds and more than a hundred megabytes.
What the module defines, and what most description functions return, stands in
its syntax tree.
"""

import ast
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..const import DOMAIN
from .files import read_source
from .protocol import GET_DESCRIPTION_PLACEHOLDERS

type Placeholders = dict[str, Any]


class HookReading(NamedTuple):
    """What the file of a hook says about itself.

    `names` are those it gives a value to at its top level; `complete` is False
    where there can be more of them than can be seen. `placeholders` is what the
    description function returns, where it does nothing but return a literal.
    `path` is the file.
    """

    path: Path
    names: frozenset[str]
    complete: bool
    placeholders: Placeholders | None

    @property
    def describes(self) -> bool:
        """Whether the description function is, or may be, there."""
        return not self.complete or GET_DESCRIPTION_PLACEHOLDERS in self.names


def read_hook(integration_folder: Path) -> HookReading | None:
    """Return what the hook in `integration_folder` says, None where there is none.

    Reads the disk. Raises what `read_source` raises, and where the file is not
    Python whatever the parser does: SyntaxError, ValueError, RecursionError.
    """
    for path in (
        integration_folder / f"{DOMAIN}.py",
        integration_folder / DOMAIN / "__init__.py",
    ):
        with suppress(FileNotFoundError, NotADirectoryError):
            return _read(path, read_source(path))
    return None


def _read(path: Path, source: bytes) -> HookReading:
    names: set[str] = set()
    complete = True
    describe: ast.stmt | None = None
    for statement in ast.parse(source, str(path)).body:
        given = _names_given_by(statement)
        if given is None:
            complete = False
            continue
        names |= given
        if GET_DESCRIPTION_PLACEHOLDERS in given:
            describe = statement
    placeholders = _literal_returned_by(describe) if complete else None
    return HookReading(path, frozenset(names), complete, placeholders)


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


def _literal_returned_by(function: ast.stmt | None) -> Placeholders | None:
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
    for path in (
        integration_folder / f"{DOMAIN}.py",
        integration_folder / DOMAIN / "__init__.py",
        integration_folder / "const.py",
    ):
        with suppress(FileNotFoundError, NotADirectoryError):
            urls.update(
                node.value
                for node in ast.walk(ast.parse(read_source(path), str(path)))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.startswith(("https://", "http://"))
            )
    return frozenset(urls)
