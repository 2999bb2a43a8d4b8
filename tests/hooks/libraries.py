"""Stand-ins for the libraries of Home Assistant's integrations.

Fifty integrations need as many libraries, and none of them before a person has
come back from the provider: up to there, anything will do that can be imported.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
import sys
from types import ModuleType
from typing import Any, Self, override

from homeassistant.config_entries import HANDLERS


class _Anything(type):
    """A class whose attributes are classes like it."""

    def __getattr__(cls, name: str) -> Any:
        return _anything(name)

    def __iter__(cls) -> Iterator[Any]:
        return iter(())


def _anything(name: str) -> Any:
    """Return a class that can be called, inherited from, raised if its name says so."""
    if name.startswith("__"):
        raise AttributeError(name)
    error = name.endswith(("Error", "Exception", "Failed", "Unauthorized"))

    class Anything(Exception if error else object, metaclass=_Anything):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            """Take whatever comes."""

        def __class_getitem__(cls, parameters: Any) -> type[Self]:
            return cls

        def __call__(self, *arguments: Any, **named: Any) -> Any:
            """Be a decorator, too: what is decorated stays."""
            return arguments[0] if arguments else self

        def __getattr__(self, attribute: str) -> Any:
            return _anything(attribute)

    Anything.__name__ = Anything.__qualname__ = name
    return Anything


class _Library(ModuleType):
    """A module that has every name."""

    def __init__(self, name: str) -> None:
        """Be a package, too."""
        super().__init__(name)
        self.__path__ = []

    @override
    def __getattr__(self, name: str) -> Any:
        return _anything(name)


# What installed libraries do well without, and would take a stand-in for numbers.
_OPTIONAL = {"gmpy", "gmpy2"}


class _Libraries(MetaPathFinder, Loader):
    """Finds what nothing else has found, as long as no installed package is above it."""

    @override
    def find_spec(
        self, name: str, path: Any, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name in _OPTIONAL:
            return None
        above = sys.modules.get(name.rpartition(".")[0])
        if above is not None and not isinstance(above, _Library):
            return None
        return ModuleSpec(name, self, is_package=True)

    @override
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Library(spec.name)

    @override
    def exec_module(self, module: ModuleType) -> None:
        """Have nothing to run."""


@contextmanager
def any_library() -> Generator[None]:
    """Let every library be imported; forget what was imported with it afterwards."""
    before, handlers = set(sys.modules), set(HANDLERS)
    finder = _Libraries()
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in set(sys.modules) - before:
            module = sys.modules[name]
            if isinstance(module, _Library) or name.startswith(
                "homeassistant.components."
            ):
                del sys.modules[name]
                above, _, last = name.rpartition(".")
                vars(sys.modules.get(above, module)).pop(last, None)
        for domain in set(HANDLERS) - handlers:
            del HANDLERS[domain]
