"""Names of a package that are imported when they are first asked for: its `if TYPE_CHECKING:` block says from where."""

import ast
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


def deferred(package: str) -> Callable[[str], Any]:
    """A `__getattr__` for `package`. What type checkers import, programs import too, but no sooner than they use it."""

    class Package(ModuleType):
        """Importing a module binds it in its package; one named as a deferred function would hide the function."""

        def __setattr__(self, name: str, value: Any) -> None:
            if not (isinstance(value, ModuleType) and name in _homes(package)):
                super().__setattr__(name, value)

    def find(name: str) -> Any:
        home = None if name.startswith("__") else _homes(package).get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(home), name)
        setattr(sys.modules[package], name, value)
        return value

    sys.modules[package].__class__ = Package
    return find


@cache
def _homes(package: str) -> Mapping[str, str]:
    """The module of each deferred name."""
    tree = ast.parse(Path(str(sys.modules[package].__file__)).read_bytes())
    blocks = [one for one in tree.body if isinstance(one, ast.If) and ast.unparse(one.test) == "TYPE_CHECKING"]
    imports = [one for block in blocks for one in block.body if isinstance(one, ast.ImportFrom) and one.module]
    return {alias.name: str(one.module) for one in imports for alias in one.names}
