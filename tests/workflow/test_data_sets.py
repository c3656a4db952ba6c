"""Published data sets stand side by side unless they speak of the very same things."""

import zipfile
from pathlib import Path

import pytest

from parentis import archive, lake, workflow
from parentis.archive import Event, File, Home

PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,"
    "region_code,region_name,old_la_code,la_name,new_la_code"
)
ROW = "Reporting year,Local authority,E92000001,England,E12000007,London,202,Camden,E09000007"
SFR = "New_geog_code,geog_l,geog_c,geog_n"


def csv(name: str, *lines: str) -> File:
    return File(name, ("\n".join(lines) + "\n").encode())


LOOKED_AFTER = csv("SFR41_CLA2016.csv", f"{SFR},CLA_Mar2016", "E09000007,LA,202,Camden,200")
STARTED = csv("SFR41_ADM2016.csv", f"{SFR},CLA_started2016", "E09000007,LA,202,Camden,140")
IN_TOUCH = csv("in_touch.csv", f"{PLACE},care_leaver_age,number", f"2024,{ROW},17 to 18 years,70")
IN_TOUCH_LATER = csv("in_touch_22to25.csv", f"{PLACE},care_leaver_age,number", f"2024,{ROW},22 years,30")


def shown(home: Home, measure: str) -> list[tuple[float | None, str]]:
    workflow.build(home, services=["statistics"])
    return workflow.figures(home, measure=measure, geography="Camden").select("value", "unit").rows()


@pytest.mark.integration
@pytest.mark.parametrize("together", [True, False])
def test_tables_of_one_release_are_kept_side_by_side(home: Home, together: bool) -> None:
    files = [LOOKED_AFTER, STARTED, IN_TOUCH, IN_TOUCH_LATER]
    submitted = [files] if together else [[file] for file in files]
    outcomes = [one for some in submitted for one in workflow.submit(home, some, who="ann")]
    assert [one.status for one in outcomes] == ["accepted"] * 4
    assert workflow.register(home)["current"].to_list() == [True] * 4
    assert shown(home, "statistics.cla.number_31_march") == [(200.0, "count")]
    assert shown(home, "statistics.cla.started") == [(140.0, "count")]
    assert [value for value, _ in shown(home, "statistics.in_touch.number")] == [70.0]
    assert [value for value, _ in shown(home, "statistics.in_touch_22to25.number")] == [30.0]


