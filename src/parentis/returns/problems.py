"""What reading says of files: what they were taken for, and what a person should know of them."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""`error`: something handed in was not read as it should be; `warning`: look at it; `note`: as it is meant to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What one file (or one member of a zip, one sheet of a workbook) was taken for."""

    file: str
    return_id: str
    part: str = ""
    "Which data set of a publisher's family this is, by what it holds; '' where a return has only one."
    name: str = ""
    "What people call that data set, where they do: of one that is not declared, after its file."
    table: str = ""
    period: str | None = None
    "Inferred from the content, else from the name; None where neither says."
    because: str
    "How it was recognised, in words: `headings CHILD, DECOM, RNE …`."
    rows: int | None = None
    "Rows below the headings, blank ones aside; None where the form has no rows (XML)."
    kept: int | None = None
    "Of them, those that are in the tables. The others are counted in the problems."
    first_row: int = 0
    "The number in the table of the file's first row: a table may come in several files."
    first_line: int = 2
    "The line of the file, or row of the sheet, in which that row stands."


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something about a file that a person should know: an ignored sheet, an extra column, a missing marker."""

    file: str
    where: str
    message: str
    severity: Severity
    rows: int = 0
    "Rows of the file that are not used because of it."

    @property
    def sentence(self) -> str:
        """What a person is told of it, the same words wherever it is said."""
        where = ", ".join(filter(None, (self.file, self.where)))
        return f"{self.severity}: {where}: {self.message}" if where else f"{self.severity}: {self.message}"
