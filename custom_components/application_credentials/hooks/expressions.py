"""What Python code binds, returns and evaluates to, as far as its text says it."""

import ast
from collections.abc import Callable, Iterator
from typing import Any, override

from homeassistant.components.application_credentials import AuthorizationServer


class Unreadable(Exception):
    """What a file says shows only when it runs."""


def bound_by(statement: ast.stmt) -> Iterator[tuple[str, bool]]:
    """Return the names that a statement binds, and whether it does so for sure."""
    match statement:
        case (
            ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.ClassDef(name=name)
        ):
            yield name, True
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                yield alias.asname or alias.name.partition(".")[0], True
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr())
        ):
            yield name, True
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=[]):
            pass
        case _:
            # A condition, a loop, a try: what it binds shows only when it runs.
            for node in ast.walk(statement):
                match node:
                    case (
                        ast.Name(id=name, ctx=ast.Store() | ast.Del())
                        | ast.alias(asname=str(name))
                    ):
                        yield name, False
                    case (
                        ast.alias(name=name)
                        | ast.FunctionDef(name=name)
                        | ast.AsyncFunctionDef(name=name)
                        | ast.ClassDef(name=name)
                    ):
                        yield name.partition(".")[0], False


def value_returned(body: list[ast.stmt], names: dict[str, Any]) -> Any:
    """Return what statements return; raise Unreadable."""
    values = Values(names.__getitem__)
    match body:
        case [ast.Expr(value=ast.Constant()), *rest]:
            return value_returned(rest, names)
        case [ast.Assign(targets=[ast.Name(id=name)], value=value), *rest]:
            return value_returned(rest, names | {name: values.visit(value)})
        case [ast.If(test=test, body=then, orelse=otherwise), *rest]:
            chosen = then if values.visit(test) else otherwise
            return value_returned([*chosen, *rest], names)
        case [ast.Return(value=ast.expr() as value), *_]:
            return values.visit(value)
    raise Unreadable


class Values(ast.NodeVisitor):
    """The values of expressions that are made of constants; others raise Unreadable."""

    def __init__(self, look_up: Callable[[str], Any]) -> None:
        """Initialize with what knows the values of names."""
        self._look_up = look_up

    @override
    def visit(self, node: ast.AST) -> Any:
        """Return the value of an expression."""
        try:
            return super().visit(node)
        except (AttributeError, KeyError, TypeError) as err:
            raise Unreadable from err

    @override
    def generic_visit(self, node: ast.AST) -> Any:
        """Raise Unreadable: this kind of expression is not read."""
        raise Unreadable

    @override
    def visit_Constant(self, node: ast.Constant) -> Any:
        """Return a literal."""
        return node.value

    @override
    def visit_Name(self, node: ast.Name) -> Any:
        """Return what a name stands for."""
        return self._look_up(node.id)

    @override
    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """Return what a name in another module stands for."""
        return self._look_up(dotted(node))

    @override
    def visit_JoinedStr(self, node: ast.JoinedStr) -> str:
        """Return an f-string."""
        return "".join(str(self.visit(part)) for part in node.values)

    @override
    def visit_FormattedValue(self, node: ast.FormattedValue) -> Any:
        """Return what is put into an f-string as it is."""
        if node.conversion != -1 or node.format_spec:
            raise Unreadable
        return self.visit(node.value)

    @override
    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """Return a sum."""
        if not isinstance(node.op, ast.Add):
            raise Unreadable
        return self.visit(node.left) + self.visit(node.right)

    @override
    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        """Return the first of two that is something, or else the second."""
        if not isinstance(node.op, ast.Or) or len(node.values) != 2:
            raise Unreadable
        return self.visit(node.values[0]) or self.visit(node.values[1])

    @override
    def visit_Compare(self, node: ast.Compare) -> bool:
        """Return whether one is in the other."""
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.In):
            raise Unreadable
        return self.visit(node.left) in self.visit(node.comparators[0])

    @override
    def visit_List(self, node: ast.List) -> list[Any]:
        """Return a list."""
        return [self.visit(part) for part in node.elts]

    @override
    def visit_Dict(self, node: ast.Dict) -> dict[Any, Any]:
        """Return a dictionary that takes in no other."""
        if None in node.keys:
            raise Unreadable
        keys = (self.visit(key) for key in node.keys if key)
        return dict(zip(keys, map(self.visit, node.values), strict=True))

    @override
    def visit_Call(self, node: ast.Call) -> AuthorizationServer:
        """Return an authorization server; nothing else is called."""
        if self.visit(node.func) is not AuthorizationServer:
            raise Unreadable
        return AuthorizationServer(
            *map(self.visit, node.args),
            **{str(each.arg): self.visit(each.value) for each in node.keywords},
        )


def dotted(node: ast.expr) -> str:
    """Return a name as it is written, with those of the modules before it."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value)}.{attribute}"
    raise Unreadable
