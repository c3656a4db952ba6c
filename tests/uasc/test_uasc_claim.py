"""Claim, headroom and reconciliation: what may be asked for, how near thresholds are, whether counts agree."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from uasc_worlds import WHERE, entry, table, world

from parentis import workflow
from parentis.errors import RefusedError, UnknownAuthorityError
from parentis.region import (
    Edition,
    References,
    Submitted,
    financial_year,
    members,
    population_0_17,
    uasc_instructions,
    uasc_rates,
    with_references,
)
from parentis.returns import ReturnData, read, the_return, type_cells, write_files
from parentis.services.uasc import LEDGER_NEEDS, ledger
from parentis.services.uasc.bands import bands
from parentis.services.uasc.claims import claim
from parentis.services.uasc.ledger_commands import amiss, claim_file, near_thresholds, nights
from parentis.services.uasc.national import UASC_31_MARCH
from parentis.services.uasc.reconciliation import AGREES, DIFFERS, SUPPRESSED, published, reconcile
from parentis.services.uasc.snapshot import beside_published, snapshot
from parentis.services.uasc.thresholds import headroom

YEAR = "2023-24"
HIGH = pl.DataFrame({"authority": [WHERE], "financial_year": [YEAR], "band": ["high"]})


def _world(**more) -> dict[str, pl.DataFrame]:
    usual = {
        "born": {"A": "2007-01-01", "B": "2005-06-05", "C": "2007-01-01"},
        "until": {"B": "2023-06-05"},
        "periods": ["2022-23", YEAR],
        "register": [
            entry("A", DOB="2007-01-01"),
            entry("B", DOB="2005-06-05", ARRIVED="2022-09-01"),
            entry("C", ELIGIBILITY="PENDING"),
        ],
        "leavers": [{"CHILD": "B", "LEAVER_FROM": "2023-06-05", "LEAVER_TO": "2023-06-15"}],
    }
    stays = [("A", "2024-03-30", None), ("B", "2022-09-01", "2023-06-05"), ("C", "2023-05-01", "2023-05-04")]
    return world(stays, **(usual | more))


@pytest.mark.spec
def test_a_claim_line_by_line() -> None:
    made = claim(_world(), "Camden", "2023/24", bands=HIGH)
    assert made.instructions.startswith("Funding to support local authorities")
    assert (made.authority, made.period, made.band) == (WHERE, YEAR, "high")
    shown = made.lines.select("reference", "group", "first_night", "last_night", "nights", "rate", "amount").rows()
    assert shown == [
        ("ZA", "child", date(2024, 3, 30), date(2024, 3, 31), 2, 143.0, Decimal("286.00")),
        ("ZB", "child", date(2023, 4, 1), date(2023, 6, 4), 65, 143.0, Decimal("9295.00")),
        ("ZB", "leaver", date(2023, 6, 5), date(2023, 6, 14), 10, 270.0, Decimal("385.71")),
    ]
    assert made.total == pytest.approx(286 + 9295 + 385.71)
    assert made.left_out.rows() == [("eligibility is not decided yet", 1, 3)]


@pytest.mark.spec
def test_every_night_of_a_claim_is_of_its_lines() -> None:
    made = claim(_world(), WHERE, YEAR, bands=HIGH)
    children = made.lines.filter(pl.col("group") == "child")
    assert made.nights.height == children["nights"].sum() == 67
    assert made.nights["rate"].sum() == float(children["amount"].sum())
    assert made.nights.filter(pl.col("child") == "A")["night"].to_list() == [date(2024, 3, 30), date(2024, 3, 31)]
    assert made.nights.select("child", "night").is_unique().all()


@pytest.mark.spec
@pytest.mark.parametrize(
    ("period", "why"), [("2022-23", "were not read"), ("2024-25", "were not read"), ("2031-32", "are known")]
)
def test_a_claim_for_a_year_whose_instructions_were_not_read_is_a_draft(period: str, why: str) -> None:
    made = claim(_world(), WHERE, period)
    assert made.draft.startswith("DRAFT: ")
    assert why in made.draft
    assert "uasc.rates" in made.draft
    assert made.said.columns[0] == "draft"
    assert claim(_world(), WHERE, YEAR).draft == ""
    assert "draft" not in claim(_world(), WHERE, YEAR).said.columns


@pytest.mark.spec
def test_a_year_whose_instructions_were_handed_in_can_be_claimed() -> None:
    """£150 a night by instructions that somebody read, where £143 is packaged and nobody did."""
    stays = [("A", "2022-04-01", "2022-04-11")]
    born = {"A": "2006-01-01"}
    tables = world(stays, born=born, periods=["2022-23"], register=[entry("A", ARRIVED="2022-01-01")])
    rate = {
        "group": "child",
        "band": "all",
        "cohort": "all",
        "age_from": 0,
        "age_to": 17,
        "rate": 150.0,
        "unit": "night",
    }
    rates = (
        uasc_rates()
        .clear()
        .vstack(
            pl.DataFrame(
                [
                    {
                        "valid_from": date(2022, 4, 1),
                        "valid_to": date(2023, 3, 31),
                        **rate,
                        "unit": "night",
                        "certainty": "certain",
                        "source": "paragraph 3",
                    }
                ],
                schema=uasc_rates().schema,
            )
        )
    )
    read = (
        uasc_instructions()
        .clear()
        .vstack(
            pl.DataFrame(
                [{"period": "2022-23", "title": "Instructions", "source": "gov.uk", "cited": True}],
                schema=uasc_instructions().schema,
            )
        )
    )
    edition = Edition(title="Home Office", load_ids=("l",), table="uasc.rates/rates")
    given = {
        "uasc_rates": Submitted(edition=edition, rows=rates),
        "uasc_instructions": Submitted(edition=edition, rows=read),
    }
    before = claim(tables, WHERE, "2022-23")
    with with_references(References(tables=given)):
        made = claim(tables, WHERE, "2022-23")
    assert (made.draft, made.instructions, made.total) == ("", "Instructions (gov.uk)", 1_500)
    assert before.draft
    assert before.total != 1_500


@pytest.mark.unit
def test_no_claim_without_a_register_and_none_of_nobody() -> None:
    with pytest.raises(RefusedError, match=r"uasc\.register"):
        claim(_world(register=[], leavers=[]), WHERE, YEAR)
    with pytest.raises(UnknownAuthorityError):
        claim(_world(), "Atlantis", YEAR)


@pytest.mark.unit
def test_a_claim_is_of_one_authority_alone() -> None:
    ours, theirs = (
        _world(),
        {name: frame.with_columns(authority=pl.lit("E09000008")) for name, frame in _world().items()},
    )
    both = {name: pl.concat([ours[name], theirs[name]]) for name in ours}
    assert claim(both, WHERE, YEAR).lines.equals(claim(ours, WHERE, YEAR).lines)


@pytest.mark.unit
def test_a_claim_file_from_files_that_name_no_authority() -> None:
    unnamed = {name: frame.with_columns(authority=pl.lit("authority")) for name, frame in _world().items()}
    lines = claim_file(unnamed, authority="Camden", period=YEAR)
    assert lines.equals(claim(_world(), WHERE, YEAR).lines)
    assert claim_file(unnamed, authority="Camden", period=YEAR, nightly=True).height == 67


@pytest.mark.integration
def test_a_claim_from_an_authoritys_own_files_shows_what_it_wrote(tmp_path: Path) -> None:
    made = _world()
    for return_id in ("ssda903", "uasc.register"):
        for period in ("2022-23", YEAR):
            parts = {
                name.partition("/")[2]: frame.filter(pl.col("period") == period)
                for name, frame in made.items()
                if name.startswith(f"{return_id}/")
            }
            filled = ReturnData(return_id=return_id, submitter=WHERE, period=period, tables=parts)
            write_files(filled, tmp_path / return_id / period)
    tables = workflow.tables_from_files([tmp_path], LEDGER_NEEDS)
    lines = claim_file(tables, authority="Camden", period=YEAR)
    assert lines.drop("certainty").equals(claim(made, WHERE, YEAR).lines.drop("certainty"))
    assert lines["reference"].to_list() == ["ZA", "ZB", "ZB"]


@pytest.mark.unit
def test_the_ledger_can_be_asked_by_its_columns() -> None:
    told = nights(_world(), authority="Camden", by="financial_year, group")
    assert told.select("financial_year", "group", "people", "nights").rows() == [
        ("2022-23", "child", 1, 212),
        (YEAR, "child", 3, 70),
        (YEAR, "leaver", 1, 10),
    ]
    assert nights(_world(), authority="Croydon").is_empty()
    assert near_thresholds(_world(), vintage=2014)["vintage"].unique().to_list() == [2014]
    found = amiss(_world(register=[entry("A")], leavers=[]), authority="Camden")
    assert found.select("child", "finding", "nights").rows() == [
        ("B", "not in register", 212 + 65),
        ("C", "not in register", 3),
    ]
    assert found["meaning"].str.starts_with("In the looked-after return").all()


# --- thresholds -------------------------------------------------------------------------------------------------

PEOPLE = 40_000


@pytest.fixture
def camden_of_40_000(monkeypatch: pytest.MonkeyPatch) -> None:
    made = population_0_17().with_columns(population=pl.lit(PEOPLE, dtype=pl.Int64))
    monkeypatch.setattr("parentis.services.uasc.bands.population_0_17", lambda: made)


def _growing(first: int, monthly: list[int]) -> dict[str, pl.DataFrame]:
    """`first` children all the year, and each month's newcomers (or, below zero, leavers of the first)."""
    stays = [[f"F{number:03}", "2022-04-01", None] for number in range(first)]
    gone = 0
    for at, change in enumerate(monthly):
        day = f"{2023 + (3 + at) // 12}-{(3 + at) % 12 + 1:02}-02"
        stays += [[f"N{at:02}{number:02}", day, None] for number in range(max(change, 0))]
        for _ in range(max(-change, 0)):
            stays[gone][2] = day
            gone += 1
    return world([tuple(one) for one in stays], born={one[0]: "2010-01-01" for one in stays}, periods=["2022-23", YEAR])


