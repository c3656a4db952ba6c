"""The measures of prevention."""

from typing import Final

from parentis.figures import Audience, Counts, Measure, NoPeople, Population

ENTERED: Final = Population(id="children who came into care, without unaccompanied asylum-seeking children")
RETURNS: Final = "SSDA903 returns (ssda903); docs/methods/prevention.md"

MODEL: Final = "demand model on SSDA903 returns, trial of Taylor et al. 2024; docs/methods/prevention.md"
_MODEL: Final = NoPeople("a model's expectation for London as a whole, in futures that nobody has lived")

MEASURES: Final = (
    Measure(
        id="prevention.entries", title="Children who came into care", unit="count",
        definition="Periods of care that began in the year, without unaccompanied asylum-seeking children and short "
        "breaks.", source=RETURNS, audience=Audience.MEMBERS, people=(Counts(of=ENTERED, value=1),),
    ),
    *(
        Measure(
            id=f"prevention.conference_{what}", title=f"Family group conference: {title}", unit=unit,
            definition=f"{says} By reading of the law: as if there were no duty; the duty met by all; met by all, and "
            "offered six months earlier. 95 % interval.", source=MODEL, audience=Audience.MEMBERS, people=_MODEL,
            decimals=0,
        )
        for what, title, unit, says in (
            ("children", "entries to care avoided", "entries", "Entries that the conference keeps out of care."),
            ("nights", "nights saved", "nights", "Nights not spent in care, less nights added."),
            ("pounds", "pounds saved", "£", "Real pounds, all payers, before the conferences' cost."),
        )
    ),
)  # fmt: skip
