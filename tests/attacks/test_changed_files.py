"""Somebody who has the disk, and not the keys, changes what was signed: the doctor says what, in a sentence."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from worker import CAMDEN, monitoring

from parentis import archive, lake, workflow
from parentis.archive import Home, Key
from parentis.errors import IntegrityError
from prepared_homes import copied, prepared

LINES = "finance.monitoring/lines"
WHERE_LINES = f"lake, {LINES}"


def _fill(folder: Path) -> None:
    home = Home(folder / "kept")
    for year, budget in (("2023-24", 100), ("2024-25", 200)):
        files = monitoring(folder / year, budget=budget)
        workflow.submit(home, files, who="ann", authority=CAMDEN, period=year, accept=True)


def _fill_and_build(folder: Path) -> None:
    _fill(folder)
    workflow.build(Home(folder / "kept"), services=["funding"])


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two years' monitoring returns of Camden's, accepted."""
    return Home(copied(prepared("two-years", _fill, tmp_path_factory) / "kept", tmp_path / "kept"))


@pytest.fixture
def built(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(copied(prepared("two-years-built", _fill_and_build, tmp_path_factory) / "kept", tmp_path / "kept"))


def told(home: Home) -> list[tuple[str, str]]:
    return [(one.where, one.what) for one in workflow.doctor(home) if one.severity == "error"]


def data_file(table: Path) -> Path:
    return max(table.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)


def rewrite(table: Path, file: Path, frame: pl.DataFrame) -> None:
    """Put other rows into a file of a Delta table, and its size right in the log."""
    before = file.stat().st_size
    frame.write_parquet(file)
    for entry in (table / "_delta_log").glob("*.json"):
        if file.name in entry.read_text():
            entry.write_text(entry.read_text().replace(f'"size":{before}', f'"size":{file.stat().st_size}'))


def flip(file: Path, place: int) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 0x40
    file.write_bytes(data)


@pytest.mark.integration
def test_ten_million_pounds_more_in_the_lake_are_found(home: Home) -> None:
    table = home.lake / LINES
    file = data_file(table)
    frame = pl.read_parquet(file)
    more = pl.col("ORIGINAL_BUDGET") + Decimal(10_000_000)
    rewrite(table, file, frame.with_columns(more.cast(pl.Decimal(18, 2))))
    shown = lake.read(home, LINES).collect()
    assert shown["ORIGINAL_BUDGET"].max() > Decimal(10_000_000), "the attack works: that is what is shown"
    assert told(home) == [
        (f"{WHERE_LINES}, submission {frame['submission_id'][0][:8]}", "its rows are not those that were accepted")
    ]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda file: file.unlink(), "is not there"),
        (lambda file: os.truncate(file, 40), "is cut short or grown"),
        (lambda file: flip(file, -8), "cannot be read"),
    ],
    ids=["lost", "cut", "one byte"],
)
def test_a_damaged_file_of_the_lake_is_a_sentence_and_no_traceback(
    home: Home, damage: Callable[[Path], object], what: str
) -> None:
    damage(data_file(home.lake / LINES))
    ((where, sentence),) = told(home)
    assert where == WHERE_LINES
    assert what in sentence
    with pytest.raises(IntegrityError, match="Run 'parentis doctor'"):
        lake.collect(home, LINES)


@pytest.mark.integration
def test_a_value_inside_a_file_that_still_reads_is_found(home: Home) -> None:
    """Every byte of the file in turn: where it still reads, its rows are another's, or what was changed means nothing
    (a statistic, the writer's name)."""
    table = home.lake / LINES
    file = data_file(table)
    whole, accepted = file.read_bytes(), _rows(home)
    for place in range(4, len(whole), 97):
        flip(file, place)
        found = told(home)
        if not found:
            assert _rows(home).equals(accepted)
        file.write_bytes(whole)
    assert told(home) == []


def _rows(home: Home) -> pl.DataFrame:
    return lake.read(home, LINES).collect().sort("period", "row")


@pytest.mark.integration
def test_figures_changed_in_their_file_are_found(built: Home) -> None:
    assert told(built) == []
    (file,) = built.figures.glob("*/funding/figures.parquet")
    pl.read_parquet(file).with_columns(value=1.0).write_parquet(file)
    assert told(built) == [("figures, funding", "funding/figures.parquet is not as it was made")]


@pytest.mark.integration
def test_an_earlier_build_put_back_is_found(built: Home) -> None:
    before = built.figures.parent / "before"
    shutil.copytree(built.figures / "shown", before)
    workflow.build(built, services=["funding"])
    shutil.rmtree(built.figures / "shown")
    before.rename(built.figures / "shown")
    assert told(built) == [("figures, funding", "an earlier build is shown than the last that was made")]


@pytest.mark.integration
def test_signatures_appended_to_the_register_by_hand_are_found(home: Home) -> None:
    last = archive.events(home).row(-1, named=True)
    forged = [last | {"sequence": last["sequence"] + 1 + n, "event": "signed", "role": role} for n, role in
              enumerate(("director", "section-151"))]  # fmt: skip
    write_deltalake(str(home.register), pl.DataFrame(forged, schema=archive.EVENTS), mode="append")
    assert not workflow.register(home).filter(period="2024-25")["provisional"].any(), "the attack works"
    at = last["sequence"] + 1
    assert told(home) == [("register", f"register: entry {at} is not as it was written")]
    with pytest.raises(IntegrityError, match=f"entry {at} is not as it was written"):
        archive.append(home, [archive.Event(event="rejected", submission_id="s", who="ann")])


