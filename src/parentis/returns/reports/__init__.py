"""Reports of findings for people and programs: JSON, CSV, XLSX, HTML."""

from parentis.returns.reports.as_csv import findings_csv, rows_of
from parentis.returns.reports.as_html import findings_html
from parentis.returns.reports.as_json import findings_json, findings_json_parts
from parentis.returns.reports.as_xlsx import findings_xlsx
from parentis.returns.reports.context import ReportContext, changes, worklist, year_on_year

__all__ = [
    "ReportContext",
    "changes",
    "findings_csv",
    "findings_html",
    "findings_json",
    "findings_json_parts",
    "findings_xlsx",
    "rows_of",
    "worklist",
    "year_on_year",
]
