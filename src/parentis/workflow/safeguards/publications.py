"""Known publications: a list, kept by an administrator if wanted, of files that publishers issued, by hash and date.

The list is a CSV with the columns `sha256`, `published` (the day, ISO) and `title`; other columns are ignored. It is
`publications.csv` in the home, or the file named by `PARENTIS_PUBLICATIONS`. If it exists, a publisher's file that
is not on it is accepted only with a reason.
"""

import csv
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from parentis.archive import File, Home
from parentis.errors import SpecificationError

LIST_VARIABLE = "PARENTIS_PUBLICATIONS"
NAME = "publications.csv"
COLUMNS = ("sha256", "published", "title")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Publication:
    sha256: str
    published: date
    title: str


def known_publications(home: Home) -> tuple[Publication, ...] | None:
    """The list, in its order; None where none is kept. Raises SpecificationError for a line that cannot be read."""
    path = list_path(home)
    if not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as lines:
        read = csv.DictReader(lines)
        if missing := [name for name in COLUMNS if name not in (read.fieldnames or ())]:
            raise _wrong(path, f"no column {', '.join(missing)}")
        return tuple(_publication(path, read.line_num, row) for row in read)


def list_path(home: Home) -> Path:
    """The path of the list, whether or not it exists."""
    return Path(os.environ.get(LIST_VARIABLE) or home.path / NAME)


def unlisted(files: Sequence[File], listed: Sequence[Publication]) -> str:
    """Which of a publisher's files are on no line of the list, in a sentence; '' where all are."""
    known = {one.sha256 for one in listed}
    unknown = [file.name for file in files if file.sha256 not in known]
    if not unknown:
        return ""
    last = max((one.published for one in listed), default=None)
    dated = f", the latest of {last:%-d %B %Y}" if last else ""
    return f"{', '.join(unknown)}: not the bytes of any of the {len(listed):,} known publications{dated}"


def _publication(path: Path, line: int, row: dict[str, str | None]) -> Publication:
    sha256, day, title = ((row[name] or "").strip() for name in COLUMNS)
    if not _HASH.fullmatch(sha256.casefold()):
        raise _wrong(path, f"in line {line} no SHA-256 of 64 digits")
    try:
        return Publication(sha256.casefold(), date.fromisoformat(day), title)
    except ValueError:
        raise _wrong(path, f"in line {line} no day in the column published") from None


def _wrong(path: Path, found: str) -> SpecificationError:
    return SpecificationError(
        expected=f"a list of known publications with the columns {', '.join(COLUMNS)}", found=found,
        where=path.name, do="Put the line right, or take the list away.",
    )  # fmt: skip
