"""What the pages show of benchmarks: the wall as a reader may see it, and one measure.

Ranks and probabilities are worked out with the build, of all values. Where disclosure control hides one of a measure's
values from this reader, the measure is compared anew among what they see (`seen_values`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from parentis import region, workflow
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.figures import Measure, Viewer
from parentis.figures.benchmarks import Benchmark, benchmark, control
from parentis.services.improvement.alike import EDITION
from parentis.services.improvement.other_measures import OTHERS
from parentis.services.improvement.walls import WALL, begun_anew
from parentis.web.api.queries import figures as released
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.dashboards.pages import catalogue
from parentis.web.improvement.seen_values import among_seen
from parentis.web.improvement.series_starts import Start, decisions, starts, version

REGION: Final = "london"
COLLECTED: Final = "Collected"


def _frame(home: Home, name: str) -> pl.DataFrame | None:
    try:
        return workflow.frame(home, "improvement", name)
    except NotFoundError:
        return None


frames: VersionedCache[pl.DataFrame | None] = VersionedCache(_frame, mark=shown_mark, most=12)
"`frames(name)`: an output of the service; None before the first build."


def _wall(home: Home, viewer: Viewer, _decided: str) -> pl.DataFrame:
    held = _frame(home, "wall")
    if held is None or held.is_empty():
        return WALL.to_frame()
    titles = {one.id: one.title for one in catalogue()}
    held = _anew(held)
    public = held.filter(pl.col("topic") != COLLECTED)
    private = held.filter(pl.col("topic") == COLLECTED)
    if private.height:
        seen = workflow.figures(home, measure="improvement", breakdown="", viewer=viewer)
        private = _seen(private, seen)
    return pl.concat([private, public]).with_columns(
        title=pl.col("measure").replace_strict(titles, default=pl.col("measure")),
        name=pl.col("geography").replace_strict(names(), default=pl.col("geography")),
    )


def _anew(rows: pl.DataFrame) -> pl.DataFrame:
    """The wall with analysts' decisions on where a series begins."""
    decided, series = decisions(), frames("series")
    if not decided or series is None:
        return rows
    marked = frames("rebased")
    days: dict[str, dict[str, tuple[date, ...]]] = {}
    for measure in {one.measure for one in decided}:
        places = rows.filter(pl.col("measure") == measure)["geography"].to_list()
        told = {place: starts(measure, place, marked, decided) for place in places}
        days[measure] = {place: tuple(one.day for one in found) for place, found in told.items() if found}
    return begun_anew(rows, series, {one.id: one for one in catalogue()}, days)


_walls: VersionedCache[pl.DataFrame] = VersionedCache(_wall, mark=shown_mark, most=24)


def wall(viewer: Viewer) -> pl.DataFrame:
    """Rows of the wall, as `viewer` may see them, with `title` and `name`."""
    return _walls(viewer, version())


def _others(home: Home, viewer: Viewer) -> pl.DataFrame:
    held = _frame(home, OTHERS)
    if held is None or held.is_empty():
        return WALL.to_frame().with_columns(title=pl.lit(""), name=pl.lit(""))
    seen = pl.concat(
        workflow.figures(home, measure=prefix, breakdown="", viewer=viewer)
        for prefix in sorted({one.split(".")[0] for one in held["measure"].unique()})
    )
    titles = {one.id: one.title for one in catalogue()}
    return _seen(held, seen).with_columns(
        title=pl.col("measure").replace_strict(titles, default=pl.col("measure")),
        name=pl.col("geography").replace_strict(names(), default=pl.col("geography")),
    )


