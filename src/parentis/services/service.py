"""What a service announces: everything the rest of the house needs to run it, show it and practise it.

Fields that would pull in frames and models are given as `module:name`, so that listing services costs
nothing; `resolve` imports them when they are used, and a test resolves every one.
"""

import importlib
import pkgutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from parentis.errors import DeclarationError, NotFoundError
from parentis.references import Ref

if TYPE_CHECKING:
    import polars as pl

    from parentis.figures import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command answers that is a table and, to programs that ask for JSON, a document of another shape."""

    rows: "pl.DataFrame"
    document: "Mapping[str, Any]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of the service's own. `run(tables, *, option=default, …)` returns a frame, a mapping or an `Answer`;
    its keyword arguments become the command line's options. A page that asks the same declares its own form, and
    shows what may be seen of the answer (`web.question_pages`)."""

    name: str
    "`forecast`, or with the service's group before it: `custody routing-accuracy`."
    help: str
    needs: tuple[str, ...]
    run: Ref
    from_files: bool = False
    "It may be asked of files (`--returns`), without handing them in."
    options: Mapping[str, str] = field(default_factory=dict)
    "Help for its options, by argument's name; those that many commands have are in `cli.signatures`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A document the region sends out. Its sections are those of every service that name its id (`Section.packs`)."""

    id: str
    title: str
    subtitle: str
    order: int = 50
    "Its place where packs are listed; by id among equals."
    summary: Ref | None = None
    "`figures.Summary`: its first page. Without one the pack opens with its first chapter."
    methods: tuple[str, ...] = ()
    "The pages of `docs/methods` that stand whole in its annex, without their ending."


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`needs` names lake tables as `return/table` (`finance.ra/lines`, `ssda903/Episodes`); `compute` is a pure
    function `(tables: Mapping[str, pl.DataFrame], parameters: Mapping) -> Result`. Each table has the spec's
    columns, typed, and `authority`, `period`, `part`, `submission_id`, `load_id`, `row`, `sequence`
    (register sequence of its acceptance; the later wins) and `provisional`. A table nobody submitted is there
    with no rows. `measures` is a tuple of Measure, or a function of the tables that gives one (`measures_of`)."""

    id: str
    title: str
    needs: tuple[str, ...]
    measures: Ref
    compute: Ref
    sections: Ref
    answers: tuple[str, ...] = ()
    """Measures whose figures its page opens with, the first three that the place has: what people come for. Left empty
    they are those of its headlines, and then those its sections show first."""
    commands: tuple[Command, ...] = ()
    packs: tuple[Pack, ...] = ()
    "Packs that are there because of this service; others may have sections in them."
    beside: Ref | None = None
    """`(figures, measures, frames) -> frames`: more frames, made at the end of a build of what every service shows
    (`Figures`, and its measures by id), beside the service's own `frames`."""
    practice: Ref | None = None
    "`(seed: int) -> Iterable[Filled]`: practice returns that only this service uses."
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a service makes of its tables. Frames are `figures.Figures`, `Provenance`, `ProvenanceInputs`;
    `frames` are other tidy outputs it wants kept for its pages, by name."""

    figures: "pl.DataFrame"
    provenance: "pl.DataFrame"
    inputs: "pl.DataFrame"
    frames: "Mapping[str, pl.DataFrame]" = field(default_factory=dict)


def measures_of(service: Service, tables: "Mapping[str, pl.DataFrame]") -> "tuple[Measure, ...]":
    """The measures of the figures that `service` makes of `tables`: its own, or, where a publisher's dictionary
    says what the figures are, those that its function finds there."""
    announced = service.measures.resolve()
    return tuple(announced(tables) if callable(announced) else announced)


@cache
def services() -> Mapping[str, Service]:
    """Every service, found by the `SERVICE` its package announces, in order of id."""
    home = sys.modules[__name__.rpartition(".")[0]]
    found: dict[str, Service] = {}
    for module in pkgutil.iter_modules(home.__path__):
        if not module.ispkg:
            continue
        announced = getattr(importlib.import_module(f"{home.__name__}.{module.name}"), "SERVICE", None)
        if announced is None:
            continue
        if announced.id in found:
            raise DeclarationError(f"service {announced.id} is announced twice")
        found[announced.id] = announced
    return dict(sorted(found.items()))


@cache
def packs() -> tuple[Pack, ...]:
    """Every pack that services announce."""
    found = [pack for service in services().values() for pack in service.packs]
    if len({pack.id for pack in found}) != len(found):
        raise DeclarationError("two packs have one id")
    return tuple(sorted(found, key=lambda pack: (pack.order, pack.id)))


def pack(pack_id: str) -> Pack:
    """One pack; NotFoundError names those there are."""
    for known in packs():
        if known.id == pack_id:
            return known
    raise NotFoundError(
        expected=f"one of {', '.join(known.id for known in packs())}",
        found=repr(pack_id),
        where="pack",
        do="Name one of these packs.",
    )
