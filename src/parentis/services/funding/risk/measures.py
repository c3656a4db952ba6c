"""Measures of risk."""

from parentis.figures import Audience, Measure, Polarity
from parentis.services.funding.people import WHOLE_SERVICES

_SOURCE = "demand model, EHC plans and monitoring, simulated together (docs/methods/risk.md)"
LEVEL = 0.8


def _money(name: str, title: str, definition: str, **more: str) -> Measure:
    return Measure(
        id=f"funding.risk.{name}",
        title=title,
        unit="£",
        definition=f"{definition} Mean of the simulated futures; the interval holds eight in ten of them.",
        people=WHOLE_SERVICES,
        source=_SOURCE,
        polarity=Polarity.HIGHER if name.startswith("dsg") else Polarity.LOWER,
        audience=Audience.OWN,
        gross_net="net",
        cumulative=more.get("cumulative", "in-year"),
        netted="netted",
    )


def _chance(name: str, title: str, definition: str) -> Measure:
    return Measure(
        id=f"funding.risk.{name}",
        title=title,
        unit="%",
        definition=definition,
        people=WHOLE_SERVICES,
        source=_SOURCE,
        polarity=Polarity.LOWER,
        audience=Audience.OWN,
    )


_OF = "of the children's social care budget and high-needs funding together"
REAL = ".real"
"Suffix of the ids of shortfalls in the prices of the year that the method names."
BEFORE, STEPS = (
    "funding.risk.bridge.before",
    {
        "funding.risk.bridge.placements": "Children's placements cost more",
        "funding.risk.bridge.rest": "The rest of social care costs more",
        "funding.risk.bridge.budget": "Less: budgets for social care grow",
        "funding.risk.bridge.high_needs": "High needs cost more",
        "funding.risk.bridge.funding": "Less: high-needs funding grows",
    },
)
"Steps from the last year's shortfall to that of a future year, in cash."
RECONCILED: dict[str, tuple[str, str]] = {
    "funding.reconciled.monitored": (
        "Placements as monitored", "Σ spend on placements in budget monitoring's activity, gross."
    ),
    "funding.reconciled.nights": (
        "Nights in returns less nights monitored",
        "Σ (nights by looked-after children returns − nights monitored) × monitored cost per night, kind by kind.",
    ),
    "funding.reconciled.prices": (
        "The model's prices less those monitored",
        "Σ nights by returns × (the model's price − monitored cost per night), kind by kind.",
    ),
    "funding.reconciled.modelled": ("Placements as modelled", "Σ nights by returns × the model's prices, gross."),
    "funding.reconciled.contributions": (
        "Less: health's and education's part", "What health and education pay of placements, at the model's shares."
    ),
    "funding.reconciled.used": (
        "Placements as used, net",
        "What was monitored, less health's and education's part: where every future starts from.",
    ),
}  # fmt: skip
"Steps from the starting year's monitored cost of placements to its modelled cost."
CSC_SPEND, CSC_SHORTFALL = "funding.risk.csc_spend", "funding.risk.csc_shortfall"
HN_SHORTFALL, SHORTFALL = "funding.risk.hn_shortfall", "funding.risk.shortfall"
BALANCE, EXHAUSTED = "funding.risk.dsg_balance", "funding.risk.reserves_exhausted"
COUNT, SHARE = "funding.risk.authorities_exhausted", "funding.risk.share_simulated"


def exceeds(percent: float) -> str:
    """Id of the measure of the probability that the total shortfall exceeds this share of the budgets."""
    return (
        f"funding.risk.exceeds_{percent:g}".replace(".", "_") if percent % 1 else f"funding.risk.exceeds_{percent:.0f}"
    )


EXCEEDS = (0.0, 5.0, 10.0)

RISK_MEASURES: tuple[Measure, ...] = (
    _money("csc_spend", "Children's social care: spend to come", "Placements as simulated, and the rest of spend."),
    _money("csc_shortfall", "Children's social care: shortfall to come", "Spend above the budget path."),
    _money("hn_shortfall", "High needs: in-year shortfall to come", "Spend above the funding path."),
    _money("shortfall", "Social care and high needs: shortfall to come", "Both pots' shortfalls in the same future."),
    *(
        _money(
            f"{name}.real",
            f"{title}, in real terms",
            "The same, each future's pounds in the prices of the year that the method names.",
        )
        for name, title in (
            ("csc_shortfall", "Children's social care: shortfall to come"),
            ("hn_shortfall", "High needs: in-year shortfall to come"),
            ("shortfall", "Social care and high needs: shortfall to come"),
        )
    ),
    _money("bridge.before", "Shortfall of the last year held", "Both pots, by the basis that the futures start on."),
    *(
        _money(
            one.removeprefix("funding.risk."),
            f"Shortfall to come: {words[:1].lower()}{words[1:]}",
            "What it adds to the last year's shortfall; the steps and that shortfall sum to the one to come.",
        )
        for one, words in STEPS.items()
    ),
    *(
        Measure(
            id=one,
            title=f"{words}, year before the futures",
            unit="£",
            definition=f"{definition} Authorities whose whole year is monitored.",
            source="Monitoring's activity, looked-after children returns, and the prices of the demand model",
            people=WHOLE_SERVICES,
            audience=Audience.OWN,
            gross_net="net" if one.endswith(("contributions", "used")) else "gross",
            cumulative="in-year",
        )
        for one, (words, definition) in RECONCILED.items()
    ),
    _money(
        "dsg_balance",
        "High needs: cumulative balance to come",
        "B(t) = B(t−1) + funding − spend, with the High Needs Stability Grant where it is approved. A deficit is "
        "negative.",
        cumulative="cumulative",
    ),
    *(
        _chance(
            exceeds(percent).removeprefix("funding.risk."),
            "Chance of any shortfall" if not percent else f"Chance of a shortfall above {percent:g} % of budget",
            f"Share of the simulated futures in which the year's shortfall exceeds {percent:g} % {_OF}.",
        )
        for percent in EXCEEDS
    ),
    _chance(
        "reserves_exhausted",
        "Chance that reserves are exhausted by the year's end",
        "Share of the simulated futures in which unallocated and earmarked reserves (without schools', public health "
        "and DSG) would not cover the shortfalls up to then, if nothing else did.",
    ),
    Measure(
        id=COUNT,
        title="Authorities whose reserves would be exhausted by the year's end",
        unit="count",
        definition="Mean number in the simulated futures; the interval holds eight in ten of them.",
        people=WHOLE_SERVICES,
        source=_SOURCE,
        polarity=Polarity.LOWER,
        audience=Audience.OWN,
        decimals=1,
    ),
    _chance(
        "share_simulated",
        "Share of social care spend that is simulated child by child",
        "Placement costs of the starting year at the model's prices, per cent of its outturn. The rest is carried on "
        "with a growth of its own.",
    ),
)
