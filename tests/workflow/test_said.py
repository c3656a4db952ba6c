"""What handing in met is said wherever a person looks, in the same words; nothing is accepted bare that was misread."""

import json
from pathlib import Path

import pytest

from parentis import archive, lake, workflow
from parentis.archive import File, Home

CAMDEN = "E09000007"
EPISODES = "CHILD,DECOM,RNE,LS,PLACE,DEC,HOME_POST\n{child},05/05/2024,S,C2,U6,,NW1 1AA\n"
PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,"
    "region_code,region_name,old_la_code,la_name,new_la_code"
)
ROW = "Reporting year,Local authority,E92000001,England,E12000007,London,202,Camden,E09000007"


LIMITS = ("warning: table ", "warning: column ")
"How what limits an outcome begins: the small return here lacks a table and columns."


def two_files() -> list[File]:
    return [
        File("episodes.csv", EPISODES.format(child="1001").encode()),
        File("episodes_part2.csv", EPISODES.format(child="1001").replace("C2", "V2").encode()),
    ]


@pytest.mark.integration
def test_a_return_with_a_reading_error_waits_for_someone_who_has_seen_it(home: Home) -> None:
    asked = {"who": "ann", "authority": "Camden", "period": "2024-25", "accept": True}
    (outcome,) = workflow.submit(home, two_files(), **asked)
    assert (outcome.status, outcome.reading_errors) == ("checked", 1)
    sentence, problem, *limits = outcome.sentences
    assert "received and checked, with 1 reading error" in sentence
    assert problem == (
        "error: episodes_part2.csv: a second file for Episodes, beside episodes.csv, and 1 of its rows have the CHILD "
        "and DECOM of rows there and say something else, the first in line 2. Its 1 rows are not used: give only the "
        "one that is right"
    )
    assert limits[0].startswith("warning: table Header was not given: ")
    assert all(one.startswith(LIMITS) for one in limits)
    row = workflow.submission(home, outcome.submission_id)
    assert [one.sentence for one in workflow.problems_of(row)] == [problem, *limits]
    assert workflow.told_of(workflow.register(home))[0] == f"{outcome.submission_id[:8]}  {problem}"
    frame = workflow.outcomes_frame([outcome])
    assert frame["problems"].to_list() == [[problem, *limits]]

    assert workflow.recover(home) == []
    (again,) = workflow.submit(home, two_files(), **asked)
    assert again.status == "unchanged"
    assert workflow.submission(home, outcome.submission_id)["status"] == "checked"
    assert workflow.accept(home, outcome.submission_id, who="dee").sentences[1] == problem


@pytest.mark.integration
def test_asking_for_single_rules_hides_no_problem(tmp_path: Path) -> None:
    for file in two_files():
        (tmp_path / file.name).write_bytes(file.data)
    asked = {"period": "2024-25", "authority": "Camden"}
    (all_rules,) = workflow.check_files([tmp_path], **asked)
    (one_rule,) = workflow.check_files([tmp_path], rules=["EPI"], **asked)
    limits = {one for one in (*one_rule.problems, *all_rules.problems) if one.sentence.startswith(LIMITS)}
    assert limits, "how many rules did not run is counted of those asked for"
    assert [p for p in one_rule.problems if p not in limits] == [p for p in all_rules.problems if p not in limits]
    assert one_rule.reading_errors == 1
    from parentis.returns import reports

    told = json.loads(reports.findings_json(one_rule))
    assert [one["sentence"] for one in told["problems"]] == [one.sentence for one in one_rule.problems]
    assert [(one["file"].rpartition("/")[2], one["rows"], one["kept"]) for one in told["files"]] == [
        ("episodes.csv", 1, 1),
        ("episodes_part2.csv", 1, 0),
    ]
    for report in (reports.findings_html, reports.findings_xlsx):
        assert report(one_rule)
    assert b"a second file for Episodes" in reports.findings_html(one_rule)


@pytest.mark.integration
def test_what_is_superseded_is_said_with_its_rows_and_figures(home: Home) -> None:
    def landings(count: int, *more: str) -> File:
        lines = (f"{PLACE},vehicle,number", f"2024,{ROW},Rocket,{count}", *more)
        return File("landings.csv", "\n".join(lines).encode())

    (first,) = workflow.submit(home, [landings(3)], who="ann")
    assert first.sentences == (first.sentence,)
    workflow.build(home, services=["statistics"])
    (second,) = workflow.submit(home, [landings(4)], who="ann")
    day = archive.events(home)["at"][-1]
    assert second.sentences[1:] == (
        f"note: supersedes submission {first.submission_id[:8]} (landings.csv, accepted {day:%-d %B %Y}): "
        "its 1 rows go, 1 come; 1 figures rest on them and are made anew, or go, at the next build",
    )
    row = workflow.submission(home, second.submission_id)
    assert [one.sentence for one in workflow.problems_of(row)] == list(second.sentences[1:])
    assert lake.read(home, "open_statistics.dfe/values").collect()["VALUE"].to_list() == [4.0]


@pytest.mark.integration
def test_publishers_files_that_cannot_be_used_are_rejected_by_themselves(home: Home) -> None:
    good = File("landings.csv", f"{PLACE},vehicle,number\n2024,{ROW},Rocket,3\n".encode())
    outcomes = workflow.submit(home, [good, File("guide.pdf", b"%PDF-1.7"), File("empty.csv", b"")], who="ann")
    assert [(one.status, one.files) for one in outcomes] == [
        ("rejected", ("guide.pdf",)),
        ("rejected", ("empty.csv",)),
        ("accepted", ("landings.csv",)),
    ]
    assert "found a PDF document" in outcomes[0].sentence
    assert workflow.register(home)["status"].to_list() == ["accepted", "rejected", "rejected"]
    assert archive.fetch(home, outcomes[2].submission_id) == (good,)
