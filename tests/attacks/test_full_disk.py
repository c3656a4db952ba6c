"""A disk that cannot be written: a sentence, nothing accepted by half, and all of it there once there is room."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from worker import CAMDEN, monitoring

from parentis import workflow
from parentis.archive import Home, locked
from parentis.errors import StorageError


def submit(home: Path, paths: list[Path], largest: int) -> subprocess.CompletedProcess[str]:
    """`parentis submit --accept` by an account that may write no file of more than so many bytes."""
    return subprocess.run(
        [sys.executable, "-m", "parentis", "submit", *map(str, paths), "--authority", CAMDEN, "--accept"],
        env=os.environ | {"PARENTIS_HOME": str(home)}, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)),
    )  # fmt: skip


@pytest.mark.functional
@pytest.mark.parametrize("largest", [40, 200, 3_000, 7_000])
def test_no_file_can_be_written_any_more(tmp_path: Path, largest: int) -> None:
    """The key, the envelope, the register and the lake's rows are so large, in this order."""
    home, paths = tmp_path / "kept", monitoring(tmp_path)
    failed = submit(home, paths, largest)
    assert (failed.returncode, "Traceback" in failed.stderr) == (32, False), failed.stderr
    assert "a file would become larger than this account may write" in failed.stderr
    assert not workflow.register(Home(home))["current"].any(), "nothing is accepted"
    workflow.submit(Home(home), paths, who="ann", authority=CAMDEN, accept=True)
    assert workflow.register(Home(home))["current"].to_list() == [True]
    assert [one for one in workflow.doctor(Home(home)) if one.severity != "note"] == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "x"), "the disk is full"),
        (OSError(errno.EROFS, "x"), "it can only be read"),
        (OSError("Generic LocalFileSystem error: No space left on device (os error 28)"), "the disk is full"),
        (RuntimeError("Permission denied (os error 13)"), "may not write there"),
    ],
)
def test_what_a_disk_says_is_told_in_a_sentence(tmp_path: Path, error: Exception, told: str) -> None:
    with pytest.raises(StorageError, match=told), locked(Home(tmp_path)):
        raise error


@pytest.mark.unit
@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "x"), ValueError("a bug of ours")])
def test_any_other_error_stays_what_it_is(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as raised, locked(Home(tmp_path)):
        raise error
    assert raised.value is error
