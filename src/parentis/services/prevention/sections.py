"""The service's section of packs and pages."""

from typing import Final

from parentis.figures import FigureTable, Prose, Section

_P: Final = "prevention."
READINGS: Final = {
    "no-duty": "As if there were no duty",
    "met-by-all": "The duty is met by all",
    "earlier": "The duty is met by all, and the offer comes six months earlier",
}

SECTIONS: tuple[Section, ...] = (
    Section(
        id="prevention-return",
        title="The return on prevention",
        blocks=(
            Prose(
                text="A saved night is counted once, for one child, whichever programmes could claim it, and only what "
                "goes beyond the law is counted. Children before care are not simulated: prevention acts here on "
                "entries to care, exits, moves and prices.",
                only_with=f"{_P}entries",
            ),
            FigureTable(
                title="Children who came into care",
                measures=(f"{_P}entries",),
                rows="period",
                note="Without unaccompanied asylum-seeking children and short breaks: the entries that programmes act "
                "on, and that promises are checked by.",
                only_with=f"{_P}entries",
            ),
            FigureTable(
                title="Family group conference in London, as the law is read",
                measures=(f"{_P}conference_children", f"{_P}conference_nights", f"{_P}conference_pounds"),
                headings=("Entries to care avoided", "Nights saved", "Pounds saved, before the conferences’ cost"),
                rows="breakdown-period",
                labels=READINGS,
                note="The trial's effect on the children who would come under a court's order, in real pounds. The "
                "offer became a duty in 2026: what the law requires is not additional, and the readings part from "
                "then on. The national figure of more than £150 million for more than 2,000 children has no published "
                "method: at the trial's 28 days a child it takes a night to cost £230.",
                only_with=f"{_P}conference_children",
            ),
        ),
        packs={"spending-review": 85},
        otherwise="The return on prevention cannot be told: no return on looked-after children has been accepted.",
    ),
)
