"""What cannot be read and stands in the way, moved to a folder of its own: out of use, and not lost.

    set-aside/lake/<return>/<table>    a damaged table, once another was made of the returns kept
    set-aside/figures                  figures that were changed since they were made
    set-aside/archive/<submission>     an envelope that does not open
    set-aside/pending.json, attempts.json

Each is the last of its name. An erasure takes away whatever there may hold something of what is erased.
"""

import shutil
from pathlib import Path

from parentis.archive import durable
from parentis.archive.home import Home


def set_aside(home: Home, path: Path) -> Path:
    """Move a file or folder of the home there; gives where it is. What was there of that name goes."""
    target = home.set_aside / path.relative_to(home.path)
    durable.make_folder(target.parent)
    if target.is_dir():
        shutil.rmtree(target)
    path.rename(target)
    for folder in (path.parent, target.parent, home.path):
        durable.sync_folder(folder)
    return target


def is_set_aside(home: Home, submission_id: str) -> bool:
    """Was the envelope of this submission set aside?"""
    return (home.set_aside / home.archive.name / submission_id).is_dir()


def forget_set_aside(home: Home, submission_id: str) -> None:
    """Take away what was set aside of a submission, and what may have been made of it."""
    for each in (home.lake.name, home.figures.name, f"{home.archive.name}/{submission_id}"):
        shutil.rmtree(home.set_aside / each, ignore_errors=True)
