"""What was damaged or changed is made again from the returns that are kept, and nothing that was not accepted."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake
from test_changed_files import LINES, data_file, flip, told
from worker import CAMDEN, monitoring

from parentis import archive, lake, workflow
from parentis.archive import File, Home, Upload
from parentis.errors import IntegrityError
from parentis.workflow.intake.upload_options import upload_options
from parentis.workflow.maintenance import repair as repairs
from prepared_homes import copied, prepared


def _fill(folder: Path) -> None:
    for year, budget in (("2023-24", 100), ("2024-25", 200), ("2024-25", 300)):
        files = monitoring(folder / year, budget=budget)
        workflow.submit(Home(folder / "kept"), files, who="ann", authority=CAMDEN, period=year, accept=True)


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two years' monitoring returns of Camden's, accepted; one of them is superseded."""
    return Home(copied(prepared("superseded", _fill, tmp_path_factory) / "kept", tmp_path / "kept"))


def shown(home: Home, as_of: int | None = None) -> pl.DataFrame:
    return lake.read(home, LINES, as_of=as_of).collect().sort("period", "row")


DAMAGE = {
    "a file lost": lambda table: data_file(table).unlink(),
    "a file damaged": lambda table: flip(data_file(table), -8),
    "the table lost": lambda table: shutil.rmtree(table),
    "the log lost": lambda table: shutil.rmtree(table / "_delta_log"),
    "the log damaged": lambda table: max((table / "_delta_log").glob("*.json")).write_text("{"),
    "rows taken away": lambda table: lake.sweep(home_of(table), [pl.read_parquet(data_file(table))["load_id"][0]]),
}


def home_of(table: Path) -> Home:
    return Home(table.parents[2])


@pytest.mark.integration
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_table_is_repaired_row_for_row_with_what_was_superseded(home: Home, damage: str) -> None:
    second = archive.events(home).filter(pl.col("event") == "accepted")["sequence"][1]
    now, then = shown(home), shown(home, as_of=second)
    DAMAGE[damage](home.lake / LINES)
    assert len(told(home)) == 1, "named in one sentence"
    (sentence,) = workflow.repair(home, who="ann")
    assert sentence.endswith("It was made again from 3 submissions, each row as it was accepted")
    assert workflow.doctor(home) == []
    assert shown(home).equals(now)
    assert shown(home, as_of=second).equals(then)
    last = archive.events(home).row(-1, named=True)
    assert (last["event"], last["who"], last["why"]) == ("repaired", "ann", sentence)
    assert workflow.repair(home, who="ann") == [], "nothing is left to repair"


