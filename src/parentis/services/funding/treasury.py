"""HM Treasury's own numbers: what settlement and council tax give, as councils budgeted it, and ours beside them."""

import polars as pl

from parentis.figures import Audience
from parentis.services.funding.amounts import Amount
from parentis.services.funding.bases import DSG_ALLOCATIONS, MONITORING, RA_RS
from parentis.services.funding.comparisons import MONITORING_SOURCE, RA_RS_SOURCE
from parentis.services.funding.facts import Quantity
from parentis.services.funding.quantities import RA

_BOTH = f"{MONITORING_SOURCE}; {RA_RS_SOURCE}"
NO_SPENDING_POWER = (
    "Core spending power is published for a whole council and is in no file that is held. Revenue Support Grant, "
    "retained business rates and council tax, which most of it is made of, are in the Revenue Account; the grants for "
    "social care that are also in it are there among all specific grants and cannot be told apart."
)


def _income(name: str, label: str) -> Quantity:
    """Income stands as a negative amount in the Revenue Account."""
    return Quantity(
        id=f"treasury.{name}",
        table=RA,
        where=pl.col("LABEL").str.contains(label) & (pl.col("MEASURE") == "net"),
        amount=-pl.col("AMOUNT"),
    )


TREASURY: tuple[Quantity, ...] = (
    _income("support_grant", r"(?i)^revenue support grant\b"),
    _income("rates", r"(?i)^retained income from rate retention scheme\b"),
    _income("specific_grants", r"(?i)^specific and special grants inside aef\b"),
    Quantity(
        id="treasury.council_tax",
        table=RA,
        where=(pl.col("SERVICE_LINE") == "council_tax_requirement") & (pl.col("MEASURE") == "net"),
        amount=pl.col("AMOUNT"),
    ),
)
_SETTLEMENT = tuple(f"treasury.{name}" for name in ("support_grant", "rates", "council_tax"))


def _budgeted(name: str, title: str, needs: tuple[str, ...], definition: str) -> Amount:
    return Amount(
        id=f"funding.treasury.{name}",
        title=title,
        definition=definition,
        needs=needs,
        value=pl.sum_horizontal(needs).sum(),
        basis="Revenue Account budget, as published",
        source="MHCLG, Revenue Account budgets",
        audience=Audience.PUBLISHED,
        gross_net="gross",
    )


def _difference(name: str, title: str, ours: str, theirs: str, basis: str, of: str) -> Amount:
    return Amount(
        id=f"funding.treasury.{name}",
        title=title,
        definition=f"Σ ({ours} − {theirs}), of authorities that have both.",
        needs=(ours, theirs),
        value=(pl.col(ours) - pl.col(theirs)).sum(),
        basis=basis,
        source=_BOTH,
        sum_of=(of,),
    )


TREASURY_AMOUNTS: tuple[Amount, ...] = (
    _budgeted("support_grant", "Revenue Support Grant", _SETTLEMENT[:1], "Σ as budgeted."),
    _budgeted("rates", "Retained business rates", _SETTLEMENT[1:2], "Σ as budgeted."),
    _budgeted("council_tax", "Council tax requirement", _SETTLEMENT[2:], "Σ as budgeted, precepts for adults within."),
    _budgeted(
        "spending_power",
        "Revenue Support Grant, retained rates and council tax together",
        _SETTLEMENT,
        f"Σ as budgeted, of authorities that have all three. {NO_SPENDING_POWER}",
    ),
    _budgeted(
        "specific_grants",
        "Specific and special grants, DSG among them",
        ("treasury.specific_grants",),
        "Σ inside aggregate external finance, as budgeted.",
    ),
    Amount(
        id="funding.treasury.csc_share",
        title="Children's social care budget, per cent of settlement and council tax",
        definition="100 × Σ original budget ÷ Σ (Revenue Support Grant + retained rates + council tax requirement).",
        needs=("csc.budget", *_SETTLEMENT),
        value=pl.when(pl.sum_horizontal(_SETTLEMENT).sum() > 0).then(
            100 * pl.col("csc.budget").sum() / pl.sum_horizontal(_SETTLEMENT).sum()
        ),
        unit="%",
        decimals=1,
        basis="Revenue Account budget, as published",
        source="MHCLG, Revenue Account budgets",
        audience=Audience.PUBLISHED,
    ),
    _difference(
        "csc_budget_difference",
        "Children's social care: budget as monitored less budget in RA",
        "monitoring.csc.original_budget",
        "csc.budget",
        f"{MONITORING}, less {RA_RS}",
        "funding.csc.original_budget",
    ),
    _difference(
        "csc_outturn_difference",
        "Children's social care: outturn as monitored less outturn in RS",
        "monitoring.csc.outturn",
        "csc.outturn",
        f"{MONITORING}, less {RA_RS}",
        "funding.csc.expected_outturn",
    ),
    _difference(
        "hn_difference",
        "High needs: allocation as monitored less the block after deductions",
        "monitoring.hn.allocation",
        "dsg.high_needs_after_deductions",
        f"{MONITORING}, less {DSG_ALLOCATIONS}",
        "funding.hn.allocation",
    ),
)
