"""Flags that refuse a ranking, and totals reconciled with published ones."""

import polars as pl
import pytest
from funding_tables import BARNET, BRENT, CAMDEN, absent, figure, lines, table, value

from parentis.figures import Catalogue
from parentis.services.funding import commands
from parentis.services.funding.catalogue import measures
from parentis.services.funding.compute import compute
from parentis.services.funding.flags import CSC_COMPARABLE, LINES_COMPARABLE, MONITORING_COMPARABLE
from parentis.services.funding.reconciliation import line_of, published

RO3 = """
{code} | csc                          | 200
{code} | csc.looked_after             | 100
{code} | csc.looked_after.residential | {residential}
{code} | csc.looked_after.fostering   | 10
{code} | csc.looked_after.asylum      | 5
{code} | csc.looked_after.other       | 5
"""


def ro3(**residential: object) -> dict[str, pl.DataFrame]:
    text = "\n".join(RO3.strip().format(code=code, residential=share) for code, share in residential.items())
    return {"finance.ro3/lines": lines("finance.ro3/lines", "2024-25", text)}


@pytest.mark.spec
@pytest.mark.parametrize(
    ("residential", "flags"),
    [(0, ["residential-low"]), (30, []), (74, ["residential-high"]), ("", ["looked-after-line-missing"])],
)
def test_a_residential_share_that_is_coding_refuses_a_ranking(residential: object, flags: list[str]) -> None:
    result = compute(ro3(E09000003=residential, E09000005=40), {})
    assert result.frames["flags"]["flag"].to_list() == flags
    expected = 0 if flags else 1
    assert value(result.figures, "looked_after.comparable", BARNET, "2024-25") == expected
    assert value(result.figures, "looked_after.comparable", BRENT, "2024-25") == 1
    assert value(result.figures, "looked_after.comparable", "london", "2024-25") == expected
    assert value(result.figures, "looked_after.flagged_authorities", "london", "2024-25") == len(flags)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("csc", "asc", "flags"),
    [
        (126, 74, ["children-and-adults-moved"]),
        (150, 150, ["children-and-adults-moved"]),
        (126, 76, []),
        (124, 60, []),
        (133, 100, ["children-moved"]),
        (69, 110, ["children-moved"]),
        (159, "", ["children-moved"]),  # adults not held: children's alone can be asked
        (130, 100, []),
    ],
)
def test_outturns_far_from_their_budgets_take_the_rank(csc: int, asc: object, flags: list[str]) -> None:
    budget = lines("finance.ra/lines", "2017-18", "E09000003 | csc | 100\nE09000003 | asc | 100")
    outturn = lines("finance.rs/lines", "2017-18", f"E09000003 | csc | {csc}\nE09000003 | asc | {asc}")
    result = compute({"finance.ra/lines": budget, "finance.rs/lines": outturn}, {})
    assert result.frames["flags"]["flag"].to_list() == flags
    assert value(result.figures, "csc.comparable", BARNET, "2017-18") == (0 if flags else 1)


@pytest.mark.spec
def test_what_could_not_be_tested_is_not_passed() -> None:
    """A year of outturns without any budget: no flag, and no test either."""
    outturn = lines("finance.rs/lines", "2024-25", "E09000003 | csc | 100\nE09000005 | csc | 90")
    result = compute({"finance.rs/lines": outturn}, {})
    assert result.frames["flags"].is_empty()
    for place in (BARNET, BRENT, "london"):
        assert absent(result.figures, "csc.comparable", place, "2024-25")


@pytest.mark.spec
def test_totals_stand_with_the_flagged_and_without() -> None:
    """Barnet's 40 above 100 are flagged, Brent's 10 above 200 are not, Camden sent no budget."""
    budget = lines("finance.ra/lines", "2021-22", "E09000003 | csc | 100\nE09000005 | csc | 200")
    outturn = lines("finance.rs/lines", "2021-22", "E09000003 | csc | 140\nE09000005 | csc | 210\nE09000007 | csc | 9")
    result = compute({"finance.ra/lines": budget, "finance.rs/lines": outturn}, {})
    with_them = figure(result.figures, "csc.variance", "london", "2021-22")
    without = figure(result.figures, "csc.variance.unflagged", "london", "2021-22")
    assert (with_them["value"], with_them["n"]) == (50, 2)
    assert (without["value"], without["n"], without["authority_set"]) == (10, 1, "1 of 33 London authorities")
    assert value(result.figures, "csc.variance_percent.unflagged", "london", "2021-22") == 5
    assert "without authorities that have a comparability flag" in without["method"]
    behind = result.inputs.filter(provenance_id=without["provenance_id"])
    assert sorted(behind["row_count"].to_list()) == [1, 1]  # Brent's budget and outturn
    assert absent(result.figures, "csc.variance.unflagged", BRENT, "2021-22")


@pytest.mark.spec
def test_an_outturn_that_others_sent_is_missed_and_one_nobody_sent_is_not() -> None:
    budget = lines("finance.ra/lines", "2017-18", "E09000003 | csc | 100\nE09000005 | csc | 100")
    outturn = lines("finance.rs/lines", "2017-18", "E09000005 | csc | 100")
    assert compute({"finance.ra/lines": budget}, {}).frames["flags"].is_empty()
    raised = commands.comparability({"finance.ra/lines": budget, "finance.rs/lines": outturn})
    assert raised.select("authority", "flag", "test").rows() == [(BARNET, "outturn-missing", CSC_COMPARABLE)]


