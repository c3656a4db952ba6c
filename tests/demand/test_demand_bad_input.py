"""Bad and awkward input, one row each: what is told, and what is done instead. Nothing becomes a number in silence."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from demand_tables import tables_of
from test_demand_inputs import years

from parentis.errors import UserError
from parentis.services.demand import FOUR, Capacity, Rate, Scenario, fit, outlook, simulate
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.estimation.model import fit_histories

CAMDEN = "E09000007"


def notes(rows: list[tuple], **changed: object) -> Iterable[str]:
    """What the model says of returns, its diagnostics included; it must be able to forecast from them."""
    model = fit(tables_of(rows, **changed), groups=FOUR)  # type: ignore[arg-type]
    paths = simulate(model, months=6, replicates=8)
    assert np.isfinite(paths.nights).all()
    assert (paths.stock >= 0).all()
    thin = model.diagnostics.select(pl.format("{}: {}", "where", "says").alias("said"))
    return [*model.notes, *thin["said"]]


def nobody_leaves() -> Iterable[str]:
    return notes([*years(2020, 2022), *(("2022-23", f"h{at}", date(2022, 6, 1), "H5", "PR4", None, "X1", "C2")
                                        for at in range(3))])  # fmt: skip


def three_children() -> Iterable[str]:
    return notes([row for row in years(2020, 2022) if row[1].endswith(("c38", "c39"))])


def no_births() -> Iterable[str]:
    rows = years(2021, 2022)
    return notes(rows, header=[(row[0], row[1], None) for row in rows])


def unpriced() -> Iterable[str]:
    found = outlook(tables_of(years(2020, 2022), authority=CAMDEN), {"years": 1, "replicates": 4})
    return found.notes if found else ()


def crowded() -> Iterable[str]:
    model = fit(tables_of(years(2020, 2022)), groups=FOUR)
    limit = Capacity(state="fostering", places=1, overflow="other")
    paths = simulate(model, Scenario("", (limit,)), months=6, replicates=8)
    assert (np.diff(paths.region()[:, 0], axis=1) <= 0).all()
    return paths.notes


def cut(day: date) -> Callable[[], Iterable[str]]:
    def refused() -> Iterable[str]:
        with pytest.raises(UserError) as told:
            fit(tables_of(years(2020, 2022)), cut=day)
        return [str(told.value)]

    return refused


def nothing(rows: list[tuple]) -> Callable[[], Iterable[str]]:
    def refused() -> Iterable[str]:
        with pytest.raises(UserError) as told:
            fit(tables_of(rows))
        return [str(told.value)]

    return refused


RESPITE = [("2022-23", "a", date(2022, 5, 1), "U4", "PR1", date(2022, 5, 5), "E8", "V4")]

CASES: dict[str, tuple[Callable[[], Iterable[str]], str]] = {
    "no exits in a state": (nobody_leaves, "supported: 0 events"),
    "a borough with three children": (three_children, "its rates are the region's"),
    "a single year": (lambda: notes(years(2022, 2022)), "Less than two years of returns"),
    "gaps between years": (
        lambda: notes([row for row in years(2019, 2022) if row[0] != "2020-21"]),
        "years are missing between its returns",
    ),
    "children with no date of birth": (no_births, "have no date of birth"),
    "a cut before the data": (cut(date(2019, 3, 31)), "a cut from 2021-03-31"),
    "a cut in the first year": (cut(date(2020, 9, 30)), "a cut from 2021-03-31"),
    "a cut after the data": (cut(date(2030, 3, 31)), "to 2023-03-31"),
    "prices missing for a group": (unpriced, "nobody has a price"),
    "capacity below current stock": (crowded, "Nobody is moved out"),
    "no episodes": (nothing([]), "at least one year's"),
    "short breaks alone": (nothing(RESPITE), "other than short breaks"),
}


@pytest.mark.spec
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_in_a_sentence(case: str) -> None:
    said, expected = CASES[case]
    assert any(expected in one for one in said())


@pytest.mark.unit
def test_a_limit_with_room_says_nothing_and_one_of_other_authorities_neither(known: Histories) -> None:
    region = replace(
        known, authorities=("A", "B"), authority=(known.child % np.uint64(2)).astype(np.int64), runs=known.runs * 2
    )
    model = fit_histories(region)
    at_b = int(((model.stock.state == 1) & (model.stock.authority == 1)).sum())
    for places, authority, sentences in ((at_b, "B", 0), (at_b - 1, "B", 1), (10_000, "A", 0)):
        limit = Capacity(state="residential", places=places, overflow="other", authorities=(authority,))
        assert len(simulate(model, Scenario("", (limit,)), months=1, replicates=1).notes) == sentences
    other_way = model.only("B", "A")
    limit = Capacity(state="residential", places=at_b - 1, overflow="other", authorities=("B",))
    both = Scenario("", (limit, Rate(kind="entry", factor=1.0)))
    assert len(simulate(other_way, both, months=1, replicates=1).notes) == 1