@pytest.mark.spec
@pytest.mark.usefixtures("camden_of_40_000")
@pytest.mark.parametrize(
    ("made", "funding", "transfer"),
    [  # thresholds: 28 and 40 heads
        (_growing(10, [1] * 12), ("rising", 22, 1.0, date(2024, 9, 30)), ("rising", 22, 1.0, date(2025, 9, 30))),
        (_growing(40, [-1] * 12), ("above", 28, -1.0, None), ("below", 28, -1.0, None)),
        (_growing(41, [-1] * 12), ("falling", 29, -1.0, date(2024, 4, 30)), ("below", 29, -1.0, None)),
        (_growing(40, [0] * 12), ("above", 40, 0.0, None), ("above", 40, 0.0, None)),
        (_growing(2, [0] * 12), ("below", 2, 0.0, None), ("below", 2, 0.0, None)),
    ],
)
def test_headroom_and_when_the_trend_gets_there(made: dict[str, pl.DataFrame], funding: tuple, transfer: tuple) -> None:
    found = headroom(ledger(made))
    rows = found.select("state", "heads", pl.col("a_month").round(6), "crosses").rows()
    assert found["purpose"].to_list() == ["funding", "transfer"]
    assert found["threshold"].to_list() == [28.0, 40.0]
    assert rows == [funding, transfer]


