"""Measures of placement demand."""

from parentis.figures import Audience, Counts, Measure, Population
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
