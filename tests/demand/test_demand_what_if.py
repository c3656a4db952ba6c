"""A scenario beside the forecast, for some children: parts add up to the whole, and two routes agree."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from parentis.services.demand import Mix, Price, Rate, Scenario, Whom
from parentis.services.demand.estimation.bands import AGES
from parentis.services.demand.estimation.histories import Histories, day_number
from parentis.services.demand.estimation.model import fit_histories
from parentis.services.demand.estimation.shrinkage import pool
from parentis.services.demand.money.comparison import Basis, difference, run
from parentis.services.demand.money.prices import Prices
from parentis.services.demand.money.uplifts import uplifts
from parentis.services.demand.money.what_if import (
    CHILDREN,
    COST,
    REAL,
    WhatIf,
    children_before,
    compared,
    futures,
    past_of,
)

FEWER = Scenario("", (Rate(kind="entry", factor=0.7),))


@pytest.fixture(scope="module")
def held(known: Histories) -> WhatIf:
    model = fit_histories(known)
    n, groups = len(model.groups.names), model.groups.names
    shape = (len(model.authorities), n)
    each = pool(np.log(np.full(shape[0], 100.0)), np.full(shape[0], 0.01))
    prices = Prices(
        period="2023-24", authorities=model.authorities, groups=groups, posterior=(each,) * n,
        chance=np.zeros(shape), net_share=np.ones(shape), source=("test",) * n, cells=None, notes=(),  # type: ignore[arg-type]
    )  # fmt: skip
    basis = Basis(model=model, prices=prices, uplifts=uplifts({}, model.groups, "2023-24", 3), months=36, replicates=12)
    return WhatIf(basis=basis, past=past_of(known))


def _cost(frame: pl.DataFrame, what: str = COST) -> dict[str, float]:
    rows = frame.filter(pl.col("authority").is_null(), pl.col("what") == what, pl.col("group") == "total")
    return dict(rows.select("year", "difference").iter_rows())


@pytest.mark.integration
def test_it_says_what_the_comparison_of_runs_says(held: WhatIf) -> None:
    everyone = Whom(authorities=held.basis.model.names)
    frame = compared(futures(held, everyone, Scenario()), futures(held, everyone, FEWER))
    before = run(held.basis)
    told = difference(before, run(held.basis, FEWER, like=before)).filter(
        pl.col("authority").is_null(), pl.col("what") == "cost", pl.col("group") == "total"
    )
    for year, mean in told.select("year", "mean").iter_rows():
        assert _cost(frame)[year] == pytest.approx(mean)
    assert _cost(frame)["all"] == pytest.approx(told["mean"].sum())


@pytest.mark.integration
def test_every_difference_is_the_scenario_less_the_forecast(held: WhatIf) -> None:
    one = Whom(authorities=held.basis.model.names[:1])
    frame = compared(futures(held, one, Scenario()), futures(held, one, FEWER, inflation=0.02))
    assert frame["difference"].to_numpy() == pytest.approx((frame["scenario"] - frame["forecast"]).to_numpy())


@pytest.mark.integration
@pytest.mark.parametrize("scenario", [Scenario(), FEWER, Scenario("", (Mix(source="residential", target="supported", share=0.5),))])  # fmt: skip  # noqa: E501
def test_ages_and_unaccompanied_children_add_up_to_all(held: WhatIf, scenario: Scenario) -> None:
    names = held.basis.model.names
    whole = futures(held, Whom(authorities=names), scenario)
    halves = [futures(held, Whom(authorities=names, uasc=one), scenario) for one in (True, False)]
    ages = [futures(held, Whom(authorities=names, ages=(one,)), scenario) for one in AGES]
    for parts in (halves, ages):
        assert np.array_equal(sum(one.paths.stock for one in parts), whole.paths.stock)
        assert sum(one.costs.net for one in parts) == pytest.approx(whole.costs.net, rel=1e-5)


@pytest.mark.integration
def test_inflation_changes_prices_and_no_child(held: WhatIf) -> None:
    everyone = Whom(authorities=held.basis.model.names)
    plain = futures(held, everyone, Scenario())
    dearer = futures(held, everyone, Scenario(), inflation=0.01)
    assert np.array_equal(plain.paths.stock, dearer.paths.stock)
    first = dearer.costs.net[..., 0] / np.where(plain.costs.net[..., 0] > 0, plain.costs.net[..., 0], np.nan)
    step = (1 + held.basis.uplifts.inflation[0] + 0.01) / (1 + held.basis.uplifts.inflation[0])
    years = len(plain.costs.years)
    assert np.nanmax(first) == pytest.approx(np.nanmin(first))
    assert np.nanmax(first) >= step - 1e-9
    last = dearer.costs.net[..., -1].sum() / plain.costs.net[..., -1].sum()
    assert last == pytest.approx(np.nanmax(first) * step ** (years - 1), rel=0.01), "it compounds"


@pytest.mark.integration
def test_real_terms_use_the_forecasts_own_general_prices(held: WhatIf) -> None:
    everyone = Whom(authorities=held.basis.model.names)
    plain = futures(held, everyone, Scenario())
    frame = compared(plain, futures(held, everyone, Scenario("", (Price(factor=2.0),))))
    rows = frame.filter(pl.col("authority").is_null(), pl.col("group") == "total", pl.col("what") == REAL)
    by_hand = (plain.costs.net.sum(axis=(1, 2)) / plain.costs.general).mean(axis=0)
    assert rows.filter(pl.col("year") != "all")["difference"].to_list() == pytest.approx(list(by_hand))


@pytest.mark.integration
def test_the_past_is_who_was_looked_after_on_that_night(known: Histories, held: WhatIf) -> None:
    everyone = Whom(authorities=held.basis.model.names)
    frame = children_before(held.past, everyone)
    assert frame["month_end"].to_list()[-1] == known.cut
    seen = 0
    for day, count in frame.iter_rows():
        night = day_number(day)
        if count is None:
            continue
        seen += 1
        assert count == sum(bool(s <= night < e) for s, e in zip(known.start, known.end, strict=True))
    assert seen > 12
    by_age = sum(
        children_before(held.past, Whom(authorities=everyone.authorities, ages=(one,)))["children"] for one in AGES
    )
    assert by_age.to_list() == frame["children"].to_list()


@pytest.mark.integration
def test_a_month_without_a_return_is_not_nought(known: Histories) -> None:
    long_ago = past_of(known, months=400)
    frame = children_before(long_ago, Whom(authorities=known.authorities))
    assert frame.filter(pl.col("month_end") < date(1999, 1, 1))["children"].null_count() > 0


@pytest.mark.integration
def test_children_are_those_of_the_31st_of_march(held: WhatIf) -> None:
    everyone = Whom(authorities=held.basis.model.names)
    plain = futures(held, everyone, Scenario())
    frame = compared(plain, plain).filter(pl.col("what") == CHILDREN, pl.col("group") == "total", pl.col("authority").is_null())  # fmt: skip  # noqa: E501
    at = [n for n, end in enumerate(plain.paths.month_ends) if (end.month, end.day) == (3, 31)]
    assert frame["forecast"].to_list() == pytest.approx(list(plain.paths.total()[:, at].mean(axis=0)))
