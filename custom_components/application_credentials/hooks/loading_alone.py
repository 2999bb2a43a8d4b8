"""Run the file of a hook on its own, without the package of its integration."""

import importlib.util
from pathlib import Path
import sys
from types import ModuleType

from ..const import DOMAIN
from .faults import said_by
from .files import refuse_untouchable


class CannotLoadAlone(Exception):
    """The file of a hook needs more than its own folder gives it."""


def load_alone(domain: str, path: Path) -> ModuleType:
    """Run the file of a hook without the `__init__` of its integration.

    Its package is an empty one whose path is the integration's folder, so that
    `.const` resolves. Reads the disk; never called twice at once for one domain.
    Raises CannotLoadAlone, and UntouchableFile where an import might never end.
    """
    package = f"{__package__}.hook_of_{domain}"
    name = f"{package}.{DOMAIN}"
    stand_in = ModuleType(package)
    folder = path.parent if path.stem == DOMAIN else path.parent.parent
    refuse_untouchable(folder)
    stand_in.__path__ = [str(folder)]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[package] = stand_in
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as err:  # noqa: BLE001 (a file may do anything when it is run)
        for loaded in [each for each in sys.modules if each.startswith(f"{package}.")]:
            del sys.modules[loaded]
        del sys.modules[package]
        # From None: what holds a frame of a recursion without end holds much.
        raise CannotLoadAlone(said_by(err)) from None
    return module
