"""Builds: run every service over the visible rows to make the figures that people see."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import polars as pl

from parentis import archive, lake
from parentis.archive import WAIT_SECONDS, Home
from parentis.errors import NotFoundError
from parentis.figures import (
    Catalogue,
    CountedFigures,
    Measure,
    Provenance,
    ProvenanceInputs,
    Viewer,
    counted,
    differencing,
    guard,
    release,
    with_release,
)
from parentis.lake import Built
from parentis.services import Result, Service, measures_of
from parentis.services import services as every_service
from parentis.workflow.decisions.release import NARROWEST_FIRST, as_released, opened_to
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.processing.earlier_periods import MOVES, move_locked
from parentis.workflow.processing.recovery import recover_locked
from parentis.workflow.references import submitted_references

CURRENT = "PARENTIS_CURRENT"
"Set to `everything`, the variable has builds write all that is visible to `current`, not only what is released."


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """`figures` counts them by service; `sequence` is the register's state they were made from."""

    build_id: str
    sequence: int
    figures: Mapping[str, int]
    published: tuple[str, ...]
    "Names of the tables in `current`."
    left_out: tuple[str, ...] = ()
    "A sentence for each kind of row that no figure was made of."
    told: int = 0
    "Small counts that somebody can work out with what was shown before, whatever is hidden now."

    @property
    def warning(self) -> str:
        """The message about `told`; empty where there is none."""
        if not self.told:
            return ""
        counts, them = ("A hidden count", "it") if self.told == 1 else (f"{self.told:,} hidden counts", "them")
        return (
            f"{counts} can still be worked out: builds before this one showed too much beside {them}, and what was "
            "shown cannot be taken back. Tell the data protection officer; docs/disclosure.md says what can be done."
        )


def build(
    home: Home,
    *,
    services: Collection[str] | None = None,
    as_of: int | None = None,
    progress: Progress = silent,
    wait: float = WAIT_SECONDS,
) -> Build:
    """Run services over the visible rows, and show their figures all at once.

    Args:
        services: ids; all by default. The others keep showing what they had.
        as_of: build from the state at this register sequence.

    Nothing is shown if any service fails.
    """
    chosen = _chosen(services)
    with archive.locked(home, wait=wait):
        recover_locked(home, progress)
        move_locked(home, MOVES, progress)
        return build_locked(home, chosen, as_of=as_of, progress=progress)


def build_anew(home: Home, *, progress: Progress) -> Build:
    """Build the services shown again, under the caller's lock."""
    known = every_service()
    chosen = [known[service] for service in lake.shown(home)["service"] if service in known]
    return build_locked(home, chosen, as_of=None, progress=progress)


def build_locked(
    home: Home,
    chosen: Collection[Service],
    *,
    as_of: int | None,
    progress: Progress,
    shown: pl.DataFrame | None = None,
) -> Build:
    """`build`, under the caller's lock. If something was erased since the builds shown, nothing they were made from is
    kept. `shown` are the counts of all builds, if the store no longer has them."""
    events = archive.events(home)
    last = events["sequence"].max()
    erased = events.filter(pl.col("event") == "erased")["sequence"].max() or 0
    forget = bool((lake.shown(home)["sequence"] < erased).any())
    closed = events.filter(_closes())["sequence"].max() or 0
    taken_back = bool((lake.shown(home)["sequence"] < closed).any())
    sequence = as_of if as_of is not None else int(str(last or 0))
    built = made(home, chosen, opened_to(home, as_of), as_of=as_of, progress=progress)
    beside = guarded_beside(home, built, forget=forget, shown=shown)
    guarded, known = beside.guarded, beside.known
    built = _with_frames_beside(chosen, built, beside)
    build_id = lake.show(home, built, guarded, beside.counts, sequence=sequence, keep=1 if forget else lake.KEPT_BUILDS)
    figures = (
        guarded.select(CountedFigures.column_names()) if everything() else release(guarded, known, Viewer.members())
    )
    published = lake.publish(home, figures=figures, published=_published(home), forget=forget or taken_back)
    progress("published", len(published), len(published))
    return Build(
        build_id=build_id,
        sequence=sequence,
        figures={service: made.figures.height for service, made in built.items()},
        published=published,
        told=beside.told,
        left_out=tuple(sentence for made in built.values() for sentence in left_out(made.frames.get("left_out"))),
    )


