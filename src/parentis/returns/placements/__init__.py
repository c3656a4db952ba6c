"""Placement-cost returns: what each placement costs, over a year (section 251) and on a census day."""

from parentis.returns.placements.census import CENSUS
from parentis.returns.placements.costs import COSTS

RETURNS = (COSTS, CENSUS)

__all__ = ["RETURNS"]
