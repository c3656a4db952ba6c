"""The EHC plans release (SEN2): plans, new plans, requests, assessments and timeliness, one number per row.

The release is a zip of wide files, one column per count; each file is a data set of its own, in the zip or alone.
`DATASETS` declares those that the services use; the other tables of the release are kept as open statistics.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.open_statistics.cells import tidy, value_and_marker
from parentis.returns.open_statistics.datasets import COMMON
from parentis.returns.open_statistics.places import code_and_name
from parentis.returns.problems import Severity
from parentis.returns.spec import Code, Column, Kind, Spec, Table

if TYPE_CHECKING:
    from parentis.returns.content import Content

_SHARED = frozenset({"time_period", "geographic_level", "new_la_code", "old_la_code", "la_name"})
_BREAKDOWNS = frozenset({"breakdown_topic", "breakdown"})

_PLACEMENTS: Mapping[str, str] = {
    "mainstream_total": "Mainstream schools and academies, with resourced provision and units",
    "special_la_maintained": "Special schools, maintained",
    "special_academy_free": "Special academies and free schools",
    "special_independent": "Independent special schools",
    "special_non_maintained": "Non-maintained special schools",
    "special_total": "Special schools of every kind",
    "ap_pru_total": "Alternative provision and pupil referral units",
    "fe_total": "Further education",
    "ed_elsewhere": "Educated elsewhere",
    "nm_early_years": "Non-maintained early years",
    "placement_unknown": "Placement not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One file of the release, recognised by a column that no other file of the release has."""

    id: str
    title: str
    known_by: str
    counts: Mapping[str, str]
    "Column that is kept, in lower case → what it counts."


DATASETS: tuple[Dataset, ...] = (
    Dataset(
        id="caseload",
        title="EHC plans in force in January",
        known_by="ehcplans",
        counts={"ehcplans": "Plans in force", **_PLACEMENTS},
    ),
    Dataset(
        id="new_plans",
        title="New EHC plans in the calendar year",
        known_by="new_ehc_plans",
        counts={"new_ehc_plans": "New plans", **_PLACEMENTS},
    ),
    Dataset(
        id="requests",
        title="Requests for an assessment in the calendar year",
        known_by="requests_received_in_year",
        counts={
            "requests_received_in_year": "Requests received",
            "requests_decided_to_assess": "Decided to assess",
            "requests_decided_not_to_assess": "Decided not to assess",
        },
    ),
    Dataset(
        id="assessments",
        title="Assessments in the calendar year",
        known_by="assess_in_year",
        counts={
            "assess_in_year": "Assessments completed",
            "assess_issued": "Decided to issue a plan",
            "assess_not_issued": "Decided not to issue a plan",
        },
    ),
    Dataset(
        id="timeliness",
        title="Plans issued in the calendar year, by time taken",
        known_by="plans_issued_den",
        counts={
            "plans_issued_den": "Plans issued, with exceptions",
            "plans_issued_within_20_weeks": "Of them within 20 weeks",
            "plans_issued_den_ex": "Plans issued, without exceptions",
            "plans_issued_20_weeks_ex": "Of them within 20 weeks, without exceptions",
        },
    ),
)


def _table(dataset: Dataset) -> Table:
    return Table(
        name=dataset.id,
        authority="ONS_CODE",
        meaning=f"{dataset.title}: one count of one authority. Rows of regions and of England are left out.",
        columns=(
            Column(
                name="YEAR",
                kind=Kind.INTEGER,
                key=True,
                meaning="For plans in force the year of the January count (2024/25 is January 2025); "
                "for the others the calendar year of the events.",
                example="2025",
            ),
            Column(name="TIME_PERIOD", kind=Kind.TEXT, meaning="The period as published: `202425`, `2024`."),
            Column(name="ONS_CODE", kind=Kind.TEXT, key=True, meaning="The authority's ONS code as published."),
            Column(name="AUTHORITY_NAME", kind=Kind.TEXT, meaning="The authority's name as published."),
            Column(name="BREAKDOWN_TOPIC", kind=Kind.TEXT, key=True, meaning="What the count is broken down by."),
            Column(name="BREAKDOWN", kind=Kind.TEXT, key=True, meaning="Which part: `Aged 10`, or the whole."),
            Column(
                name="MEASURE",
                kind=Kind.CODE,
                codes=tuple(Code(name, meaning) for name, meaning in dataset.counts.items()),
                key=True,
                meaning="What is counted: the heading of the published column.",
            ),
            Column(name="VALUE", kind=Kind.NUMBER, meaning="The count; empty if missing, never zero."),
            Column(name="MARKER", kind=Kind.TEXT, meaning="What stood instead of a number: `x`, `c`, `z`."),
        ),
        unique=("YEAR", "ONS_CODE", "BREAKDOWN_TOPIC", "BREAKDOWN", "MEASURE"),
        identity=("YEAR", "ONS_CODE", "BREAKDOWN_TOPIC", "BREAKDOWN", "MEASURE"),
    )


TABLES = tuple(_table(dataset) for dataset in DATASETS)
COLUMNS = tuple(column.name for column in TABLES[0].columns)


