"""Budget against outturn: a table of comparisons and a table of statistics, whose combinations are the measures."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import polars as pl

from parentis.figures import Audience, Measure, Polarity
from parentis.services.funding.bases import MONITORING, MONITORING_HN, RA_RS
from parentis.services.funding.flags import CSC_COMPARABLE, MONITORING_COMPARABLE, only_comparable
from parentis.services.funding.formulas import Formula, per_child, real
from parentis.services.funding.people import WHOLE_SERVICES

NOTABLE_SHARE = 0.01
"An authority is counted as notably over when it is over by more than this share of its budget."

RA_RS_SOURCE = "MHCLG Revenue Account (RA) and Revenue Outturn (RS, RSX), individual authority data"
MONITORING_SOURCE = "Monitoring returns of the authorities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A plan compared with its outturn. `plan` and `outturn` are quantities; the other fields name the measures."""

    subject: str
    title: str
    basis: str
    source: str
    plan: str
    outturn: str
    plan_name: str
    plan_title: str
    outturn_name: str
    outturn_title: str
    gap_name: str
    gap_title: str
    counted_name: str
    per_child: bool = True
    comparable_by: str = ""
    flagged: bool = False
    "Whether totals are also made without the authorities that `comparable_by` flags."
    audience: Audience = Audience.PUBLISHED


CSC_RA_RS = Comparison(
    subject="csc",
    title="Children's social care",
    basis=RA_RS,
    source=RA_RS_SOURCE,
    plan="csc.budget",
    outturn="csc.outturn",
    plan_name="budget",
    plan_title="original budget",
    outturn_name="outturn",
    outturn_title="outturn",
    gap_name="variance",
    gap_title="variance",
    counted_name="overspending_authorities",
    comparable_by=CSC_COMPARABLE,
    flagged=True,
)

CSC_MONITORING = replace(
    CSC_RA_RS,
    basis=MONITORING,
    source=MONITORING_SOURCE,
    plan="monitoring.csc.revised_budget",
    outturn="monitoring.csc.outturn",
    plan_name="revised_budget",
    plan_title="revised budget",
    outturn_name="expected_outturn",
    outturn_title="outturn or forecast",
    gap_name="overspend",
    gap_title="overspend",
    counted_name="over_budget_authorities",
    comparable_by=MONITORING_COMPARABLE,
    audience=Audience.OWN,
)

HN_MONITORING = replace(
    CSC_MONITORING,
    subject="hn",
    title="High needs",
    basis=MONITORING_HN,
    plan="monitoring.hn.budget",
    outturn="monitoring.hn.spend",
    plan_name="budget",
    plan_title="allocation and transfers",
    outturn_name="outturn",
    outturn_title="spend",
    gap_name="shortfall",
    gap_title="in-year shortfall",
    counted_name="shortfall_authorities",
    comparable_by="",
    flagged=False,
)

COMPARISONS: tuple[Comparison, ...] = (
    CSC_RA_RS,
    replace(
        CSC_RA_RS,
        subject="asc",
        title="Adult social care",
        plan="asc.budget",
        outturn="asc.outturn",
        per_child=False,
        flagged=False,
    ),
    CSC_MONITORING,
    replace(
        CSC_MONITORING,
        subject="asc",
        title="Adult social care",
        plan="monitoring.asc.revised_budget",
        outturn="monitoring.asc.outturn",
        per_child=False,
        flagged=False,
    ),
    HN_MONITORING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """One statistic of a comparison. `name` and `title` are filled with the comparison's own words."""

    name: str
    title: str
    definition: str
    unit: str
    needs: tuple[str, ...]
    "Those of `plan` and `outturn` that the statistic needs."
    value: Callable[[pl.Expr, pl.Expr], pl.Expr]
    "Function of the plan and the outturn, with one row per authority."
    netted: str = ""
    polarity: Polarity = Polarity.NEUTRAL
    counts: bool = False
    decimals: int = 0
    variants: bool = False
    "Whether it is also made per child and in real terms."
    unflagged: bool = False
    "Whether it is also made without the authorities that have a comparability flag or could not be tested."


_BOTH = ("plan", "outturn")

STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        name="{plan_name}",
        title="{plan_title}",
        definition="Σ {plan_title}, net current expenditure.",
        unit="£",
        needs=("plan",),
        value=lambda plan, outturn: plan.sum(),
        variants=True,
    ),
    Statistic(
        name="{outturn_name}",
        title="{outturn_title}",
        definition="Σ {outturn_title}, net current expenditure.",
        unit="£",
        needs=("outturn",),
        value=lambda plan, outturn: outturn.sum(),
        variants=True,
    ),
    Statistic(
        name="{gap_name}",
        title="{gap_title}",
        definition="Σ ({outturn_title} − {plan_title}), underspends netted off; positive when more was spent.",
        unit="£",
        needs=_BOTH,
        value=lambda plan, outturn: (outturn - plan).sum(),
        netted="netted",
        polarity=Polarity.LOWER,
        variants=True,
        unflagged=True,
    ),
    Statistic(
        name="{gap_name}_percent",
        title="{gap_title}, per cent",
        definition="100 × Σ ({outturn_title} − {plan_title}) ÷ Σ {plan_title}.",
        unit="%",
        needs=_BOTH,
        value=lambda plan, outturn: pl.when(plan.sum() > 0).then(100 * (outturn - plan).sum() / plan.sum()),
        netted="netted",
        polarity=Polarity.LOWER,
        decimals=1,
        unflagged=True,
    ),
    Statistic(
        name="{gap_name}_gross",
        title="{gap_title}, gross of underspends",
        definition="Σ max({outturn_title} − {plan_title}, 0): an authority under its plan counts as nil.",
        unit="£",
        needs=_BOTH,
        value=lambda plan, outturn: (outturn - plan).clip(lower_bound=0).sum(),
        netted="gross of underspends",
        polarity=Polarity.LOWER,
        variants=True,
    ),
    Statistic(
        name="{counted_name}",
        title="authorities above {plan_title}",
        definition="Authorities whose {outturn_title} is above their {plan_title}; n is the number of returns.",
        unit="count",
        needs=_BOTH,
        value=lambda plan, outturn: (outturn > plan).sum(),
        counts=True,
    ),
    Statistic(
        name="{counted_name}.over_1_percent",
        title="authorities above {plan_title} by more than 1 per cent",
        definition="Authorities above their {plan_title} by more than 1 per cent; n is the number of returns.",
        unit="count",
        needs=_BOTH,
        value=lambda plan, outturn: (outturn - plan > NOTABLE_SHARE * plan.abs()).sum(),
        counts=True,
    ),
    Statistic(
        name="{counted_name}.share",
        title="share of authorities above {plan_title}",
        definition="100 × authorities above their {plan_title} ÷ returns.",
        unit="%",
        needs=_BOTH,
        value=lambda plan, outturn: 100 * (outturn > plan).mean(),
        counts=True,
        decimals=1,
    ),
)


