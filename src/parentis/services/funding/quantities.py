"""The mapping from the lines of returns to the quantities that formulas need."""

import polars as pl

from parentis.services.funding.facts import Quantity

RA, RS, RO3 = "finance.ra/lines", "finance.rs/lines", "finance.ro3/lines"

PLACEMENT_GROUPS: dict[str, str] = {
    "foster_own": "Fostering, own carers",
    "foster_agency": "Fostering, independent agencies",
    "foster_kin": "Fostering by relatives and friends",
    "residential_own": "Children's homes, own",
    "residential_external": "Children's homes, independent and voluntary",
    "supported": "Supported accommodation",
    "secure": "Secure children's homes",
    "other": "Other placements",
}
"Kinds of placement in monitoring's activity table."

RO3_LINES: dict[str, str] = {
    "csc": "csc.net",
    "asc": "asc.net",
    "csc.early_years": "csc.early_years",
    "csc.looked_after": "looked_after.net",
    "csc.looked_after.residential": "looked_after.residential",
    "csc.looked_after.fostering": "looked_after.fostering",
    "csc.looked_after.asylum": "looked_after.asylum",
    "csc.looked_after.other": "looked_after.other",
    "csc.other": "csc.other_services",
    "csc.family_support": "csc.family_support",
    "csc.youth_justice": "csc.youth_justice",
    "csc.safeguarding": "csc.safeguarding",
    "csc.asylum": "csc.asylum",
    "csc.young_people": "csc.young_people",
}
"Service line of RO3 → quantity `ro3.…`, and the end of the measure's id."


def _net(quantity: str, table: str, line: str) -> Quantity:
    return Quantity(
        id=quantity,
        table=table,
        where=(pl.col("SERVICE_LINE") == line) & (pl.col("MEASURE") == "net"),
        amount=pl.col("AMOUNT"),
    )


PUBLISHED: tuple[Quantity, ...] = (
    *(_net(f"{subject}.budget", RA, subject) for subject in ("csc", "asc")),
    *(_net(f"{subject}.outturn", RS, subject) for subject in ("csc", "asc")),
    *(_net(f"ro3.{name}", RO3, line) for line, name in RO3_LINES.items()),
)

MONITORING = "finance.monitoring/lines"
MONITORING_HN = "finance.monitoring/high_needs"
ACTIVITY = "finance.monitoring/activity"

_EXPECTED = pl.coalesce("OUTTURN", "FORECAST_OUTTURN")
_BUDGET_NOW = pl.coalesce("REVISED_BUDGET", "ORIGINAL_BUDGET")


def _monitored(name: str, amount: pl.Expr, line: str) -> Quantity:
    return Quantity(
        id=f"monitoring.{line}.{name}",
        table=MONITORING,
        where=pl.col("SERVICE_LINE") == line,
        amount=amount,
        latest="QUARTER",
    )


def _high_needs(name: str, amount: pl.Expr) -> Quantity:
    return Quantity(
        id=f"monitoring.hn.{name}", table=MONITORING_HN, where=pl.lit(value=True), amount=amount, latest="QUARTER"
    )


_FUNDS = pl.col("ALLOCATION_AFTER_DEDUCTIONS") + pl.col("TRANSFERS_IN")

MONITORED: tuple[Quantity, ...] = (
    *(
        _monitored(name, amount, subject)
        for subject in ("csc", "asc")
        for name, amount in (
            ("original_budget", pl.col("ORIGINAL_BUDGET")),
            ("revised_budget", _BUDGET_NOW),
            ("outturn", _EXPECTED),
            ("reserves", pl.col("USE_OF_RESERVES")),
            ("efficiencies_planned", pl.col("EFFICIENCIES_PLANNED")),
            ("efficiencies_delivered", pl.col("EFFICIENCIES_DELIVERED")),
        )
    ),
    _high_needs("allocation", pl.col("ALLOCATION_AFTER_DEDUCTIONS")),
    _high_needs("transfers", pl.col("TRANSFERS_IN")),
    _high_needs("budget", _FUNDS),
    _high_needs("spend", pl.col("SPEND")),
    _high_needs("brought_forward", pl.col("BROUGHT_FORWARD")),
)

WEEKS, SPEND = "activity.weeks", "activity.spend"


def activity(group: str, kind: str) -> str:
    """The quantity that holds a placement group's child-weeks or spend."""
    return f"{kind}.{group}"


def _activity(group: str, kind: str, column: str) -> Quantity:
    return Quantity(
        id=activity(group, kind),
        table=ACTIVITY,
        where=pl.col("PLACEMENT_GROUP") == group,
        amount=pl.col(column),
        each="QUARTER",
    )


ACTIVITIES: tuple[Quantity, ...] = tuple(
    _activity(group, kind, column)
    for group in PLACEMENT_GROUPS
    for kind, column in ((WEEKS, "CHILD_WEEKS"), (SPEND, "SPEND"))
)

DSG_ALLOCATIONS = "high_needs.dsg_allocations/allocations"
DSG_BALANCES = "high_needs.dsg_balances/balances"


def _block(name: str, block: str, stage: str) -> Quantity:
    return Quantity(
        id=f"dsg.{name}",
        table=DSG_ALLOCATIONS,
        where=(pl.col("BLOCK") == block) & (pl.col("STAGE") == stage),
        amount=pl.col("AMOUNT"),
    )


DSG: tuple[Quantity, ...] = (
    _block("high_needs", "high_needs", "before"),
    _block("high_needs_after_deductions", "high_needs", "after"),
    _block("income", "total", "before"),
    Quantity(
        id="dsg.balance_percent",
        table=DSG_BALANCES,
        where=pl.lit(value=True),
        amount=pl.col("BALANCE_PERCENT"),
    ),
)

QUANTITIES: tuple[Quantity, ...] = (*PUBLISHED, *MONITORED, *DSG)
