import shutil
from dataclasses import replace

import pytest
from deltalake import write_deltalake

from parentis import archive, remedies
from parentis.archive import Event, Home, StoredFile
from parentis.archive.register import COMPACT_AFTER_FILES, verify
from parentis.errors import NotFoundError

FILE = StoredFile(name="a.csv", sha256="0" * 64, size=3)
SIGN = {"monitoring": ("director", "s151")}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def accepted(submission, load, *, return_id="monitoring", role=None, period="2024-25"):
    return Event(
        event="accepted", submission_id=submission, who="ann", load_id=load, role=role,
        return_id=return_id, part="", submitter="E09000007", period=period,
    )  # fmt: skip


def received(submission):
    return Event(event="received", submission_id=submission, who="ann", files=(FILE,))


@pytest.mark.integration
def test_sequences_have_no_gaps_and_events_come_back_as_written(home):
    assert archive.events(home).is_empty()
    assert archive.append(home, [received("s1"), accepted("s1", "l1")]) == (1, 2)
    assert archive.append(home, [Event(event="rejected", submission_id="s2", who="bo", why="late")]) == (3,)
    kept = archive.events(home)
    assert kept["error"].to_list() == [None, None, None]
    assert kept["sequence"].to_list() == [1, 2, 3]
    assert kept.row(0, named=True)["files"] == [{"name": "a.csv", "sha256": "0" * 64, "size": 3}]
    assert kept["why"].to_list() == [None, None, "late"]
    assert kept.schema == archive.EVENTS


@pytest.mark.integration
def test_the_error_of_a_row_is_kept_with_its_code_and_chained_like_the_rest(home):
    """In a register whose earlier rows were written before there was such a column too."""
    archive.append(home, [received("s1")])
    frame = archive.events(home).drop("error")
    shutil.rmtree(home.register)
    write_deltalake(str(home.register), frame.to_arrow())
    facts = NotFoundError(expected="a", found="b", where="c", do=remedies.GIVE_PERIOD).facts()
    archive.append(home, [Event(event="rejected", submission_id="s1", who="bo", why="said", error=facts)])
    assert archive.events(home)["error"].to_list() == [None, facts]
    (row,) = archive.state(archive.events(home), sign_offs={}).iter_rows(named=True)
    assert (row["why"], row["error"]) == ("said", facts)
    assert verify(home).sequence == 2
    archive.append(home, [Event(event="rejected", submission_id="s1", who="dee", why="Not wanted any more")])
    (row,) = archive.state(archive.events(home), sign_offs={}).iter_rows(named=True)
    assert (row["why"], row["error"]) == ("Not wanted any more", None), "the error was of the reason before"


@pytest.mark.integration
def test_many_appends_are_compacted_without_losing_history(home):
    for number in range(COMPACT_AFTER_FILES + 2):
        archive.append(home, [received(f"s{number}")])
    assert archive.events(home)["submission_id"].to_list() == [f"s{n}" for n in range(COMPACT_AFTER_FILES + 2)]
    assert len(list(home.register.glob("*.parquet"))) > COMPACT_AFTER_FILES


def visible(home, as_of=None):
    loads = archive.visible_loads(archive.events(home), sign_offs=SIGN, as_of=as_of)
    return {row["load_id"]: (row["sequence"], row["provisional"]) for row in loads.iter_rows(named=True)}


@pytest.mark.spec
def test_a_later_acceptance_supersedes_and_as_of_goes_back(home):
    archive.append(home, [received("s1"), accepted("s1", "l1"), received("s2")])
    assert visible(home) == {"l1": (2, True)}
    archive.append(home, [accepted("s2", "l2"), accepted("s3", "l3", period="2023-24")])
    assert visible(home) == {"l2": (4, True), "l3": (5, True)}
    assert visible(home, as_of=3) == {"l1": (2, True)}
    assert visible(home, as_of=1) == {}


@pytest.mark.spec
def test_provisional_until_every_role_has_signed(home):
    archive.append(home, [accepted("s1", "l1", role="director"), accepted("s2", "l2", return_id="ssda903")])
    assert visible(home) == {"l1": (1, True), "l2": (2, False)}
    archive.append(home, [Event(event="signed", submission_id="s1", who="cy", role="s151")])
    assert visible(home) == {"l1": (1, False), "l2": (2, False)}
    assert visible(home, as_of=2)["l1"] == (1, True)


@pytest.mark.spec
def test_erasing_is_for_good_and_brings_nothing_back(home):
    archive.append(home, [accepted("s1", "l1"), accepted("s2", "l2")])
    archive.append(home, [Event(event="erased", submission_id="s2", who="ann", why="retention ended")])
    assert visible(home) == {}
    # The rows of l2 no longer exist, so no earlier view can show them; l1 was visible then and still is.
    assert visible(home, as_of=2) == {}
    assert visible(home, as_of=1) == {"l1": (1, True)}


@pytest.mark.spec
def test_a_reload_replaces_the_load_everywhere_and_keeps_the_sequence(home):
    archive.append(home, [accepted("s1", "l1"), accepted("s2", "l2")])
    archive.append(home, [Event(event="reloaded", submission_id="s1", who="ann", load_id="l9")])
    assert visible(home) == {"l2": (2, True)}
    assert visible(home, as_of=1) == {"l9": (1, True)}


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "synthetic"),
    [
        ("SYNTHETIC_lines.csv", True),
        ("E09000001/SYNTHETIC_lines.csv", True),  # a file of a folder that was submitted whole
        ("SYNTHETIC_folder/lines.csv", False),
        ("lines.csv", False),
    ],
)
def test_practice_files_are_known_by_their_name(home, name, synthetic):
    archive.append(home, [Event(event="received", submission_id="s1", who="ann", files=(replace(FILE, name=name),))])
    assert archive.state(archive.events(home), sign_offs=SIGN)["synthetic"].to_list() == [synthetic]
