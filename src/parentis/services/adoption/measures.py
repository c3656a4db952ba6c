"""The service's measures."""

from parentis.figures import Audience, Counts, Measure, NoPeople, Polarity, Population
from parentis.services.adoption.published import CELLS, SHARES

LISTS = "lists of children and of adopters (Annex A, lists 10 and 11; docs/methods/adoption.md)"
MONEY = "agencies' costs and contributions (adoption.money)"
WORKBOOK = "Adoption and Special Guardianship board, agency-level data"

ACTIVITY = {
    "decisions": ("Decisions that a child should be placed for adoption", "decision"),
    "orders": ("Placement orders", "placement_order"),
    "matched": ("Children matched with adopters", "matched"),
    "placed": ("Children placed for adoption", "placed"),
    "adopted": ("Children adopted", "adopted"),
    "reversed": ("Decisions reversed", "reversed"),
}
"Yearly counts by date of event: title, and the list's date."
_POPULATION = {name: Population(id=f"adoption: {name}") for name in (*ACTIVITY, "waiting", "with an order")}
_PUBLISHED = Population(id="published: adoption", threshold=0, rounding=0, audience=Audience.PUBLISHED)
_TIMED = {"a1": "adopted", "a2": "matched", "a3": "adopted", "a10": "adopted"}
_TIMES = {
    "a1": (
        "A1: days from entering care to moving in",
        "Mean days from entering care to moving in with the adopters, of children adopted in the year.",
    ),
    "a2": (
        "A2: days from placement order to match",
        "Mean days from the placement order to the match, of children "
        "matched in the year; a match before the order is 0 days.",
    ),
    "a3": (
        "A3: moved in within 14 months of entering care",
        "Of children adopted in the year, those who moved in within 426 days of entering care.",
    ),
    "a10": (
        "A10: as A1, foster carers' adoptions adjusted",
        "As A1, with the clock stopped on the day the child moved in as a foster child with those who adopted them.",
    ),
}


def _activity() -> tuple[Measure, ...]:
    return tuple(
        Measure(
            id=f"adoption.{name}",
            title=title,
            unit="count",
            source=LISTS,
            audience=Audience.MEMBERS,
            definition=f"{title} in the year, each child once, by the day on the authority's list.",
            people=(Counts(of=_POPULATION[name], value=1, n=1),),
        )
        for name, (title, _) in ACTIVITY.items()
    )


def _times() -> tuple[Measure, ...]:
    return tuple(
        Measure(
            id=f"adoption.{name}",
            title=title,
            unit="%" if name == "a3" else "days",
            source=LISTS,
            audience=Audience.MEMBERS,
            polarity=Polarity.HIGHER if name == "a3" else Polarity.LOWER,
            definition=f"{definition} The interval is of 95 %: few children's days move by chance.",
            people=(Counts(of=_POPULATION[_TIMED[name]], n=1, told=True),),
        )
        for name, (title, definition) in _TIMES.items()
    )


_OF_THE_POOL = NoPeople("simulated: counts nobody")

MEASURES: tuple[Measure, ...] = (
    *_activity(),
    *_times(),
    Measure(
        id="adoption.waiting",
        title="Children with a placement order who wait",
        unit="count",
        source=LISTS,
        audience=Audience.MEMBERS,
        definition="Children with a placement order, not placed and the plan not reversed, on 31 March.",
        people=(Counts(of=_POPULATION["waiting"], value=1, n=1),),
    ),
    Measure(
        id="adoption.placed_12",
        title="Placed within 12 months of the order",
        unit="%",
        source=LISTS,
        decimals=1,
        audience=Audience.MEMBERS,
        polarity=Polarity.HIGHER,
        definition="Of 100 children with a placement order, how many are placed within 12 months, those whose plan "
        "is reversed "
        "counted as not placed and those who wait still as far as they are known (Aalen–Johansen, three years). The "
        "interval "
        "is of 95 %.",
        people=(Counts(of=_POPULATION["with an order"], n=1, told=True),),
    ),
    Measure(
        id="adoption.reversed_24",
        title="Plan reversed within 24 months of the order",
        unit="%",
        source=LISTS,
        decimals=1,
        audience=Audience.MEMBERS,
        polarity=Polarity.LOWER,
        definition="Of 100 children with a placement order, how many have the plan reversed within 24 months; "
        "reckoned as the "
        "share placed is.",
        people=(Counts(of=_POPULATION["with an order"], n=1, told=True),),
    ),
    Measure(
        id="adoption.families_needed",
        title="Families a year to add",
        unit="count",
        source=LISTS,
        audience=Audience.MEMBERS,
        definition="Families a year beyond today's until 80 in 100 children with a placement order are placed within "
        "12 months, "
        "in today's mix of kinds: the pool of the last three years simulated ahead. The interval is of 95 %.",
        people=_OF_THE_POOL,
    ),
    Measure(
        id="adoption.cost",
        title="Agencies' agreed budgets",
        unit="£",
        source=MONEY,
        audience=Audience.MEMBERS,
        definition="Budgets of the agencies, net of fees received and grant.",
        cumulative="in-year",
        gross_net="net",
        people=NoPeople("counts agencies' budgets"),
    ),
    Measure(
        id="adoption.contribution",
        title="Contribution to the agency",
        unit="£",
        source=MONEY,
        audience=Audience.MEMBERS,
        definition="What the authority agreed to pay its adoption agency for the year.",
        cumulative="in-year",
        people=NoPeople("agreed between councils"),
    ),
    *(
        Measure(
            id=f"adoption.published.{cell.name}",
            title=f"{cell.title} (published)",
            source=WORKBOOK,
            unit="days" if cell.mean_of else "count",
            polarity=Polarity.LOWER if cell.mean_of else Polarity.NEUTRAL,
            definition=f"As published: “{cell.heading.split(': ')[-1].strip()}”. Counts above ten are printed to the "
            f"nearest "
            "ten for regions; means are shown in whole days, and of eleven children or more.",
            people=(Counts(of=_PUBLISHED, told=True),) if cell.mean_of else NoPeople("shown as its publisher shows it"),
        )
        for cell in CELLS
    ),
    *(
        Measure(
            id=f"adoption.published.{share.name}",
            title=f"{share.title} (published)",
            source=WORKBOOK,
            unit="%",
            definition="Of two counts as published, each to the nearest ten: the interval is the least and the most "
            "that the counts before rounding may give, and no interval of chance.",
            people=NoPeople("worked out from counts as their publisher shows them"),
        )
        for share in SHARES
    ),
)
