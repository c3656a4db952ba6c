"""What speaks against accepting a file: each reason seen, and what gives none."""

from pathlib import Path

import pytest

from parentis import workflow
from parentis.archive import Home
from parentis.errors import SpecificationError, SubmissionStateError
from parentis.workflow.safeguards.objections import _authorities_in, improbable, losses
from parentis.workflow.safeguards.publications import known_publications

CAMDEN, CROYDON, BARNET = "E09000007", "E09000008", "E09000003"


def header(folder: Path, children: range, name: str = "header.csv", prefix: str = "MADE") -> Path:
    """A looked-after children header with invented children."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{prefix}{number},1,17/05/2012,WBRI,UN1,0," for number in children]
    path = folder / name
    path.write_text("\n".join(["CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", *rows, ""]))
    return path


@pytest.mark.unit
@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"Episodes": 100}, {"Episodes": 51}, []),
        ({"Episodes": 100}, {"Episodes": 49}, ["Episodes falls from 100 rows to 49"]),
        ({"Episodes": 30}, {"Episodes": 12}, []),
        ({"AD1": 3}, {}, []),
        ({"AD1": 3, "OC3": 0}, {}, []),
        ({"AD1": 3, "OC3": 2}, {}, ["nothing comes for AD1, OC3, of which 5 rows are held"]),
        ({"Reviews": 20}, {"Reviews": 0}, ["nothing comes for Reviews, of which 20 rows are held"]),
    ],
)
def test_large_losses_are_said_and_small_ones_are_not(before, now, said) -> None:
    assert losses(before, now) == said


@pytest.mark.unit
@pytest.mark.parametrize(
    ("known", "children", "says"), [(28, 144, True), (60, 144, False), (100, 144, False), (0, 5, False), (0, 10, True)]
)
def test_few_known_children_are_strangers_where_chance_does_not_explain_it(known, children, says) -> None:
    assert improbable(known, children) is says


@pytest.mark.unit
@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("finance.monitoring_lines_2024-25_E09000008.csv", {CROYDON}),
        ("Croydon/Q3/lines.csv", {CROYDON}),
        ("camden_and_croydon.csv", {CAMDEN, CROYDON}),
        ("North East Lincolnshire.csv", {"E06000012"}),
        ("croydonia.csv", set()),
        ("reading list.csv", set()),
        ("episodes.csv", set()),
    ],
)
def test_authorities_are_known_by_names_and_codes_in_a_files_name(path, named) -> None:
    assert _authorities_in(path) == named


@pytest.mark.integration
def test_a_return_that_knows_none_of_last_years_children_waits_for_a_reason(home: Home, tmp_path: Path) -> None:
    def hand_in(children: range, period: str, prefix: str = "MADE") -> workflow.Outcome:
        path = header(tmp_path / f"{period}-{prefix}-{children.start}", children, prefix=prefix)
        return workflow.submit(home, [path], who="ann", authority="Camden", period=period, accept=True)[0]

    assert hand_in(range(40), "2022-23").status == "accepted", "with nothing to compare with"
    assert hand_in(range(10, 50), "2023-24").status == "accepted", "thirty of forty are known"
    stranger = hand_in(range(40), "2024-25", prefix="ELSE")
    assert stranger.status == "checked"
    assert "of its 40 children 0 were in its return for 2023-24" in stranger.held_back
    with pytest.raises(SubmissionStateError, match="does not look like Camden's"):
        workflow.accept(home, stranger.submission_id, who="bea")
    assert workflow.recover(home) == []
    again = hand_in(range(40), "2024-25", prefix="ELSE")
    assert (again.status, again.submission_id) == ("unchanged", stranger.submission_id)
    assert workflow.accept(home, stranger.submission_id, who="bea", why="a new case system").status == "accepted"
    why = workflow.history(home, stranger.submission_id).filter(event="accepted")["why"][0]
    assert why == "a new case system"


@pytest.mark.integration
def test_a_return_that_another_authority_s_children_fill_waits(home: Home, tmp_path: Path) -> None:
    for place, prefix in (("Camden", "MADE"), ("Croydon", "ELSE")):
        path = header(tmp_path / place, range(30), prefix=prefix)
        workflow.submit(home, [path], who="ann", authority=place, period="2023-24", accept=True)
    path = header(tmp_path / "next", range(5, 35), prefix="ELSE")
    (outcome,) = workflow.submit(home, [path], who="ann", authority="Camden", period="2024-25", accept=True)
    assert outcome.status == "checked"
    assert "looks like Croydon's: 25 of its 30 children were in the return that Croydon" in outcome.held_back


@pytest.mark.integration
def test_the_bytes_of_another_authority_wait_and_a_nil_return_does_not(home: Home, tmp_path: Path) -> None:
    for name, children in (("full.csv", range(30)), ("nil.csv", range(0))):
        path = header(tmp_path, children, name=name)
        workflow.submit(home, [path], who="ann", authority="Croydon", period="2023-24", accept=True)
        (other,) = workflow.submit(home, [path], who="bo", authority="Camden", period="2023-24", accept=True)
        assert ("the very bytes that Croydon handed in" in other.held_back) is (name == "full.csv")


@pytest.mark.integration
def test_rows_without_children_are_compared_cell_by_cell(home: Home, tmp_path: Path) -> None:
    def lines(name: str, *budgets: int) -> Path:
        services = ("csc", "looked_after", "residential", "fostering", "other_placements", "safeguarding")
        rows = [f"Q4,{line},{budget},{budget},{budget}" for line, budget in zip(services, budgets, strict=True)]
        path = tmp_path / name
        path.write_text("\n".join(["QUARTER,SERVICE_LINE,ORIGINAL_BUDGET,REVISED_BUDGET,OUTTURN", *rows, ""]))
        return path

    def hand_in(path: Path, place: str) -> workflow.Outcome:
        given = {"period": "2024-25", "return_id": "finance.monitoring"}
        return workflow.submit(home, [path], who="ann", authority=place, accept=True, **given)[0]

    assert hand_in(lines("a.csv", 1, 2, 3, 4, 5, 6), "Croydon").held_back == ""
    assert "4 of its rows" in hand_in(lines("b.csv", 1, 2, 3, 4, 50, 60), "Camden").held_back
    assert hand_in(lines("c.csv", 1, 2, 3, 40, 50, 60), "Barnet").held_back == ""


@pytest.mark.integration
def test_the_real_files_of_one_authority_are_not_taken_for_anothers(home: Home, shared_data: Path) -> None:
    """Three public files of 253 episodes and 144 children, 2021, and those of the year before."""
    folder = shared_data / "returns" / "ssda903_demand_model"

    def files(year: int) -> list[Path]:
        return sorted(folder.glob(f"{year}-*.csv"))

    def hand_in(year: int, period: str, place: str, reason: str = "") -> workflow.Outcome:
        (outcome,) = workflow.submit(home, files(year), who="ann", authority=place, period=period)
        if reason:
            workflow.accept(home, outcome.submission_id, who="bea", why=reason)
        return outcome

    hand_in(2020, "2020-21", "Croydon", "its own")
    assert hand_in(2021, "2021-22", "Croydon").held_back == "", "all 144 children are Croydon's"
    camden = hand_in(2021, "2021-22", "Camden")
    assert "looks like Croydon's: 144 of its 144 children" in camden.held_back
    found = workflow.changes(home, camden.submission_id)
    assert {name: now for name, _, now in found.tables} == {"Episodes": 253, "Header": 144, "UASC": 4}
    assert (found.whose.known, found.whose.children, found.whose.other) == (0, 144, CROYDON)
    assert found.year.startswith("2021-22, as stated when it was submitted.")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sha256,title\n", "no column published"),
        ("sha256,published,title\nabc,2024-01-01,x\n", "in line 2 no SHA-256"),
        (f"sha256,published,title\n{'a' * 64},January,x\n", "in line 2 no day"),
    ],
)
def test_a_list_of_publications_that_cannot_be_read_says_where(home: Home, text: str, says: str) -> None:
    home.path.mkdir()
    (home.path / "publications.csv").write_text(text)
    with pytest.raises(SpecificationError, match=says):
        known_publications(home)


@pytest.mark.unit
def test_no_list_is_no_list(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert known_publications(home) is None
    kept = tmp_path / "elsewhere.csv"
    kept.write_text("﻿sha256,published,title,note\n" + "B" * 64 + ",2024-01-31,Budgets,seen\n", encoding="utf-8")
    monkeypatch.setenv("PARENTIS_PUBLICATIONS", str(kept))
    (one,) = known_publications(home) or ()
    assert (one.sha256, one.published.isoformat()) == ("b" * 64, "2024-01-31")
