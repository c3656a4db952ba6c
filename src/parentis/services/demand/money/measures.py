"""Measures of money, plans and scenarios."""

from parentis.figures import DAYS, FEWEST, Audience, Counts, Measure, NoPeople, People, Polarity, Population
from parentis.services.demand.simulation.scenario_files import shipped

_SOURCE = "demand model; placement costs, budget monitoring, or section 251 unit costs (docs/methods/demand-cost.md)"
_RELEASE = "DfE release of EHC plans"
_MEAN = "Mean of the simulated futures; the interval holds eight in ten of them."
EXAMPLE = shipped()["closer-to-home"]
"The scenario that packs show: an illustration, not the plan of any authority."

NIGHTS = Population(id="nights in care", threshold=FEWEST * DAYS)
_NIGHTS: People = (Counts(of=NIGHTS, n=1, told=True),)
"`n` is the number of nights: cost ÷ price reveals it, and a price of few nights could be that of one child."
_FUTURES = NoPeople("what a scenario makes of an authority's whole cost to come, in a model")

STEPS: tuple[tuple[str, str], ...] = (
    ("before", "Without the scenario"),
    *((f"change_{at}", title) for at, title in enumerate(EXAMPLE.titles, 1)),
    ("interaction", "Together, beyond each alone"),
    ("after", "With the scenario"),
)


def _pounds(
    name: str, title: str, definition: str, polarity: Polarity = Polarity.LOWER, people: People = _FUTURES
) -> Measure:
    return Measure(
        id=f"demand.{name}",
        title=title,
        unit="£",
        definition=definition,
        source=_SOURCE,
        polarity=polarity,
        audience=Audience.OWN,
        gross_net="net",
        cumulative="in-year",
        people=people,
    )


def _plans(name: str, title: str, definition: str, source: str) -> Measure:
    return Measure(
        id=f"demand.plans.{name}", title=title, unit="count", definition=definition, source=source,
        audience=Audience.PUBLISHED, people=NoPeople("made of what DfE publishes of EHC plans"),
    )  # fmt: skip


MONEY_MEASURES: tuple[Measure, ...] = (
    Measure(
        id="demand.price.night",
        title="Price of a night in care",
        unit="£ per night",
        definition="Committed cost ÷ nights of the year, gross of what health and education pay, by placement group; "
        "authorities with few placements lean on the region. The interval holds the price in eight of ten cases.",
        source=_SOURCE,
        audience=Audience.OWN,
        gross_net="gross",
        people=_NIGHTS,
    ),
    _pounds(
        "cost.before",
        "Cost of placements in the last year",
        "Nights of the year at the estimated prices.",
        people=_NIGHTS,
    ),
    _pounds("cost.forecast", "Cost of placements, forecast", _MEAN, people=_NIGHTS),
    _plans("observed", "EHC plans in January", "Plans in force on the January count, by setting.", _RELEASE),
    _plans("forecast", "EHC plans in January, forecast", _MEAN, f"stock and flow fitted to the {_RELEASE}"),
    _pounds(
        "scenario.difference",
        f"Cost of placements: difference that “{EXAMPLE.scenario.name}” makes",
        "Cost with the scenario less cost without it, future by future with the same random numbers.",
        Polarity.NEUTRAL,
    ),
    *(
        _pounds(
            f"waterfall.{name}",
            f"{title} (scenario “{EXAMPLE.scenario.name}”)",
            "Part of the last year's difference: each change alone, and what the changes make of one another.",
            Polarity.NEUTRAL,
        )
        for name, title in STEPS
    ),
)
