"""The service's section of packs and pages."""

from typing import Final

from parentis.figures import FigureTable, Prose, Section

_P: Final = "prevention."

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
        ),
        packs={"spending-review": 85},
        otherwise="The return on prevention cannot be told: no return on looked-after children has been accepted.",
    ),
)
