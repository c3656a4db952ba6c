"""The service's measures: one for each indicator of the quarterly collection, and measures of the whole wall."""

from typing import Final

from parentis.figures import Audience, Counts, Measure, NoPeople, People, Polarity, Population
from parentis.returns.improvement import Slot, slots

PREFIX: Final = "improvement."
_UNITS: Final = {100: "%", 10_000: "per 10,000", 1: "per head"}
_WALL: Final = NoPeople("counts measures of boroughs")
_SOURCE: Final = "Quarterly collection (improvement.collection); docs/methods/improvement.md"


def measure_of(slot: Slot) -> str:
    """The id of an indicator's measure."""
    return f"{PREFIX}{slot.id.lower()}"


def _indicator(slot: Slot) -> Measure:
    who = Population(id=f"improvement {slot.id}: {slot.denominator}")
    people: People = (Counts(of=who, n=1, part="so=yes"),) if slot.scale == 100 else (Counts(of=who, n=1),)
    return Measure(
        id=measure_of(slot),
        title=slot.title,
        unit=_UNITS[slot.scale],
        definition=f"{slot.numerator}; of: {slot.denominator}",
        source=_SOURCE,
        polarity=Polarity(slot.polarity),
        audience=Audience.MEMBERS,
        people=people,
        decimals=1,
    )


def _of_the_wall(name: str, title: str, definition: str) -> Measure:
    return Measure(
        id=PREFIX + name,
        title=title,
        unit="count",
        definition=definition,
        source="Benchmarks of published and collected measures; docs/methods/improvement.md",
        audience=Audience.MEMBERS,
        people=_WALL,
    )


FLAGGED, SURE, UNSURE, RESPONSES = (
    _of_the_wall("flagged", "Measures in the worst fifth", "Measures that the 20 % rule asks to explain"),
    _of_the_wall("sure", "Measures surely in the worst quarter", "With a probability of at least 0.8"),
    _of_the_wall("unsure", "Measures of which nobody can tell", "Neither quarter can be ruled in or out"),
    _of_the_wall("indicators", "Indicators handed in for the quarter", "Of those collected"),
)

MEASURES: Final = (*(_indicator(slot) for slot in slots()), FLAGGED, SURE, UNSURE, RESPONSES)
