"""How soon a recommendation is to be acted on, counted from the day its report was published.

The classes are those of HMIC's inspection of child protection in the Metropolitan Police (25 November 2016): at once,
within three months, within six. One without a period is late from the day after publication.
"""

from dataclasses import dataclass

from parentis.region import Term, Unit


@dataclass(frozen=True, slots=True)
class Deadline:
    id: str
    title: str
    term: Term


DEADLINES = {
    one.id: one
    for one in (
        Deadline("immediate", "Immediately", Term(0, Unit.DAYS)),
        Deadline("3-months", "Within 3 months", Term(3, Unit.MONTHS)),
        Deadline("6-months", "Within 6 months", Term(6, Unit.MONTHS)),
    )
}
