"""The practice region, whose children's risk is planted: the model finds it, a year on and in boroughs it never saw."""

import polars as pl
import pytest

from parentis.practice.calendar import label
from parentis.practice.ssda903 import simulated, year_tables
from parentis.practice.targets import FIRST_RETURN, LAST_RETURN, london
from parentis.services.cohort.identification.frames import identification

SEED = 903


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    world = simulated(SEED)
    gss = pl.Series([one.gss for one in london()])
    held: dict[str, list[pl.DataFrame]] = {}
    for year in range(FIRST_RETURN, LAST_RETURN + 1):
        for name, frame in year_tables(SEED, world, year).items():
            if name in ("Episodes", "Header", "UASC", "Missing", "DoLo"):
                made = frame.with_columns(
                    authority=gss.gather(frame["at"].cast(pl.UInt32)), period=pl.lit(label(year)),
                    load_id=pl.lit(str(year)), sequence=pl.lit(year, dtype=pl.Int64),
                )  # fmt: skip
                held.setdefault(f"ssda903/{name}", []).append(made.with_row_index("row"))
    tables = {name: pl.concat(parts, how="diagonal_relaxed") for name, parts in held.items()}
    return identification(tables, samples=200)


@pytest.mark.generative
def test_chances_are_right_a_year_on_and_in_boroughs_never_seen(frames: dict[str, pl.DataFrame]) -> None:
    told = frames["risk_calibration"].filter(pl.col("by") == "all")
    assert set(told["validation"]) == {"time", "left out"}
    for row in told.iter_rows(named=True):
        assert row["slope"] == pytest.approx(1, abs=0.1), row
        assert row["intercept"] == pytest.approx(0, abs=0.05), row
        assert row["slope_low"] < 1 < row["slope_high"]
        assert row["intercept_low"] < 0 < row["intercept_high"]


@pytest.mark.generative
def test_what_was_planted_is_found_and_claimed(frames: dict[str, pl.DataFrame]) -> None:
    """Odds in the months after a day, of facts planted as odds in the month after (practice/older_risk.py)."""
    odds = {
        row["title"]: row for row in frames["risk_terms"].filter(pl.col("outcome") == "event").iter_rows(named=True)
    }
    for title, least, most in [
        ("A carer ended a placement for behaviour in the last 6 months", 1.5, 3.5),
        ("Missing three times or more in the last 90 days", 1.8, 3.5),
        ("Unaccompanied and asylum seeking", 0.35, 0.6),
        ("Came into care at 14 or over", 1.05, 1.8),
    ]:
        assert least < odds[title]["odds"] < most, title
    assert odds["Two placements in the last 12 months"]["low"] > 3
    assert frames["risk_headline"]["claimed"].item()
    at_london = frames["risk_capacity"].filter(pl.col("geography") == "london", pl.col("places") == 100)
    found = dict(at_london.select("policy", "found").iter_rows())
    assert found["model"] > max(found["two_moves"], found["carer_ended"], found["by lot"])
