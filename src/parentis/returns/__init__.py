"""Returns: what is submitted, declared once; files in, checked tables and findings out."""

from parentis.returns.catalogue import returns, the_return
from parentis.returns.cells import RAW, Typed, type_cells
from parentis.returns.content import Content
from parentis.returns.findings import FINDINGS, STATUSES, Checked, gather, merge, no_findings
from parentis.returns.identity import words_of
from parentis.returns.models import Problem, Reader, Reading, Recognised, Return, Tables
from parentis.returns.problems import Severity
from parentis.returns.readings import Gathered, Unused, gather_readings, read, read_contents
from parentis.returns.retention import apply_retention, sector
from parentis.returns.return_data import SYNTHETIC, ReturnData, write_files
from parentis.returns.spec import Code, Column, Kind, Retention, Spec, Table, YearSpec
from parentis.returns.spec_checks import absent_columns, check_spec
from parentis.returns.untrusted_files import Unopened, open_bytes, open_each, open_files, open_parts


def template(return_id: str, period: str) -> bytes:
    """A blank XLSX of a return for a period, ready to fill in and to read back."""
    from parentis.returns import workbook  # writes workbooks only when asked to: its import costs time

    return workbook.template(return_id, period)


__all__ = [
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
    "absent_columns",
    "apply_retention",
    "check_spec",
    "gather",
    "gather_readings",
    "merge",
    "no_findings",
    "open_bytes",
    "open_each",
    "open_files",
    "open_parts",
    "read",
    "read_contents",
    "returns",
    "sector",
    "template",
    "the_return",
    "type_cells",
    "words_of",
    "write_files",
]
