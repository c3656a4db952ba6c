"""Every command answers, and what a person does wrong ends in one sentence and an exit code of its kind."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from conftest_types import Run

from parentis.cli import program
from parentis.errors import PeriodError, UnknownAuthorityError, UnreadableFileError
from parentis.services import services

COMMANDS = {
    "accept", "build", "changes", "check", "convert", "doctor", "erase", "explain", "figures", "pack", "practice",
    "rebuild", "refuse", "register", "reject", "release", "retention", "reverse", "rules", "submit", "template",
    "trace", "verify-pack",
}  # fmt: skip


@pytest.mark.unit
def test_the_commands_are_those_named_here() -> None:
    """A new command is added to this list, and so to the tests below."""
    names = {name for name, entry in program().entries.items() if not entry.section}
    assert names == COMMANDS


@pytest.mark.functional
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_explains_itself(parentis: Run, command: str) -> None:
    ran = parentis(command, "--help")
    assert ran.returncode == 0
    assert "Usage:" in ran.stdout


@pytest.mark.functional
def test_every_service_command_explains_itself(parentis: Run) -> None:
    names = [command.name for service in services().values() for command in service.commands]
    assert names
    for name in names:
        ran = parentis(*name.split(), "--help")
        assert ran.returncode == 0, ran.stderr
        assert "--format" in ran.stdout


HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nSYN1,M,01/02/2010,WBRI,A123456789012,,\n"


@pytest.mark.functional
@pytest.mark.parametrize(
    ("name", "content", "arguments", "code", "said"),
    [
        ("empty.csv", b"", (), UnreadableFileError.exit_code, "empty"),
        ("torn.xlsx", b"PK\x03\x04 torn", (), UnreadableFileError.exit_code, "torn.xlsx"),
        ("header.csv", HEADER.encode(), ("--authority", "Nowhere"), UnknownAuthorityError.exit_code, "Nowhere"),
        ("header.csv", HEADER.encode(), ("--authority", "Camden", "--period", "1999-00"), PeriodError.exit_code, "99"),
        ("dtd.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', (), UnreadableFileError.exit_code,
         "dtd.xml"),
    ],
)  # fmt: skip
def test_bad_input_ends_in_a_sentence(
    parentis: Run, tmp_path: Path, name: str, content: bytes, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    ran = parentis("submit", tmp_path / name, *arguments)
    assert ran.returncode == code, ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "SYN1" not in ran.stderr


@pytest.mark.functional
def test_a_path_out_of_a_zip_is_not_followed(parentis: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../../outside.csv", HEADER)
    ran = parentis("submit", tmp_path / "bad.zip", "--authority", "Camden", "--period", "2024-25")
    assert ran.returncode == UnreadableFileError.exit_code
    assert not (tmp_path.parent / "outside.csv").exists()


@pytest.mark.functional
@pytest.mark.parametrize(
    "arguments",
    [
        ("figures", "--measure", "no.such.measure"),
        ("pack", "no-such-pack", "--out", "out"),
        ("pack", "spending-review", "--out", "out"),
        ("accept", "abcdef"),
        ("trace", "abcdef"),
        ("template", "no.such.return", "--period", "2024-25"),
        ("release", "--return", "finance.monitoring"),
        ("submit", "not-there.csv"),
    ],
)
def test_asking_for_what_is_not_there_says_so(parentis: Run, arguments: tuple[str, ...]) -> None:
    ran = parentis(*arguments)
    assert ran.returncode not in {0, 1}, ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stderr.strip()


@pytest.mark.functional
def test_an_authority_submits_accepts_and_corrects(parentis: Run, tmp_path: Path) -> None:
    """Received and checked, accepted by a second command, superseded by a correction; the first stays readable."""
    path = tmp_path / "header.csv"
    path.write_text(HEADER)
    first = parentis("submit", path, "--authority", "Camden", "--period", "2024-25", "--format", "json")
    (one,) = json.loads(first.stdout)
    assert one["status"] == "checked"
    accepting = parentis("accept", one["submission_id"])
    assert accepting.returncode == 0
    assert "Its year: 2024-25, as stated when it was submitted." in accepting.stderr, "what it changes is said first"
    path.write_text(HEADER.replace("WBRI", "WOTH"))
    second = parentis("submit", path, "--authority", "Camden", "--period", "2024-25", "--accept", "--format", "json")
    assert json.loads(second.stdout)[0]["status"] == "accepted"
    states = json.loads(parentis("register", "--format", "json").stdout)
    assert [(row["status"], row["current"]) for row in states] == [("accepted", False), ("accepted", True)]
    back = parentis("reverse", states[1]["submission_id"], "--why", "the wrong file")
    assert f"submission {states[0]['submission_id'][:8]} counts again" in back.stderr
    states = json.loads(parentis("register", "--format", "json").stdout)
    assert [(row["status"], row["current"]) for row in states] == [("accepted", True), ("reversed", False)]
    shutil.rmtree(tmp_path / "home" / "lake")
    rebuilt = parentis("rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr


@pytest.mark.functional
def test_a_release_and_an_erasure_are_given_by_two(parentis: Run, tmp_path: Path) -> None:
    path = tmp_path / "header.csv"
    path.write_text(HEADER)
    parentis("submit", path, "--authority", "Camden", "--period", "2024-25", "--accept")
    (one,) = json.loads(parentis("register", "--format", "json").stdout)
    release = ("release", "--return", "ssda903", "--to", "published")
    assert parentis("release", one["submission_id"][:8]).returncode == 24, "an id that is not whole"
    alone = parentis(*release, needs_second="yes")
    assert "about single children" in alone.stderr
    assert "To be confirmed by a second person" in alone.stderr
    assert parentis(*release, needs_second="yes").returncode == 24
    assert "Released to published: 1 submissions" in parentis(*release, "--who", "another", needs_second="yes").stderr
    erase = ("erase", one["submission_id"], "--why", "asked for")
    assert "waits for a second person" in parentis(*erase, needs_second="yes").stderr
    assert "nothing changes" in parentis("refuse", one["submission_id"], needs_second="yes").stderr
    assert "waits for a second person" in parentis(*erase, needs_second="yes").stderr
    assert "is erased" in parentis(*erase, "--who", "another", needs_second="yes").stderr


@pytest.mark.functional
def test_check_prints_the_documented_json_and_keeps_nothing(parentis: Run, tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text(HEADER.replace(",M,", ",X,"))
    ran = parentis(
        "check", tmp_path / "header.csv", "--collection-year", "2024-25", "--rules", "101", "--format", "json"
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["return"] == "ssda903"
    assert told["collection_year"] == "2024-25"
    assert told["rules"] == {"101": {"status": "run", "reason": None, "count": 1}}
    (finding,) = told["findings"]
    assert finding == {
        "rule": "101", "table": "Header", "row": 0, "child": "SYN1", "fields": ["SEX"], "values": ["X"],
    }  # fmt: skip
    assert not (tmp_path / "home").exists()


@pytest.mark.functional
def test_a_template_is_written_and_reads_back(parentis: Run, tmp_path: Path) -> None:
    ran = parentis("template", "finance.monitoring", "--period", "2024-25", "--out", tmp_path / "blank.xlsx")
    assert ran.returncode == 0, ran.stderr
    assert zipfile.is_zipfile(tmp_path / "blank.xlsx")


@pytest.mark.functional
def test_csv_and_table_are_printed_too(parentis: Run) -> None:
    as_csv = parentis("figures", "--list", "--format", "csv")
    assert as_csv.stdout.splitlines()[0].startswith("measure,title,unit")
    assert "funding.csc.variance" in parentis("figures", "--list").stdout
