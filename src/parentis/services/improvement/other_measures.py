"""Other services' measures compared between boroughs, where possible: computed at the end of a build, so that pages
do not wait for it."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from parentis.figures import Measure, Polarity
from parentis.figures.benchmarks import AMOUNTS, benchmark
from parentis.region import members
from parentis.services.improvement.alike import EDITION
from parentis.services.improvement.collected import REGION
from parentis.services.improvement.published import listed
from parentis.services.improvement.walls import WALL
from parentis.services.service import services

OTHERS: Final = "others"
LAIT: Final = "statistics.lait."


def compared_everywhere(
    figures: pl.DataFrame, measures: Mapping[str, Measure], frames: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """`others`: rows in the shape of the wall (`WALL`, no series flagged) for every measure that is not on it and can
    be ranked: it has a polarity, is not an amount, and has figures by authority. LAIT's other measures have pages of
    their own and are left out."""
    titles = {one.id: one.title for one in services().values()}
    on_the_wall = set(frames["wall"]["measure"].unique())
    wanted = [
        one.id for one in measures.values()
        if one.polarity is not Polarity.NEUTRAL and one.unit not in AMOUNTS and one.id not in on_the_wall
        and not one.id.startswith(LAIT)
    ]  # fmt: skip
    own = figures.filter(
        pl.col("measure").is_in(wanted), pl.col("geography").str.starts_with("E0"), pl.col("breakdown") == ""
    )
    if own.is_empty():
        return {OTHERS: WALL.to_frame()}
    places = members(REGION, own["period_end"].max())  # type: ignore[arg-type]
    computed = pl.col("edition") == EDITION
    near, alike = (listed(frames["neighbours"].filter(which)) for which in (~computed, computed))
    if not near:
        near = {one: tuple(other for other in places if other != one) for one in places}
    parts = []
    for (measure,), rows in own.sort("measure").partition_by("measure", as_dict=True, maintain_order=True).items():
        known = measures[str(measure)]
        found = benchmark(rows, known, places=places, neighbours=near, alike=alike or None)
        if found is not None:
            topic = titles.get(known.id.split(".")[0], "")
            parts.append(
                found.rows.with_columns(measure=pl.lit(known.id), topic=pl.lit(topic), moved=pl.lit(value=False))
            )
    if not parts:
        return {OTHERS: WALL.to_frame()}
    return {OTHERS: pl.concat(parts).select(pl.col(name).cast(kind) for name, kind in WALL.items())}