def _seen(rows: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    places = rows["geography"].unique().sort().to_list()
    decided, marked = decisions(), frames("rebased")

    def begins(measure: str) -> dict[str, list[date]]:
        return {one: [start.day for start in starts(measure, one, marked, decided)] for one in places}

    return among_seen(rows, seen, places=places, neighbours=neighbours(), alike=alike(), begins=begins)


others: VersionedCache[pl.DataFrame] = VersionedCache(_others, mark=shown_mark, most=24)
"`others(viewer)`: rows as of the wall of every other service's measures, as `viewer` may see them."


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """One measure as a reader sees it. `rows` are of every place, the best first; `starts` are those of the marked
    place's series."""

    measure: Measure
    found: Benchmark
    rows: pl.DataFrame
    own: Mapping[str, Any] | None
    facts: tuple[tuple[str, str], ...]
    history: tuple[tuple[str, str, str, str, str], ...]
    starts: tuple[Start, ...]


def _page(home: Home, measure: str, place: str, viewer: Viewer, _decided: str) -> MeasurePage | None:
    try:
        known = catalogue()[measure]
    except NotFoundError:
        return None
    held = released(viewer, measure, None, None, "")
    authorities = held.filter(pl.col("geography").str.starts_with("E0"))
    if authorities.is_empty():
        return None
    places = region.members(REGION, max(authorities["period_end"].to_list()))
    decided, marked = decisions(measure), frames("rebased")
    begins = {one: starts(measure, one, marked, decided) for one in places}
    stored = wall(viewer).filter(pl.col("measure") == measure)
    if stored.is_empty() and not any(begins.values()):
        stored = others(viewer).filter(pl.col("measure") == measure)
    found = benchmark(
        authorities, known, places=places, neighbours=neighbours() or None, alike=alike() or None,
        rebased={one: [start.day for start in told] for one, told in begins.items() if told},
        told=stored if stored.height else None, period=stored["period"][0] if stored.height else None,
    )  # fmt: skip
    if found is None:
        return None
    rows = stored if stored.height else found.rows.with_columns(
        name=pl.col("geography").replace_strict(names(), default=pl.col("geography")), moved=pl.lit(value=False)
    )  # fmt: skip
    ordered = rows.with_columns(own=pl.col("geography") == place).sort(
        pl.col("rank_median").is_null(), "rank_median", "rank_low", "name"
    )
    own = ordered.filter("own").row(0, named=True) if ordered["own"].any() else None
    mine = tuple(begins.get(place, ()))
    return MeasurePage(known, found, ordered, own, _facts(found, ordered), _history(found, held, place, mine), mine)


_pages: VersionedCache[MeasurePage | None] = VersionedCache(_page, mark=shown_mark, most=96)


def measure_page(measure: str, place: str, viewer: Viewer) -> MeasurePage | None:
    """None for what cannot be compared."""
    return _pages(measure, place, viewer, version())


def names() -> dict[str, str]:
    return {one.gss: one.name for one in region.authorities()}


def neighbours() -> dict[str, tuple[str, ...]]:
    """DfE's latest list; empty while none is held."""
    return _listed(pl.col("edition") != EDITION)


def alike() -> dict[str, tuple[str, ...]]:
    """Computed neighbours; empty while the variables are not published."""
    return _listed(pl.col("edition") == EDITION)


def _listed(which: pl.Expr) -> dict[str, tuple[str, ...]]:
    edges = frames("neighbours")
    held = edges.filter(which) if edges is not None else None
    if held is None or held.is_empty():
        return {}
    latest = held.filter(pl.col("edition") == pl.col("edition").max()).sort("geography", "place")
    parts = latest.partition_by("geography", as_dict=True)
    return {str(key[0]): tuple(rows["neighbour"]) for key, rows in parts.items()}


def _facts(found: Benchmark, rows: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    basis = next((one for one in rows["basis"].unique().sort(descending=True) if one != "not known"), "not known")
    facts = [
        ("Places ranked", str(rows["ranked"].max() or 0)),
        ("How chance is known", basis),
        ("Surely in the worst quarter", str((rows["verdict"] == "worst quarter").sum())),
        ("Surely in the best quarter", str((rows["verdict"] == "best quarter").sum())),
        ("Nobody can tell", str((rows["verdict"] == "cannot tell").sum())),
    ]
    if found.noise is not None:
        facts.append(("Reliability: the share of the differences that is not chance", f"{found.noise.reliability:.2f}"))
    if found.funnel is not None:
        facts += [
            ("Spread beside chance alone (φ, winsorised)", f"{found.funnel.phi:.2f}"),
            ("Variance between places (τ²)", f"{found.funnel.tau2:.5f}"),
            ("Beyond the 99.8 % limits, plain and widened",
             f"{int(found.funnel.plain[1].sum())} and {int(found.funnel.wide[1].sum())}"),
        ]  # fmt: skip
    return tuple(facts)


def begins_at(points: pl.DataFrame, begins: tuple[Start, ...]) -> tuple[int, ...]:
    """Positions of the points with which a series begins anew."""
    ends = points["period_end"].to_list()
    first = (next((at for at, end in enumerate(ends) if end >= one.day), len(ends)) for one in begins)
    return tuple(sorted({at for at in first if 0 < at < len(ends)}))


def _history(
    found: Benchmark, held: pl.DataFrame, place: str, begins: tuple[Start, ...]
) -> tuple[tuple[str, str, str, str, str], ...]:
    """Period, the place's value, the region's, what the point is, and why the series begins anew with it."""
    own = found.history.filter(pl.col("geography") == place)
    wide = {row["period"]: row["value"] for row in held.filter(pl.col("geography") == REGION).iter_rows(named=True)}
    points = own.filter(pl.col("value").is_not_null())
    stretches = control(points["value"].to_numpy(), begins_at(points, begins))
    told = [one for stretch in stretches for one in stretch.points]
    says = dict(zip(points["period"], told, strict=True))
    at = begins_at(own, begins)
    whys = {
        own["period"][number]: "; ".join(one.why for one in begins if begins_at(own, (one,)) == (number,))
        for number in at
    }
    return tuple(
        (row["period"], number(row["value"]), number(wide.get(row["period"])), str(says.get(row["period"], "")),
         whys.get(row["period"], ""))
        for row in own.iter_rows(named=True)
    )  # fmt: skip


def number(value: float | None, digits: int = 1) -> str:
    """A number formatted for people; empty where it is missing."""
    return "" if value is None else f"{value:,.{digits}f}"
