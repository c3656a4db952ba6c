"""What accepting will change, worked out before and seen after; and taking it back."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from parentis import archive, lake, workflow
from parentis.archive import Home
from parentis.errors import SubmissionStateError
from parentis.figures import Viewer
from parentis.returns import ReturnData, write_files
from parentis.workflow.safeguards.two_people import SECOND_PERSON

CAMDEN, BARNET = "E09000007", "E09000003"


def monitoring(folder: Path, outturn: int, authority: str = CAMDEN) -> list[Path]:
    lines = pl.DataFrame(
        {
            "QUARTER": ["Q4"], "SERVICE_LINE": ["csc"], "ORIGINAL_BUDGET": [Decimal(100)],
            "REVISED_BUDGET": [Decimal(100)], "OUTTURN": [Decimal(outturn)],
        },
        schema_overrides=dict.fromkeys(("ORIGINAL_BUDGET", "REVISED_BUDGET", "OUTTURN"), pl.Decimal(18, 2)),
    )  # fmt: skip
    filled = ReturnData(return_id="finance.monitoring", submitter=authority, period="2024-25", tables={"lines": lines})
    return write_files(filled, folder / f"{authority}-{outturn}")


def hand_in(home: Home, folder: Path, outturn: int, *, accept: bool = False) -> str:
    (outcome,) = workflow.submit(
        home, monitoring(folder, outturn), who="ann", authority=CAMDEN, period="2024-25", accept=accept
    )
    return outcome.submission_id


def outturns(home: Home) -> list[Decimal]:
    return lake.read(home, "finance.monitoring/lines").collect()["OUTTURN"].to_list()


KEY = ("measure", "geography", "period", "breakdown", "scenario")


def shown(home: Home) -> dict[tuple[str, ...], float]:
    seen = workflow.figures(home, viewer=Viewer.members(CAMDEN)).filter(pl.col("value").is_not_null())
    return {tuple(key): value for *key, value in seen.select(*KEY, "value").iter_rows()}


@pytest.mark.integration
def test_the_figures_that_a_trial_moves_are_those_that_acceptance_moves(home: Home, tmp_path: Path) -> None:
    hand_in(home, tmp_path, 120, accept=True)
    workflow.build(home, services=["funding"])
    second = hand_in(home, tmp_path, 150)
    kept = {path: path.stat().st_mtime_ns for path in home.path.rglob("*") if path.is_file()}
    before = shown(home)

    found = workflow.changes(home, second)
    assert [(one.column, one.before, one.now) for one in found.cells.most] == [("Outturn", "120.00", "150.00")]
    assert any("Outturn: 120.00 → 150.00" in line for line in workflow.in_words(found))
    assert workflow.unsealed_changes(home, second, workflow.sealed_changes(home, found)) == found

    assert shown(home) == before
    after_trial = {path: path.stat().st_mtime_ns for path in home.path.rglob("*") if path.is_file()}
    assert after_trial == kept, "a trial writes nothing"
    assert found.tables == (("lines", 1, 1),)
    assert found.figures is not None
    assert found.figures.services == ("Funding pressures",)
    foretold = {
        (one.measure, one.geography, one.period, one.breakdown, ""): (one.before, one.after)
        for one in found.figures.most
    }
    assert foretold["funding.csc.expected_outturn", CAMDEN, "2024-25", "", ""] == (120, 150)

    workflow.accept(home, second, who="bea")
    workflow.build(home, services=["funding"])
    after = shown(home)
    for key, (was, is_) in foretold.items():
        assert (before[key], after[key]) == (was, is_), key
    moved = [key for key in before.keys() & after.keys() if before[key] != after[key]]
    assert len(moved) == found.figures.moved
    assert len(after.keys() - before.keys()) == found.figures.come
    assert len(before.keys() - after.keys()) == found.figures.gone + found.figures.hidden


@pytest.mark.integration
def test_the_same_summary_comes_back_from_its_seal_and_goes_with_the_submission(home: Home, tmp_path: Path) -> None:
    first = hand_in(home, tmp_path, 120, accept=True)
    second = hand_in(home, tmp_path, 150)
    found = workflow.changes(home, second, figures=False)
    assert (found.supersedes, found.tried, found.figures) == (first, False, None)
    sealed = workflow.sealed_changes(home, found)
    assert CAMDEN.encode() not in sealed
    assert workflow.unsealed_changes(home, second, sealed) == found


@pytest.mark.integration
def test_children_who_appear_and_vanish_are_counted_and_named(home: Home, tmp_path: Path) -> None:
    def submit(children: str, *, accept: bool) -> str:
        folder = tmp_path / children
        folder.mkdir()
        rows = [f"INVENTED{one},1,17/05/2012,WBRI,UN1,0," for one in children]
        (folder / "header.csv").write_text("\n".join(["CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", *rows, ""]))
        (one,) = workflow.submit(home, [folder], who="ann", authority=CAMDEN, period="2023-24", accept=accept)
        return one.submission_id

    submit("ABCD", accept=True)
    found = workflow.changes(home, submit("CDE", accept=False), figures=False)
    assert found.children is not None
    assert (found.children.before, found.children.now) == (4, 3)
    assert (found.children.appear, found.children.vanish) == (("INVENTEDE",), ("INVENTEDA", "INVENTEDB"))
    said = "\n".join(workflow.in_words(found))
    assert "Children: 4 → 3; 1 appear, 2 vanish." in said
    assert "INVENTED" not in said, "numbers, no children"


@pytest.mark.integration
def test_a_publishers_totals_are_set_beside_what_they_supersede(
    home: Home, budgets: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow.submit(home, budgets(1_000), who="ann")
    monkeypatch.setenv(SECOND_PERSON, "yes")
    (changed,) = workflow.submit(home, budgets(5_000), who="ann")
    assert changed.status == "checked"
    totals = workflow.changes(home, changed.submission_id).totals
    assert [(one.authority, one.before, one.now) for one in totals] == [
        (BARNET, 2_000, 10_000),
        (CAMDEN, 1_000, 5_000),
    ]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("period", "name", "said"),
    [
        ("2023-24", "header.csv", "2023-24, as stated when it was submitted."),
        (None, "header.csv", "2023-24, from the dates in the files. 2 of 2 dates DECOM of Episodes fall in the year."),
    ],
)
def test_how_a_year_was_told_is_said(home: Home, tmp_path: Path, period: str | None, name: str, said: str) -> None:
    (tmp_path / name).write_text("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nINVENTED1,1,17/05/2012,WBRI,UN1,0,\n")
    (tmp_path / "episodes.csv").write_text(
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
        "INVENTED1,01/06/2023,S,C2,N1,U1,PR1,,,,AB1 2CD,AB1 2CD,\n"
        "INVENTED1,01/02/2024,P,C2,N1,U1,PR1,,,,AB1 2CD,AB1 2CD,\n"
    )
    paths = [tmp_path / name, tmp_path / "episodes.csv"]
    (one,) = workflow.submit(home, paths, who="ann", authority=CAMDEN, period=period)
    assert workflow.changes(home, one.submission_id, figures=False).year.startswith(said)


@pytest.mark.integration
def test_taking_an_acceptance_back_brings_the_earlier_load_back(home: Home, tmp_path: Path) -> None:
    first, second = hand_in(home, tmp_path, 120, accept=True), hand_in(home, tmp_path, 150, accept=True)
    assert outturns(home) == [150]
    then = archive.events(home).height
    with pytest.raises(SubmissionStateError, match="superseded"):
        workflow.reverse(home, first, who="bea", why="x")
    assert workflow.reverse(home, second, who="bea", why="the wrong file") == first
    assert outturns(home) == [120]
    assert lake.read(home, "finance.monitoring/lines", as_of=then).collect()["OUTTURN"].to_list() == [150]
    state = workflow.register(home)
    assert dict(state.select("submission_id", "status").iter_rows()) == {first: "accepted", second: "reversed"}
    assert workflow.history(home, second).row(-1, named=True)["why"] == "the wrong file"
    with pytest.raises(SubmissionStateError):
        workflow.reverse(home, second, who="bea", why="again")
    assert [one for one in workflow.doctor(home) if one.severity == "error"] == []
    workflow.rebuild(home, who="ann")
    assert outturns(home) == [120]
    third = hand_in(home, tmp_path, 150, accept=True)
    assert third != second, "the same files may be handed in again"
    assert outturns(home) == [150]
    assert workflow.reverse(home, third, who="bea", why="still the wrong file") == first


@pytest.mark.integration
def test_what_superseded_nothing_leaves_nothing_and_what_was_erased_does_not_come_back(
    home: Home, tmp_path: Path
) -> None:
    first, second = hand_in(home, tmp_path, 120, accept=True), hand_in(home, tmp_path, 150, accept=True)
    workflow.erase(home, first, who="dpo", why="asked for")
    assert workflow.reverse(home, second, who="bea", why="x") == ""
    assert outturns(home) == []


@pytest.mark.integration
def test_what_was_taken_back_is_in_no_version_of_the_tables_for_other_tools(home: Home, tmp_path: Path) -> None:
    from deltalake import DeltaTable

    from parentis.figures import Audience

    held = hand_in(home, tmp_path, 120, accept=True)
    workflow.release_submissions(home, who="ann", to=Audience.PUBLISHED, submission_ids=[held])
    workflow.build(home, services=["funding"])
    table = home.current / "finance.monitoring" / "lines"
    assert pl.read_delta(str(table)).height == 1
    workflow.release_submissions(home, who="ann", to=Audience.OWN, submission_ids=[held])
    workflow.build(home, services=["funding"])
    assert pl.read_delta(str(table)).height == 0
    files = {path.name for path in table.glob("*.parquet")}
    assert files == {Path(one).name for one in DeltaTable(str(table)).file_uris()}, "no older version is left"
