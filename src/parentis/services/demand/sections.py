"""What placement demand puts into packs."""

from parentis.figures import Chart, ChartKind, FigureTable, Prose, Section
from parentis.services.demand.money.sections import MONEY_SECTIONS

_ONLY = "demand.children.forecast"

SECTIONS: tuple[Section, ...] = (
    Section(
        id="demand",
        title="Children looked after: the next five years",
        blocks=(
            Prose(
                text="The forecast follows each child looked after at the last return, and those expected to come "
                "into care, through placements until they leave. Intervals hold the chance of each child's course and "
                "what is not known of rates and of entries; they were shown to hold their nominal coverage on "
                "generated data whose truth is known, and on held-back years.",
                only_with=_ONLY,
            ),
            Chart(
                kind=ChartKind.FAN,
                title="Children looked after, observed and forecast",
                measures=("demand.children.observed", "demand.children.forecast"),
                description="A line of children looked after on quarter days, continued by the forecast and the "
                "interval that holds eight in ten of the simulated futures.",
                only_with=_ONLY,
            ),
            FigureTable(
                title="Forecast of children looked after by placement group, last quarter forecast",
                measures=("demand.children.forecast",),
                rows="breakdown",
                note="Low and high hold eight in ten of the simulated futures.",
                only_with=_ONLY,
            ),
            FigureTable(
                title="Forecast of the authority's children by placement group, 31 March of each year",
                measures=("demand.groups.forecast",),
                rows="breakdown-period",
                headings=("Children",),
                note="In brackets, the interval of eight in ten. The authority's own people see it.",
                only_with="demand.groups.forecast",
            ),
        ),
        packs={"spending-review": 45},
    ),
    *MONEY_SECTIONS,
)
