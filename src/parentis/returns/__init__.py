"""Returns: the declaration of each return, and the code that turns its files into checked tables and findings."""

from typing import TYPE_CHECKING

from parentis.returns.catalogue import returns, the_return
from parentis.returns.cells import RAW, Typed, type_cells
from parentis.returns.content import Content
from parentis.returns.findings import FINDINGS, STATUSES, Checked, gather, merge, no_findings
from parentis.returns.identity import words_of
from parentis.returns.isolation import ALWAYS_APART, RawFile
from parentis.returns.models import Gathered, Problem, Reader, Reading, Recognised, Return, Tables, Unused
from parentis.returns.problems import Severity
from parentis.returns.readings import gather_files, gather_readings, read, read_contents, read_files
from parentis.returns.retention import apply_retention, sector
from parentis.returns.return_data import SYNTHETIC, ReturnData, write_files
from parentis.returns.spec import Code, Column, Kind, Retention, Spec, Table, YearSpec
from parentis.returns.spec_checks import absent_parts, check_spec
from parentis.returns.untrusted_files import Unopened, open_bytes, open_files, open_parts, open_sent, raw_files

if TYPE_CHECKING:
    from parentis.returns.conversion import Converted, Form
    from parentis.returns.explanation import Explanation


def convert(reading: Reading, form: "Form") -> "Converted":
    """A return in another form; see `conversion.convert`."""
    from parentis.returns import conversion

    return conversion.convert(reading, form)


def explain(return_id: str, code: str) -> "Explanation":
    """A rule of a return in words; see `explanation.explain`."""
    from parentis.returns import explanation

    return explanation.explain(return_id, code)


def template(return_id: str, period: str) -> bytes:
    """A blank XLSX of a return for a period, ready to fill in and to read back."""
    from parentis.returns import workbook  # imported only when a workbook is written: the import is slow

    return workbook.template(return_id, period)


__all__ = [
    "ALWAYS_APART",
    "FINDINGS",
    "RAW",
    "STATUSES",
    "SYNTHETIC",
    "Checked",
    "Code",
    "Column",
    "Content",
    "Gathered",
    "Kind",
    "Problem",
    "RawFile",
    "Reader",
    "Reading",
    "Recognised",
    "Retention",
    "Return",
    "ReturnData",
    "Severity",
    "Spec",
    "Table",
    "Tables",
    "Typed",
    "Unopened",
    "Unused",
    "YearSpec",
    "absent_parts",
    "apply_retention",
    "check_spec",
    "convert",
    "explain",
    "gather",
    "gather_files",
    "gather_readings",
    "merge",
    "no_findings",
    "open_bytes",
    "open_files",
    "open_parts",
    "open_sent",
    "raw_files",
    "read",
    "read_contents",
    "read_files",
    "returns",
    "sector",
    "template",
    "the_return",
    "type_cells",
    "words_of",
    "write_files",
]
