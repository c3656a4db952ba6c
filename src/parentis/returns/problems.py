"""Problems found on reading files, and what each file was recognised as."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""`error`: something submitted was not read as it should be; `warning`: review it; `note`: read as intended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What one file (or one member of a zip, one sheet of a workbook) was recognised as."""

    file: str
    return_id: str
    part: str = ""
    "The data set of a publisher's family, identified by its content; '' where a return has only one."
    name: str = ""
    "The common name of that data set, if it has one; for an undeclared data set, from its file name."
    table: str = ""
    period: str | None = None
    "Inferred from the content, else from the name; None where neither says."
    because: str
    "How it was recognised, in words: `headings CHILD, DECOM, RNE …`."
    rows: int | None = None
    "Rows below the headings, without blank ones; None where the form has no rows (XML)."
    kept: int | None = None
    "Those of the rows that are in the tables. The others are counted in the problems."
    first_row: int = 0
    "The table's row number of the file's first row: a table can be in several files."
    first_line: int = 2
    "The line of the file, or the row of the sheet, of that first row."


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
        """The message for people, in the same words wherever it is shown."""
        where = ", ".join(filter(None, (self.file, self.where)))
        return f"{self.severity}: {where}: {self.message}" if where else f"{self.severity}: {self.message}"