@pytest.mark.spec
@pytest.mark.usefixtures("camden_of_40_000")
@pytest.mark.parametrize(("heads", "band"), [(27, "standard"), (28, "high")])
def test_the_high_band_begins_at_the_threshold_itself(heads: int, band: str) -> None:
    made = ledger(_growing(heads, [0] * 12))
    assert made.bands.filter(pl.col("financial_year") == YEAR)["band"].to_list() == [band]
    years = pl.DataFrame({"authority": [WHERE], "financial_year": [YEAR]})
    assert bands(made.nights, years, vintage=2014)["vintage"].to_list() == [2014]


# --- published counts -------------------------------------------------------------------------------------------


def _lait(*rows: tuple[str, str, float | None]) -> pl.DataFrame:
    return table(
        "open_statistics.lait/lines",
        [
            {"SHORT_DESC": UASC_31_MARCH, "LA_NUMBER": number, "YEARS": years, "VALUE": value, "period": "2025"}
            for number, years, value in rows
        ],
    )


@pytest.mark.spec
def test_our_count_beside_the_published_one() -> None:
    made = ledger(_growing(10, [0] * 12))
    lines = _lait(("202", "2024", 15.0), ("202", "2023", 16.0), ("986", "2024", 1210.0), ("203", "2024", 3.0))
    found = reconcile(made, lines).filter(pl.col("geography") == WHERE)
    assert found.select("period", "ours", "published", "difference", "outcome").rows() == [
        ("2022-23", 10, 16.0, -6.0, DIFFERS),
        ("2023-24", 10, 15.0, -5.0, AGREES),
    ]
    whole = reconcile(made, lines).filter(pl.col("geography") == "london").row(0, named=True)
    assert (whole["held"], whole["members"], whole["outcome"]) == (1, 33, "not every authority's return is held")
    hidden = reconcile(made, _lait(("202", "2024", None)))
    assert hidden.filter(pl.col("geography") == WHERE)["outcome"].to_list() == [SUPPRESSED]


