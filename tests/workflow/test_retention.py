"""Rebuilding, erasing, doctoring: what is kept stays right, and what is forgotten is gone."""

import shutil

import polars as pl
import pytest

from parentis import archive, lake, workflow
from parentis.errors import IntegrityError, KeyMissingError, NotFoundError, SubmissionStateError
from parentis.services.demand.money import what_if

CAMDEN = "E09000007"


def rows(home, name, as_of=None):
    return lake.read(home, name, as_of=as_of).collect().drop("load_id").sort("submission_id", "row")


@pytest.fixture
def filled(home, monitoring, budgets, children):
    """A home with a superseded monitoring return, budgets, and children."""
    workflow.submit(home, monitoring(100), who="ann", authority=CAMDEN, accept=True)
    workflow.submit(home, [*budgets(), *children()], who="ann", authority=CAMDEN, accept=True)
    workflow.submit(home, monitoring(200), who="ann", authority=CAMDEN, accept=True)
    return home


@pytest.mark.integration
def test_a_rebuild_gives_every_row_again_for_every_view(filled):
    names = lake.names(filled)
    views = (None, 3, int(archive.events(filled)["sequence"].max()))
    before = {(name, as_of): rows(filled, name, as_of) for name in names for as_of in views}
    shutil.rmtree(filled.lake)
    assert workflow.doctor(filled)
    counts = workflow.rebuild(filled, who="bo")
    assert dict(counts.select("table", "rows").iter_rows()) == {
        "finance.monitoring/lines": 2,
        "finance.ra/lines": 2,
        "ssda903/Episodes": 1,
        "ssda903/Header": 2,
    }
    for (name, as_of), frame in before.items():
        assert rows(filled, name, as_of).equals(frame), (name, as_of)
    assert workflow.doctor(filled) == []
    # And over a lake that is there: old rows go once the new are seen.
    workflow.rebuild(filled, who="bo")
    assert lake.loads(filled)["rows"].sum() == 7
    for (name, as_of), frame in before.items():
        assert rows(filled, name, as_of).equals(frame), (name, as_of)


@pytest.mark.integration
def test_a_rebuild_refuses_changed_bytes_and_shows_what_it_showed(filled):
    before = rows(filled, "ssda903/Header")
    victim = workflow.register(filled).filter(pl.col("return_id") == "ssda903").row(0, named=True)
    path = filled.archive / victim["submission_id"] / victim["files"][0]["sha256"]
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))  # another last byte, whatever it was
    with pytest.raises(IntegrityError, match="does not open"):
        workflow.rebuild(filled, who="bo")
    assert rows(filled, "ssda903/Header").equals(before)
    assert "error" in {inconsistency.severity for inconsistency in workflow.doctor(filled)}


@pytest.mark.integration
def test_erasing_leaves_the_register_and_nothing_else(filled):
    register = workflow.register(filled)
    victim = register.filter(pl.col("return_id") == "ssda903")["submission_id"].item()
    others = {name: rows(filled, name) for name in ("finance.ra/lines", "finance.monitoring/lines")}
    workflow.build(filled)
    sealed = [path.read_bytes() for path in (filled.archive / victim).iterdir()]
    assert workflow.erase(filled, victim[:8], who="dpo", why="retention ended") == victim

    assert rows(filled, "ssda903/Header").is_empty()
    assert not (filled.archive / victim).exists()
    everything = [path.read_bytes() for path in filled.path.rglob("*") if path.is_file()]
    assert not any(secret in kept for secret in sealed for kept in everything)
    # Not in any version of the tables either: their files are gone, not only their log entries.
    for parquet in (*filled.lake.rglob("*.parquet"), *filled.current.rglob("*.parquet")):
        if "submission_id" not in pl.read_parquet_schema(parquet):
            continue
        assert pl.scan_parquet(parquet).filter(pl.col("submission_id") == victim).collect().is_empty()
    assert {name: rows(filled, name).equals(frame) for name, frame in others.items()} == dict.fromkeys(others, True)

    event = archive.events(filled).filter(pl.col("event") == "erased").row(0, named=True)
    assert (event["submission_id"], event["who"], event["why"]) == (victim, "dpo", "retention ended")
    assert workflow.register(filled).filter(pl.col("submission_id") == victim)["status"].item() == "erased"
    assert workflow.doctor(filled) == []
    with pytest.raises(SubmissionStateError, match="erased"):
        workflow.erase(filled, victim, who="dpo", why="again")


