"""Placement returns: the cost of each placement over a year (section 251) and on a census day, and registered
providers."""

from parentis.returns.placements.census import CENSUS, LONDON_CENSUS
from parentis.returns.placements.costs import COSTS
from parentis.returns.placements.provider_lists import PROVIDER_LISTS

RETURNS = (COSTS, CENSUS, LONDON_CENSUS, PROVIDER_LISTS)

__all__ = ["RETURNS"]
