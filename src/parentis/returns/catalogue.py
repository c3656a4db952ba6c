"""All returns, found through the `RETURNS` that each package declares."""

import importlib
import pkgutil
import sys
from collections.abc import Mapping
from functools import cache

from parentis.errors import DeclarationError, NotFoundError
from parentis.returns.models import Return

_MACHINERY = ("rules", "reports")
"Packages of this folder that check and report; they are imported only when a return is checked."


@cache
def returns() -> Mapping[str, Return]:
    """The returns by id, in order of id."""
    home = sys.modules[__name__.rpartition(".")[0]]
    found: dict[str, Return] = {}
    for module in pkgutil.iter_modules(home.__path__):
        if not module.ispkg or module.name in _MACHINERY:
            continue
        package = importlib.import_module(f"{home.__name__}.{module.name}")
        for announced in getattr(package, "RETURNS", ()):
            if announced.id in found:
                raise DeclarationError(f"return {announced.id} is announced twice")
            found[announced.id] = announced
    return dict(sorted(found.items()))


def the_return(return_id: str) -> Return:
    """The return with this id. Raises NotFoundError, which lists the known ids."""
    known = returns()
    if return_id not in known:
        raise NotFoundError(
            expected=f"one of {', '.join(known)}",
            found=repr(return_id),
            where="return",
            do="Give the id of a return, or leave it out to have the files recognised.",
        )
    return known[return_id]