@pytest.mark.unit
def test_rankings_hang_on_the_test_of_their_own_lines() -> None:
    catalogue = Catalogue(measures())
    assert catalogue["funding.csc.variance_percent"].comparable_by == CSC_COMPARABLE
    assert catalogue["funding.looked_after.residential"].comparable_by == LINES_COMPARABLE
    assert catalogue["funding.looked_after.residential.share"].comparable_by == LINES_COMPARABLE


@pytest.mark.spec
def test_a_difference_from_a_published_figure_has_its_reason() -> None:
    result = compute(ro3(E09000003=30), {})
    [line] = result.frames["reconciliation"].filter(id="ro3-csc-2024-25").to_dicts()
    assert (line["published"], line["ours"]) == (2_618_700_000, 200)
    assert line["difference"] == 200 - 2_618_700_000
    assert line["our_authority_set"] == "1 of 33 London authorities"
    assert line["reason"]
    words = line_of(line["title"], line["source"], line["measure_title"])
    difference = figure(result.figures, "reconciliation.difference.pounds", "london", "2024-25", words)
    assert difference["value"] == line["difference"]
    assert line["source"] in difference["method"]


@pytest.mark.spec
def test_reconcile_lists_every_published_figure_held_or_not() -> None:
    table = commands.reconcile(ro3(E09000007=30))
    assert table.height == len(published())
    assert table.filter(pl.col("ours").is_null())["id"].to_list()
    assert set(commands.reconcile(ro3(E09000007=30), period="2024-25")["period"]) == {"2024-25"}


@pytest.mark.unit
def test_published_figures_are_set_against_measures_that_exist_and_carry_their_labels() -> None:
    catalogue = Catalogue(measures())
    assert len({one.id for one in published()}) == len(published())
    for one in published():
        assert catalogue[one.measure]
        labels = (one.authority_set, one.period, one.gross_net, one.cumulative, one.netted, one.source, one.reason)
        assert all(labels), one.id


@pytest.mark.unit
def test_reconciliation_goes_through_the_same_evaluator_as_the_figures() -> None:
    tables = ro3(E09000003=30, E09000007=20)
    ours = commands.reconcile(tables).filter(id="ro3-cla-2024-25")["ours"].item()
    assert ours == value(compute(tables, {}).figures, "looked_after.net", "london", "2024-25") == 200
    assert CAMDEN in compute(tables, {}).figures["geography"]


MONITORED = """
    authority | period  | QUARTER | SERVICE_LINE | ORIGINAL_BUDGET | REVISED_BUDGET | OUTTURN
    E09000003 | 2017-18 | Q4      | csc          | 100             | 130            | 130
    E09000003 | 2017-18 | Q4      | asc          | 100             | 100            | 70
    E09000005 | 2017-18 | Q4      | csc          | 100             | 100            | 130
    E09000005 | 2017-18 | Q4      | asc          | 100             | 100            | 110
    E09000007 | 2017-18 | Q4      | csc          | 100             | 100            |
"""


@pytest.mark.spec
def test_monitoring_is_asked_the_same_questions() -> None:
    """Barnet's two services both moved by 30 %; Brent's adults by 10 %; Camden has no outturn, as others have."""
    signed = table("finance.monitoring/lines", MONITORED)
    result = compute({"finance.monitoring/lines": signed}, {})
    flags = result.frames["flags"].select("authority", "flag", "test").rows()
    assert flags == [
        (BARNET, "children-and-adults-moved", MONITORING_COMPARABLE),
        (CAMDEN, "outturn-missing", MONITORING_COMPARABLE),
    ]
    comparable = {
        place: value(result.figures, "csc.monitoring_comparable", place, "2017-18") for place in (BARNET, BRENT)
    }
    assert comparable == {BARNET: 0, BRENT: 1}
    assert value(result.figures, "csc.monitoring_flagged_authorities", "london", "2017-18") == 2
    assert absent(result.figures, "csc.comparable", BARNET, "2017-18")  # RA and RS were not sent, and are not asked


@pytest.mark.spec
def test_children_against_adults_by_monitoring() -> None:
    """Overspends: Barnet's children 0 of 130, adults −30 of 100; Brent's 30 and 10. Camden has no outturn."""
    found = compute({"finance.monitoring/lines": table("finance.monitoring/lines", MONITORED)}, {}).figures
    for measure in ("percent", "pounds"):
        assert value(found, f"csc.overspend_above_adults_{measure}", "london", "2017-18") == 2
        assert figure(found, f"csc.overspend_above_adults_{measure}.share", "london", "2017-18")["n"] == 2
    assert value(found, "asc.overspend", "london", "2017-18") == -20


@pytest.mark.spec
def test_how_many_monitoring_returns_are_signed() -> None:
    lines = table("finance.monitoring/lines", MONITORED).with_columns(provisional=pl.col("authority") == BRENT)
    found = compute({"finance.monitoring/lines": lines}, {}).figures
    assert value(found, "response.signed", "london", "2017-18") == 50  # of Barnet and Brent
