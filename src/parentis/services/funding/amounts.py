"""Amounts that are plain sums: the other columns of budget monitoring, high needs, and both pressures together."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from parentis.figures import Audience, Measure, Polarity
from parentis.services.funding.bases import (
    DSG_ALLOCATIONS,
    DSG_BALANCES,
    DSG_MONITORING,
    MONITORING,
    MONITORING_HN,
)
from parentis.services.funding.comparisons import CSC_MONITORING, HN_MONITORING, MONITORING_SOURCE
from parentis.services.funding.formulas import Formula, per_child, real
from parentis.services.funding.people import WHOLE_SERVICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """`value` over the authorities that have every quantity in `needs`."""

    id: str
    title: str
    definition: str
    needs: tuple[str, ...]
    value: pl.Expr
    unit: str = "£"
    decimals: int = 0
    basis: str = MONITORING
    source: str = MONITORING_SOURCE
    audience: Audience = Audience.OWN
    gross_net: str = "net"
    footprints_only: bool = False
    cumulative: str = "in-year"
    netted: str = ""
    polarity: Polarity = Polarity.NEUTRAL
    variants: bool = False
    sum_of: tuple[str, ...] = ()


def _gap(plan: str, outturn: str) -> pl.Expr:
    return pl.col(outturn) - pl.col(plan)


_CSC_GAP = _gap(CSC_MONITORING.plan, CSC_MONITORING.outturn)
_HN_GAP = _gap(HN_MONITORING.plan, HN_MONITORING.outturn)
_BOTH = (CSC_MONITORING.plan, CSC_MONITORING.outturn, HN_MONITORING.plan, HN_MONITORING.outturn)
DSG_SOURCE = "DfE dedicated schools grant allocations and balances"
_SHORT = "children's social care overspend and high-needs in-year shortfall together"


def _allocation(measure_id: str, title: str, quantity: str) -> Amount:
    return Amount(
        id=measure_id,
        title=title,
        definition="Σ the block's published allocation for the year.",
        needs=(quantity,),
        value=pl.col(quantity).sum(),
        basis=DSG_ALLOCATIONS,
        source=DSG_SOURCE,
        audience=Audience.PUBLISHED,
        gross_net="gross",
    )


AMOUNTS: tuple[Amount, ...] = (
    Amount(
        id="funding.total.shortfall",
        title="Children's social care and high needs: shortfall together",
        definition=f"Σ {_SHORT}, underspends netted off; only authorities with both.",
        needs=_BOTH,
        value=(_CSC_GAP + _HN_GAP).sum(),
        sum_of=("funding.csc.overspend", "funding.hn.shortfall"),
        netted="netted",
        polarity=Polarity.LOWER,
        variants=True,
    ),
    Amount(
        id="funding.total.shortfall_gross",
        title="Children's social care and high needs: shortfall together, gross of underspends",
        definition=f"Σ {_SHORT}, no pot of any authority below nil; only authorities with both.",
        needs=_BOTH,
        value=(_CSC_GAP.clip(lower_bound=0) + _HN_GAP.clip(lower_bound=0)).sum(),
        netted="gross of underspends",
        polarity=Polarity.LOWER,
        variants=True,
    ),
    Amount(
        id="funding.csc.original_budget",
        title="Children's social care: original budget, as monitored",
        definition="Σ the year's budget as the council set it.",
        needs=("monitoring.csc.original_budget",),
        value=pl.col("monitoring.csc.original_budget").sum(),
    ),
    Amount(
        id="funding.csc.reserves_used",
        title="Children's social care: reserves drawn",
        definition="Σ reserves drawn for the service in the year; negative where they were added to. "
        "Outturn and overspend are before them.",
        needs=("monitoring.csc.reserves",),
        value=pl.col("monitoring.csc.reserves").sum(),
    ),
    Amount(
        id="funding.csc.efficiencies_planned",
        title="Children's social care: efficiencies planned",
        definition="Σ savings that the year's budget counts on.",
        needs=("monitoring.csc.efficiencies_planned",),
        value=pl.col("monitoring.csc.efficiencies_planned").sum(),
    ),
    Amount(
        id="funding.csc.efficiencies_delivered",
        title="Children's social care: efficiencies delivered",
        definition="Σ savings delivered from 1 April to the end of the last quarter reported.",
        needs=("monitoring.csc.efficiencies_delivered",),
        value=pl.col("monitoring.csc.efficiencies_delivered").sum(),
        polarity=Polarity.HIGHER,
    ),
    Amount(
        id="funding.hn.allocation",
        title="High needs: allocation after deductions",
        definition="Σ the block's allocation after recoupment and other deductions, as the authority reports it.",
        needs=("monitoring.hn.allocation",),
        value=pl.col("monitoring.hn.allocation").sum(),
        basis=MONITORING_HN,
        variants=True,
    ),
    Amount(
        id="funding.hn.transfers",
        title="High needs: transfers into the block",
        definition="Σ moved into the block from other blocks or the general fund; negative when moved out.",
        needs=("monitoring.hn.transfers",),
        value=pl.col("monitoring.hn.transfers").sum(),
        basis=MONITORING_HN,
    ),
    Amount(
        id="funding.hn.balance",
        title="High needs: balance at the end of the year",
        definition="Σ (balance brought forward + allocation + transfers − spend): B(t) = B(t−1) + grant(t) + "
        "transfers(t) − spend(t). A surplus is positive, a deficit negative.",
        needs=("monitoring.hn.brought_forward", HN_MONITORING.plan, HN_MONITORING.outturn),
        value=(pl.col("monitoring.hn.brought_forward") - _HN_GAP).sum(),
        basis=DSG_MONITORING,
        cumulative="cumulative",
        netted="netted",
        polarity=Polarity.HIGHER,
    ),
    Amount(
        id="funding.hn.balance_percent",
        title="High needs: balance at the end of the year, per cent of DSG income",
        definition="100 × Σ balance ÷ Σ DSG allocation before deductions. A deficit is negative.",
        needs=("monitoring.hn.brought_forward", HN_MONITORING.plan, HN_MONITORING.outturn, "dsg.income"),
        value=100 * (pl.col("monitoring.hn.brought_forward") - _HN_GAP).sum() / pl.col("dsg.income").sum(),
        unit="%",
        decimals=2,
        basis=DSG_MONITORING,
        cumulative="cumulative",
        netted="netted",
        polarity=Polarity.HIGHER,
    ),
    _allocation("funding.hn.block", "High needs block, before deductions", "dsg.high_needs"),
    _allocation(
        "funding.hn.block_after_deductions",
        "High needs block, after deductions",
        "dsg.high_needs_after_deductions",
    ),
    _allocation("funding.dsg.allocation", "Dedicated schools grant, before deductions", "dsg.income"),
    Amount(
        id="funding.dsg.balance_percent",
        title="DSG balance at 31 March, per cent of income",
        definition="An authority's published percentage; over a footprint, percentages weighed by DSG allocation "
        "before deductions, since shares cannot be added up. A deficit is negative.",
        needs=("dsg.balance_percent", "dsg.income"),
        value=(pl.col("dsg.balance_percent") * pl.col("dsg.income")).sum() / pl.col("dsg.income").sum(),
        unit="%",
        decimals=2,
        basis=DSG_BALANCES,
        source=DSG_SOURCE,
        audience=Audience.PUBLISHED,
        cumulative="cumulative",
        netted="netted",
        polarity=Polarity.HIGHER,
    ),
    Amount(
        id="funding.dsg.deficit_authorities",
        title="Authorities with a DSG deficit at 31 March",
        definition="Authorities whose published DSG balance is negative; n is the number of returns.",
        needs=("dsg.balance_percent",),
        value=(pl.col("dsg.balance_percent") < 0).sum(),
        unit="count",
        basis=DSG_BALANCES,
        source=DSG_SOURCE,
        audience=Audience.PUBLISHED,
        cumulative="cumulative",
        footprints_only=True,
    ),
)


def amount_formulas(amounts: Sequence[Amount] = AMOUNTS) -> tuple[Formula, ...]:
    """A formula for each amount, with its real-terms and per-child variants where it has them."""
    return tuple(formula for amount in amounts for formula in _formulas(amount))


def _formulas(amount: Amount) -> tuple[Formula, ...]:
    formula = Formula(
        measure=Measure(
            id=amount.id,
            title=amount.title,
            unit=amount.unit,
            decimals=amount.decimals,
            definition=f"{amount.definition} Basis: {amount.basis}.",
            people=WHOLE_SERVICES,
            source=amount.source,
            polarity=amount.polarity,
            audience=amount.audience,
            gross_net=amount.gross_net,
            cumulative=amount.cumulative,
            netted=amount.netted,
            sum_of=amount.sum_of,
        ),
        needs=amount.needs,
        value=amount.value,
        method=amount.basis,
        footprints_only=amount.footprints_only,
    )
    return (formula, real(formula), per_child(formula)) if amount.variants else (formula,)
