"""The benchmark of every service's measures: each one declared is compared, or says why it is not."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
import pytest

from parentis.figures import CountedFigures, Measure, Polarity
from parentis.figures.benchmarks import AMOUNTS, ROWS, Basis, Benchmark, Verdict, benchmark
from parentis.region import members
from parentis.services import services
from parentis.services.improvement.other_measures import OTHERS, compared_everywhere
from parentis.services.improvement.published import NEIGHBOURS
from parentis.services.improvement.walls import WALL
from parentis.web.improvement.seen_values import COMPARED, IN_WORDS

PLACES = members("london", date(2025, 3, 31))[:9]
YEARS = range(2020, 2026)


def declared() -> Iterator[tuple[str, Measure]]:
    """Every service's measures, but those that only a publisher's dictionary declares."""
    for service in services().values():
        found = service.measures.resolve()
        for one in () if callable(found) else found:
            yield service.id, one


MEASURES = dict.fromkeys(measure for _, measure in declared())


def figures_of(measure: Measure) -> pl.DataFrame:
    """Made-up figures of nine boroughs in six years: a per cent, with as many as it is of, or a number."""
    rng = np.random.default_rng(len(measure.id))
    rows = [
        {"measure": measure.id, "geography": place, "breakdown": "", "period": f"{year - 1}-{year % 100}",
         "period_start": date(year - 1, 4, 1), "period_end": date(year, 3, 31),
         "value": float(20 + 3 * at + rng.integers(0, 9)), "n": 200 + at}
        for year in YEARS for at, place in enumerate(PLACES)
    ]  # fmt: skip
    text = dict.fromkeys(("scenario", "gross_net", "cumulative", "netted", "method", "provenance_id", "unit"), "")
    return pl.DataFrame(rows).with_columns(
        *(pl.lit(said).alias(name) for name, said in text.items()),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("low", "high", "level", "numerator", "denominator")),
        audience=pl.lit("members"), suppressed=pl.lit(None, pl.String), authority_set=pl.lit(""),
        provisional=pl.lit(value=False),
    )  # fmt: skip


def compared(measure: Measure) -> Benchmark:
    near = {place: [one for one in PLACES if one != place] for place in PLACES}
    found = benchmark(figures_of(measure), measure, places=PLACES, neighbours=near, alike=near)
    assert found is not None, measure.id
    return found


@pytest.mark.integration
def test_every_services_measures_are_compared_or_say_why_not() -> None:
    """A sum and what has no better way are shown and not ranked; of the rest chance is known from counts or from years,
    or nobody can tell. Of measures without a better way one stands for all of its unit and service."""
    seen: dict[str, int] = {}
    walked = {
        (service, one.unit, one.id if one.polarity is not Polarity.NEUTRAL else ""): one for service, one in declared()
    }
    for measure in walked.values():
        rows = compared(measure).rows
        assert rows.columns == list(ROWS)
        assert rows["value"].null_count() == 0
        verdicts = set(rows["verdict"].to_list()) - {Verdict.UNRANKED}
        if measure.unit in AMOUNTS or measure.polarity is Polarity.NEUTRAL:
            assert not verdicts, measure.id
            assert rows["gap"].null_count() == rows.height, measure.id
            kind = "not ranked"
        else:
            assert verdicts, measure.id
            basis = (set(rows["basis"].to_list()) - {Basis.NONE} or {Basis.NONE}).pop()
            if basis is not Basis.NONE:
                assert rows["rank_low"].null_count() <= 1, "all but the City of London"
                assert rows["p_worse"].null_count() <= 1, measure.id
            kind = str(basis)
        seen[kind] = seen.get(kind, 0) + 1
    assert {service for service, _ in declared()} >= {"funding", "uasc", "custody", "adoption", "demand", "improvement"}
    assert min(seen.get(kind, 0) for kind in ("not ranked", Basis.COUNTS, Basis.YEARS)) > 0, seen
    assert sum(seen.values()) > 150


@pytest.mark.unit
def test_a_per_cent_of_no_people_is_not_taken_for_a_share_of_its_n() -> None:
    """Money in per cent of money, with the number of returns beside it: chance is not that of so many yes-or-noes."""
    by_id = {one.id: one for one in MEASURES}
    money, people = by_id["funding.csc.overspend_percent"], by_id["adoption.placed_12"]
    assert set(compared(money).rows["basis"].to_list()) != {Basis.COUNTS}
    assert compared(money).rows["denominator"].null_count() == len(PLACES)
    assert Basis.COUNTS in set(compared(people).rows["basis"].to_list())


@pytest.mark.integration
def test_what_is_not_on_the_wall_is_compared_at_the_end_of_a_build() -> None:
    by_id = {one.id: one for one in MEASURES}
    chosen = [
        by_id[one] for one in ("adoption.placed_12", "funding.csc.overspend", "improvement.s01", "uasc.gap.night")
    ]
    figures = CountedFigures.validate(
        pl.concat([figures_of(one) for one in chosen]).select(CountedFigures.column_names()), cast=True
    )
    wall = WALL.to_frame().clear()
    on_it = pl.concat([wall, pl.DataFrame({"measure": ["improvement.s01"]})], how="diagonal_relaxed")
    frames = {"wall": on_it, "neighbours": NEIGHBOURS.to_frame()}
    found = compared_everywhere(figures, {one.id: one for one in chosen}, frames)[OTHERS]
    assert set(found["measure"]) == {"adoption.placed_12", "uasc.gap.night"}, "no sum, and nothing twice"
    assert dict(found.select("measure", "topic").iter_rows())["adoption.placed_12"] == services()["adoption"].title
    nothing = compared_everywhere(figures.clear(), {}, frames)[OTHERS]
    assert (nothing.height, nothing.columns) == (0, list(WALL))


@pytest.mark.unit
def test_all_that_would_give_a_hidden_value_away_is_hidden_with_it() -> None:
    """Every number of a row, and every word but its quarter's."""
    numbers = {name for name, kind in WALL.items() if kind.is_numeric()}
    assert numbers <= set(COMPARED) - IN_WORDS
