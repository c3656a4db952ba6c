"""What LAIT's percentages are of: rebuilt counts against published ones, and what is left open."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from improvement.public_lait import TOPICS, dictionary, lait
from parentis.region import match_authorities
from parentis.services.statistics.denominators import COUNTED, declared_denominators, with_counts

DONE, HELD = "CPP_Reviewed_InReqTimeScl", "CPP_31March_3MnthorMore"
IDS = {name: f"m.{name}" for name in ("ReReferral", "CPP_Total_NumRef", "CPPlans2yrs", "CPRDuration", "RevCP",
       DONE, HELD, "CPP_Abuse_Rate", "CPP_Abuse")}  # fmt: skip
CAMDEN, BARNET = "E09000007", "E09000003"


def values(*rows: tuple[str, str, float | None], year: int = 2025) -> pl.DataFrame:
    schema = {"measure": pl.String, "geography": pl.String, "value": pl.Float64}
    frame = pl.DataFrame([(IDS[short], *rest) for short, *rest in rows], schema=schema, orient="row")
    return frame.with_columns(period_end=pl.lit(date(year, 3, 31)))


@pytest.mark.spec
@pytest.mark.parametrize(
    ("rows", "numerator", "denominator", "low", "high"),
    [
        # 18.3 % of 2,086: 18.25 to 18.35 is 380.7 to 382.8
        ([("ReReferral", CAMDEN, 18.3), ("CPP_Total_NumRef", CAMDEN, 2086.0)], 382.0, 2086.0, 380.695, 382.781),
        # a published numerator is used as it is
        ([("RevCP", CAMDEN, 97.1), (DONE, CAMDEN, 68.0), (HELD, CAMDEN, 70.0)],
         68.0, 70.0, 68.0, 68.0),
        # no denominator is published: from number and per cent
        ([("CPPlans2yrs", CAMDEN, 4.5), ("CPRDuration", CAMDEN, 9.0)], 9.0, 200.0, 9.0, 9.0),
        # nothing fits: more numerator than denominator
        ([("RevCP", CAMDEN, 97.1), (DONE, CAMDEN, 71.0), (HELD, CAMDEN, 70.0)],
         None, None, None, None),
        # another borough's number is no denominator
        ([("ReReferral", CAMDEN, 18.3), ("CPP_Total_NumRef", BARNET, 2086.0)], None, None, None, None),
    ],
    ids=["rebuilt", "published", "from the numerator", "contradiction", "elsewhere"],
)  # fmt: skip
def test_counts_behind_a_percentage(
    rows: list[tuple[str, str, float]], numerator: float, denominator: float, low: float, high: float
) -> None:
    found = with_counts(values(*rows), IDS).row(0, named=True)
    for name, expected in (("numerator", numerator), ("denominator", denominator), ("numerator_low", low),
                           ("numerator_high", high)):  # fmt: skip
        assert found[name] == (pytest.approx(expected, abs=1e-3) if expected is not None else None), name


@pytest.mark.spec
def test_a_rate_is_over_the_population_of_the_year_before() -> None:
    from parentis.region import population_0_17

    known = population_0_17().filter(pl.col("authority") == CAMDEN, pl.col("year") == 2024)["population"].item()
    found = with_counts(values(("CPP_Abuse_Rate", CAMDEN, 40.0), ("CPP_Abuse", CAMDEN, 160.0)), IDS).row(0, named=True)
    assert (found["numerator"], found["denominator"]) == (160.0, known)


@pytest.mark.unit
def test_rows_keep_their_order_and_unknown_measures_have_nothing() -> None:
    given = values(("CPP_Total_NumRef", BARNET, 5.0), ("ReReferral", BARNET, None), ("CPP_Total_NumRef", CAMDEN, 7.0))
    found = with_counts(given, IDS)
    assert found.select(given.columns).equals(given)
    assert found.select(list(COUNTED)).null_count().row(0) == (3,) * len(COUNTED)


@pytest.mark.integration
def test_the_declared_numbers_are_what_the_percentages_are_of(shared_data: Path) -> None:
    """Second route: where LAIT publishes the numerator too, it is the rebuilt one as far as rounding goes; and a rate
    over the population is the published rate."""
    raw = lait(shared_data).filter(pl.col("years").str.contains(r"^\d{4}$"))
    places = match_authorities(raw.select(code=pl.col("number").cast(pl.String)).unique(), "code")
    held = raw.with_columns(code=pl.col("number").cast(pl.String)).join(places.select("code", "authority"), on="code")
    frame = held.select(
        "measure", geography="authority", value="value", period_end=pl.date(pl.col("years").cast(pl.Int32), 3, 31)
    )
    ids = {short: short for short in frame["measure"].unique()}
    found = with_counts(frame, ids).filter(pl.col("fit") == "exact")
    checked = 0
    for one in declared_denominators().values():
        if one.fit == "exact" and one.numerator and one.denominator:
            rows = found.filter(pl.col("measure") == one.measure)
            rebuilt = pl.col("numerator") / pl.col("denominator") * one.scale
            near = rows.filter((rebuilt - pl.col("value")).abs() <= 0.51)
            assert rows.height > 700
            assert near.height / rows.height > 0.93, one.measure
            checked += 1
    assert checked >= 6
    assert found["measure"].n_unique() >= 15


@pytest.mark.spec
def test_the_share_of_measures_whose_denominator_is_known(shared_data: Path) -> None:
    """Of the 75 measures of children's social care with a better way: 16 exact, 10 near, 49 by their movement alone."""
    polar = dictionary(shared_data).filter(pl.col("topic").is_in(TOPICS), pl.col("polarity").is_in(["Low", "High"]))
    known = {one.measure: one.fit for one in declared_denominators().values()}
    assert set(known) <= set(polar["measure"])
    fits = [known.get(measure, "none") for measure in polar["measure"]]
    assert {fit: fits.count(fit) for fit in ("exact", "near", "none")} == {"exact": 16, "near": 10, "none": 49}
