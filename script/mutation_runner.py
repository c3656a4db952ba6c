"""A pytest plugin for script/mutate: the tests of one module, once for each break of it, in one process.

Starting Python and making the site's database takes longer than the tests of a guard. So the module is imported once,
as it is, and for each break the code of its functions is replaced by the broken module's, whoever imported them, and
put back afterwards. What is declared (a constant, a field's default, a decorator's argument) may have been copied when
it was imported: such a break, and one that no test noticed, is tried in a process of its own, which imports the broken
module.

PARENTIS_BREAKS names a JSON file: `module` (its path), `breaks` ([operator, arguments, occurrence, line] each),
`only` (the number of one break, for a process of its own) and `out`, the file the results go to.
"""

import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import types
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest

ASKED = json.loads(Path(os.environ["PARENTIS_BREAKS"]).read_text())
PATH = Path(ASKED["module"]).resolve()
NAME = ASKED["module"].removeprefix("src/").removesuffix(".py").replace("/", ".")
SECONDS = 60
"Of processor time for the tests of one break: one that makes them run for ever is noticed too."


class TooLong(Exception):  # noqa: N818 - ends a test, and is no error of the program
    pass


def broken(number: int) -> str:
    """The module's source with a break."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    operator, arguments, occurrence, _ = ASKED["breaks"][number]
    return str(mutate_code(PATH.read_text(), get_operator(operator)(**arguments), occurrence))


class Broken(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the broken module in place of the module."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(name, PATH, loader=self) if name == NAME else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        exec(compile(broken(ASKED["only"]), str(PATH), "exec"), module.__dict__)  # noqa: S102


if ASKED["only"] is not None:
    sys.meta_path.insert(0, Broken())


class Replaced:
    """The module with the code of another source; `undo` puts its own back. `any`: some code was replaced."""

    any = False

    def __init__(self, module: types.ModuleType, source: str) -> None:
        self.back: list[Callable[[], Any]] = []
        self.module = module
        made = types.ModuleType(module.__name__)
        made.__file__, made.__package__ = module.__file__, module.__package__
        sys.modules[module.__name__] = made  # dataclasses look their module up
        try:
            exec(compile(source, str(PATH), "exec"), made.__dict__)  # noqa: S102
        finally:
            sys.modules[module.__name__] = module
        for name, new in vars(made).items():
            if not name.startswith("__") and name in vars(module):
                self._replace(name, vars(module)[name], new)

    def _replace(self, name: str, old: Any, new: Any) -> None:
        mine = _function(old) or old
        if getattr(mine, "__module__", None) != self.module.__name__:
            return
        if isinstance(old, type):
            for attribute, method in vars(new).items():
                self._function(_function(vars(old).get(attribute)), _function(method))
        else:
            self._function(_function(old), _function(new))
        if hasattr(old, "cache_clear"):
            old.cache_clear()
            self.back.append(old.cache_clear)

    def _function(self, old: Any, new: Any) -> None:
        if old is None or new is None:
            return
        own, other = ((one.__code__, one.__defaults__, one.__kwdefaults__) for one in (old, new))
        if own != other:
            old.__code__, old.__defaults__, old.__kwdefaults__ = other
            self.back.append(lambda: _give(old, own))
            self.any = True

    def undo(self) -> None:
        for back in reversed(self.back):
            back()


def _give(function: Any, parts: tuple[Any, Any, Any]) -> None:
    function.__code__, function.__defaults__, function.__kwdefaults__ = parts


def _function(found: Any) -> Any:
    """The plain function in a method, a property or a decorated function; None in anything else."""
    if isinstance(found, property):
        found = found.fget
    found = getattr(found, "__func__", found)
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found if isinstance(found, types.FunctionType) else None


class Failures:
    any = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.any = self.any or report.failed


class Nothing:
    """What follows each test: only the session's own fixtures outlive it."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[pytest.Session]:
        return [self.session]


def pytest_configure() -> None:
    from hypothesis import Phase, settings

    settings.register_profile("breaks", phases=[Phase.explicit, Phase.generate], database=None, deadline=None)
    settings.load_profile("breaks")  # a failure is enough: it need not be made small


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if ASKED["only"] is not None:
        return None
    failures, after = Failures(), Nothing(session)
    session.config.pluginmanager.register(failures)
    signal.signal(signal.SIGVTALRM, _too_long)

    def fails() -> bool:
        failures.any = False
        for item in session.items:
            item._initrequest()  # type: ignore[attr-defined]
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            try:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            except TooLong:
                failures.any = True
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            if failures.any:
                return True
        return False

    told: dict[str, Any] = {"sound": not fails(), "results": {}}
    module = importlib.import_module(NAME)
    for number in range(len(ASKED["breaks"]) if told["sound"] else 0):
        try:
            replaced = Replaced(module, broken(number))
        except Exception:
            told["results"][number] = "noticed"  # it cannot even be imported
            continue
        try:
            told["results"][number] = ("noticed" if fails() else "survived") if replaced.any else "declared"
        finally:
            replaced.undo()
    told["sound_afterwards"] = told["sound"] and not fails()
    Path(ASKED["out"]).write_text(json.dumps(told))
    return True


def _too_long(*_: Any) -> None:
    raise TooLong