@pytest.mark.spec
@pytest.mark.usefixtures("camden_of_40_000")
def test_the_count_and_the_headroom_are_figures() -> None:
    made = ledger(_growing(10, [1] * 12))
    found = snapshot(made).filter(pl.col("geography") == WHERE).sort("measure", "period")
    assert found.select("measure", "period", "value", "n").rows() == [
        ("uasc.headroom.funding", YEAR, 6.0, 22),
        ("uasc.headroom.transfer", YEAR, 18.0, 22),
        ("uasc.stock", "2022-23", 10.0, 10),
        ("uasc.stock", YEAR, 22.0, 22),
    ]
    told = beside_published(made, _lait(("202", "2024", 20.0), ("202", "2023", None), ("986", "2024", 1210.0)))
    # London is left out: one return of 33 is held.
    assert told.select("measure", "geography", "period", "value", "authority_set").rows() == [
        ("uasc.national.difference", WHERE, YEAR, 2.0, "Camden")
    ]


@pytest.mark.spec
def test_a_regions_difference_is_of_the_rounded_count() -> None:
    stays = [
        {"authority": gss, "CHILD": f"{gss}-{number}", "start": "2024-03-01", "end": "2024-04-01"}
        for gss in members("london", date(2024, 3, 31))
        for number in range(2 if gss != WHERE else 3)
    ]
    made = ledger(_each_authority(stays, [YEAR]))
    told = beside_published(made, _lait(("202", "2024", 1.0), ("986", "2024", 60.0), ("987", "2024", 30.0)))
    # 67 children: 70 to the nearest ten. Inner London is no region, and is not told.
    assert told.select("geography", "value").sort("geography").rows() == [(WHERE, 2.0), ("london", 10.0)]


@pytest.mark.unit
def test_without_returns_there_is_nothing_to_hold_beside_anything() -> None:
    empty = ledger(world([], periods=[]))
    assert headroom(empty).is_empty()
    assert reconcile(empty, _lait(("202", "2024", 15.0))).is_empty()
    assert reconcile(ledger(_growing(3, [])), _lait()).is_empty()


