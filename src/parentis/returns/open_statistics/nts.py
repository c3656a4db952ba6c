"""The Home Office's count of transfers under the National Transfer Scheme, by authority and quarter.

Its totals are among the rows, marked with an asterisk; districts of counties are also listed, without figures. Both
are kept as published; code that counts must separate them.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.returns.cells import lenient_date
from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Spec, Table


def _count(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.INTEGER, meaning=meaning, unit="children", key=key, example="0")


TRANSFERS = Table(
    name="transfers",
    authority="Local Authority or HSCT (NI)",
    meaning="One authority in one quarter. Rows whose region begins with `*Total` are the publisher's own sums.",
    columns=(
        Column(
            name="Date", kind=Kind.DATE, meaning="Last day of the quarter", key=True, example="30/09/2016"
        ),
        Column(name="Year", kind=Kind.INTEGER, meaning="Calendar year", example="2016"),
        Column(name="Quarter", kind=Kind.INTEGER, meaning="Of the calendar year", example="3"),
        Column(name="Region", kind=Kind.TEXT, meaning="English region or nation", key=True, example="London"),
        Column(
            name="Local Authority or HSCT (NI)",
            kind=Kind.TEXT,
            meaning="The authority's name; in Northern Ireland a health and social care trust",
            key=True,
            example="Camden",
        ),
        Column(
            name="Able to participate in the NTS?",
            kind=Kind.TEXT,
            meaning="Whether it looks after children at all: districts of counties do not",
            example="Yes",
        ),
        _count("Transfers out of Local Authority", "Children whose care it passed to another authority", key=True),
        _count("Transfers into Local Authority", "Children whose care it took over from another authority", key=True),
        _count(
            "Transfers into LA from port/intake unit",
            "Children it took into care straight from a port or the Home Office's intake unit",
        ),
    ),
    optional=False,
    unique=("Date", "Region", "Local Authority or HSCT (NI)"),
    identity=("Date", "Region", "Local Authority or HSCT (NI)"),
)  # fmt: skip


def _period(tables: Mapping[str, pl.DataFrame]) -> str | None:
    """The year of the last quarter in the file."""
    days = [frame.select(lenient_date("Date"))["Date"].max() for frame in tables.values() if "Date" in frame.columns]
    known = [day.year for day in days if isinstance(day, date)]
    return str(max(known)) if known else None


NTS = Return(
    spec=Spec(
        id="open_statistics.nts",
        title="National Transfer Scheme: transfers by authority and quarter",
        source="Home Office, immigration statistics, unaccompanied asylum-seeking children: transfers",
        tables=(TRANSFERS,),
    ),
    submitter="publisher",
    publisher="Home Office",
    period_kind="year",
    infer_period=_period,
    audience="published",
)
