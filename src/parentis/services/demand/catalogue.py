"""Measures of placement demand."""

from parentis.figures import Audience, Counts, Measure, NoPeople, Population
from parentis.services.demand.money.measures import MONEY_MEASURES

_SOURCE = "looked-after children returns (SSDA903), short breaks excluded"

LOOKED_AFTER = Population(id="children looked after on a day")
ENTERING = Population(id="children coming into care")

MEASURES: tuple[Measure, ...] = (
    Measure(
        id="demand.children.observed",
        title="Children looked after",
        unit="count",
        definition="Children looked after on the night of a quarter's last day, by placement group.",
        source=_SOURCE,
        audience=Audience.MEMBERS,
        people=(Counts(of=LOOKED_AFTER, value=1),),
    ),
    Measure(
        id="demand.children.forecast",
        title="Children looked after, forecast",
        unit="count",
        definition="Mean of the simulated futures, with the interval that holds eight in ten of them.",
        source=f"demand model fitted to {_SOURCE}",
        audience=Audience.MEMBERS,
        people=(Counts(of=LOOKED_AFTER, value=1),),
    ),
    Measure(
        id="demand.groups.forecast",
        title="Children looked after by placement group, forecast for one authority",
        unit="count",
        definition="Mean of the simulated futures on 31 March of each year, of an authority's children by the group of "
        "their placement, with the interval that holds eight in ten of them. The authority's own people see it.",
        source=f"demand model fitted to {_SOURCE}",
        audience=Audience.OWN,
        people=NoPeople("simulated, and of one authority alone, whose own people alone see it"),
    ),
    Measure(
        id="demand.entries.forecast",
        title="Children coming into care, forecast",
        unit="count",
        definition="Children who come into care in a financial year: mean of the simulated futures, with the "
        "interval that holds eight in ten of them.",
        source=f"demand model fitted to {_SOURCE}",
        audience=Audience.MEMBERS,
        people=(Counts(of=ENTERING, value=1),),
    ),
    *MONEY_MEASURES,
)
