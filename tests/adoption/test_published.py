"""The publisher's workbook of quarter 4 of 2022-23, through our reader and our release."""

from pathlib import Path

import polars as pl
import pytest

from parentis.region import footprints, members, parse_period
from parentis.returns import read
from parentis.returns.adoption.quarterly import VALUES
from parentis.services.adoption.published import membership, published, share_of_rounded

WORKBOOK = "adoption/ASGLB_agency_level_Q4_2022-23.xlsx"


@pytest.fixture(scope="session")
def values(shared_data: Path) -> pl.DataFrame:
    (reading,) = read([shared_data / WORKBOOK])
    assert (reading.return_id, reading.period) == ("adoption.quarterly", "2022-23")
    return reading.tables[VALUES.name].with_columns(
        pl.col("VALUE").cast(pl.Float64, strict=False),
        authority=pl.lit(None, pl.String),
        period=pl.lit("2022-23"),
        load_id=pl.lit("l"),
        sequence=pl.lit(1),
    )


def of(found: pl.DataFrame, geography: str) -> dict[str, float | None]:
    return dict(found.filter(pl.col("geography") == geography).select("measure", "value").iter_rows())


@pytest.mark.integration
def test_london_as_printed(values: pl.DataFrame) -> None:
    london = of(published(values), "london")
    expected = {
        "waiting": 310,
        "waiting_order": 170,
        "waiting_18": 50,
        "decisions": 260,
        "orders": 180,
        "matched": 170,
        "placed": 190,
        "adopted": 210,
        "reversed": 70,
        "placed_own": 110,
        "placed_other": 30,
        "placed_voluntary": 50,
        "a10": 499,
        "a2": 238,
    }
    assert {name: london[name] for name in expected} == expected
    england = of(published(values), "england")
    assert (england["a10"], england["a2"], england["decisions"], england["reversed"]) == (480, 197, 3840, 700)


@pytest.mark.integration
def test_a_mean_of_few_or_of_a_hidden_count_is_not_shown(values: pl.DataFrame) -> None:
    """The workbook itself prints A10 for authorities whose count it hides."""
    raw = values.filter(pl.col("HEADING").str.contains("A10"), pl.col("VALUE").is_not_null())
    found = published(values)
    shown = found.filter(pl.col("measure") == "a10", pl.col("value").is_not_null())
    assert raw.height > shown.height
    behind = found.filter(pl.col("measure") == "adopted").select("geography", behind="value")
    assert shown.join(behind, on="geography")["behind"].min() >= 11
    assert (shown["value"] == shown["value"].round(0)).all()
    hidden = found.filter(pl.col("measure") == "a10", pl.col("value").is_null())
    assert set(hidden["suppressed"].unique()) <= {"c", "x", "z"}


@pytest.mark.integration
def test_no_count_of_children_can_be_worked_out_of_a_mean_that_is_shown(values: pl.DataFrame) -> None:
    """499.4207920792079 is a sum over 202 and over no smaller number: continued fractions give it away. 499 is not."""
    from fractions import Fraction

    printed = values.filter(pl.col("AGENCY") == "LONDON", pl.col("HEADING").str.contains("A10"))["VALUE"].item()
    assert Fraction(printed).limit_denominator(1000).denominator == 202
    for mean in published(values).filter(pl.col("measure").is_in(["a10", "a2"]))["value"].drop_nulls():
        assert Fraction(mean).limit_denominator(1000).denominator == 1


@pytest.mark.integration
def test_membership_here_is_as_the_workbook_prints_it(values: pl.DataFrame) -> None:
    """All of London's authorities; Kensington and Chelsea and Westminster are printed as one row, of their own name."""
    printed = membership(values)
    on = parse_period("2022-23").end
    ours = {gss: one.name for one in footprints() if one.kind == "raa" for gss in members(one.id, on)}
    short = {
        "Thomas Coram Foundation for Children VAA": "Ambitious for Adoption",
        "Bi-Borough": "Ambitious for Adoption",  # its own row says: see the same
    }
    checked = 0
    for gss in members("london", on):
        if gss in printed:
            name = short.get(printed[gss], printed[gss].removesuffix(" RAA"))
            assert name in ours[gss], gss
            checked += 1
    assert checked == 33


@pytest.mark.integration
def test_londons_shares_carry_what_rounding_allows(values: pl.DataFrame) -> None:
    """27 % of decisions reversed (24–29), 29 % waiting 18 months (27–33 of 50 in 170), 65 % of an ethnic minority."""
    found = published(values).filter(pl.col("geography") == "london", pl.col("measure").str.ends_with("_share"))
    told = {
        row["measure"]: tuple(round(row[name], 1) for name in ("value", "low", "high"))
        for row in found.iter_rows(named=True)
    }
    assert told == {
        "reversed_share": (26.9, 24.5, 29.4),
        "waiting_18_share": (29.4, 25.7, 33.3),
        "minority_share": (64.7, 60.0, 69.7),
    }
    places = set(published(values).filter(pl.col("measure").str.ends_with("_share"))["geography"])
    assert not any(place.startswith("E") for place in places), "an authority's counts are not rounded, and few"


@pytest.mark.spec
def test_a_share_of_two_rounded_counts_has_an_interval() -> None:
    share, low, high = share_of_rounded(70, 260)
    assert (round(100 * share), round(100 * low, 1), round(100 * high, 1)) == (27, 24.5, 29.4)


@pytest.mark.spec
def test_a_workbook_without_its_row_of_quarters_says_so(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "quarterly.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Adoption LAs", "SGO LAs"):
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, "Quarter 4 2022/23 - Adoption Data")
            sheet.write_row(3, 1, ["LONDON", "5", "6"])
    (reading,) = read([path])
    assert [problem.message for problem in reading.problems if problem.severity == "error"] == [
        "not read: no row of quarters (`Q1 …`, `at 30 Jun …`) below its headings"
    ] * 2
