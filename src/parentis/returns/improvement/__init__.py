"""Sector-led improvement: the region's quarterly indicators, DfE's statistical neighbours, Ofsted's inspections."""

from parentis.returns.improvement.collection import COLLECTION
from parentis.returns.improvement.inspections import INSPECTED
from parentis.returns.improvement.neighbours import NEIGHBOURS
from parentis.returns.improvement.slots import Slot, slots, slots_on

RETURNS = (COLLECTION, NEIGHBOURS, INSPECTED)

__all__ = ["RETURNS", "Slot", "slots", "slots_on"]
