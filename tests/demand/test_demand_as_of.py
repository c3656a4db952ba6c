"""What is known at the cut: nothing of returns made later, and what earlier ones let be known of those who stayed."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from demand_tables import tables_of
from test_demand_inputs import years

from parentis.errors import NotFoundError
from parentis.services.demand import FOUR, fit, simulate
from parentis.services.demand.commands import forecast
from parentis.services.demand.estimation.extracts import as_yearly
from parentis.services.demand.estimation.imputation import completed
from parentis.services.demand.simulation.backtest import backtest, scores
from parentis.services.demand.tables import EPISODES, NEEDS

STAYS, SPRING = 15, date(2020, 5, 1)
"Children of `habitual` who stay in one placement, and when the first of them comes."


def habitual(*, complete: bool = False) -> list[tuple]:
    """Two years' returns. Fifteen children stay from 2020 on; fifteen more come in 2020 and leave in 2021. Unless
    `complete`, the second return leaves out those who stayed."""
    rows = []
    for at in range(STAYS):
        start, gone = SPRING + timedelta(days=at), date(2021, 6, 1) + timedelta(days=at)
        rows += [
            ("2020-21", f"stays{at}", start, "U4", "PR1", None, "X1", "C2"),
            ("2020-21", f"goes{at}", start, "K2", "PR4", None, "X1", "C2"),
            ("2021-22", f"goes{at}", start, "K2", "PR4", gone, "E4A", "C2"),
        ]
        if complete:
            rows.append(("2021-22", f"stays{at}", start, "U4", "PR1", None, "X1", "C2"))
    return rows


@pytest.mark.spec
@pytest.mark.parametrize("day", [date(2021, 3, 31), date(2021, 4, 1), date(2021, 9, 30), date(2022, 3, 30)])
def test_returns_of_years_that_end_after_the_cut_might_as_well_not_exist(day: date) -> None:
    tables = tables_of(years(2019, 2022))
    made_by_then = {name: rows.filter(pl.col("period") <= "2020-21") for name, rows in tables.items()}
    plain = simulate(fit(tables, cut=day), months=12, replicates=5)
    alone = simulate(fit(made_by_then), months=12, replicates=5)
    assert (plain.stock == alone.stock).all()
    assert plain.month_ends[0] == date(2021, 4, 30)


@pytest.mark.spec
def test_a_fact_after_the_cut_in_a_return_made_before_it_is_not_believed() -> None:
    rows = years(2019, 2020)
    future = [(*row[:5], date(2021, 8, 1), "E4A", row[7]) if row[5] is None and row[0] == "2020-21" else row
              for row in rows]  # fmt: skip
    assert future != rows
    cut = date(2021, 3, 31)
    plain, told = (simulate(fit(tables_of(one), cut=cut), months=6, replicates=5) for one in (rows, future))
    assert (plain.stock == told.stock).all()


@pytest.mark.unit
def test_a_cut_within_a_year_is_forecast_from_the_years_end_before_and_says_so() -> None:
    tables = tables_of(years(2019, 2022))
    whole = forecast(tables, cut="2021-03-31", months=9, replicates=20).document
    later = forecast(tables, cut="2021-09-30", months=3, replicates=20).document
    assert list(later["total"]) == ["2021-10-31", "2021-11-30", "2021-12-31"]
    assert later["total"] == {day: whole["total"][day] for day in later["total"]}
    assert any("tells to 2021-03-31" in note for note in fit(tables, cut=date(2021, 9, 30)).notes)


@pytest.mark.spec
def test_a_return_that_leaves_out_who_stayed_is_made_whole_from_the_one_before() -> None:
    whole, (note,) = completed(tables_of(habitual()))
    put_back = whole[EPISODES].filter(pl.col("period") == "2021-22", pl.col("CHILD").str.starts_with("stays"))
    assert (put_back.height, put_back["DEC"].null_count()) == (STAYS, STAYS)
    assert "15 children" in note
    assert "2021-22" in note
    assert len(fit(tables_of(habitual()), groups=FOUR).stock.key) == STAYS


@pytest.mark.spec
@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (habitual(complete=True), "it shows who stayed: that others are missing is no habit"),
        ([row for row in habitual() if not row[1].startswith("stays")], "nobody is missing"),
        ([row for row in habitual() if row[1] in ("stays0", "stays1") or "goes" in row[1]], "two may be a mistake"),
        (
            [(*row[:0], row[0].replace("2020-21", "2018-19"), *row[1:]) for row in habitual()],
            "a return between is lost",
        ),
    ],
    ids=lambda one: one.split(":")[0] if isinstance(one, str) else "",
)
def test_other_returns_are_left_as_they_are(rows: list[tuple], why: str) -> None:
    tables = tables_of(rows)
    assert completed(tables)[0][EPISODES].equals(tables[EPISODES]), why


@pytest.mark.unit
def test_who_turned_eighteen_in_the_year_is_not_put_back() -> None:
    header = [("2020-21", f"stays{at}", date(2003, 9, 1) if at < 3 else date(2010, 1, 1)) for at in range(STAYS)]
    whole, _ = completed(tables_of(habitual(), header))
    assert whole[EPISODES].height == len(habitual()) + STAYS - 3


@pytest.mark.unit
def test_what_an_extract_says_of_a_child_is_known_in_every_year_the_child_is_in() -> None:
    rows = [("2022-23", *row[1:]) for row in years(2019, 2022) if row[5]]
    header = [("2022-23", name, date(2012, 2, 2)) for name in sorted({row[1] for row in rows})]
    model = fit(as_yearly(tables_of(rows, header)), groups=FOUR, cut=date(2021, 3, 31))
    assert not any("date of birth" in note for note in model.notes)


@pytest.mark.real
@pytest.mark.functional
@pytest.mark.parametrize(
    ("cut", "most"),
    # At the first cut one year of entries gives no sign of their drying up, and a fifth of the stock is in no return.
    [(date(2018, 3, 31), 15), (date(2019, 3, 31), 7), (date(2020, 3, 31), 7), (date(2021, 3, 31), 15)],
)
def test_the_published_cohort_is_forecast_from_what_was_returned(cut: date, most: float, shared_data: Path) -> None:
    from parentis import workflow

    tables = workflow.tables_from_files([shared_data / "returns" / "ssda903_demand_model"], NEEDS)
    found = backtest(as_yearly(tables), origins=(cut,), horizons=(12,), replicates=300)
    total = scores(found).filter(pl.col("group") == "total").row(0, named=True)
    assert total["mape"] < most
    assert total["mae"] < total["mae_flat"] / 2


def extracted(last: date) -> list[tuple]:
    """Two whole years, and of the third what an extract on `last` tells."""
    rows = []
    for row in years(2019, 2021):
        start, end = row[2], row[5]
        if row[0] != "2021-22":
            rows.append(row)
        elif start <= last:
            rows.append(row if end is None or end <= last else (*row[:5], None, None, row[7]))
    return rows


@pytest.mark.spec
def test_an_extract_within_the_year_is_forecast_from_its_last_day() -> None:
    tables = tables_of(extracted(date(2021, 6, 30)))
    asked, default = (forecast(tables, cut=cut, months=2, replicates=20).document for cut in ("2021-06-30", ""))
    assert list(asked["total"]) == ["2021-07-31", "2021-08-31"]
    assert asked == default
    model = fit(tables)
    assert model.cut == date(2021, 6, 30)
    assert any("known to 2021-06-30" in note for note in model.notes)


@pytest.mark.spec
def test_an_extract_made_after_the_cut_might_as_well_not_exist() -> None:
    tables = tables_of(extracted(date(2021, 6, 30)))
    without = {name: rows.filter(pl.col("period") <= "2020-21") for name, rows in tables.items()}
    plain = simulate(fit(tables, cut=date(2021, 5, 31)), months=6, replicates=5)
    alone = simulate(fit(without), months=6, replicates=5)
    assert (plain.stock == alone.stock).all()


@pytest.mark.spec
def test_rows_without_a_start_are_counted() -> None:
    rows = [(*row[:2], None, *row[3:]) if at % 20 == 0 else row for at, row in enumerate(years(2019, 2021))]
    lost = [row for row in rows if row[2] is None]
    note = next(note for note in fit(tables_of(rows)).notes if "no start date" in note)
    assert note.startswith(f"{len(lost):,} episode rows of {len({row[1] for row in lost}):,} children")


@pytest.mark.unit
def test_episodes_without_a_start_are_told_with_the_children_who_are_in_no_number() -> None:
    rows = years(2019, 2022)
    known = next(row[1] for row in rows if row[0] == "2020-21" and row[5] is None)  # still there in another row
    lost = [("2020-21", child, None, "U4", "PR1", None, "X1", "C2") for child in ("lost1", "lost2", known)]
    cut = date(2021, 3, 31)
    assert not any("no start" in note for note in fit(tables_of(rows), cut=cut).notes)
    assert fit(tables_of([*rows, *lost]), cut=cut).notes[0] == (
        "3 episode rows of 3 children have no start date that can be read and were left out. "
        "2 of the children are looked after at the end by such a row alone: they are not counted."
    )


@pytest.mark.unit
def test_a_forecast_is_asked_for_by_any_name_of_the_authority() -> None:
    tables = {
        name: frame.with_columns(authority=pl.lit("E09000007")) for name, frame in tables_of(years(2019, 2022)).items()
    }
    asked = {"cut": "2021-03-31", "months": 1, "replicates": 5}
    by_code = forecast(tables, authority="E09000007", **asked)
    for name in ("Camden", "202", "London Borough of Camden"):
        assert forecast(tables, authority=name, **asked).rows.equals(by_code.rows)
    assert by_code.rows.columns == ["group", "month_end", "mean", "sd", "p2_5", "p10", "p50", "p90", "p97_5"]
    for row in by_code.rows.iter_rows(named=True):
        assert by_code.document[row["group"]][row["month_end"].isoformat()]["p50"] == row["p50"]
    with pytest.raises(NotFoundError, match="authorities of the model: E09000007"):
        forecast(tables, authority="Barnet", **asked)
