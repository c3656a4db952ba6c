"""Spend on each children's line (RO3), and each line's share of the cost of looked-after children."""

import polars as pl

from parentis.figures import Measure
from parentis.services.funding.bases import RO3
from parentis.services.funding.flags import LINES_COMPARABLE
from parentis.services.funding.formulas import Formula, per_child, real
from parentis.services.funding.people import WHOLE_SERVICES
from parentis.services.funding.quantities import RO3_LINES

SOURCE = "MHCLG Revenue Outturn, social care and public health (RO3), individual authority data"
TITLES: dict[str, str] = {
    "csc.net": "Children's social care, net current expenditure",
    "asc.net": "Adult social care, net current expenditure",
    "csc.early_years": "Sure Start, children's centres and early years",
    "looked_after.net": "Children looked after, net current expenditure",
    "looked_after.residential": "Children looked after: residential care",
    "looked_after.fostering": "Children looked after: fostering",
    "looked_after.asylum": "Children looked after: asylum-seeking children",
    "looked_after.other": "Children looked after: other",
    "csc.other_services": "Other children's and families' services",
    "csc.family_support": "Family support",
    "csc.youth_justice": "Youth justice",
    "csc.safeguarding": "Safeguarding children and young people",
    "csc.asylum": "Asylum seekers (children's services)",
    "csc.young_people": "Services for young people",
}
_PARTS = ("looked_after.residential", "looked_after.fostering", "looked_after.asylum", "looked_after.other")
_WITH_VARIANTS = ("csc.net", "looked_after.net")


def line_formulas() -> tuple[Formula, ...]:
    """Net expenditure on every line; totals per child and in real terms too; shares of the looked-after total."""
    amounts = tuple(_amount(name) for name in RO3_LINES.values())
    variants = tuple(
        variant(one)
        for one in amounts
        if one.measure.id.removeprefix("funding.") in _WITH_VARIANTS
        for variant in (real, per_child)
    )
    return (*amounts, *variants, *(_share(name) for name in _PARTS))


def _amount(name: str) -> Formula:
    return Formula(
        measure=Measure(
            id=f"funding.{name}",
            title=TITLES[name],
            unit="£",
            definition=f"Σ net current expenditure on the RO3 line. Basis: {RO3}.",
            people=WHOLE_SERVICES,
            source=SOURCE,
            gross_net="net",
            cumulative="in-year",
            comparable_by=LINES_COMPARABLE if name in _PARTS else "",
        ),
        needs=(f"ro3.{name}",),
        value=pl.col(f"ro3.{name}").sum(),
        method=RO3,
    )


def _share(name: str) -> Formula:
    part, whole = f"ro3.{name}", "ro3.looked_after.net"
    return Formula(
        measure=Measure(
            id=f"funding.{name}.share",
            title=f"{TITLES[name]}, share of looked-after spend",
            unit="%",
            definition=(
                "100 × Σ net current expenditure on the line ÷ Σ that on children looked after. "
                "Authorities code the same cost to different lines: see the comparability flags."
            ),
            people=WHOLE_SERVICES,
            source=SOURCE,
            gross_net="net",
            cumulative="in-year",
            comparable_by=LINES_COMPARABLE,
            decimals=1,
        ),
        needs=(part, whole),
        value=pl.when(pl.col(whole).sum() > 0).then(100 * pl.col(part).sum() / pl.col(whole).sum()),
        method=RO3,
    )