def _headings(content: "Content") -> list[str]:
    if content.kind != "csv":
        return []
    grid = content.grid(rows=1)
    return [(cell or "").strip().casefold() for cell in grid.row(0)] if grid.height else []


def _dataset(headings: list[str]) -> Dataset | None:
    if not set(headings) >= (_SHARED | _BREAKDOWNS):
        return None
    return next((dataset for dataset in DATASETS if dataset.known_by in headings), None)


def _recognise(content: "Content") -> Recognised | None:
    headings = _headings(content)
    dataset = _dataset(headings)
    if dataset is None:
        return None
    return Recognised(
        file=content.name,
        return_id=PLANS.id,
        part=dataset.id,
        name=dataset.id,
        table=dataset.id,
        period=_release(str(_latest(content, headings))),
        because=f"headings time_period, new_la_code, breakdown_topic and {dataset.known_by}",
    )


def _latest(content: "Content", headings: list[str]) -> object:
    return content.grid().slice(1).to_series(headings.index("time_period")).str.strip_chars().max()


def _release(time_period: str) -> str | None:
    """The year of the release: the census of January 2025 (`202425`) and the events of 2024 are both published in
    2025."""
    if len(time_period) == 6 and time_period.isdigit():
        return str(int(time_period[:4]) + 1)
    return str(int(time_period) + 1) if len(time_period) == 4 and time_period.isdigit() else None


def _read(content: "Content", taken: Recognised) -> Tables:
    headings = _headings(content)
    dataset = _dataset(headings)
    if dataset is None:
        raise SpecificationError(
            expected="a file of the EHC plans release",
            found="other headings",
            where=content.name,
            do="Send the release's zip as it was published.",
        )
    grid = content.grid()
    # of a repeated heading (the release of 2025 has one) the first column is kept
    first = {heading: column for column, heading in reversed(list(zip(grid.columns, headings, strict=True))) if heading}
    table = tidy(grid.slice(1).select(pl.col(column).alias(h) for h, column in first.items())).with_row_index("row")
    table = code_and_name(table.remove(pl.all_horizontal(pl.exclude("row").is_null())))
    counts = [name for name in dataset.counts if name in first]
    is_authority = (pl.col("geographic_level") == "Local authority").fill_null(value=False)
    known = is_authority & pl.col("GEOGRAPHY").is_not_null()
    period = pl.col("time_period").str.replace_all(r"[^0-9]", "")
    year = pl.when(period.str.len_chars() == 6).then(period.str.head(4).cast(pl.Int64, strict=False) + 1)
    long = (
        table.filter(known)
        .select(
            "row",
            year.otherwise(period.cast(pl.Int64, strict=False)).cast(pl.String).alias("YEAR"),
            pl.col("time_period").alias("TIME_PERIOD"),
            pl.col("GEOGRAPHY").alias("ONS_CODE"),
            pl.col("la_name").alias("AUTHORITY_NAME"),
            pl.col("breakdown_topic").alias("BREAKDOWN_TOPIC"),
            pl.col("breakdown").alias("BREAKDOWN"),
            *counts,
        )
        .unpivot(
            on=counts,
            index=["row", "YEAR", "TIME_PERIOD", "ONS_CODE", "AUTHORITY_NAME", "BREAKDOWN_TOPIC", "BREAKDOWN"],
            variable_name="MEASURE",
            value_name="CELL",
        )
    )
    rows = long.with_columns(*value_and_marker("CELL")).select("row", *COLUMNS)
    wider, nameless = table.filter(~is_authority).height, table.filter(is_authority & ~known).height
    return Tables(
        tables={dataset.id: rows},
        problems=tuple(_problems(content.name, dataset, headings, counts, wider, nameless)),
        rows=table.height,
        kept=table.height - wider - nameless,
    )


def _problems(
    file: str, dataset: Dataset, headings: list[str], counts: list[str], wider: int, nameless: int
) -> Iterator[Problem]:
    def said(message: str, severity: Severity, rows: int = 0) -> Problem:
        return Problem(file=file, where=dataset.id, message=message, severity=severity, rows=rows)

    if wider:
        yield said(f"{wider:,} rows of regions and England left out", "note", wider)
    if nameless:
        yield said(
            f"{nameless:,} rows of authorities whose code, number and name are unknown left out", "error", nameless
        )
    if lacking := [name for name in dataset.counts if name not in counts]:
        yield said(f"columns of other releases that this one lacks: {', '.join(lacking)}", "warning")
    if unused := [name for name in headings if name and name not in (*counts, *_BREAKDOWNS) and name not in COMMON]:
        yield said(f"columns not kept, as no agreed use needs them: {', '.join(unused)}", "note")


PLANS = Return(
    spec=Spec(
        id="high_needs.ehc_plans",
        title="Education, health and care plans (SEN2 release)",
        tables=TABLES,
        source="https://explore-education-statistics.service.gov.uk/find-statistics/education-health-and-care-plans",
    ),
    submitter="publisher",
    publisher="DfE",
    period_kind="year",
    readers=(Reader(name="counts of the release", recognise=_recognise, read=_read),),
    audience="published",
)
