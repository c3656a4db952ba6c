"""Homes that take long to fill: filled once for a whole run, whichever modules and workers ask for them."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def prepared(name: str, fill: Callable[[Path], None], factory: pytest.TempPathFactory) -> Path:
    """The folder that `fill` filled, once for all of the run's workers. Tests only read it, or take a
    copy (`copied`)."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder, done = shared / f"prepared-{name}", shared / f"prepared-{name}.done"
    with (shared / f"prepared-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            fill(folder)
            done.touch()
    return folder


def copied(home: Path, to: Path) -> Path:
    """A copy to write to, with the modes and times of the original; gives `to`."""
    shutil.copytree(home, to)
    return to
