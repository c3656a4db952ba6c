from decimal import Decimal

import polars as pl
import pytest

from parentis import archive, lake, workflow
from parentis.errors import (
    NotFoundError,
    PeriodError,
    SubmissionStateError,
    UnknownAuthorityError,
    UnreadableFileError,
    worded,
)
from parentis.remedies import Channel

CAMDEN, BARNET = "E09000007", "E09000003"
MONITORING = "finance.monitoring/lines"


def budgets_in(home, as_of=None):
    rows = lake.read(home, MONITORING, as_of=as_of).collect()
    return {(row["authority"], row["period"]): row["ORIGINAL_BUDGET"] for row in rows.iter_rows(named=True)}


@pytest.mark.integration
def test_an_authoritys_return_waits_is_accepted_and_signed(home, monitoring):
    (outcome,) = workflow.submit(home, monitoring(), who="ann", authority="camden", period="2024/25")
    assert (outcome.status, outcome.submitter, outcome.period) == ("checked", CAMDEN, "2024-25")
    assert outcome.counts == (("lines", 1),)
    assert budgets_in(home) == {}

    accepted = workflow.accept(home, outcome.submission_id[:8], who="dee", role="director")
    assert (accepted.status, accepted.provisional) == ("accepted", True)
    assert budgets_in(home) == {(CAMDEN, "2024-25"): Decimal(100)}
    assert lake.read(home, MONITORING).collect()["provisional"].to_list() == [True]

    with pytest.raises(SubmissionStateError, match="section-151"):
        workflow.accept(home, outcome.submission_id, who="dee", role="director")
    assert not workflow.accept(home, outcome.submission_id, who="sam", role="section-151").provisional
    assert lake.read(home, MONITORING).collect()["provisional"].to_list() == [False]
    assert archive.events(home)["event"].to_list() == ["received", "checked", "accepted", "signed"]
    assert archive.events(home)["who"].to_list() == ["ann", "ann", "dee", "sam"]


@pytest.mark.integration
def test_several_are_signed_at_once_or_none(home, monitoring):
    ids = [
        workflow.submit(home, monitoring(authority=code), who="ann", authority=code, period="2024-25", accept=True)[0]
        for code in (CAMDEN, BARNET)
    ]
    ids = [one.submission_id for one in ids]
    assert workflow.sign(home, ids, who="dee", role="director") == 2
    with pytest.raises(SubmissionStateError, match="section-151"):
        workflow.sign(home, ids, who="dee", role="director")
    workflow.accept(home, ids[0], who="sam", role="section-151")
    with pytest.raises(SubmissionStateError):
        workflow.sign(home, ids, who="sam", role="section-151")
    held = workflow.register(home)
    assert dict(held.select("submitter", "provisional").iter_rows()) == {CAMDEN: False, BARNET: True}


@pytest.mark.integration
def test_a_publishers_file_is_accepted_when_it_reads(home, budgets):
    (outcome,) = workflow.submit(home, budgets(), who="ann")
    assert (outcome.status, outcome.submitter, outcome.period) == ("accepted", "MHCLG", "2017-18")
    rows = lake.read(home, "finance.ra/lines").collect().sort("row")
    assert rows.select("authority", "AMOUNT", "row", "submitter").rows() == [
        (CAMDEN, Decimal(1_000), 0, "MHCLG"),
        (BARNET, Decimal(2_000), 1, "MHCLG"),
    ]
    assert rows.schema == lake.shown_schema(lake.declared("finance.ra/lines")[1])


@pytest.mark.integration
def test_identifiers_enter_only_as_keyed_hashes_and_regional_readers_see_less(home, children):
    workflow.submit(home, children(), who="ann", authority=CAMDEN, accept=True)
    hash_series, key_id = archive.hasher(home, "lake")
    header = lake.read(home, "ssda903/Header").collect().sort("row")
    assert header["CHILD"].to_list() == hash_series(pl.Series(["INVENTED1", "INVENTED2"])).to_list()
    assert header["key_id"].unique().to_list() == [key_id]
    assert header["DOB"].cast(pl.String).to_list() == ["2010-05-17", "2012-11-30"]
    regional = lake.read(home, "ssda903/Header", regional=True).collect().sort("row")
    assert regional["DOB"].cast(pl.String).to_list() == ["2010-05-01", "2012-11-01"]
    episodes = lake.read(home, "ssda903/Episodes").collect()
    assert episodes["HOME_POST"].to_list() == ["AB1 2"]
    assert episodes["CHILD"].item() == header["CHILD"][0]
    for path in home.path.rglob("*"):
        assert path.is_dir() or b"INVENTED1" not in path.read_bytes()


