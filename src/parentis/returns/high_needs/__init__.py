"""High-needs returns: the dedicated schools grant and its balances, and the EHC plans release."""

from parentis.returns.high_needs.allocations import ALLOCATIONS
from parentis.returns.high_needs.balances import BALANCES
from parentis.returns.high_needs.plans import PLANS

RETURNS = (ALLOCATIONS, BALANCES, PLANS)

__all__ = ["RETURNS"]
