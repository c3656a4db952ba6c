"""Parts of the practice region that single services add, on the same synthetic children.

Modules here are found by their `PART` and are not listed elsewhere. Data that need none of the region's children may be
in the service's own package instead (`Service.practice`).
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from parentis.errors import DeclarationError
from parentis.practice.ssda903 import Simulated
from parentis.practice.targets import london
from parentis.returns import ReturnData


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The inputs of a part: the seed and all the region's children."""

    seed: int
    children: Simulated


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`years`: labels of the years with returns. `returns(world, wanted)` makes the returns of the wanted years."""

    id: str
    title: str
    "A description of the files for the README and the progress bar."
    years: tuple[str, ...]
    returns: Callable[[World, frozenset[str]], Iterable[ReturnData]]


@cache
def parts() -> tuple[Part, ...]:
    """Every part, in order of id."""
    found: dict[str, Part] = {}
    for module in pkgutil.iter_modules(__path__):
        part = getattr(importlib.import_module(f"{__name__}.{module.name}"), "PART", None)
        if part is None:
            continue
        if part.id in found:
            raise DeclarationError(f"practice part {part.id} is there twice")
        found[part.id] = part
    return tuple(found[each] for each in sorted(found))


def by_authority(return_id: str, period: str, tables: Mapping[str, pl.DataFrame]) -> Iterable[ReturnData]:
    """Split tables of all authorities by `at` (index in the practice region) into a return for each authority."""
    parted = {name: table.partition_by("at", as_dict=True, include_key=False) for name, table in tables.items()}
    for at, authority in enumerate(london()):
        yield ReturnData(
            return_id=return_id,
            submitter=authority.gss,
            period=period,
            tables={name: part[(at,)] for name, part in parted.items() if (at,) in part},
        )