def comparison_formulas() -> tuple[Formula, ...]:
    """Every statistic of every comparison, and its per-child and real-terms variants."""
    return tuple(
        formula
        for comparison in COMPARISONS
        for statistic in STATISTICS
        for formula in _formulas(comparison, statistic)
    )


def _formulas(comparison: Comparison, statistic: Statistic) -> tuple[Formula, ...]:
    words = {field.name: getattr(comparison, field.name) for field in fields(comparison)}
    quantities = {"plan": comparison.plan, "outturn": comparison.outturn}

    def of(name: str) -> str:
        return f"funding.{comparison.subject}.{words[name]}"

    formula = Formula(
        measure=Measure(
            id=f"funding.{comparison.subject}.{statistic.name.format(**words)}",
            title=f"{comparison.title}: {statistic.title.format(**words)}",
            unit=statistic.unit,
            definition=f"{statistic.definition.format(**words)} Basis: {comparison.basis}.",
            people=WHOLE_SERVICES,
            source=comparison.source,
            polarity=statistic.polarity,
            audience=comparison.audience,
            comparable_by=comparison.comparable_by,
            gross_net="net",
            cumulative="in-year",
            netted=statistic.netted,
            decimals=statistic.decimals,
            # The outturn of whoever has a plan is its plan and its gap: all three are shown over footprints.
            sum_of=(of("plan_name"), of("gap_name")) if statistic.needs == ("outturn",) else (),
        ),
        needs=tuple(quantities[need] for need in statistic.needs),
        value=statistic.value(pl.col(comparison.plan), pl.col(comparison.outturn)),
        method=comparison.basis,
        footprints_only=statistic.counts,
    )
    unflagged = (_unflagged(comparison, statistic, formula),) if comparison.flagged and statistic.unflagged else ()
    if not statistic.variants:
        return (formula, *unflagged)
    return (formula, *unflagged, real(formula), *((per_child(formula),) if comparison.per_child else ()))


def _unflagged(comparison: Comparison, statistic: Statistic, formula: Formula) -> Formula:
    """The same formulas over the authorities without a flag."""
    quantities = {
        "plan": only_comparable(comparison.plan, comparison.comparable_by),
        "outturn": only_comparable(comparison.outturn, comparison.comparable_by),
    }
    return replace(
        formula,
        measure=replace(
            formula.measure,
            id=f"{formula.measure.id}.unflagged",
            title=f"{formula.measure.title}, without authorities that are flagged",
            definition=f"{formula.measure.definition} Only authorities whose {comparison.comparable_by} is 1; n is how "
            "many they are.",
            comparable_by="",
            sum_of=(formula.measure.id,),
        ),
        needs=tuple(quantities[need] for need in statistic.needs),
        value=statistic.value(pl.col(quantities["plan"]), pl.col(quantities["outturn"])),
        method=f"{formula.method}; without authorities that have a comparability flag or could not be tested",
        # Unpublished figures are made of authorities too: disclosure control must know who is left in a total.
        footprints_only=comparison.audience is not Audience.OWN,
    )