def made(
    home: Home, chosen: Collection[Service], opened: pl.DataFrame, *, as_of: int | None = None,
    progress: Progress = silent,
) -> dict[str, Built]:  # fmt: skip
    """The output of each service for the rows from `lake.read`, by id; nothing is stored or shown. `opened` is the
    result of `opened_to`."""
    needs = sorted({need for service in chosen for need in service.needs})
    tables = {need: lake.collect(home, need, as_of=as_of) for need in needs}
    built = {}
    with submitted_references(home, as_of=as_of):
        for done, service in enumerate(chosen, 1):
            progress(f"built: {service.title}", done - 1, len(chosen))  # said before: a service may take half a minute
            own = {need: tables[need] for need in service.needs}
            result = service.compute.resolve()(own, service.parameters)
            built[service.id] = _validated(result, measures_of(service, own), opened)
            progress("built", done, len(chosen))
    return built


@dataclass(frozen=True, slots=True)
class Beside:
    """What every service will show (`guarded`), the `counts` of this and all earlier builds, the number of counts that
    can be worked out nevertheless (`told`), and the measures."""

    guarded: pl.DataFrame
    counts: pl.DataFrame
    told: int
    known: Catalogue


def guarded_beside(
    home: Home, built: Mapping[str, Built], *, forget: bool, shown: pl.DataFrame | None = None
) -> Beside:
    """The new figures with those that other services show, with the counts that must be hidden given everything shown
    so far (`shown`, if the store no longer has it). Erased data are no longer taken into account."""
    measures = {
        **{one.id: one for one in lake.read_measures(home)},
        **{one.id: one for made in built.values() for one in lake.measures_of(made.measures)},
    }
    others = lake.read_figures(home, without=built).collect()
    figures = pl.concat([others, *(made.figures for made in built.values())])
    known = Catalogue(measures.values())
    before = None if forget else _shown_before(home, known) if shown is None else shown
    guarded = guard(figures, known, before=before)
    alone = differencing(guarded.figures, known, before).drop("by")
    told = pl.concat([guarded.told, alone]).unique()
    return Beside(guarded.figures, with_release(before, guarded.figures, known), told.height, known)


def _with_frames_beside(chosen: Collection[Service], built: dict[str, Built], beside: Beside) -> dict[str, Built]:
    """Adds the frames that services make from the figures of all services."""
    found = dict(built)
    measures = {one.id: one for one in beside.known}
    for service in chosen:
        if service.beside is not None:
            own = found[service.id]
            more = service.beside.resolve()(beside.guarded, measures, own.frames)
            found[service.id] = replace(own, frames={**own.frames, **more})
    return found


def _shown_before(home: Home, known: Catalogue) -> pl.DataFrame | None:
    """The counts of all builds so far; if the home has not stored them, those of the build shown."""
    kept = lake.read_counts(home)
    guarded = lake.read_guarded(home) if kept is None else None
    return with_release(None, guarded.collect(), known) if guarded is not None else kept


def _closes() -> pl.Expr:
    """The register's events after which `current` must not keep its earlier contents, even in older versions."""
    narrowed = (pl.col("event") == "released") & (pl.col("audience") != str(NARROWEST_FIRST[-1]))
    return narrowed | (pl.col("event") == "reversed")


def everything() -> bool:
    """Whether `current` must hold all visible data."""
    return os.environ.get(CURRENT) == "everything"


def left_out(rows: pl.DataFrame | None) -> list[str]:
    """Sentences for a frame of data left out of figures: `table, part, reason, rows`; none without a frame."""
    if rows is None or not {"table", "part", "reason", "rows"} <= set(rows.columns):
        return []
    return [
        f"{count:,} rows of {table}{f' ({part})' if part else ''} are in no figure: {reason}"
        for table, part, reason, count in rows.select("table", "part", "reason", "rows").iter_rows()
    ]


def _published(home: Home) -> list[str] | None:
    """The loads that everybody may read, for `current`; None where CURRENT requests everything."""
    if everything():
        return None
    widest = len(NARROWEST_FIRST) - 1
    return opened_to(home, None).filter(pl.col("openness") == widest)["load_id"].to_list()


def _chosen(ids: Collection[str] | None) -> list[Service]:
    known = every_service()
    for service_id in ids or ():
        if service_id not in known:
            raise NotFoundError(
                expected=f"one of {', '.join(known)}",
                found=repr(service_id),
                where="service",
                do="Name one of them.",
            )
    return [service for service_id, service in known.items() if ids is None or service_id in ids]


def _validated(result: Result, measures: tuple[Measure, ...], opened: pl.DataFrame) -> Built:
    """The service's frames, validated against the schemas that later steps rely on."""
    return Built(
        figures=CountedFigures.validate(as_released(counted(result.figures), result.inputs, opened), cast=True),
        provenance=Provenance.validate(result.provenance, cast=True),
        inputs=ProvenanceInputs.validate(result.inputs, cast=True),
        measures=lake.measures_frame(measures),
        frames=result.frames,
    )