@pytest.mark.integration
def test_erasing_what_supersedes_brings_nothing_back(filled):
    current = workflow.register(filled).filter(pl.col("return_id") == "finance.monitoring", pl.col("current"))
    workflow.erase(filled, current["submission_id"].item(), who="dpo", why="sent in error")
    assert rows(filled, "finance.monitoring/lines").is_empty()


@pytest.mark.integration
def test_the_doctor_names_what_is_wrong_and_what_to_do(filled):
    assert workflow.doctor(filled) == []

    stray = rows(filled, "finance.ra/lines").with_columns(load_id=pl.lit("stray")).drop("sequence", "provisional")
    lake.append(filled, {"finance.ra/lines": stray})
    (orphans,) = workflow.doctor(filled)
    assert (orphans.severity, orphans.where) == ("warning", "lake")
    assert "2 rows" in orphans.what
    workflow.rebuild(filled, who="bo")
    lake.sweep(filled, ["stray"])

    victim = workflow.register(filled)["submission_id"][0]
    shutil.rmtree(filled.archive / victim)
    (lost,) = workflow.doctor(filled)
    assert "bytes are gone" in lost.what

    (filled.keys / "master.key").write_text("0f" * 32)
    (key,) = workflow.doctor(filled)
    assert key.where == "keys"
    with pytest.raises(KeyMissingError):
        workflow.rebuild(filled, who="bo")


@pytest.mark.integration
def test_an_empty_home_is_well_and_has_empty_tables(home):
    assert workflow.doctor(home) == []
    assert workflow.recover(home) == []
    assert workflow.register(home).is_empty()
    header = lake.read(home, "ssda903/Header").collect()
    assert header.is_empty()
    assert header.schema == lake.shown_schema(lake.declared("ssda903/Header")[1])
    with pytest.raises(NotFoundError, match="Header"):
        lake.read(home, "ssda903/Heads")
    with pytest.raises(NotFoundError, match="ssda903"):
        lake.read(home, "ssda904/Header")


@pytest.mark.integration
def test_a_fault_of_ours_does_not_hold_up_what_comes_after(home, monitoring, monkeypatch):
    def broken(*_arguments, **_named):
        raise RuntimeError("a reader's mistake")

    with monkeypatch.context() as patch:
        patch.setattr("parentis.workflow.intake.contents.gather_files", broken)
        with pytest.raises(RuntimeError):
            workflow.submit(home, monitoring(100), who="ann", authority=CAMDEN, accept=True)
        (outcome,) = workflow.recover(home)
        assert (outcome.status, outcome.sentence.count("RuntimeError")) == ("rejected", 1)
    (outcome,) = workflow.submit(home, monitoring(100), who="ann", authority=CAMDEN, accept=True)
    assert outcome.status == "accepted"


@pytest.mark.integration
def test_a_kept_model_is_of_what_is_held_now_and_goes_with_what_is_erased(home, children, monkeypatch):
    assert workflow.keep_what_if(home) is False, "nothing to learn from"
    (outcome,) = workflow.submit(home, children(), who="ann", authority=CAMDEN, accept=True)
    assert workflow.kept_what_if(home) is None
    assert workflow.keep_what_if(home) is True
    kept = workflow.kept_what_if(home)
    assert kept.basis.model.authorities == (CAMDEN,)
    assert b"numpy" not in (home.cache / "what-if").read_bytes(), "sealed"

    monkeypatch.setattr(what_if, "prepare", lambda _: pytest.fail("fitted again, though nothing has changed"))
    assert workflow.keep_what_if(home) is True
    monkeypatch.undo()
    workflow.submit(home, children(first="INVENTED3"), who="ann", authority=CAMDEN, accept=True)
    assert workflow.kept_what_if(home) is None, "of a return that is superseded"
    assert workflow.keep_what_if(home) is True
    workflow.erase(home, outcome.submission_id, who="dpo", why="retention ended")
    assert not home.cache.exists()
