"""Shared by all commands: the user, the home folder, and the display of progress."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Mapping
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


STAGES: Mapping[str, str] = {
    "stored": "Storing the files",
    "received": "Entering them in the register",
    "read": "Reading the files",
    "checked": "Checking by the rules",
    "check": "Checking by the rules",
    "loaded": "Writing the tables",
    "accepted": "Accepting",
    "moved": "Moving to other periods",
    "built": "Building figures",
    "published": "Publishing figures",
    "repaired": "Repairing",
}
"What is being done in each stage, for people."


def in_words(stage: str) -> tuple[str, str]:
    """A stage's name, and what it is doing: `built: Placement demand` is `Building figures: Placement demand`."""
    name, _, detail = stage.partition(": ")
    title = STAGES.get(name, name.capitalize())
    return name, f"{title}: {detail}" if detail else title


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A line per stage on a terminal that says what is being done; nothing where the output is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, done, of: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def step(stage: str, done: int, of: int) -> None:
            name, words = in_words(stage)
            if name not in tasks:
                tasks[name] = bars.add_task(words, total=of)
            bars.update(tasks[name], description=words, completed=done, total=of)

        yield step
