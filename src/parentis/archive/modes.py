"""File permissions: only the owner may read what is stored."""

import os
from collections.abc import Iterator
from pathlib import Path

from parentis.archive import durable
from parentis.archive.home import Home

OTHERS = 0o077
"The bits of a mode that are for anybody but the owner."


def readable_by_others(home: Home) -> Iterator[str]:
    """Names of the files and folders below the home that others may read or write. Leaves out `current`, to which an
    administrator may give access, and the home itself, which a reporting tool may have to traverse."""
    for path in _kept(home):
        if path.lstat().st_mode & OTHERS and not path.is_symlink():
            yield path.relative_to(home.path).as_posix()


def close_to_others(home: Home) -> int:
    """Remove other users' permissions. Returns how many files and folders had any."""
    names = list(readable_by_others(home))
    for name in names:
        path = home.path / name
        path.chmod(durable.FOLDER if path.is_dir() else durable.FILE)
    return len(names)


def _kept(home: Home) -> Iterator[Path]:
    for folder, folders, files in os.walk(home.path):
        if Path(folder) == home.path:
            folders[:] = [name for name in folders if name not in {home.current.name, SITE}]
        for name in (*folders, *files):
            yield Path(folder) / name


SITE = "site"
"What the site makes itself, such as static files for the server in front of it."
