"""Sector-led improvement: the region's quarterly indicators, and DfE's lists of statistical neighbours."""

from parentis.returns.improvement.collection import COLLECTION
from parentis.returns.improvement.neighbours import NEIGHBOURS
from parentis.returns.improvement.slots import Slot, slots, slots_on

RETURNS = (COLLECTION, NEIGHBOURS)

__all__ = ["RETURNS", "Slot", "slots", "slots_on"]
