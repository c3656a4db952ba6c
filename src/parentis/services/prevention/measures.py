"""The measures of prevention."""

from typing import Final

from parentis.figures import Audience, Counts, Measure, Population

ENTERED: Final = Population(id="children who came into care, without unaccompanied asylum-seeking children")
RETURNS: Final = "SSDA903 returns (ssda903); docs/methods/prevention.md"

MEASURES: Final = (
    Measure(
        id="prevention.entries", title="Children who came into care", unit="count",
        definition="Periods of care that began in the year, without unaccompanied asylum-seeking children and short "
        "breaks.", source=RETURNS, audience=Audience.MEMBERS, people=(Counts(of=ENTERED, value=1),),
    ),
)  # fmt: skip
