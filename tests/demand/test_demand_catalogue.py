"""What demand's measures are: each unit, and whom it counts, beside a table written by hand."""

import pytest

from parentis.figures import Audience, Counts, NoPeople
from parentis.services.demand.catalogue import ENTERING, LOOKED_AFTER, MEASURES
from parentis.services.demand.money.measures import NIGHTS

CHILDREN = {
    "demand.children.observed": LOOKED_AFTER,
    "demand.children.forecast": LOOKED_AFTER,
    "demand.entries.forecast": ENTERING,
}
PLANS = {"demand.plans.observed", "demand.plans.forecast"}
OWN = "demand.groups.forecast"
"Simulated children of one authority by placement group: nobody else's, so nothing of others is told by it."
OF_NIGHTS = {"demand.price.night", "demand.cost.before", "demand.cost.forecast"}


@pytest.mark.spec
def test_children_are_counted_and_money_is_not() -> None:
    """A count of children said to be pounds would be neither guarded nor rounded as people are."""
    for measure in MEASURES:
        if measure.id in CHILDREN:
            assert measure.unit == "count"
            assert measure.people == (Counts(of=CHILDREN[measure.id], value=1),)
        elif measure.id == OWN:
            assert (measure.audience, type(measure.people)) == (Audience.OWN, NoPeople)
        elif measure.id in PLANS:
            assert (measure.unit, type(measure.people)) == ("count", NoPeople)
        else:
            assert measure.unit == ("£ per night" if measure.id == "demand.price.night" else "£")
            assert measure.people == (Counts(of=NIGHTS, n=1, told=True),) or measure.id not in OF_NIGHTS
            assert isinstance(measure.people, NoPeople) or measure.id in OF_NIGHTS
    assert {*CHILDREN, *PLANS, *OF_NIGHTS} <= {measure.id for measure in MEASURES}
