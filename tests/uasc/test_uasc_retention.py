"""Every name that the package's door gives is what it says, whichever module was imported before."""

import importlib
import pkgutil
from types import ModuleType

import pytest

from parentis.services import uasc


@pytest.mark.unit
def test_no_module_hides_a_name_of_the_door() -> None:
    for module in pkgutil.iter_modules(uasc.__path__):
        importlib.import_module(f"{uasc.__name__}.{module.name}")
    hidden = [name for name in uasc.__all__ if isinstance(getattr(uasc, name), ModuleType)]
    assert hidden == []
