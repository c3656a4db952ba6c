"""High-needs returns: the dedicated schools grant, its balances, agreements on deficits, and the EHC plans release."""

from parentis.returns.high_needs.agreements import AGREEMENTS
from parentis.returns.high_needs.allocations import ALLOCATIONS
from parentis.returns.high_needs.balances import BALANCES
from parentis.returns.high_needs.plans import PLANS

RETURNS = (AGREEMENTS, ALLOCATIONS, BALANCES, PLANS)

__all__ = ["RETURNS"]
