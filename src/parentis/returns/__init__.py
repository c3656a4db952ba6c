"""Returns: what is submitted, declared once; files in, checked tables and findings out."""

from parentis.returns.catalogue import returns, the_return
from parentis.returns.cells import RAW, Typed, type_cells
from parentis.returns.content import Content
from parentis.returns.declared import Problem, Reader, Reading, Return, Tables, Taken
from parentis.returns.door import sector, through_the_door
from parentis.returns.filled import SYNTHETIC, Filled, write_files
from parentis.returns.findings import FINDINGS, STATUSES, Checked, gather, merge, no_findings
from parentis.returns.opening import open_bytes, open_files
from parentis.returns.reading import read, read_contents
from parentis.returns.spec import Code, Column, Door, Kind, Spec, Table, YearSpec
from parentis.returns.spec_checks import check_spec


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
    "Door",
    "Filled",
    "Kind",
    "Problem",
    "Reader",
    "Reading",
    "Return",
    "Spec",
    "Table",
    "Tables",
    "Taken",
    "Typed",
    "YearSpec",
    "check_spec",
    "gather",
    "merge",
    "no_findings",
    "open_bytes",
    "open_files",
    "read",
    "read_contents",
    "returns",
    "sector",
    "template",
    "the_return",
    "through_the_door",
    "type_cells",
    "write_files",
]