@pytest.mark.integration
def test_rows_that_this_version_reads_otherwise_are_not_put_back(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    data_file(home.lake / LINES).unlink()
    made = repairs.make_load

    def otherwise(*given: object) -> object:
        load = made(*given)  # type: ignore[arg-type]
        load.tables["lines"] = load.tables["lines"].with_columns(QUARTER=pl.lit("Q1"))  # type: ignore[index]
        return load

    monkeypatch.setattr(repairs, "make_load", otherwise)
    (sentence,) = workflow.repair(home, who="ann")
    assert "It was not repaired" in sentence
    assert len(told(home)) == 1
    monkeypatch.setattr("parentis.workflow.maintenance.rebuild.make_load", otherwise)
    counts = workflow.rebuild(home, who="ann")
    assert counts.filter(table=LINES)["changed"].list.len().item() == 3, "a rebuild says whose rows are others now"
    assert told(home) == []


@pytest.mark.integration
def test_a_rebuild_of_a_damaged_table_needs_no_folder_deleted(home: Home) -> None:
    before = shown(home).drop("load_id")
    data_file(home.lake / LINES).unlink()
    counts = workflow.rebuild(home, who="ann")
    assert counts.rows() == [(LINES, 3, None)]
    assert told(home) == []
    assert shown(home).drop("load_id").equals(before)


@pytest.mark.integration
def test_changed_figures_are_made_again(home: Home) -> None:
    workflow.build(home, services=["funding"])
    (file,) = home.figures.glob("*/funding/figures.parquet")
    whole = pl.read_parquet(file)
    whole.with_columns(value=1.0).write_parquet(file)
    (sentence,) = workflow.repair(home, who="ann")
    assert sentence == "figures, funding: funding/figures.parquet is not as it was made. They were made again"
    assert told(home) == []
    columns = ["measure", "geography", "breakdown", "period", "value"]
    made = lake.read_figures(home).select(columns).collect().sort(columns)
    assert made.equals(whole.select(columns).sort(columns))
    shutil.rmtree(home.figures / "shown" / "_delta_log")
    workflow.repair(home, who="ann")
    assert told(home) == []


@pytest.mark.integration
def test_what_was_shown_before_is_held_against_figures_that_are_made_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts of all builds, so that no hidden one can be subtracted: those of the build that was changed, if they
    are whole; never ones that were changed too, nor ones of before an erasure."""
    given: list[object] = []
    made = repairs.build_locked

    def build(*asked: object, shown: pl.DataFrame | None, **more: object) -> object:
        given.append(shown)
        return made(*asked, shown=shown, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(repairs, "build_locked", build)
    for harm in ("figures alone", "counts too", "figures after an erasure"):
        workflow.build(home, services=["funding"])
        build_id = lake.shown(home)["build_id"].item()
        if harm == "figures after an erasure":
            archive.append(home, [archive.Event(event="erased", submission_id="of old", who="dpo", why="retention")])
        flip(home.figures / build_id / "funding" / "figures.parquet", -1)
        for counts in home.figures.glob(f"*/{lake.COUNTS}") if harm == "counts too" else ():
            flip(counts, -1)
        workflow.repair(home, who="ann")
    assert [isinstance(one, pl.DataFrame) for one in given] == [True, False, False]


@pytest.mark.integration
@pytest.mark.parametrize("harm", ["its end cut off", "an early entry changed"])
def test_nothing_is_repaired_by_a_register_that_was_changed(home: Home, harm: str) -> None:
    if harm == "its end cut off":
        max((home.register / "_delta_log").glob("*.json")).unlink()
    else:
        early = pl.col("sequence") == 1
        changed = archive.events(home).with_columns(who=pl.when(early).then(pl.lit("forged")).otherwise("who"))
        shutil.rmtree(home.register)
        write_deltalake(str(home.register), changed)
    for command in (workflow.repair, workflow.rebuild):
        with pytest.raises(IntegrityError, match=r"it ends at entry \d+, and|entry 1 is not as it was written"):
            command(home, who="ann")


@pytest.mark.integration
@pytest.mark.parametrize("known", [True, False], ids=["received", "unknown to the register"])
def test_what_waits_and_does_not_open_stops_no_later_command(home: Home, tmp_path: Path, known: bool) -> None:
    (path,) = monitoring(tmp_path, budget=900)
    intent = upload_options(who="bo", authority=CAMDEN, period="2024-25")
    (one,) = archive.store(home, [Upload(files=(File(path.name, path.read_bytes()),), intent=intent.kept())])
    if known:
        archive.append(home, [archive.Event(event="received", submission_id=one, who="bo")])
    flip(home.archive / one / "manifest", -1)
    with pytest.raises(IntegrityError, match="does not open with its key"):
        workflow.recover(home)
    (sentence,) = workflow.repair(home, who="ann")
    assert sentence == f"archive, submission {one[:8]}: its bytes do not open; it is set aside, and rejected"
    assert workflow.recover(home) == []
    assert told(home) == []
    assert (home.set_aside / "archive" / one / "key").is_file(), "nothing is lost"
    if known:
        row = workflow.submission(home, one)
        assert (row["status"], row["why"].endswith("Ask for it again.")) == ("rejected", True)


@pytest.mark.integration
def test_unreadable_notes_of_what_was_being_done_are_set_aside(home: Home) -> None:
    home.pending.write_text("{")
    home.attempts.write_text("")
    with pytest.raises(ValueError):
        workflow.recover(home)
    assert [where for where, _ in told(home)] == ["pending.json", "attempts.json"]
    for path in (home.pending, home.attempts):
        path.chmod(0o600)
    assert len(workflow.repair(home, who="ann")) == 2
    assert workflow.doctor(home) == []


@pytest.mark.integration
def test_an_erasure_takes_what_was_set_aside_with_it(home: Home) -> None:
    data_file(home.lake / LINES).unlink()
    workflow.repair(home, who="ann")
    assert list(home.set_aside.rglob("*.parquet"))
    victim = workflow.register(home)["submission_id"][0]
    workflow.erase(home, victim, who="dpo", why="retention ended")
    assert not list(home.set_aside.rglob("*.parquet"))
