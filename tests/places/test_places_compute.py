"""The run on the practice log: its truth is inside the interval, others get bands, thin logs give no estimate."""

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from parentis.returns import the_return
from parentis.services.places import bands, settlement
from parentis.services.places.compute import compute
from parentis.services.places.estimate import described, estimate
from parentis.services.places.measures import MEASURES
from parentis.services.places.needs import ASKS, EPISODES, PROVIDERS, REFERRALS, VACANCIES
from parentis.services.places.practice import practice
from parentis.services.places.practice_truth import TRUTH

pytestmark = pytest.mark.integration


def empty(name: str) -> pl.DataFrame:
    """A lake table that nobody filled."""
    return_id, table = name.split("/")
    columns = {one.name: one.dtype for one in the_return(return_id).spec.latest.tables[table].columns}
    lake = {"authority": pl.String, "period": pl.String, "sequence": pl.Int64, "load_id": pl.String, "row": pl.UInt32}
    return pl.DataFrame(schema={**columns, **lake})


@pytest.fixture(scope="module")
def tables() -> Mapping[str, pl.DataFrame]:
    years = [
        one.tables["referrals"].with_columns(
            period=pl.lit(one.period),
            load_id=pl.lit(f"L{one.period}"),
            row=pl.int_range(pl.len()).cast(pl.UInt32),
            sequence=pl.lit(1),
        )
        for one in practice(0)
        if one.return_id == "places.referrals"
    ]
    rest = {name: empty(name) for name in (ASKS, VACANCIES, PROVIDERS, EPISODES)}
    return {**rest, REFERRALS: pl.concat(years, how="diagonal_relaxed")}


@pytest.fixture(scope="module")
def result(tables):
    return compute(tables, {"futures": 20})


def test_the_practice_truth_lies_in_the_interval(result):
    parts = {row["part"]: row for row in result.frames["uncensored"].iter_rows(named=True)}
    for part, truth in (
        ("load", TRUTH.load), ("a_year", TRUTH.arrivals), ("stay", TRUTH.mean_stay), ("share", TRUTH.recorded)
    ):  # fmt: skip
        assert parts[part]["low95"] < truth < parts[part]["high95"]
    assert parts["placed_only"]["estimate"] < 0.6 * parts["load"]["estimate"]
    assert "never_referred" not in parts


def test_figures_are_traced_and_say_what_the_frames_say(result):
    figures = result.figures
    assert set(figures["measure"]) <= {one.id for one in MEASURES}
    assert figures["provenance_id"].null_count() == 0
    load = figures.filter(measure="places.load").row(0, named=True)
    part = result.frames["uncensored"].filter(part="load").row(0, named=True)
    assert (load["value"], load["low"], load["high"]) == (part["estimate"], part["low95"], part["high95"])
    whole = figures.filter(measure="places.referred")["value"].sum()
    own = figures.filter(measure="places.own.referred")
    assert own["value"].sum() == whole
    assert set(own["audience"]) == {"own"}


def test_each_rule_says_in_a_figure_who_would_leave(result):
    told = result.figures.filter(measure="places.rule.gain").sort("breakdown")
    rules = result.frames["rules"].sort("rule")
    assert told["breakdown"].to_list() == [f"rule={each}" for each in rules["rule"]]
    assert told["value"].to_list() == pytest.approx([each / 100 for each in rules["gain"]])
    assert (told.filter(pl.col("value") == 0).height > 0) == rules["in_core"].any()


def test_shares_add_up_for_each_rule_and_33_boroughs(result):
    sums = result.frames["shares"].group_by("rule").agg(pl.col("pence").sum(), boroughs=pl.len())
    assert sums["boroughs"].unique().to_list() == [33]
    assert sums["pence"].n_unique() == 1
    assert result.frames["rules"].height == sums.height


def test_members_share_without_the_rest_on_the_same_futures(tables):
    made = estimate(tables, {})
    members = made.authorities[1:30]
    whole, some = settlement.played(made, made.authorities), settlement.played(made, members)
    inside = np.isin(made.authorities, members)
    assert some.cost(np.ones(29, bool)) == pytest.approx(whole.cost(inside))
    assert len(settlement.groups(members).of) == 29
    assert sum(settlement.facts(made, members).children) < sum(settlement.facts(made, made.authorities).children)


def test_children_nobody_referred_have_rows_of_their_own(tables, result):
    asked = described(estimate(tables, {"never_low": 10.0, "never_high": 40.0}).demand)
    plainly = result.frames["uncensored"]
    assert asked.filter(~pl.col("part").str.starts_with("never")).equals(plainly)
    [row] = asked.filter(part="never_referred").iter_rows(named=True)
    assert (row["low80"], row["high80"]) == (pytest.approx(10, rel=0.1), pytest.approx(40, rel=0.1))


def test_other_boroughs_see_bands_alone(result):
    shown = result.frames["bands"]
    assert shown.height == 33 * 3
    assert set(shown["referred"]) <= {"0–3", "4–9", "10–24", "25+"}
    assert shown.columns == ["authority", "period", "referred", "unplaced", "placed"]


def test_two_years_give_counts_and_no_estimate(tables):
    two = {**tables, REFERRALS: tables[REFERRALS].filter(pl.col("period") != "2022-23")}
    found = compute(two, {})
    assert not {"uncensored", "sizing", "shares"} & set(found.frames)
    assert "bands" in found.frames
    assert "places.load" not in set(found.figures["measure"])
    assert found.figures.filter(measure="places.referred").height == 2


def test_nothing_handed_in_gives_nothing(tables):
    assert compute({**tables, REFERRALS: tables[REFERRALS].clear()}, {}).figures.is_empty()


@pytest.mark.parametrize(("count", "band"), [(0, "0–3"), (3, "0–3"), (4, "4–9"), (24, "10–24"), (25, "25+")])
def test_no_child_and_three_children_are_in_one_band(count, band):
    assert bands.band_of(count) == band


def test_a_payment_is_told_to_the_quarter_of_a_million():
    assert bands.money_band(30_000_000) == "£250,000 to £500,000"
    assert bands.money_band(24_999_999) == "£0 to £250,000"
