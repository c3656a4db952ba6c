"""Returns: what is submitted, declared once; files in, checked tables and findings out."""

from parentis.returns.catalogue import returns, the_return
from parentis.returns.cells import RAW, Typed, type_cells
from parentis.returns.content import Content
from parentis.returns.declared import Problem, Reader, Reading, Return, Tables, Taken
from parentis.returns.findings import FINDINGS, STATUSES, Checked, gather, merge, no_findings
from parentis.returns.opening import open_bytes, open_files
from parentis.returns.reading import read, read_contents
from parentis.returns.spec import Code, Column, Door, Kind, Spec, Table, YearSpec
from parentis.returns.spec_checks import check_spec

__all__ = [
    "FINDINGS",
    "RAW",
    "STATUSES",
    "Checked",
    "Code",
    "Column",
    "Content",
    "Door",
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
    "the_return",
    "type_cells",
]