@pytest.mark.integration
def test_an_entry_written_under_another_key_is_found(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the program itself, with every file of the home but the register's key."""
    kept, marker = (home.keys / "register.key").read_text(), (home.keys / "register.id").read_bytes()
    (home.keys / "register.id").unlink()
    (home.keys / "register.key").write_text(Key.random().secret.hex())
    home.register_head.unlink()
    with pytest.raises(IntegrityError, match=r"register\.head, which says where it ends, is missing"):
        archive.append(home, [archive.Event(event="signed", submission_id="s", who="ann", role="director")])
    (home.keys / "register.key").write_text(kept)
    (home.keys / "register.id").write_bytes(marker)
    assert told(home) == [("register", "register: register.head, which says where it ends, is missing")]


@pytest.mark.integration
def test_a_cut_off_end_of_the_register_is_found(home: Home) -> None:
    number = archive.events(home).height
    max((home.register / "_delta_log").glob("*.json")).unlink()
    remaining = archive.events(home).height
    assert remaining < number, "the attack works"
    assert f"register: it ends at entry {remaining}, and {number} were written" in dict(told(home))["register"]


@pytest.mark.integration
@pytest.mark.parametrize("column", ["who", "why", "role", "event", "period"])
def test_no_column_of_the_register_can_be_changed(home: Home, column: str) -> None:
    changed = archive.events(home).with_columns(
        pl.when(pl.col("sequence") == 2).then(pl.lit("forged")).otherwise(pl.col(column)).alias(column)
    )
    shutil.rmtree(home.register)
    write_deltalake(str(home.register), changed)
    found = told(home)
    assert found[0] == ("register", "register: entry 2 is not as it was written")


@pytest.mark.integration
def test_an_order_that_was_changed_is_found(home: Home) -> None:
    swapped = archive.events(home).with_columns(sequence=pl.col("sequence").replace({2: 3, 3: 2}))
    shutil.rmtree(home.register)
    write_deltalake(str(home.register), swapped)
    assert told(home)[0] == ("register", "register: entry 2 is not as it was written")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is brought to disk, in order."""
    names: list[str] = []
    sync = os.fsync

    def noted(descriptor: int) -> None:
        sync(descriptor)
        names.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", noted)
    return names


@pytest.mark.integration
def test_rows_and_acceptance_are_on_disk_before_accepted_is_said(tmp_path: Path, synced: list[str]) -> None:
    home = Home(tmp_path / "kept")
    said: list[int] = []

    def progress(stage: str, done: int, of: int) -> None:
        if stage == "accepted":
            said.append(len(synced))

    files = monitoring(tmp_path)
    workflow.submit(home, files, who="ann", authority=CAMDEN, accept=True, progress=progress)
    before = synced[: said[0]]
    for table in (home.lake / LINES, home.register):
        log = table / "_delta_log"
        needed = {*map(str, _files_of(table)), *map(str, log.glob("*.json")), str(log), str(table)}
        assert needed <= set(before), f"{table.name}: {needed - set(before)} could be lost in a power cut"
        assert str(table.parent) in before, "nor may the table's own folder"
    rows, acceptance = (max(before.index(str(path)) for path in _files_of(home.lake / LINES)),
                        before.index(str(max((home.register / "_delta_log").glob("*.json")))))  # fmt: skip
    assert rows < acceptance, "rows first, then what makes them visible"


def _files_of(table: Path) -> Iterator[Path]:
    return (Path(uri) for uri in DeltaTable(str(table)).file_uris())


@pytest.mark.integration
def test_nobody_but_the_owner_reads_what_is_kept(built: Home) -> None:
    for path in (built.path, *built.path.rglob("*")):
        if built.current in (path, *path.parents):
            continue
        mode = path.stat().st_mode & 0o777
        assert mode == (0o700 if path.is_dir() else 0o600), path
    assert built.current.stat().st_mode & 0o777 == 0o700
    open_one = data_file(built.lake / LINES)
    open_one.chmod(0o644)
    (found,) = [one for one in workflow.doctor(built) if one.where == "home"]
    assert open_one.name in found.what


@pytest.mark.integration
def test_a_register_that_is_older_than_the_chain_goes_on_chained(home: Home) -> None:
    """As a home of an earlier version stands: no chain, no head, no hashes, no register key."""
    older = archive.events(home).drop("chain", "contents")
    shutil.rmtree(home.register)
    write_deltalake(str(home.register), older)
    for path in (home.register_head, home.keys / "register.key", home.keys / "register.id"):
        path.unlink()
    assert told(home) == []
    archive.append(home, [archive.Event(event="repaired", submission_id=archive.OF_NO_SUBMISSION, who="ann")])
    assert told(home) == []
    assert json.loads(home.register_head.read_text())["sequence"] == older.height + 1
    changed = archive.events(home).with_columns(
        who=pl.when(pl.col("sequence") == 1).then(pl.lit("forged")).otherwise("who")
    )
    shutil.rmtree(home.register)
    write_deltalake(str(home.register), changed)
    assert told(home) == [("register", f"register: entry {older.height + 1} is not as it was written")]
