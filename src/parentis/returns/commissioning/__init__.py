"""Sub-regional commissioning: block contracts, referrals, uplifts, arrangements and the savings claimed for them."""

from parentis.returns.commissioning.arrangements import ARRANGEMENTS
from parentis.returns.commissioning.blocks import BLOCKS
from parentis.returns.commissioning.referrals import REFERRALS
from parentis.returns.commissioning.savings import SAVINGS
from parentis.returns.commissioning.uplifts import UPLIFTS

RETURNS = (ARRANGEMENTS, BLOCKS, REFERRALS, SAVINGS, UPLIFTS)

__all__ = ["RETURNS"]
