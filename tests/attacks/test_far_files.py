"""A file that reaches far stops nothing: it is refused with a sentence, within memory and time that suit its size."""

import io
import json
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from far_files import FAR_FILES, ods, xlsx

from parentis.errors import UnreadableFileError
from parentis.returns import ALWAYS_APART, RawFile, gather_files, open_sent, read_files
from parentis.returns.extents import is_plain
from parentis.returns.isolation import gather_apart, stays_here

MOST_MEMORY = 1.3 * 1024**3
"A gigabyte, what Python and Polars take for themselves, and the file."
MOST_SECONDS = 60.0

REPORTING = """
import json, resource, sys, time
from pathlib import Path
from parentis.errors import UserError
from parentis.returns import RawFile, read_files

def peak():
    # Of this process: its ru_maxrss would begin with the peak of whatever started it.
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0])

def spent():
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])

for path in map(Path, sys.argv[1:]):
    raw, begun, said = path.read_bytes(), spent(), ""
    try:
        read_files([RawFile(name=path.name, raw=raw)], return_id="ssda903", period="2024-25")
    except UserError as error:
        said = str(error)
    most = max(peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024
    print(json.dumps([path.name, said, spent() - begun, most]), flush=True)
"""


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float, int]]:
    """By file: the sentence, the seconds of processor time, the most memory so far. One process reads them all."""
    folder = tmp_path_factory.mktemp("far")
    for name, make in FAR_FILES.items():
        (folder / name).write_bytes(make())
    paths = [str(folder / name) for name in FAR_FILES]
    done = subprocess.run([sys.executable, "-c", REPORTING, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    shutil.rmtree(folder)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {name: (said, seconds, memory) for name, said, seconds, memory in told}


@pytest.mark.integration
@pytest.mark.parametrize("name", FAR_FILES)
def test_a_file_that_reaches_far_is_refused_within_bounds(
    name: str, refusals: dict[str, tuple[str, float, int]]
) -> None:
    said, seconds, memory = refusals[name]
    assert said.startswith(name)
    assert "expected" in said
    assert seconds < MOST_SECONDS
    assert memory < MOST_MEMORY


@pytest.mark.integration
@pytest.mark.parametrize("name", [name for name in FAR_FILES if name.endswith((".xlsx", ".ods"))])
def test_what_is_opened_for_its_cells_is_bounded_too(name: str) -> None:
    with pytest.raises(UnreadableFileError):
        open_sent([RawFile(name=name, raw=FAR_FILES[name]())])


def refusal(file: RawFile) -> str:
    """Why nothing of it was used."""
    (unused,) = gather_apart([file], return_id="ssda903").unused
    return str(unused.error)


@pytest.mark.integration
def test_of_several_files_one_that_reaches_far_stops_no_other() -> None:
    good = RawFile(name="header 2024-25.csv", raw=b"CHILD,SEX,DOB\n1,1,01/02/2010\n", folder="in")
    for name in ("one cell in the last corner.xlsx", "a corner that the dimension denies.xlsx"):
        far = RawFile(name=name, raw=FAR_FILES[name](), folder="in")
        found = gather_files([far, good])
        assert [one.file for one in found.unused] == [name]
        assert [one.tables["Header"].height for one in found.readings] == [1]


@pytest.mark.integration
def test_a_reader_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parentis.returns.isolation.PATIENCE", 0.05)
    begun = time.monotonic()
    assert "was not read in" in refusal(RawFile(name="a.csv", raw=b"CHILD,SEX\n"))
    assert time.monotonic() - begun < MOST_SECONDS


@pytest.mark.integration
def test_a_reader_has_only_its_share_of_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parentis.returns.isolation.MAX_SECONDS", 0)
    slow = RawFile(name="slow.csv", raw=b"A title\nCHILD,SEX,DOB\n" + b"1,1,01/02/2010\n" * 3_000_000)
    assert "longer to read than" in refusal(slow)


@pytest.mark.integration
def test_of_an_archive_no_more_than_one_member_is_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two dozen tables within bounds in which they would not find room together."""
    filters = ",".join(f"filter_{n}" for n in range(10))
    head = f"time_period,geographic_level,new_la_code,{filters},children\n"
    rows = (f"2024,Local authority,E09000007,{','.join(f'value {n} {i}' for i in range(10))},{n}" for n in range(9_000))
    lines = "\n".join(rows)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(24):
            archive.writestr(f"table_{n}.csv", head.replace("children", f"children_{n}") + lines)
    monkeypatch.setattr("parentis.returns.isolation.MAX_MEMORY", 220 * 1024**2)
    found = gather_files([RawFile(name="release.zip", raw=whole.getvalue())])
    assert not found.unused
    assert [one.tables["values"].height for one in found.readings] == [9_000] * 24


@pytest.mark.integration
def test_a_reader_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a file might make it do, it has no key to do it with."""
    for name in ("PARENTIS_MASTER_KEY", "PARENTIS_SECRET_KEY", "DATABASE_URL", "PARENTIS_HOME"):
        monkeypatch.setenv(name, "secret")
    seen = tmp_path / "environment"
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nenv > {seen}\n")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    assert refusal(RawFile(name="a.csv", raw=b"a,b\n"))
    assert "secret" not in seen.read_text()
    assert "PARENTIS" not in seen.read_text()


@pytest.mark.integration
def test_an_innocent_workbook_that_is_damaged_gets_one_sentence() -> None:
    whole = xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>CHILD</t></is></c></row>')
    for raw in (whole[: len(whole) // 2], whole.replace(b"PK\x01\x02", b"PK\x01\x03"), whole[:200] + whole[260:]):
        with pytest.raises(UnreadableFileError) as refused:
            read_files([RawFile(name="ours.xlsx", raw=raw)])
        assert refused.value.where.startswith("ours.xlsx")
        assert str(refused.value).count("\n") == 0


@pytest.mark.integration
def test_a_workbook_whose_formatting_reaches_far_is_read() -> None:
    """Whole columns that somebody coloured are no attack."""
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>CHILD</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>SEX</t></is></c></row>'
        '<row r="2"><c r="A2"><v>7</v></c><c r="B2"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    )
    formatted = ods(
        '<table:table-row><table:table-cell office:value-type="string"><text:p>CHILD</text:p></table:table-cell>'
        '<table:table-cell office:value-type="string"><text:p>SEX</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
        '<table:table-row><table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p>'
        '</table:table-cell><table:table-cell office:value-type="float" office:value="1"><text:p>1</text:p>'
        '</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    for raw in (xlsx(rows, '<dimension ref="A1:XFD1048576"/>'), formatted):
        (content,) = open_sent([RawFile(name="header", raw=raw)])
        assert content.grid().rows() == [("CHILD", "SEX"), ("7", "1")]


@pytest.mark.unit
def test_only_small_even_text_is_read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALWAYS_APART, raising=False)
    plain = RawFile(name="a.csv", raw=b"CHILD,SEX\n" * 100_000)
    assert stays_here([plain])
    assert is_plain(b"\xef\xbb\xbf<return/>")
    for raw in (b"PK\x03\x04", b"PAR1", b"{}", b"a" * 70_000, b"," * 9_000_000, b"\xff\xfea\0", b"a\0b\0", b""):
        assert not is_plain(raw)
    assert not stays_here([plain, RawFile(name="b.xlsx", raw=xlsx(""))])
    monkeypatch.setenv(ALWAYS_APART, "always")
    assert not stays_here([plain])


@pytest.mark.integration
def test_what_is_read_apart_is_what_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        RawFile(name="header 2024-25.csv", raw=b"CHILD,SEX,DOB,ODD\n1,1,01/02/2010,x\n,,,\n2,2,,\n", folder="in"),
        RawFile(name="episodes 2024-25.csv", raw=b"CHILD,DECOM,RNE\n1,01/05/2024,S\n", folder="in"),
        RawFile(name="letter.txt", raw=b"fruit,colour\n", folder="in"),
    ]
    monkeypatch.delenv(ALWAYS_APART, raising=False)
    (here,) = read_files(files)
    monkeypatch.setenv(ALWAYS_APART, "always")
    (apart,) = read_files(files)
    assert {name: frame.to_dicts() for name, frame in here.tables.items()} == {
        name: frame.to_dicts() for name, frame in apart.tables.items()
    }
    assert {name: frame.schema for name, frame in here.tables.items()} == {
        name: frame.schema for name, frame in apart.tables.items()
    }
    for field in ("return_id", "part", "period", "taken", "problems", "ignored_columns", "form"):
        assert getattr(here, field) == getattr(apart, field), field
