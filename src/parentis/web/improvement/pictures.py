"""Pictures of a measure: funnel, ranks, series. Each is drawn when it is asked for, so that the page does not wait."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import polars as pl

from parentis import evidence
from parentis.archive import Home
from parentis.figures import Viewer
from parentis.figures.benchmarks import NEVER_RANKED, Family, control, funnel
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.improvement.benchmarks import MeasurePage, begins_at, measure_page, names
from parentis.web.improvement.series_starts import version

FEWEST_IN_FUNNEL: Final = 5


def pictures_of(page: MeasurePage, place: str) -> list[str]:
    """Which pictures the measure has."""
    return [name for name, (there, _) in PICTURES.items() if there(page, place)]


def _draw(_home: Home, name: str, measure: str, place: str, viewer: Viewer, _decided: str) -> str | None:
    page = measure_page(measure, place, viewer)
    if page is None or name not in PICTURES:
        return None
    there, draw = PICTURES[name]
    return draw(page, place) if there(page, place) else None


_drawn: VersionedCache[str | None] = VersionedCache(_draw, mark=shown_mark, most=96)


def picture(name: str, measure: str, place: str, viewer: Viewer) -> str | None:
    """SVG of one of `PICTURES`; None where the measure has none of it."""
    return _drawn(name, measure, place, viewer, version())


def _has_ranks(page: MeasurePage, _place: str) -> bool:
    return bool(page.rows["rank_median"].is_not_null().any())


def _ranks(page: MeasurePage, _place: str) -> str:
    ranked = page.rows.filter(pl.col("rank_median").is_not_null())
    return evidence.caterpillar_chart(
        ranked.select("name", "own", "rank_low", "rank_median", "rank_high"), ranked.height
    )


def _points(page: MeasurePage) -> pl.DataFrame:
    return page.found.history.filter(
        pl.col("period") == page.found.period, pl.col("denominator") > 0, pl.col("value").is_not_null()
    )


def _has_funnel(page: MeasurePage, _place: str) -> bool:
    points = _points(page)
    return points.height >= FEWEST_IN_FUNNEL and float(points["numerator"].sum()) > 0


def _funnel(page: MeasurePage, place: str) -> str:
    found, points = page.found, _points(page)
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
        name=pl.col("geography").replace_strict(names(), default=pl.col("geography")),
    )  # fmt: skip
    return evidence.funnel_chart(dots, pl.concat(parts), of.pooled * found.scale, found.measure.unit)


def _own(page: MeasurePage, place: str) -> pl.DataFrame:
    return page.found.history.filter(pl.col("geography") == place, pl.col("value").is_not_null())


def _has_series(page: MeasurePage, place: str) -> bool:
    return _own(page, place).height >= 2


def _series(page: MeasurePage, place: str) -> str:
    found, own = page.found, _own(page, place)
    middle = found.history.filter(~pl.col("geography").is_in(list(NEVER_RANKED)), pl.col("value").is_not_null())
    usual = middle.group_by("period", "period_end").agg(value=pl.col("value").median()).sort("period_end")
    rows = pl.concat([
        own.select("period", "value", series=pl.lit(names().get(place, place))),
        usual.filter(pl.col("period").is_in(own["period"].to_list())).select("period", "value",
                                                                             series=pl.lit("Middle of the boroughs")),
    ])  # fmt: skip
    at = begins_at(own, page.starts)
    limits = control(own["value"].to_numpy(), at)[-1]
    least = 0.0 if bool((own["value"] >= 0).all()) else limits.lower  # a share has nothing below nought
    levels = {"mean": limits.mean, "lower": max(limits.lower, least), "upper": limits.upper}
    return evidence.series_chart(rows, levels, found.measure.unit, [own["period"][number] for number in at])


Picture = tuple[Callable[[MeasurePage, str], bool], Callable[[MeasurePage, str], str]]
PICTURES: Final[Mapping[str, Picture]] = {
    "funnel": (_has_funnel, _funnel),
    "ranks": (_has_ranks, _ranks),
    "series": (_has_series, _series),
}
"By name: whether a measure has it, and its SVG."
