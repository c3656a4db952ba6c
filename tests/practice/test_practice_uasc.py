"""Practice registers and survey answers: sound, of the same children as the looked-after returns, of known truth."""

from pathlib import Path

import polars as pl
import pytest

from parentis import practice
from parentis.returns import check_spec, read, the_return, type_cells, write_files
from parentis.services.uasc import LEDGER_NEEDS, Ledger, ledger

SEED = 1


@pytest.fixture(scope="module")
def region() -> dict[str, pl.DataFrame]:
    """Tables of the whole region without mistakes, by return and name."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for one in practice.region(SEED, mistakes=0):
        for name, table in one.tables.items():
            added = table.with_row_index("row").with_columns(
                authority=pl.lit(one.submitter),
                period=pl.lit(one.period),
                load_id=pl.lit("made"),
                sequence=pl.lit(1, dtype=pl.Int64),
            )
            parts.setdefault(f"{one.return_id}/{name}", []).append(added)
    return {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in parts.items()}


@pytest.fixture(scope="module")
def made(region: dict[str, pl.DataFrame]) -> Ledger:
    return ledger({need: region[need] for need in LEDGER_NEEDS})


@pytest.mark.integration
def test_registers_and_returns_are_of_the_same_children(made: Ledger) -> None:
    assert made.findings.is_empty()
    assert set(made.nights["status"]) == {"paid", "pending", "not eligible"}
    assert set(made.nights["nts"].drop_nulls()) == {"local", "in", "out"}
    assert made.nights["authority"].n_unique() == 33
    assert made.nights["income"].null_count() == 0


@pytest.mark.integration
def test_the_survey_counts_the_nights_and_weeks_of_the_ledger(region: dict[str, pl.DataFrame], made: Ledger) -> None:
    told = region["uasc.survey/denominators"].pivot("MEASURE", index=["authority", "period"], values="VALUE")
    own = (
        made.nights.group_by("authority", "financial_year")
        .agg(
            nights=pl.col("nights").filter(pl.col("group") == "child").sum(),
            young=pl.col("nights").filter(pl.col("age_band") == "under 16").sum(),
            weeks=pl.col("nights").filter(pl.col("group") == "leaver").sum() / 7,
            children=pl.col("child").filter(pl.col("group") == "child").n_unique(),
        )
        .rename({"financial_year": "period"})
    )
    both = told.join(own, on=["authority", "period"])
    assert both.height == told.height == 2 * 26
    assert both["CHILD_NIGHTS"].equals(both["nights"].cast(pl.Float64), check_names=False)
    assert both["NIGHTS_UNDER_16"].equals(both["young"].cast(pl.Float64), check_names=False)
    assert both["CHILDREN"].equals(both["children"].cast(pl.Float64), check_names=False)
    assert (both["LEAVER_WEEKS"] - both["weeks"]).abs().max() <= 0.051  # rounded to a tenth of a week


@pytest.mark.integration
def test_what_was_answered_is_the_truth(region: dict[str, pl.DataFrame]) -> None:
    truth = practice.survey_truth(SEED)
    assert truth["authority"].n_unique() == 33
    costs = region["uasc.survey/costs"].with_columns(pl.col("GROUP").str.to_lowercase())
    answered = costs.filter(pl.col("AMOUNT").is_not_null()).join(
        truth, left_on=["authority", "period", "GROUP", "HEADING"], right_on=["authority", "period", "group", "heading"]
    )
    said = answered["AMOUNT"] * answered["DENOMINATOR"].fill_null(1)
    assert answered.height > 1_000
    assert ((said - answered["pounds"]).abs() <= 0.01 * answered["DENOMINATOR"].fill_null(1)).all()
    blank = costs.filter(pl.col("AMOUNT").is_null() & (pl.col("METHOD").is_null() | (pl.col("METHOD") != "TIME_USE")))
    assert 0.03 < blank.height / costs.height < 0.09


@pytest.mark.integration
@pytest.mark.parametrize("return_id", ["uasc.register", "uasc.survey"])
def test_the_returns_keep_their_own_rules(tmp_path: Path, return_id: str) -> None:
    filled = [one for one in practice.region(SEED, years=["2024-25"]) if one.return_id == return_id]
    declared = the_return(return_id)
    for one in filled[:4]:
        [reading] = read(write_files(one, tmp_path / one.submitter))
        assert (reading.return_id, reading.period) == (return_id, "2024-25")
        spec = declared.spec.at("2024-25")
        typed = type_cells(reading, spec)
        assert check_spec(reading, typed, spec).findings.is_empty()
        assert declared.check is not None
        broken = declared.check(reading, typed, spec).findings
        assert set(broken["rule"]) <= {"SUR-UNANSWERED"}
