"""Moves unreadable files that block the work to a separate folder, so that they are out of use but not lost.

    set-aside/lake/<return>/<table>    a damaged table, after it was rebuilt from the returns kept
    set-aside/figures                  figures that were changed since they were made
    set-aside/archive/<submission>     an envelope that does not open
    set-aside/pending.json, attempts.json

Only the latest of each name is kept. An erasure also deletes anything here that may hold erased data.
"""

import shutil
from pathlib import Path

from parentis.archive import durable
from parentis.archive.home import Home


def set_aside(home: Home, path: Path) -> Path:
    """Move a file or folder of the home there, replacing one of the same name. Returns its new path."""
    target = home.set_aside / path.relative_to(home.path)
    durable.make_folder(target.parent)
    if target.is_dir():
        shutil.rmtree(target)
    path.rename(target)
    for folder in (path.parent, target.parent, home.path):
        durable.sync_folder(folder)
    return target


def is_set_aside(home: Home, submission_id: str) -> bool:
    """Whether this submission's envelope was set aside."""
    return (home.set_aside / home.archive.name / submission_id).is_dir()


def forget_set_aside(home: Home, submission_id: str) -> None:
    """Delete what was set aside of a submission, and anything that may have been made from it."""
    for each in (home.lake.name, home.figures.name, f"{home.archive.name}/{submission_id}"):
        shutil.rmtree(home.set_aside / each, ignore_errors=True)
