"""What DfE has agreed with each authority about its deficit: Stability Grant, and safety-valve schedules.

A person enters them from the published agreements and letters: one file for all authorities, submitted again after
each change. What is not entered is unknown, and services assume a value.
"""

from collections.abc import Mapping

import polars as pl

from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Spec, Table, codes

GRANT_STANDINGS = codes(
    none="Not applied for",
    applied="Applied for, not decided",
    approved="The plan is approved, the grant is not paid yet",
    refused="Refused",
    paid="Paid",
)

_CODE = Column(
    name="ONS_CODE", kind=Kind.TEXT, key=True, meaning="The authority's ONS code, or its name.", example="E09000007"
)
_SOURCE = Column(name="SOURCE", kind=Kind.TEXT, key=True, meaning="Where it is published, with its date.")
_RELEASED = Column(
    name="RELEASED", kind=Kind.DATE, meaning="The day as at which the file stands.", example="2026-11-01"
)

GRANT = Table(
    name="stability_grant",
    meaning="How far each authority's High Needs Stability Grant has come.",
    columns=(
        _CODE,
        Column(name="STANDING", kind=Kind.CODE, codes=GRANT_STANDINGS, key=True, meaning="How far it has come."),
        Column(
            name="AMOUNT",
            kind=Kind.MONEY,
            unit="pounds",
            meaning="The grant as decided or paid; empty where it is not said, and is then worked out.",
        ),
        _SOURCE,
        _RELEASED,
    ),
    unique=("ONS_CODE",),
    authority="ONS_CODE",
)
SAFETY_VALVE = Table(
    name="safety_valve",
    meaning="Payments that a safety-valve agreement gives an authority, by financial year.",
    columns=(
        _CODE,
        Column(name="FINANCIAL_YEAR", kind=Kind.TEXT, key=True, meaning="The year of the payment.", example="2026-27"),
        Column(name="PAYMENT", kind=Kind.MONEY, unit="pounds", key=True, meaning="What the schedule says is paid."),
        _SOURCE,
        _RELEASED,
    ),
    unique=("ONS_CODE", "FINANCIAL_YEAR"),
    authority="ONS_CODE",
)


def _year_of_standing(tables: Mapping[str, pl.DataFrame]) -> str | None:
    days = [frame["RELEASED"].drop_nulls() for frame in tables.values() if "RELEASED" in frame.columns]
    years = [text for column in days for text in column.str.extract(r"(20\d\d)").drop_nulls().to_list()]
    return max(years, default=None)


AGREEMENTS = Return(
    spec=Spec(
        id="high_needs.agreements",
        title="High needs: Stability Grant and safety-valve agreements",
        tables=(GRANT, SAFETY_VALVE),
        source="https://www.gov.uk/government/publications/dedicated-schools-grant-very-high-deficit-intervention",
    ),
    submitter="publisher",
    publisher="DfE",
    period_kind="year",
    infer_period=_year_of_standing,
    audience="published",
)
