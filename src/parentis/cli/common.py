"""Shared by all commands: the user, the home folder, and the display of progress."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parentis.archive import Home
    from parentis.figures import Viewer

WHO_VARIABLE = "PARENTIS_WHO"


def home() -> "Home":
    from parentis.archive import find_home

    return find_home()


def who(given: str | None) -> str:
    """The person for the register: as given, otherwise `PARENTIS_WHO`, otherwise the account's name."""
    return given or os.environ.get(WHO_VARIABLE) or getpass.getuser()


def viewer(text: str) -> "Viewer":
    """`public`, `members` (the regional team), or an authority's name or code."""
    from parentis.figures import Viewer
    from parentis.region import authority

    if text.casefold() == "public":
        return Viewer.public()
    if text.casefold() in {"member", "members"}:
        return Viewer.members()
    return Viewer.members(authority(text).gss)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar per stage on a terminal; nothing where the output is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def step(stage: str, done: int, of: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=of)
            bars.update(tasks[stage], completed=done, total=of)

        yield step
