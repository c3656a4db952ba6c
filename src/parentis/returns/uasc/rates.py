"""The Home Office's rates for unaccompanied children, as given in a year's funding instructions.

Once a person has entered and submitted the rates from the instructions, that year can be claimed. The rates packaged
with Parentis come from secondary sources for most years, and a claim based on them is a draft.
"""

import re
from collections.abc import Mapping

import polars as pl

from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Spec, Table, codes

CERTAINTIES = codes(
    certain="A source says it",
    doubtful="A source implies it",
    **{"general knowledge": "To be read in the instructions before money rests on it"},
)

_RELEASED = Column(
    name="RELEASED", kind=Kind.DATE, meaning="The day of this version of the instructions.", example="2024-04-24"
)
_YEAR = Column(name="FINANCIAL_YEAR", kind=Kind.TEXT, key=True, meaning="The year they are for.", example="2024-25")

INSTRUCTIONS = Table(
    name="instructions",
    meaning="The funding instructions of a year: which they are, and that they were read.",
    columns=(
        _YEAR,
        Column(name="TITLE", kind=Kind.TEXT, key=True, meaning="The instructions' title and version."),
        Column(name="SOURCE", kind=Kind.TEXT, key=True, meaning="Where they are published."),
        Column(
            name="READ_WHOLE",
            kind=Kind.CODE,
            codes=codes(yes="They were read, and the rates are theirs", no="They were not"),
            meaning="Whether the person submitting this has read the instructions: until then a claim is a draft.",
        ),
        _RELEASED,
    ),
    optional=False,
    unique=("FINANCIAL_YEAR",),
)
RATES = Table(
    name="rates",
    meaning="What is paid for a child a night and a care leaver a week.",
    columns=(
        Column(name="VALID_FROM", kind=Kind.DATE, key=True, meaning="First day of the rate.", example="2024-04-01"),
        Column(name="VALID_TO", kind=Kind.DATE, key=True, meaning="Last day of the rate.", example="2025-03-31"),
        Column(
            name="GROUP", kind=Kind.CODE, codes=codes(child="Children under 18", leaver="Care leavers"), key=True,
            meaning="Who it is paid for.",
        ),
        Column(
            name="BAND",
            kind=Kind.CODE,
            codes=codes(standard="Below the funding threshold", high="From it on", all="Whatever the band"),
            key=True,
            meaning="Of the authority.",
        ),
        Column(
            name="COHORT",
            kind=Kind.CODE,
            codes=codes(national="Arrived from 1 July 2016 on", legacy="Before", all="Whenever"),
            key=True,
            meaning="Of the child.",
        ),
        Column(name="AGE_FROM", kind=Kind.INTEGER, key=True, meaning="Age in years from which it is paid."),
        Column(name="AGE_TO", kind=Kind.INTEGER, meaning="Age in years to which it is paid; empty for no end."),
        Column(name="RATE", kind=Kind.MONEY, unit="pounds", key=True, meaning="The rate.", example="143.00"),
        Column(
            name="UNIT", kind=Kind.CODE, codes=codes(night="A night", week="A week"), key=True, meaning="For how long.",
        ),
        Column(
            name="CERTAINTY", kind=Kind.CODE, codes=CERTAINTIES, meaning="How sure the rate is; `certain` where read."
        ),
        Column(name="SOURCE", kind=Kind.TEXT, meaning="Where in the instructions it stands."),
        _RELEASED,
    ),
    optional=False,
    unique=("VALID_FROM", "GROUP", "BAND", "COHORT", "AGE_FROM"),
    edition="RELEASED",
    amount="RATE",
    same=("VALID_FROM", "GROUP", "BAND", "COHORT", "AGE_FROM"),
)  # fmt: skip


def _period(tables: Mapping[str, pl.DataFrame]) -> str | None:
    frame = tables.get(INSTRUCTIONS.name)
    years = [] if frame is None else frame["FINANCIAL_YEAR"].drop_nulls().str.strip_chars().unique().to_list()
    return years[0] if len(years) == 1 and re.fullmatch(r"\d{4}-\d{2}", years[0]) else None


HOME_OFFICE_RATES = Return(
    spec=Spec(
        id="uasc.rates",
        title="Home Office funding for unaccompanied children: rates",
        tables=(INSTRUCTIONS, RATES),
        source="https://www.gov.uk/government/publications/unaccompanied-asylum-seeking-children-uasc-grant-instructions",
    ),
    submitter="publisher",
    publisher="Home Office",
    period_kind="financial-year",
    infer_period=_period,
    audience="published",
)