@pytest.mark.integration
def test_the_same_bytes_twice_change_nothing_and_say_so(home, monitoring, budgets):
    files = [*monitoring(), *budgets()]
    first = workflow.submit(home, files, who="ann", authority=CAMDEN, accept=True)
    before = archive.events(home)
    again = workflow.submit(home, files, who="bo", authority=CAMDEN, accept=True)
    assert {outcome.status for outcome in again} == {"unchanged"}
    assert {outcome.submission_id for outcome in again} == {outcome.submission_id for outcome in first}
    assert "nothing was changed" in again[0].sentence
    assert archive.events(home).equals(before)
    assert archive.kept(home) == {outcome.submission_id for outcome in first}


@pytest.mark.integration
def test_the_same_bytes_from_another_authority_are_its_own(home, monitoring):
    workflow.submit(home, monitoring(), who="ann", authority=CAMDEN, accept=True)
    (other,) = workflow.submit(home, monitoring(), who="bo", authority=BARNET, accept=True)
    assert (other.status, other.submitter) == ("checked", BARNET)
    assert "is named for Camden" in other.held_back
    other = workflow.accept(home, other.submission_id, who="cy", why="Camden keeps its books")
    assert (other.status, other.submitter) == ("accepted", BARNET)
    assert set(budgets_in(home)) == {(CAMDEN, "2024-25"), (BARNET, "2024-25")}


@pytest.mark.integration
def test_the_same_bytes_handed_in_to_be_accepted_are_accepted(home, monitoring):
    (first,) = workflow.submit(home, monitoring(), who="ann", authority=CAMDEN)
    (second,) = workflow.submit(home, monitoring(), who="ann", authority=CAMDEN, accept=True)
    assert (second.status, second.submission_id) == ("accepted", first.submission_id)
    assert budgets_in(home) == {(CAMDEN, "2024-25"): Decimal(100)}


@pytest.mark.integration
def test_part_of_a_call_may_be_held_already(home, monitoring, budgets):
    workflow.submit(home, budgets(), who="ann")
    both = workflow.submit(home, [*budgets(), *monitoring()], who="ann", authority=CAMDEN, accept=True)
    assert sorted(outcome.status for outcome in both) == ["accepted", "unchanged"]
    assert len(archive.kept(home)) == 2


@pytest.mark.integration
def test_submitting_again_supersedes_and_keeps_history(home, monitoring):
    workflow.submit(home, monitoring(100), who="ann", authority=CAMDEN, accept=True)
    earlier = archive.events(home)["sequence"].max()
    workflow.submit(home, monitoring(250), who="ann", authority=CAMDEN, accept=True)
    assert budgets_in(home) == {(CAMDEN, "2024-25"): Decimal(250)}
    assert budgets_in(home, as_of=earlier) == {(CAMDEN, "2024-25"): Decimal(100)}
    assert budgets_in(home, as_of=0) == {}
    assert workflow.register(home)["current"].to_list() == [False, True]
    # And back: the first bytes are no longer what is held, so handing them in again is news.
    (back,) = workflow.submit(home, monitoring(100), who="ann", authority=CAMDEN, accept=True)
    assert back.status == "accepted"
    assert budgets_in(home) == {(CAMDEN, "2024-25"): Decimal(100)}


@pytest.mark.integration
def test_files_of_several_returns_become_submissions_with_keys_of_their_own(home, monitoring, budgets, children):
    files = [*monitoring(), *budgets(), *children()]
    outcomes = workflow.submit(home, files, who="ann", authority=CAMDEN, accept=True)
    assert sorted(outcome.return_id for outcome in outcomes) == ["finance.monitoring", "finance.ra", "ssda903"]
    assert archive.kept(home) == {outcome.submission_id for outcome in outcomes}
    assert {len(archive.fetch(home, outcome.submission_id)) for outcome in outcomes} == {1, 2}
    assert workflow.register(home)["status"].to_list() == ["accepted"] * 3
    assert workflow.doctor(home) == []


