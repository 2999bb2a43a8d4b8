"""Read an integration's `application_credentials.py` without running it.

To import that module is to import the integration with its libraries, which takes
seconds for all of Home Assistant's, and works only where they are installed. Most hooks
say what they say in constants: of their own, of the modules beside them, of Home Assistant.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import suppress
import os
from pathlib import Path
import re
import stat
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant import const
from homeassistant.components import application_credentials
from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_entry_oauth2_flow

from ..const import DOMAIN
from .expressions import Unreadable, Values, bound_by, dotted, value_returned
from .protocol import (
    GET_AUTH_IMPLEMENTATION,
    GET_AUTHORIZATION_SERVER,
    GET_DESCRIPTION_PLACEHOLDERS,
)

# Bytes; Home Assistant's largest hook has 4 kB, and the largest constants have 39.
MAX_SIZE: Final = 64 * 1024

# Where a hook is, in an integration's folder.
_HOOK_FILES: Final = (f"{DOMAIN}.py", f"{DOMAIN}/__init__.py")

# A file needs one of these to have the description function. Most files have none, and
# are not parsed for it: the name, or what can stand for it, or an encoding that hides it.
_MAY_DESCRIBE: Final = re.compile(
    rb"%b|__getattr__|import[\s\\]*\*|coding" % GET_DESCRIPTION_PLACEHOLDERS.encode()
)

# Home Assistant's own modules whose names are known without reading.
_HOME_ASSISTANTS: Final = {
    module.__name__: module
    for module in (application_credentials, config_entry_oauth2_flow, const)
}

# What can bind a name to something else later.
_STAR: Final = "*"
_GETATTR: Final = "__getattr__"

# The hosts whose clients are made at the same console, by the name of the provider.
_FAMILIES: Final = {
    "google.com": "google",
    "googleapis.com": "google",
    "live.com": "microsoft",
    "microsoftonline.com": "microsoft",
}
GOOGLE: Final = "google"


class Function:
    """A function of a hook, as far as its text says what it returns."""

    def __init__(self, body: list[ast.stmt], names: dict[str, Any], hass: str) -> None:
        """Initialize with the values of names, and the name of the first parameter."""
        self._body = body
        self._names = names
        self._hass = hass
        self._facts: dict[str, Any] = {}
        self._last: Any = None

    def returned(self, hass: HomeAssistant | None = None) -> Any:
        """Return what the function returns, with what it asks `hass.config` for.

        Raise Unreadable where that shows only when it runs.
        """
        if hass is None:
            return value_returned(self._body, self._names)
        facts = {
            f"{self._hass}.config.components": set(hass.config.components),
            f"{self._hass}.config.external_url": hass.config.external_url,
            f"{self._hass}.config.internal_url": hass.config.internal_url,
        }
        # It is asked each time that somebody adds a credential.
        if facts != self._facts:
            self._last = value_returned(self._body, self._names | facts)
            self._facts = facts
        return self._last


type Description = Callable[[HomeAssistant], Any]


def read_names(folder: Path) -> frozenset[str]:
    """Return the names that the hook in an integration's folder defines for sure.

    Like all of these functions, this reads the disk, returns nothing where there is no
    hook, and raises OSError where a file cannot be read, and Unreadable, SyntaxError,
    ValueError or RecursionError where its text says nothing.
    """
    if (module := _hook_in(folder)) is None:
        return frozenset()
    return frozenset(name for name, bound in module.bound.items() if bound is not None)


def read_description(folder: Path) -> Description | None:
    """Return what returns the description placeholders of a hook.

    None where the hook has no function for it.
    """
    module = _hook_in(folder, _MAY_DESCRIBE)
    if module is None or not module.may_have(GET_DESCRIPTION_PLACEHOLDERS):
        return None
    function = module.function(GET_DESCRIPTION_PLACEHOLDERS)
    try:
        placeholders = function.returned()
    except Unreadable:
        return function.returned
    return lambda _: placeholders


def read_server(folder: Path) -> AuthorizationServer | None:
    """Return the endpoints that a hook names which leaves the rest to Home Assistant."""
    module = _hook_in(folder)
    if module is None or module.may_have(GET_AUTH_IMPLEMENTATION):
        return None
    server = module.function(GET_AUTHORIZATION_SERVER).returned()
    if not isinstance(server, AuthorizationServer):
        raise Unreadable
    return server


def read_provider(folder: Path) -> str | None:
    """Return the provider that a hook is written for, None where it does not show.

    By the token endpoint that any of its functions names, or else by the URLs in it.
    """
    if (module := _hook_in(folder)) is None:
        return None
    for server in module.servers():
        if provider := provider_of(server.token_url):
            return provider
    providers = {provider_of(url) for url in module.urls()}
    return next((each for each in _FAMILIES.values() if each in providers), None)


def provider_of(url: Any) -> str | None:
    """Return the provider to which a URL leads: a family of hosts, or else the host.

    None where it is no URL.
    """
    try:
        host = urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:
        return None
    if not host:
        return None
    return _FAMILIES.get(".".join(host.split(".")[-2:]), host)


def read_source(path: Path) -> bytes:
    """Return what is in a file; never wait for it.

    Raise OSError, also for a pipe or a device, and Unreadable for a file above MAX_SIZE.
    """
    # Without O_NONBLOCK, a pipe would be waited for until somebody writes to it.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path.name} is no file")
        if status.st_size > MAX_SIZE:
            raise Unreadable(f"{path.name} is too large")
        return file.read(MAX_SIZE)


def _hook_in(
    folder: Path, having: "re.Pattern[bytes] | None" = None
) -> "_Module | None":
    """Return the hook in an integration's folder, None where there is none.

    Or where it does not have what is looked for.
    """
    for name in _HOOK_FILES:
        path = folder / name
        with suppress(FileNotFoundError, NotADirectoryError):
            source = read_source(path)
            # Python takes other letters for those of the name.
            if having and source.isascii() and not having.search(source):
                return None
            return _Module(path, source, folder, {})
    return None


class _Module:
    """A module of an integration, and what its text says of its names."""

    def __init__(
        self, path: Path, source: bytes, root: Path, known: "dict[Path, _Module]"
    ) -> None:
        """Initialize with the integration's folder, and the modules read with this one."""
        self._path = path
        self._tree = ast.parse(source, str(path))
        self._root = root
        self._known = known
        self._resolving: set[str] = set()
        # The one statement that binds each name, None where that shows only when it runs.
        self.bound: dict[str, ast.stmt | None] = {}
        for statement in self._tree.body:
            for name, is_certain in bound_by(statement):
                certain = is_certain and name not in self.bound
                self.bound[name] = statement if certain else None
        if _STAR in self.bound:
            self.bound = dict.fromkeys(self.bound)

    def may_have(self, name: str) -> bool:
        """Return whether the module has a name, or may have it when it runs."""
        return not self.bound.keys().isdisjoint({name, _STAR, _GETATTR})

    def function(self, name: str) -> Function:
        """Return a function that takes `hass` alone; raise Unreadable if it is none."""
        match self.bound.get(name):
            case ast.AsyncFunctionDef(
                decorator_list=[],
                args=ast.arguments(posonlyargs=[], args=[ast.arg(arg=hass)]),
                body=body,
            ):
                return Function(body, self._constants_in(body), hass)
        raise Unreadable

    def servers(self) -> Iterator[AuthorizationServer]:
        """Return the authorization servers that any of its statements makes."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                with suppress(Unreadable):
                    yield Values(self.value).visit_Call(node)

    def urls(self) -> Iterator[Any]:
        """Return the constants that are written in it, and those that it imports."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Constant):
                yield node.value
        for name in self.bound:
            with suppress(Unreadable):
                yield self.value(name)

    def value(self, path: str) -> Any:
        """Return the constant that a name stands for, or a name in a module beside this.

        Raise Unreadable where it is no constant.
        """
        if path in self._resolving:
            raise Unreadable
        self._resolving.add(path)
        try:
            value = self._value(*path.partition(".")[::2])
        finally:
            self._resolving.remove(path)
        # What can be changed later is no constant.
        if value is not AuthorizationServer and not isinstance(
            value, (str, int, float, type(None))
        ):
            raise Unreadable
        return value

    def _value(self, name: str, attribute: str) -> Any:
        match self.bound.get(name):
            case ast.Assign(targets=[ast.Name()], value=value) if not attribute:
                return Values(self.value).visit(value)
            case ast.AnnAssign(value=ast.expr() as value) if not attribute:
                return Values(self.value).visit(value)
            case ast.ImportFrom(module=module, names=names, level=level):
                [imported] = [
                    each.name for each in names if name in (each.asname, each.name)
                ]
                if level == 0:
                    return self._home_assistants(module, imported, attribute)
                if module is None and attribute:
                    return self._beside(level, imported).value(attribute)
                if module is not None and not attribute:
                    return self._beside(level, module).value(imported)
        raise Unreadable

    def _home_assistants(self, module: str | None, name: str, attribute: str) -> Any:
        found = _HOME_ASSISTANTS.get(module or "")
        if attribute:
            found, name = _HOME_ASSISTANTS.get(f"{module}.{name}"), attribute
        if not hasattr(found, name):
            raise Unreadable
        return getattr(found, name)

    def _beside(self, level: int, name: str) -> "_Module":
        """Return a module of the same integration."""
        folder = self._path.parents[level - 1].joinpath(*name.split("."))
        if not folder.is_relative_to(self._root):
            raise Unreadable
        for path in (folder.with_suffix(".py"), folder / "__init__.py"):
            if path not in self._known:
                with suppress(FileNotFoundError, NotADirectoryError):
                    source = read_source(path)
                    self._known[path] = _Module(path, source, self._root, self._known)
            if path in self._known:
                return self._known[path]
        raise Unreadable

    def _constants_in(self, body: list[ast.stmt]) -> dict[str, Any]:
        """Return the values of the names that statements use, where they are constants."""
        constants = {}
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, (ast.Name, ast.Attribute)):
                    with suppress(Unreadable):
                        path = dotted(node)
                        constants[path] = self.value(path)
        return constants
