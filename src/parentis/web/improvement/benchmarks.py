"""What the pages show of benchmarks: the wall as a reader may see it, and one measure with its pictures.

Ranks and probabilities are worked out once, of all values; a value that disclosure control hides from this reader is
taken out of the rows, with all that would give it away. Only its quarter in words stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from parentis import evidence, region, workflow
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.figures import Measure, Viewer
from parentis.figures.benchmarks import NEVER_RANKED, Benchmark, Family, benchmark, control, funnel
from parentis.services.improvement.alike import EDITION
from parentis.services.improvement.walls import WALL
from parentis.web.api.queries import figures as released
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.dashboards.pages import catalogue

REGION: Final = "london"
COLLECTED: Final = "Collected"
KEY: Final = ("measure", "geography", "period")
SECRET: Final = (
    "value", "numerator", "denominator", "shrunk", "deviation", "low", "high", "rank", "rank_median", "rank_low",
    "rank_high", "p_worst", "p_best", "p_best_half", "neighbours_mean", "gap", "p_worse", "slope", "chance",
    "wide_rank", "alike_mean", "gap_alike", "p_worse_alike",
)  # fmt: skip
"What would tell a hidden value, or be told with it."


def _frame(home: Home, name: str) -> pl.DataFrame | None:
    try:
        return workflow.frame(home, "improvement", name)
    except NotFoundError:
        return None


frames: VersionedCache[pl.DataFrame | None] = VersionedCache(_frame, mark=shown_mark, most=8)
"`frames(name)`: an output of the service; None before the first build."


def _wall(home: Home, viewer: Viewer) -> pl.DataFrame:
    held = _frame(home, "wall")
    if held is None or held.is_empty():
        return WALL.to_frame()
    titles = {one.id: one.title for one in catalogue()}
    names = {one.gss: one.name for one in region.authorities()}
    public = held.filter(pl.col("topic") != COLLECTED)
    private = held.filter(pl.col("topic") == COLLECTED)
    if private.height:
        seen = workflow.figures(home, measure="improvement", breakdown="", viewer=viewer)
        open_ = seen.filter(pl.col("value").is_not_null()).select(*KEY, seen=pl.lit(value=True)).unique()
        joined = private.join(open_, on=KEY, how="left", maintain_order="left")
        shown = pl.col("seen").fill_null(value=False)
        private = joined.with_columns(pl.when(shown).then(pl.col(name)).alias(name) for name in SECRET).drop("seen")
    return pl.concat([private, public]).with_columns(
        title=pl.col("measure").replace_strict(titles, default=pl.col("measure")),
        name=pl.col("geography").replace_strict(names, default=pl.col("geography")),
    )


wall: VersionedCache[pl.DataFrame] = VersionedCache(_wall, mark=shown_mark, most=24)
"`wall(viewer)`: rows of the wall with `title` and `name`."


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """One measure as a reader sees it. `rows` are dictionaries in order of place; `charts` SVG by name."""

    measure: Measure
    period: str
    rows: tuple[Mapping[str, Any], ...]
    own: Mapping[str, Any] | None
    facts: tuple[tuple[str, str], ...]
    charts: Mapping[str, str]
    history: tuple[tuple[str, str, str, str], ...]


def _page(home: Home, measure: str, place: str, viewer: Viewer) -> MeasurePage | None:
    try:
        known = catalogue()[measure]
    except NotFoundError:
        return None
    held = released(viewer, measure, None, None, "")
    authorities = held.filter(pl.col("geography").str.starts_with("E0"))
    if authorities.is_empty():
        return None
    last = authorities["period_end"].to_list()
    places = region.members(REGION, max(last))
    near = neighbours()
    found = benchmark(authorities, known, places=places, neighbours=near or None)
    if found is None:
        return None
    stored = wall(viewer).filter(pl.col("measure") == measure)
    names = {one.gss: one.name for one in region.authorities()}
    rows = stored if stored.height else found.rows.with_columns(
        name=pl.col("geography").replace_strict(names, default=pl.col("geography")), moved=pl.lit(value=False)
    )  # fmt: skip
    marked = rows.with_columns(own=pl.col("geography") == place).sort(
        pl.col("rank_median").is_null(), "rank_median", "rank_low", "name"
    )
    own = marked.filter("own").row(0, named=True) if marked["own"].any() else None
    return MeasurePage(
        known, found.period, tuple(marked.iter_rows(named=True)), own, _facts(found, marked),
        _charts(found, marked, place, held, names), _history(found, held, place),
    )  # fmt: skip


measure_page: VersionedCache[MeasurePage | None] = VersionedCache(_page, mark=shown_mark, most=96)
"`measure_page(measure, place, viewer)`; None for what cannot be compared."


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


def _charts(
    found: Benchmark, rows: pl.DataFrame, place: str, held: pl.DataFrame, names: Mapping[str, str]
) -> dict[str, str]:
    charts = {}
    ranked = rows.filter(pl.col("rank_median").is_not_null())
    if ranked.height:
        charts["ranks"] = evidence.caterpillar_chart(
            ranked.select("name", "own", "rank_low", "rank_median", "rank_high"),
            ranked.height,
        )
    points = found.history.filter(
        pl.col("period") == found.period, pl.col("denominator") > 0, pl.col("value").is_not_null()
    )
    if points.height >= 5 and points["numerator"].sum() > 0:
        charts["funnel"] = _funnel(found, points, place, names)
    if series := _series(found, held, place, names):
        charts["series"] = series
    return charts


def _funnel(found: Benchmark, points: pl.DataFrame, place: str, names: Mapping[str, str]) -> str:
    numerator, denominator = points["numerator"].to_numpy(), points["denominator"].to_numpy()
    of = funnel(numerator, denominator, Family.BINOMIAL if found.percent else Family.POISSON)
    sizes = np.linspace(max(float(denominator.min()), 1.0), float(denominator.max()), 40)
    parts = []
    for level, tail in (("95 %", 0.025), ("99.8 %", 0.001)):
        low, high = of.limits(sizes, tail)
        parts.append(pl.DataFrame({"denominator": sizes, "low": low * found.scale, "high": high * found.scale})
                     .with_columns(level=pl.lit(level)))  # fmt: skip
    dots = points.select(
        "denominator", "value", own=pl.col("geography") == place,
        name=pl.col("geography").replace_strict(names, default=pl.col("geography")),
    )  # fmt: skip
    return evidence.funnel_chart(dots, pl.concat(parts), of.pooled * found.scale, found.measure.unit)


def _series(found: Benchmark, held: pl.DataFrame, place: str, names: Mapping[str, str]) -> str:
    own = found.history.filter(pl.col("geography") == place, pl.col("value").is_not_null())
    if own.height < 2:
        return ""
    middle = found.history.filter(~pl.col("geography").is_in(list(NEVER_RANKED)), pl.col("value").is_not_null())
    usual = middle.group_by("period", "period_end").agg(value=pl.col("value").median()).sort("period_end")
    rows = pl.concat([
        own.select("period", "value", series=pl.lit(names.get(place, place))),
        usual.filter(pl.col("period").is_in(own["period"].to_list())).select("period", "value",
                                                                             series=pl.lit("Middle of the boroughs")),
    ])  # fmt: skip
    anew = _rebased(found.measure.id, place)
    limits = control(own["value"].to_numpy(), _at(own, anew))[-1]
    least = 0.0 if bool((own["value"] >= 0).all()) else limits.lower  # a share has nothing below nought
    levels = {"mean": limits.mean, "lower": max(limits.lower, least), "upper": limits.upper}
    return evidence.series_chart(rows, levels, found.measure.unit, anew)


def _rebased(measure: str, place: str) -> list[str]:
    """The quarters from which a borough counts the measure otherwise."""
    held = frames("rebased")
    if held is None:
        return []
    return held.filter(pl.col("measure") == measure, pl.col("geography") == place)["period"].to_list()


def _at(points: pl.DataFrame, periods: list[str]) -> tuple[int, ...]:
    return tuple(at for at, label in enumerate(points["period"]) if label in periods)


def _history(found: Benchmark, held: pl.DataFrame, place: str) -> tuple[tuple[str, str, str, str], ...]:
    own = found.history.filter(pl.col("geography") == place)
    wide = {row["period"]: row["value"] for row in held.filter(pl.col("geography") == REGION).iter_rows(named=True)}
    points = own.filter(pl.col("value").is_not_null())
    stretches = control(points["value"].to_numpy(), _at(points, _rebased(found.measure.id, place)))
    told = [one for stretch in stretches for one in stretch.points]
    says = dict(zip(points["period"], told, strict=True))
    return tuple(
        (row["period"], number(row["value"]), number(wide.get(row["period"])), str(says.get(row["period"], "")))
        for row in own.iter_rows(named=True)
    )


def number(value: float | None, digits: int = 1) -> str:
    """A number for people; nothing where there is none."""
    return "" if value is None else f"{value:,.{digits}f}"
