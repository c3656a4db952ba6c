"""Figures: known answers on rows made by hand, two routes to numbers, and a practice month's totals in its pack."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import comb, isclose, isinf
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis import lake, workflow
from parentis.archive import Home
from parentis.figures import Catalogue, Viewer, release
from parentis.returns import SYNTHETIC, write_files
from parentis.services import services
from parentis.services.custody import (
    SERVICE,
    Detention,
    PracticeMonth,
    Times,
    detention_rows,
    overnight,
    practice_month,
    weekend,
)
from parentis.services.custody.compute import compute
from parentis.services.custody.measures import MEASURES, TABLE
from parentis.services.custody.practice import returns
from parentis.services.custody.ratios import rate_ratio

CAMDEN, BARNET, ISLINGTON = "E09000007", "E09000003", "E09000019"
MONTH = "2026-10-01..2026-10-31"
WEEK = "2026-10-05..2026-10-11"


def _row(number: int, authority: str = CAMDEN, **changes: object) -> dict[str, object]:
    return {
        "DETENTION": f"d{number}", "CHILD_KEY": f"c{number}", "RESPONSIBLE": authority, "authority": authority,
        "DETAINED_IN": ISLINGTON, "WEEK": date(2026, 10, 5), "MONTH": date(2026, 10, 1), "AGE": 15, "SEX": "M",
        "ETHNICITY": "W", "STANDING": "none", "ROUTED_BY": "table", "MINUTES_TO_ACKNOWLEDGE": 10.0, "HOURS_HELD": 12.0,
        "OVERNIGHT": "N", "WEEKEND": "N", "CHARGED": "N", "BAIL_REFUSED": "N", "HOURS_AFTER_CHARGE": None,
        "REQUEST": "none", "SECURE_JUSTIFIED": None, "ANSWER": None, "MINUTES_TO_ANSWER": None, "TRANSFERRED": "N",
        "CERTIFICATE": "none", "MINUTES_TO_ADULT": 60.0, "HOURS_TO_MERLIN": 3.0, "STRIP_SEARCH": "N", "FORCE": "N",
        "submission_id": "s", "load_id": "l", "period": MONTH, "part": "", "row": number, "sequence": 1,
        "provisional": False, **changes,
    }  # fmt: skip


def _kept(number: int, authority: str = CAMDEN, **changes: object) -> dict[str, object]:
    kept = {"CHARGED": "Y", "BAIL_REFUSED": "Y", "HOURS_AFTER_CHARGE": 10.0, "CERTIFICATE": "missing", "OVERNIGHT": "Y"}
    return _row(number, authority, **{**kept, **changes})


def _tables(*rows: dict[str, object]) -> dict[str, pl.DataFrame]:
    return {TABLE: pl.DataFrame(list(rows), infer_schema_length=None).with_columns(pl.col("row").cast(pl.UInt32))}


def _value(figures: pl.DataFrame, measure: str, geography: str, period: str = MONTH, breakdown: str = "") -> object:
    found = figures.filter(
        measure=measure, geography=geography, period=period, breakdown=breakdown
    )["value"]  # fmt: skip
    return found[0] if len(found) else None


TABLES = _tables(
    _kept(1, REQUEST="non-secure", ANSWER="failed", MINUTES_TO_ANSWER=30.0, CERTIFICATE="impracticable"),
    _kept(2, REQUEST="secure", SECURE_JUSTIFIED="Y", ANSWER="no-secure-place", MINUTES_TO_ANSWER=90.0, CHILD_KEY="c1"),
    _kept(3, BARNET, REQUEST="non-secure", ANSWER="place", TRANSFERRED="Y", CERTIFICATE="none", HOURS_AFTER_CHARGE=4.0),
    _kept(4, BARNET, WEEKEND="Y", HOURS_TO_MERLIN=None, MINUTES_TO_ADULT=None),
    _row(5, BARNET, WEEK=date(2026, 10, 26), ROUTED_BY="desk"),
)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("detentions", 5), ("overnight", 4), ("weekend", 1), ("kept", 4), ("requests", 3), ("transfers", 1),
        ("requested", 75), ("secure", 100 / 3), ("secure_justified", 100), ("transferred", 25), ("failed", 50),
        ("certified", 100 / 3), ("certified_impracticable", 100 / 3), ("adult_came", 80), ("merlin_prompt", 80),
        ("by_table", 80), ("answer_minutes", 60), ("after_charge_hours", 8.5), ("adult_minutes", 60), ("repeats", 1.25),
    ],
)  # fmt: skip
def test_measures_of_a_region(measure: str, expected: float) -> None:
    found = _value(compute(TABLES, {}).figures, f"custody.month.{measure}", "london")
    assert isinstance(found, float)
    assert isclose(found, expected)


@pytest.mark.spec
def test_weeks_places_and_zeros() -> None:
    figures = compute(TABLES, {}).figures
    assert _value(figures, "custody.week.detentions", "london", WEEK) == 4
    assert _value(figures, "custody.week.detentions", "london", "2026-10-26..2026-11-01") == 1
    assert _value(figures, "custody.month.local_detentions", CAMDEN) == 2
    assert _value(figures, "custody.month.local_detentions", "bcu-north-west") == 3
    assert _value(figures, "custody.month.local_detentions", "E09000033") == 0  # the desk hands in for all
    assert _value(figures, "custody.month.requested", "E09000033") is None  # and a share of nothing is none
    assert _value(figures, "custody.month.detentions", CAMDEN) is None
    assert _value(figures, "custody.month.local_detentions", "E08000003") is None  # Manchester is no part of it
    said = figures.filter(period="2026-10-26..2026-11-01", geography="london")["method"].unique().to_list()
    assert said == [
        "detentions that began in the period, as the custody desk submitted them; only 6 of its 7 days were handed in"
    ]


@pytest.mark.spec
def test_a_detention_handed_in_twice_counts_once_as_last_told() -> None:
    again = _tables(_row(1, WEEKEND="N"), _row(1, WEEKEND="Y", sequence=2, load_id="l2", period=WEEK))
    figures = compute(again, {}).figures
    assert _value(figures, "custody.month.detentions", "london") == 1
    assert _value(figures, "custody.month.weekend", "london") == 1


@pytest.mark.unit
def test_nothing_handed_in_gives_no_figures() -> None:
    assert compute({TABLE: TABLES[TABLE].clear()}, {}).figures.is_empty()


@pytest.mark.unit
def test_every_figure_has_its_rows() -> None:
    result = compute(TABLES, {})
    known = dict(result.inputs.group_by("provenance_id").agg(pl.col("row_count").sum()).iter_rows())
    for geography, rows in (("london", 5), (CAMDEN, 2), ("E09000033", 0)):
        found = result.figures.filter(geography=geography, period=MONTH)["provenance_id"].unique().to_list()
        assert [known[one] for one in found] == [rows]


@pytest.mark.spec
def test_disparity_is_the_ratio_of_shares() -> None:
    rows = [_row(n, OVERNIGHT="Y" if n < 10 else "N") for n in range(20)]
    rows += [_row(n, BARNET, ETHNICITY="B", OVERNIGHT="Y" if n < 135 else "N") for n in range(120, 140)]
    figures = compute(_tables(*rows), {}).figures
    found = figures.filter(measure="custody.disparity.overnight", geography="london")
    assert found["breakdown"].to_list() == ["ethnicity=B"]
    assert (found["value"][0], found["n"][0], found["level"][0]) == (1.5, 10, 0.95)  # 15 of 20 against 10 of 20
    assert found["low"][0] < 1 < found["high"][0]
    assert _value(figures, "custody.month.detentions", "london", breakdown="ethnicity=B") == 20


@pytest.mark.spec
@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Ulm (1990) and tables of the exact interval: 10 of 10 against 10 of 10; 5 against 0; 0 against 5.
    [((10, 10.0), (10, 10.0), 0.3736, 2.6766), ((0, 1.0), (5, 1.0), 0.0, 1.0917), ((5, 1.0), (0, 1.0), 0.9160, None)],
)
def test_rate_ratio_known(first: tuple[int, float], second: tuple[int, float], low: float, high: float | None) -> None:
    found = rate_ratio(*first, *second)
    assert isclose(found.low, low, abs_tol=2e-3)
    assert (found.high is None) == (high is None)
    assert high is None or isclose(found.high or 0, high, abs_tol=2e-3)


@pytest.mark.spec
@pytest.mark.parametrize(("exposure", "other"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)])
def test_a_rate_without_exposure_has_no_ratio(exposure: float, other: float) -> None:
    with pytest.raises(ValueError, match="exposure"):
        rate_ratio(1, exposure, 1, other)


@pytest.mark.generative
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 25), st.integers(0, 25), st.integers(1, 9), st.integers(1, 9))
def test_rate_ratio_limits_leave_the_tails_they_should(a: int, b: int, exposure: int, other: int) -> None:
    """By fractions: at each limit the chance of a count as extreme is one fortieth."""
    found = rate_ratio(a, exposure, b, other)
    assert found.value is None or isclose(found.value, Fraction(a * other, b * exposure) if b else 0)
    n = a + b
    for limit, counts in ((found.low, range(a, n + 1)), (found.high, range(a + 1))):
        if limit is None or limit == 0 or isinf(limit):
            continue
        p = limit * exposure / (limit * exposure + other)
        tail = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in counts)
        assert isclose(tail, 0.025, abs_tol=1e-9)


def _instant(day: int, hour: int) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


@pytest.mark.spec
def test_a_row_keeps_no_instant_and_no_name() -> None:
    times = Times(
        arrival=_instant(7, 18), charge=_instant(8, 1), bail_decision=_instant(8, 1), bail_refused=True,
        request=_instant(8, 2), answer=_instant(8, 3), release=_instant(8, 11), aa_requested=_instant(7, 19),
        aa_arrived=_instant(7, 21), merlin=_instant(8, 0),
    )  # fmt: skip
    one = Detention(
        detention="d", child="c", responsible=CAMDEN, detained_in=BARNET, times=times, age=15, answer="failed",
        certificate_ground="serious harm", notified=_instant(7, 18),
        acknowledged=_instant(7, 18) + timedelta(minutes=9),
    )  # fmt: skip
    (row,) = detention_rows([one]).to_dicts()
    told = {
        "WEEK": date(2026, 10, 5), "MONTH": date(2026, 10, 1), "OVERNIGHT": "Y", "WEEKEND": "N", "HOURS_HELD": 17.0,
        "HOURS_AFTER_CHARGE": 10.0, "REQUEST": "non-secure", "SECURE_JUSTIFIED": None, "ANSWER": "failed",
        "MINUTES_TO_ANSWER": 60.0, "CERTIFICATE": "serious-harm", "MINUTES_TO_ADULT": 120.0, "HOURS_TO_MERLIN": 6.0,
        "MINUTES_TO_ACKNOWLEDGE": 9.0,
    }  # fmt: skip
    assert {name: row[name] for name in told} == told
    assert not any(isinstance(value, datetime) for value in row.values())
    with pytest.raises(ValueError, match="goes on"):
        detention_rows([Detention(detention="d", child="c", responsible=CAMDEN, detained_in=BARNET,
                                  times=Times(arrival=_instant(7, 18)), age=15)])  # fmt: skip


@pytest.fixture(scope="module")
def month() -> PracticeMonth:
    return practice_month(903)


@pytest.mark.integration
def test_the_practice_month_is_at_londons_scale(month: PracticeMonth) -> None:
    times = [notice.detention.times for notice in month.notices]
    spans = [(one.arrival, one.ended or one.arrival) for one in times]
    assert sum(overnight(*span) for span in spans) == 500
    assert sum(weekend(*span) for span in spans) == 80
    assert sum(one.bail_refused for one in times) == 108
    assert len(times) == 900
    assert times == sorted(times, key=lambda one: one.arrival)
    assert len({entry.responsible_authority for entry in month.index}) == 33
    assert len({(entry.authority, entry.person_ref) for entry in month.index}) == len(month.index)
    assert practice_month(903) == month


@pytest.mark.integration
def test_the_packs_totals_are_what_was_generated(tmp_path: Path, month: PracticeMonth) -> None:
    home = Home(tmp_path / "home")
    for filled in returns(903):
        write_files(filled, tmp_path / "in" / filled.return_id / filled.period / filled.submitter, prefix=SYNTHETIC)
    (outcome,) = workflow.submit(home, [tmp_path / "in"], who="somebody")
    assert outcome.status == "accepted"
    assert outcome.checked is not None
    assert outcome.checked.errors == 0
    workflow.build(home)
    figures = lake.read_figures(home).collect()
    generated = {"detentions": 900, "overnight": 500, "weekend": 80, "kept": 108}
    rows = detention_rows([notice.detention for notice in month.notices])
    generated["requests"] = rows.filter(pl.col("REQUEST") != "none").height
    generated["transfers"] = rows.filter(TRANSFERRED="Y").height
    for name, count in generated.items():
        assert _value(figures, f"custody.month.{name}", "london") == count
        weeks = figures.filter(measure=f"custody.week.{name}", geography="london")["value"].sum()
        assert weeks == count
        local = figures.filter(pl.col("geography").str.starts_with("E09"), measure=f"custody.month.local_{name}")
        assert local["value"].sum() == count
    page, *_ = workflow.pack(home, "custody-scrutiny", out=tmp_path / "pack", viewer=Viewer.members())
    text = page.read_text(encoding="utf-8")
    for shown in ("900", "500", "80", "110"):  # a region's counts are rounded to ten
        assert f">{shown}<" in text
    assert "SYNTHETIC practice data" in text


@pytest.mark.integration
def test_what_others_see_of_an_authority(month: PracticeMonth) -> None:
    rows = detention_rows([notice.detention for notice in month.notices]).with_columns(
        authority=pl.col("RESPONSIBLE"), period=pl.lit(MONTH), load_id=pl.lit("l"), sequence=pl.lit(1),
        row=pl.int_range(pl.len(), dtype=pl.UInt32),
    )  # fmt: skip
    figures = compute({TABLE: rows}, {}).figures
    seen = release(figures, Catalogue(MEASURES), Viewer.members(CAMDEN))
    counts = seen.filter(pl.col("measure").str.contains("local_"), pl.col("geography").str.starts_with("E09"))
    assert counts["geography"].unique().to_list() == [CAMDEN]
    assert counts["suppressed"].null_count() == counts.height
    few = seen.filter(pl.col("geography") != CAMDEN, pl.col("n").is_between(1, 5), pl.col("unit") != "count")
    assert few["value"].drop_nulls().is_empty()
    assert release(figures, Catalogue(MEASURES), Viewer.public()).is_empty()


@pytest.mark.unit
def test_the_service_announces_itself() -> None:
    assert services()["custody"] is SERVICE
    assert len(Catalogue(SERVICE.measures.resolve())) == len(MEASURES)
    named = {
        measure
        for section in SERVICE.sections.resolve()
        for block in section.blocks
        for measure in getattr(block, "measures", ())
    }
    assert named <= {one.id for one in MEASURES}
    (command,) = SERVICE.commands
    table = command.run.resolve()({}, seed=1, each=2)
    assert table.columns == ["case", "right", "desk", "wrong", "cases", "indexed", "found"]
