"""The service's sections of packs and pages: the region's priorities, and their effects."""

from parentis.figures import Chart, ChartKind, FigureTable, Prose, Section
from parentis.returns.improvement import slots
from parentis.services.improvement.measures import FLAGGED, RESPONSES, SURE, UNSURE, measure_of

_BY_ID = {one.id: measure_of(one) for one in slots()}
_WATCHED = ("S01", "S04", "S07", "S12", "S13", "S16")

SECTIONS: tuple[Section, ...] = (
    Section(
        id="improvement",
        title="What the region is working on, and whether it worked",
        blocks=(
            Prose(
                text="A borough in the worst fifth of a measure explains itself. Most move towards the mean the "
                "next year whatever is done: over ten years of London's published measures the worst fifth gained "
                "0.64 standard deviations in a year, and chance alone predicts 0.63. So the table counts beside the "
                "measures that the 20 % rule flags those of which it is sure (a probability of at least 0.8 of the "
                "worst quarter), and those of which nobody can tell.",
                only_with=FLAGGED.id,
            ),
            FigureTable(
                title="Measures flagged, sure, and not to be told, by borough",
                measures=(RESPONSES.id, FLAGGED.id, SURE.id, UNSURE.id),
                headings=("Handed in", "In the worst fifth", "Surely in the worst quarter", "Cannot tell"),
                only_with=FLAGGED.id,
            ),
            FigureTable(
                title="Collected indicators by quarter",
                measures=tuple(_BY_ID[one] for one in _WATCHED),
                rows="period",
                only_with=_BY_ID["S01"],
            ),
            Chart(
                kind=ChartKind.TREND,
                title="Re-referrals and second plans, by quarter",
                measures=(_BY_ID["S01"], _BY_ID["S04"]),
                description="One line for each indicator, the region's sum of numerators over its sum of denominators.",
                only_with=_BY_ID["S01"],
            ),
        ),
        packs={"improvement": 10},
        otherwise="No borough has handed in its quarterly indicators.",
    ),
)