@pytest.mark.integration
def test_a_tree_of_return_period_and_submitter_is_handed_in_whole(home, monitoring, budgets, tmp_path):
    tree = tmp_path / "tree"
    for period in ("2023-24", "2024-25"):
        for name, code in (("Camden", CAMDEN), (BARNET, BARNET)):
            (source,) = monitoring(int(period[:4]), authority=code, period=period)
            target = tree / "finance.monitoring" / period / name
            target.mkdir(parents=True)
            source.rename(target / source.name)
    (source,) = budgets()
    target = tree / "finance.ra" / "2017-18" / "MHCLG"
    target.mkdir(parents=True)
    source.rename(target / source.name)
    outcomes = workflow.submit(home, [tree], who="ann", accept=True)
    assert [outcome.status for outcome in outcomes] == ["accepted"] * 5
    assert budgets_in(home) == {
        (code, period): Decimal(int(period[:4])) for code in (CAMDEN, BARNET) for period in ("2023-24", "2024-25")
    }
    # One commit per table, one that makes all of it visible.
    history = pl.read_delta(str(home.register))
    assert history.filter(pl.col("event") == "accepted")["at"].n_unique() == 1
    versions = [int(path.stem) for path in (home.lake / "finance.monitoring/lines/_delta_log").glob("*.json")]
    assert versions == [0]
    again = workflow.submit(home, [tree], who="ann", accept=True)
    assert [outcome.status for outcome in again] == ["unchanged"] * 5

    (tree / "finance.monitoring" / "2024-25" / "Atlantis").mkdir()
    (tree / "finance.monitoring" / "2024-25" / "Atlantis" / "x.csv").write_text("QUARTER\nQ1\n")
    with pytest.raises(UnknownAuthorityError, match="Atlantis"):
        workflow.submit(home, [tree], who="ann", accept=True)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"authority": "Atlantis"}, UnknownAuthorityError, "Atlantis"),
        ({"period": "next year"}, PeriodError, "2017-18"),
        ({"return_id": "ssda904"}, NotFoundError, "ssda903"),
        ({"return_id": "ssda903", "period": "1999-00"}, PeriodError, "2016-17"),
        ({"paths": ["nowhere.csv"]}, UnreadableFileError, "nowhere.csv"),
        ({"paths": []}, UnreadableFileError, "at least one file"),
    ],
)
def test_what_is_wrong_at_once_is_said_before_anything_is_stored(home, monitoring, arguments, error, sentence):
    paths = arguments.pop("paths", None)
    with pytest.raises(error, match=sentence):
        workflow.submit(home, monitoring() if paths is None else paths, who="ann", **arguments)
    assert archive.events(home).is_empty()
    assert archive.kept(home) == frozenset()


@pytest.mark.integration
def test_what_cannot_be_used_is_kept_and_rejected_with_its_reason(home, monitoring, children, tmp_path):
    (no_authority,) = workflow.submit(home, monitoring(), who="ann")
    assert (no_authority.status, type(no_authority.error)) == ("rejected", UnknownAuthorityError)
    assert "--authority" in no_authority.sentence

    strange = tmp_path / "strange.csv"
    strange.write_text("COLOUR,SHAPE\nred,round\n")
    (unknown,) = workflow.submit(home, [strange], who="ann", authority=CAMDEN)
    assert isinstance(unknown.error, UnreadableFileError)
    assert "red" not in unknown.sentence

    (old,) = workflow.submit(home, children(), who="ann", authority=CAMDEN, period="2001-02")
    assert isinstance(old.error, PeriodError)

    held = workflow.register(home)
    assert held["status"].to_list() == ["rejected"] * 3
    assert [one["code"] for one in held["error"]] == ["give-authority", "unreadable-file", "check-period"]
    assert [worded(one, Channel.COMMAND_LINE) for one in held["error"]] == held["why"].to_list()
    assert len(archive.kept(home)) == 3
    assert lake.names(home) == ()
    assert workflow.doctor(home) == []


@pytest.mark.integration
def test_one_bad_folder_does_not_stop_the_others(home, monitoring, tmp_path):
    good, bad = tmp_path / "good", tmp_path / "bad"
    bad.mkdir()
    (bad / "empty.csv").write_text("")
    monitoring()[0].rename(good.mkdir() or good / "monitoring_2024-25.csv")
    outcomes = workflow.submit(home, [bad, good], who="ann", authority=CAMDEN, period="2024-25", accept=True)
    assert sorted(outcome.status for outcome in outcomes) == ["accepted", "rejected"]
    assert len(budgets_in(home)) == 1


@pytest.mark.integration
def test_decisions_follow_the_state(home, monitoring):
    (outcome,) = workflow.submit(home, monitoring(), who="ann", authority=CAMDEN)
    for wrong in ("", "abc", "ffffffff", outcome.submission_id + "0"):
        with pytest.raises(NotFoundError):
            workflow.accept(home, wrong, who="dee")
    with pytest.raises(SubmissionStateError, match="a reason"):
        workflow.reject(home, outcome.submission_id, who="dee", why="  ")
    rejected = workflow.reject(home, outcome.submission_id, who="dee", why="the quarter is not closed")
    assert rejected.status == "rejected"
    assert workflow.register(home)["why"].to_list() == ["the quarter is not closed"]
    for decision in (
        lambda: workflow.accept(home, outcome.submission_id, who="dee"),
        lambda: workflow.reject(home, outcome.submission_id, who="dee", why="again"),
    ):
        with pytest.raises(SubmissionStateError, match="rejected"):
            decision()
    assert budgets_in(home) == {}
