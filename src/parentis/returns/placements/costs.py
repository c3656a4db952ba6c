"""The year's placements with their committed cost, as collected for section 251: placements, and own homes.

`services.demand` divides the committed cost by the nights in the year to give a price per night.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.region import financial_year_of
from parentis.returns.cells import lenient_date
from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Retention, Spec, Table, codes

PROVIDERS = codes(
    PR0="Parents or other person with parental responsibility",
    PR1="The authority's own provision",
    PR2="Another authority's provision",
    PR3="Other public provision, such as a health trust",
    PR4="Private provision",
    PR5="Voluntary or third sector provision",
)

COST = "Total committed cost accrued in FY to date"


def _text(
    name: str, meaning: str, *, retention: Retention = Retention.KEEP, key: bool = False, example: str = ""
) -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, retention=retention, key=key, example=example)


def _date(name: str, meaning: str, *, retention: Retention = Retention.KEEP, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.DATE, meaning=meaning, retention=retention, key=key, example="01/04/2022")


def _money(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.MONEY, meaning=meaning, unit="pounds", key=key)


def _dropped(name: str, meaning: str, kind: Kind = Kind.TEXT) -> Column:
    """Columns on the child's history, which no agreed use of prices needs."""
    return Column(name=name, kind=kind, meaning=meaning, retention=Retention.DROP)


PLACEMENTS = Table(
    name="placements",
    meaning="A placement in the financial year: one row a child and placement.",
    columns=(
        _text(
            "Child ID", "The child's number in the case system.", retention=Retention.HASH, key=True, example="SYN0001"
        ),
        Column(
            name="Date of birth",
            kind=Kind.DATE,
            meaning="Of the child; kept as a month, for age at placement.",
            retention=Retention.MONTH,
        ),
        _dropped("Gender", "Of the child."),
        _dropped("Ethnicity", "Of the child."),
        _dropped("Disability", "Codes of the children in need census."),
        _dropped("Category of need", "Main need when last assessed."),
        _dropped("Date of last assessment", "When that was.", Kind.DATE),
        _text("Does the child have an EHCP", "Yes or No."),
        _text("Is the child UASC", "Yes or No: unaccompanied asylum-seeking."),
        _dropped("Number of missing episodes in current period of care", "Times reported missing.", Kind.INTEGER),
        _text("Legal status", "Code of the looked-after children return; V3 and V4 are short breaks."),
        _date("Placement start date", "First night of the placement.", key=True),
        _date("Placement end date", "Day it ended; empty while it goes on."),
        _dropped("Date of start of current care period", "When care began.", Kind.DATE),
        _dropped("Reason for placement change", "Code of the looked-after children return."),
        _dropped("Number of placements in last 12 months", "Placements.", Kind.INTEGER),
        _dropped("Number of placements in current care period", "Placements.", Kind.INTEGER),
        _text("Placement type", "PLACE code of the looked-after children return: `K2`, `U6`.", key=True),
        Column(name="Provider type", kind=Kind.CODE, codes=PROVIDERS, meaning="Whose provision it is."),
        _text("Procurement platform", "How the place was bought: framework, spot, block."),
        _text("Procurement framework", "Which framework."),
        _text("Ofsted URN", "The provision's registration number."),
        _text("Home postcode", "Where the child comes from.", retention=Retention.SECTOR),
        _text("Placement postcode", "Where the placement is.", retention=Retention.SECTOR),
        _text("LA of placement", "The authority it lies in."),
        _money(COST, "Committed to this placement for its nights in the financial year.", key=True),
        _money("Contribution from social care provider/s", "Of it, paid by social care."),
        _money("Contribution from health provider/s", "Of it, paid by health."),
        _money("Contribution from education provider/s", "Of it, paid by education."),
    ),
    optional=False,
)

HOMES = Table(
    name="homes",
    meaning="The authority's own children's homes: what each cost in the financial year.",
    columns=(
        _text("Asset name", "The home's name.", retention=Retention.DROP, key=True),
        _text("Ofsted URN", "The home's registration number."),
        _date("Start date", "First day it was run in the year, or before."),
        _date("End date", "Last day, where it closed."),
        _money(COST, "Committed to the home in the financial year.", key=True),
    ),
)


def _period(tables: Mapping[str, pl.DataFrame]) -> str | None:
    """The financial year of the last date in the files: of end dates if there are any, otherwise of start dates."""
    for name in ("end", "start"):
        days = [
            frame.select(lenient_date(column))[column].max()
            for frame in tables.values()
            for column in (f"Placement {name} date", f"{name.capitalize()} date")
            if column in frame.columns
        ]
        if known := [day for day in days if isinstance(day, date)]:
            return financial_year_of(max(known)).label
    return None


COSTS = Return(
    spec=Spec(
        id="placements.costs",
        title="Placement costs of the year (section 251)",
        tables=(PLACEMENTS, HOMES),
        source="The placement-level lists behind section 251 outturn statements",
    ),
    submitter="authority",
    period_kind="financial-year",
    infer_period=_period,
    audience="own",
    keep_years=7,
)
