import pytest

from parentis import archive
from parentis.archive import File, Home, Upload
from parentis.errors import BusyError, IntegrityError, NotFoundError

EPISODES = File("episodes.csv", b"CHILD,DECOM\n1,2024-04-01\n")
HEADER = File("header.csv", b"CHILD,SEX\n1,1\n")


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.mark.integration
def test_bytes_come_back_in_order_and_are_nowhere_in_the_clear(home):
    intent = {"who": "analyst", "accept": True, "period": None}
    one, two = archive.store(
        home, [Upload(files=(EPISODES, HEADER), intent=intent), Upload(files=(HEADER,), intent={})]
    )
    assert archive.fetch(home, one) == (EPISODES, HEADER)
    assert archive.fetch(home, two) == (HEADER,)
    assert archive.manifest(home, one).intent == intent
    assert [file.sha256 for file in archive.manifest(home, one).files] == [EPISODES.sha256, HEADER.sha256]
    assert archive.kept(home) == {one, two}
    for path in home.archive.rglob("*"):
        assert path.is_dir() or (b"CHILD" not in path.read_bytes() and b"analyst" not in path.read_bytes())


@pytest.mark.integration
def test_the_same_file_twice_in_a_parcel_is_stored_once(home):
    (one,) = archive.store(home, [Upload(files=(HEADER, File("copy.csv", HEADER.data)), intent={})])
    assert [file.name for file in archive.fetch(home, one)] == ["header.csv", "copy.csv"]
    assert len(list((home.archive / one).iterdir())) == 3


@pytest.mark.integration
def test_changed_lost_or_moved_bytes_are_found(home):
    one, two = archive.store(home, [Upload(files=(EPISODES,), intent={}), Upload(files=(EPISODES,), intent={})])
    path = home.archive / one / EPISODES.sha256
    kept = path.read_bytes()
    path.write_bytes((home.archive / two / EPISODES.sha256).read_bytes())
    with pytest.raises(IntegrityError, match="does not open"):
        archive.fetch(home, one)
    path.write_bytes(kept[:-1])
    with pytest.raises(IntegrityError, match="does not open"):
        archive.fetch(home, one)
    path.unlink()
    with pytest.raises(IntegrityError, match="lost the bytes"):
        archive.fetch(home, one)


@pytest.mark.integration
def test_destroying_is_final_and_can_be_repeated(home):
    one, two = archive.store(home, [Upload(files=(EPISODES,), intent={}), Upload(files=(HEADER,), intent={})])
    archive.destroy(home, one)
    archive.destroy(home, one)
    assert archive.kept(home) == {two}
    with pytest.raises(NotFoundError):
        archive.fetch(home, one)
    with pytest.raises(NotFoundError):
        archive.fetch(home, "../keys")


@pytest.mark.integration
def test_half_written_envelopes_are_cleared(home):
    (one,) = archive.store(home, [Upload(files=(HEADER,), intent={})])
    (home.archive / ".new-abc").mkdir()
    (home.archive / ".new-abc" / "key").write_bytes(b"half")
    assert archive.kept(home) == {one}
    assert archive.clear_unfinished(home) == 1
    assert [path.name for path in home.archive.iterdir()] == [one]


@pytest.mark.integration
def test_a_second_writer_waits_and_then_is_told(home):
    with (
        archive.locked(home),
        pytest.raises(BusyError, match="nothing was changed"),
        archive.locked(home, wait=0.1),
    ):
        pytest.fail("held twice")
    with archive.locked(home, wait=0):
        pass


@pytest.mark.unit
def test_home_is_where_it_is_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setenv("PARENTIS_HOME", str(tmp_path / "here"))
    assert archive.find_home().path == tmp_path / "here"
    assert archive.find_home(tmp_path / "there").path == tmp_path / "there"
    monkeypatch.delenv("PARENTIS_HOME")
    assert "parentis" in archive.find_home().path.parts
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotFoundError, match="a folder"):
        archive.find_home(tmp_path / "file")


@pytest.mark.integration
def test_a_destroyed_key_is_overwritten_before_it_is_taken_away(home, tmp_path):
    """The name may go while the bytes stay on the disk: a second name shows what became of them."""
    (one,) = archive.store(home, [Upload(files=(HEADER,), intent={})])
    key = home.archive / one / "key"
    (tmp_path / "same").hardlink_to(key)
    size = key.stat().st_size
    archive.destroy(home, one)
    assert (tmp_path / "same").read_bytes() == bytes(size)
    assert not (home.archive / one).exists()


@pytest.mark.unit
def test_a_files_bytes_do_not_show_when_it_is_printed(home):
    assert "CHILD" in HEADER.data.decode()
    assert "CHILD" not in repr(HEADER)
    assert archive.clear_unfinished(home) == 0