@pytest.mark.integration
def test_every_table_of_a_zip_has_an_outcome_and_is_kept_apart(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "release.zip"
    tables = {f"data/t{at}.csv": f"{PLACE},stage_{at},number\n2024,{ROW},All,{at}\n".encode() for at in range(47)}
    with zipfile.ZipFile(path, "w") as packed:
        for name, raw in tables.items():
            packed.writestr(name, raw)
    outcomes = workflow.submit(home, [path], who="ann")
    assert [one.status for one in outcomes] == ["accepted"] * 47
    assert {one.files for one in outcomes} == {(f"release.zip/{name}",) for name in tables}
    assert lake.read(home, "open_statistics.dfe/values").collect().height == 47
    assert {one.status for one in workflow.submit(home, [path], who="ann")} == {"unchanged"}
    assert workflow.rebuild(home, who="ann")["rows"].sum() == 47


@pytest.mark.integration
def test_the_same_data_set_supersedes_whatever_its_file_is_called(home: Home) -> None:
    workflow.submit(home, [IN_TOUCH], who="ann")
    corrected = csv("download.csv", f"{PLACE},care_leaver_age,number", f"2024,{ROW},17 to 18 years,71")
    (outcome,) = workflow.submit(home, [corrected], who="ann")
    assert "supersedes submission" in outcome.sentences[1]
    assert lake.read(home, "open_statistics.dfe/values").collect()["VALUE"].to_list() == [71.0]


@pytest.mark.integration
def test_per_cents_and_earlier_headings_become_figures(home: Home) -> None:
    approvals = csv("approvals.csv", f"{PLACE},measure,number,rate", f'2024,{ROW},Approved,"1,204",12%')
    older = csv(
        "cla.csv",
        f"{PLACE},population_count,population_estimate,number,rate_per_10000",
        f"2020,{ROW},Children looked after at 31 March each year,40000,190,48",
    )
    workflow.submit(home, [approvals, older], who="ann")
    assert shown(home, "statistics.approvals.rate") == [(12.0, "%")]
    assert [value for value, _ in shown(home, "statistics.approvals.number")] == [1204.0]
    periods = workflow.figures(home, measure="statistics.cla.number_31_march", geography="Camden")
    assert periods.select("period", "value").rows() == [("2020-03-31", 190.0)]


@pytest.mark.integration
def test_one_key_with_two_numbers_is_a_finding_and_no_figure(home: Home) -> None:
    dups = csv("dups.csv", f"{PLACE},number", f"2024,{ROW},5", f"2024,{ROW},7")
    (outcome,) = workflow.submit(home, [dups], who="ann")
    assert outcome.checked is not None
    assert outcome.checked.findings.select("rule", "row").rows() == [("SPEC-UNIQUE", 0), ("SPEC-UNIQUE", 1)]
    assert "accepted with 2 findings to correct" in outcome.sentence
    built = workflow.build(home, services=["statistics"])
    assert built.left_out == (
        "2 rows of open_statistics.dfe/values (dups) are in no figure: "
        "the same key stands several times in the file, with different numbers",
    )
    assert workflow.figures(home, measure="statistics.dups.number").is_empty()
    left = lake.read_frame(home, "statistics", "left_out").collect()
    assert left.select("reason", "rows").rows() == [
        ("the same key stands several times in the file, with different numbers", 2)
    ]


@pytest.mark.integration
def test_what_was_accepted_under_the_name_of_its_data_set_reads_again_under_it(home: Home) -> None:
    """A home from before parts were told by what a file holds: `sort_out` finds the part it was accepted under."""
    from parentis.workflow.intake.contents import find
    from parentis.workflow.intake.upload_options import UploadOptions

    known = UploadOptions(who="ann", return_id="open_statistics.dfe", part="in_touch", period="2024")
    assert [one.reading.part for one in find([IN_TOUCH, IN_TOUCH_LATER], known)] == ["in_touch"]


RA_TITLE = "Worksheet {}: Revenue Account Budget (RA) 2023-24: {},,,,,,"
PART_1 = csv(
    "RA_part_1.csv",
    RA_TITLE.format(2, "Revenue Account data"),
    "Net current expenditure (£ thousand),,,,,,",
    "E-code,ONS Code,Local authority,Class,TOTAL CHILDREN'S SOCIAL CARE,TOTAL ADULT SOCIAL CARE",
    'E5011,E09000007,Camden,LB,"75,905","101,000"',
)
PART_2 = csv(
    "RA_part_2.csv",
    RA_TITLE.format(3, "specific and special grants data"),
    "Net current expenditure (£ thousand),,,,,,",
    "E-code,ONS Code,Local authority,Class,Pupil Premium Grant",
    'E5011,E09000007,Camden,LB,"9,000"',
)


@pytest.mark.integration
@pytest.mark.parametrize("files", [[PART_1, PART_2], [PART_2, PART_1]], ids=["first first", "second first"])
def test_two_parts_of_a_budget_are_both_kept(home: Home, files: list[File]) -> None:
    outcomes = [workflow.submit(home, [file], who="ann")[0] for file in files]
    assert [one.status for one in outcomes] == ["accepted", "accepted"]
    assert "both stay current" in outcomes[1].sentences[-1]
    assert lake.read(home, "finance.ra/lines").collect().height == 3
    workflow.build(home, services=["funding"])
    budget = workflow.figures(home, measure="funding.csc.budget", geography="Camden", breakdown="")
    assert 75_905_000.0 in budget["value"].to_list()


@pytest.mark.integration
def test_a_corrected_part_supersedes_that_part_alone(home: Home) -> None:
    workflow.submit(home, [PART_1], who="ann")
    workflow.submit(home, [PART_2], who="ann")
    corrected = File("anything.csv", PART_1.data.replace(b"75,905", b"76,000"))
    workflow.submit(home, [corrected], who="ann")
    rows = lake.read(home, "finance.ra/lines").collect().sort("LABEL")
    assert rows.select("LABEL", "AMOUNT").rows() == [
        ("Pupil Premium Grant", 9_000_000),
        ("TOTAL ADULT SOCIAL CARE", 101_000_000),
        ("TOTAL CHILDREN'S SOCIAL CARE", 76_000_000),
    ]


CENSUS = (
    "Placements census as at {day},,,,,,\n"
    "Placing Authority,Identifier,Age,How the placement was sourced,Placement start date,Type of provision,"
    "Total weekly cost\nCamden,{child},12,Framework,02/05/2024,Fostering,845.20\n"
)


@pytest.mark.integration
def test_the_second_census_of_a_year_stands_beside_the_first(home: Home) -> None:
    for day, child in (("31 July 2024", "A"), ("28 February 2025", "B")):
        file = File("census.csv", CENSUS.format(day=day, child=child).encode())
        (outcome,) = workflow.submit(home, [file], who="ann", authority="Camden", accept=True)
        assert outcome.status == "accepted"
    kept = workflow.register(home).select("part", "period", "current").rows()
    assert kept == [("", "2024-07-31", True), ("", "2025-02-28", True)]


@pytest.mark.integration
def test_a_census_wants_a_day(home: Home) -> None:
    file = File("census.csv", CENSUS.format(day="day unknown", child="A").encode())
    for period, said in ((None, "expected a day, found none"), ("2024-25", "expected a day, found 2024-25")):
        (outcome,) = workflow.submit(home, [file], who="ann", authority="Camden", period=period)
        assert outcome.status == "rejected"
        assert said in str(outcome.error)
        assert "--period 2025-12-31" in str(outcome.error)


@pytest.mark.integration
@pytest.mark.parametrize(("day", "then"), [("28 February 2025", "2025-02-28"), ("day unknown", "2025-02-28")])
def test_a_census_told_by_its_year_is_moved_to_its_day(home: Home, day: str, then: str) -> None:
    file = File("census.csv", CENSUS.format(day=day, child="A").encode())
    (outcome,) = workflow.submit(home, [file], who="ann", authority="Camden", accept=True, period="2025-02-28")
    as_before = Event(event="reloaded", submission_id=outcome.submission_id, who="x", part="2025-02", period="2024-25")
    archive.append(home, [as_before])
    workflow.build(home, services=["statistics"])
    assert workflow.register(home).select("part", "period", "current").rows() == [("", then, True)]
    assert lake.read(home, "placements.census/placements").select("period").collect().rows() == [(then,)]
    again = File("census.csv", CENSUS.format(day="28 February 2025", child="B").encode())
    workflow.submit(home, [again], who="ann", authority="Camden", accept=True)
    assert workflow.register(home)["current"].to_list() == [False, True]
    assert lake.read(home, "placements.census/placements").collect().height == 1