@pytest.mark.integration
@pytest.mark.real
def test_london_as_published(shared_data: Path) -> None:
    [reading] = read([shared_data / "finance" / "LAIT_bds_long_0.parquet"])
    typed = type_cells(reading, the_return(reading.return_id).spec.at(reading.period or ""))
    lines = typed.tables["lines"].with_columns(sequence=pl.lit(1, dtype=pl.Int64))
    found = published(lines)
    london = found.filter(pl.col("geography") == "london").sort("period")
    assert dict(london.select("period", "published").iter_rows()) == {
        "2015-16": 1490, "2016-17": 1600, "2017-18": 1520, "2018-19": 1740, "2019-20": 1770,
        "2020-21": 1340, "2021-22": 1580, "2022-23": 1390, "2023-24": 1210, "2024-25": 1070,
    }  # fmt: skip
    boroughs = found.filter(pl.col("geography").str.starts_with("E09"))
    assert boroughs["geography"].n_unique() == 33
    summed = boroughs.group_by("period").agg(pl.col("published").sum()).join(london, on="period")
    # A borough or two are suppressed in a year, and the region is rounded.
    assert ((summed["published"] - summed["published_right"]).abs() <= 40).all()


@pytest.mark.integration
@pytest.mark.real
def test_a_ledger_of_the_published_counts_reconciles(shared_data: Path) -> None:
    """Returns that hold as many children as were published agree with what was published, in every borough."""
    [reading] = read([shared_data / "finance" / "LAIT_bds_long_0.parquet"])
    typed = type_cells(reading, the_return(reading.return_id).spec.at(reading.period or ""))
    lines = typed.tables["lines"].with_columns(sequence=pl.lit(1, dtype=pl.Int64))
    periods = [f"{year}-{year - 1999}" for year in range(2016, 2025)]
    boroughs = published(lines).filter(
        pl.col("geography").str.starts_with("E09"), pl.col("period").is_in(periods), pl.col("published").is_not_null()
    )
    stays = []
    for at, (gss, period, heads) in enumerate(boroughs.sort("geography", "period").iter_rows()):
        end = financial_year(period).end
        stays += [
            {"authority": gss, "CHILD": f"{at}-{number}", "start": f"{end.year}-03-01", "end": f"{end.year}-04-01"}
            for number in range(int(heads))
        ]
    made = ledger(_each_authority(stays, periods))
    found = reconcile(made, lines).filter(pl.col("geography").str.starts_with("E09"))
    told = found.filter(pl.col("published").is_not_null() & (pl.col("ours") > 0))
    assert told.height == boroughs.filter(pl.col("published") > 0).height > 250
    assert (told["difference"] == 0).all()
    assert told["outcome"].unique().to_list() == [AGREES]


def _each_authority(stays: list[dict], periods: list[str]) -> dict[str, pl.DataFrame]:
    """A world of several authorities, told apart by `authority`, all of children born in 2012."""
    episodes, header = [], []
    for stay in stays:
        start, end = date.fromisoformat(stay["start"]), date.fromisoformat(stay["end"])
        period = f"{start.year - 1}-{start.year - 2000:02}"
        facts = {"authority": stay["authority"], "period": period, "CHILD": stay["CHILD"]}
        episodes.append(facts | {"DECOM": start, "DEC": end, "RNE": "S", "LS": "V2", "PLACE": "U6"})
        header.append(facts | {"DOB": date(2012, 1, 1)})
    children = [{name: row[name] for name in ("authority", "period", "CHILD")} for row in header]
    empty = world([], periods=[])
    return empty | {
        "ssda903/Episodes": table("ssda903/Episodes", episodes),
        "ssda903/Header": table("ssda903/Header", header),
        "ssda903/UASC": table("ssda903/UASC", children),
    }
