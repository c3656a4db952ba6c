"""Finance returns: the government's budget and outturn files, and boroughs' own monitoring."""

from parentis.returns.finance.monitoring import MONITORING
from parentis.returns.finance.published import BUDGET, SOCIAL_CARE, SUMMARY, published

RETURNS = (published(BUDGET), published(SUMMARY), published(SOCIAL_CARE), MONITORING)

__all__ = ["RETURNS"]
