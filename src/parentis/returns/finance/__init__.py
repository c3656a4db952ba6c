"""Finance returns: the government's budget and outturn files, prices, and boroughs' own monitoring."""

from parentis.returns.finance.monitoring import MONITORING
from parentis.returns.finance.prices import DEFLATORS, INFLATION
from parentis.returns.finance.published import BUDGET, SOCIAL_CARE, SUMMARY, published

RETURNS = (published(BUDGET), published(SUMMARY), published(SOCIAL_CARE), MONITORING, DEFLATORS, INFLATION)

__all__ = ["RETURNS"]
