"""Read an integration's `application_credentials.py` without running it.

To import that module is to import the integration with its libraries, which takes
seconds for all of Home Assistant's, and works only where they are installed. Most hooks
say what they say in constants: of their own, of the modules beside them, of Home Assistant.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant import const
from homeassistant.components import application_credentials
from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_entry_oauth2_flow

from ..const import DOMAIN
from . import (
    GET_AUTH_IMPLEMENTATION,
    GET_AUTHORIZATION_SERVER,
    GET_DESCRIPTION_PLACEHOLDERS,
)

# Bytes; Home Assistant's largest hook has 4 kB, and the largest constants have 39.
MAX_SIZE: Final = 64 * 1024

# A file needs one of these to have the description function. Most files have none, and
# are not parsed for it.
_MAY_DESCRIBE: Final = (
    GET_DESCRIPTION_PLACEHOLDERS.encode(),
    b"__getattr__",
    b"import *",
)

# Home Assistant's own modules whose names are known without reading.
_HOME_ASSISTANTS: Final = {
    module.__name__: module
    for module in (application_credentials, config_entry_oauth2_flow, const)
}

# The endpoints and consoles of the providers at which one client serves several hosts. Their
# other hosts tell nothing: an integration of anybody may link to Google's app store.
_FAMILIES: Final = {
    "accounts.google.com": "google",
    "console.cloud.google.com": "google",
    "console.developers.google.com": "google",
    "oauth2.googleapis.com": "google",
    "www.googleapis.com": "google",
    "login.live.com": "microsoft",
    "login.microsoftonline.com": "microsoft",
}
GOOGLE: Final = "google"


class Unreadable(Exception):
    """What a file says shows only when it runs."""


# What a hook may ask `hass` for, by the attribute.
type Home = Mapping[str, Any]


def home_of(hass: HomeAssistant) -> Home:
    """Return what hooks may ask for that depends on the home, in the event loop."""
    return {
        "config.components": frozenset(hass.config.components),
        "config.external_url": hass.config.external_url,
    }


def read_names(folder: Path) -> set[str]:
    """Return the names that the hook in an integration's folder binds.

    Like all of these functions, this reads the disk, and returns nothing where there is no
    hook. It raises whatever goes wrong where a text cannot be read.
    """
    hook = _hook_in(folder)
    return set(hook.bound) if hook else set()


def read_description(folder: Path, home: Home) -> Any:
    """Return the description placeholders of a hook in a home, None without a function for them."""
    path = _file_of(folder / DOMAIN)
    if path is None or not any(name in _read(path) for name in _MAY_DESCRIBE):
        return None
    hook = _Module(path, {})
    if not hook.may_have(GET_DESCRIPTION_PLACEHOLDERS):
        return None
    return hook.returned_by(GET_DESCRIPTION_PLACEHOLDERS, home)


def read_server(folder: Path) -> AuthorizationServer | None:
    """Return the endpoints that a hook names which leaves the rest to Home Assistant."""
    hook = _hook_in(folder)
    if hook is None or hook.may_have(GET_AUTH_IMPLEMENTATION):
        return None
    server = hook.returned_by(GET_AUTHORIZATION_SERVER, {})
    return server if isinstance(server, AuthorizationServer) else None


def read_provider(folder: Path) -> str | None:
    """Return the provider that a hook is written for, None where it does not show.

    By the token endpoint that any of its functions names, or else by the URLs in it.
    """
    if (hook := _hook_in(folder)) is None:
        return None
    providers = set()
    for value in hook.values():
        is_server = isinstance(value, AuthorizationServer)
        provider = provider_of(value.token_url if is_server else value)
        if is_server and provider:
            return provider
        providers.add(provider)
    return next((each for each in _FAMILIES.values() if each in providers), None)


def provider_of(url: Any) -> str | None:
    """Return the provider to which a URL leads: its name, or else the host.

    None where it is no URL.
    """
    try:
        host = urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:
        return None
    return _FAMILIES.get(host, host) if host else None


def _hook_in(folder: Path) -> "_Module | None":
    path = _file_of(folder / DOMAIN)
    return _Module(path, {}) if path else None


def _file_of(module: Path) -> Path | None:
    """Return the file of a module, None if there is none."""
    for path in (module.with_name(f"{module.name}.py"), module / "__init__.py"):
        if path.is_file():
            return path
    return None


def _read(path: Path) -> bytes:
    if len(source := path.read_bytes()) > MAX_SIZE:
        raise Unreadable
    return source


class _Module:
    """A module of an integration, and what its text says of its names."""

    def __init__(self, path: Path, known: "dict[Path, _Module]") -> None:
        """Initialize with the modules that are read beside this one."""
        self._path = path
        self._tree = ast.parse(_read(path))
        self._known = known
        known[path] = self
        # The one statement that binds each name, None where several do.
        self.bound: dict[str, ast.stmt | None] = {}
        for statement in self._tree.body:
            for name in _bound_by(statement):
                self.bound[name] = None if name in self.bound else statement
        if "*" in self.bound:
            self.bound = dict.fromkeys(self.bound)

    def may_have(self, name: str) -> bool:
        """Return whether the module has a name, or may have it when it runs."""
        return not self.bound.keys().isdisjoint({name, "*", "__getattr__"})

    def returned_by(self, function: str, home: Home) -> Any:
        """Return what a function returns that takes `hass` alone; raise Unreadable."""
        match self.bound.get(function):
            case ast.AsyncFunctionDef(
                decorator_list=[],
                args=ast.arguments(args=[ast.arg(arg=name)]),
                body=body,
            ):
                facts = {f"{name}.{path}": value for path, value in home.items()}
                return self._returned(body, facts)
        raise Unreadable

    def values(self) -> Iterator[Any]:
        """Return what is known of the calls, literals and names in the module."""
        for kind in (ast.Call, ast.Constant, ast.Name):
            for node in ast.walk(self._tree):
                if isinstance(node, kind):
                    with suppress(Unreadable):
                        yield self._value(node, {})

    def _returned(self, body: list[ast.stmt], names: Mapping[str, Any]) -> Any:
        """Return what statements return."""
        match body:
            case [ast.Expr(value=ast.Constant()), *rest]:
                return self._returned(rest, names)
            case [ast.Assign(targets=[ast.Name(id=name)], value=value), *rest]:
                return self._returned(rest, {**names, name: self._value(value, names)})
            case [ast.If(test=test, body=body_if_true, orelse=body_if_false), *rest]:
                chosen = body_if_true if self._value(test, names) else body_if_false
                return self._returned([*chosen, *rest], names)
            case [ast.Return(value=ast.expr() as value), *_]:
                return self._value(value, names)
        raise Unreadable

    def _value(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        """Return the value of an expression that is made of constants."""
        try:
            return self._evaluate(node, partial(self._value, names=names), names)
        except (AttributeError, LookupError, TypeError, ValueError) as err:
            raise Unreadable from err

    def _evaluate(
        self,
        node: ast.expr,
        evaluate: Callable[[ast.expr], Any],
        names: Mapping[str, Any],
    ) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name() | ast.Attribute():
                path = _path_of(node)
                return names[path] if path in names else self.constant(path)
            case ast.List():
                return list(map(evaluate, node.elts))
            case ast.Dict():
                keys = (evaluate(key) for key in node.keys if key)
                return dict(zip(keys, map(evaluate, node.values), strict=True))
            case ast.Call() if evaluate(node.func) is AuthorizationServer:
                return AuthorizationServer(
                    *map(evaluate, node.args),
                    **{str(each.arg): evaluate(each.value) for each in node.keywords},
                )
        return _combined(node, evaluate)

    def constant(self, path: str) -> Any:
        """Return the constant that a name stands for, or that of one of Home Assistant's modules."""
        name, _, attribute = path.partition(".")
        match self.bound[name]:
            case (
                ast.Assign(targets=[ast.Name()], value=value)
                | ast.AnnAssign(value=ast.expr() as value)
            ) if not attribute:
                return self._value(value, {})
            case ast.ImportFrom(module=str(module), names=aliases, level=level):
                imported = next(
                    each.name for each in aliases if name == (each.asname or each.name)
                )
                if level == 0 and attribute:
                    return getattr(_HOME_ASSISTANTS[f"{module}.{imported}"], attribute)
                if level == 0:
                    return getattr(_HOME_ASSISTANTS[module], imported)
                if not attribute:
                    return self._beside(level, module).constant(imported)
        raise Unreadable

    def _beside(self, level: int, name: str) -> "_Module":
        """Return a module of the same integration."""
        path = _file_of(self._path.parents[level - 1].joinpath(*name.split(".")))
        if path is None:
            raise Unreadable
        return self._known.get(path) or _Module(path, self._known)


def _path_of(node: ast.expr) -> str:
    """Return a name with the attributes behind it, as it stands in the text."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            return f"{_path_of(owner)}.{name}"
    raise Unreadable


def _combined(node: ast.expr, evaluate: Callable[[ast.expr], Any]) -> Any:
    """Return the value of an expression that puts others together."""
    match node:
        case ast.JoinedStr():
            return "".join(str(evaluate(part)) for part in node.values)
        case ast.FormattedValue(conversion=-1, format_spec=None):
            return evaluate(node.value)
        case ast.BinOp(op=ast.Add()):
            return evaluate(node.left) + evaluate(node.right)
        case ast.BoolOp(op=ast.Or(), values=[first, second]):
            return evaluate(first) or evaluate(second)
        case ast.Compare(left=left, ops=[ast.In()], comparators=[right]):
            return evaluate(left) in evaluate(right)
    raise Unreadable


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    """Return the names that a statement binds, or may bind."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        # What is inside binds no name of the module.
        yield statement.name
        return
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name.partition(".")[0]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
