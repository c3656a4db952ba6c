"""Finance returns: the government's budget and outturn files, price indices, and boroughs' budget monitoring."""

from parentis.returns.finance.monitoring import MONITORING
from parentis.returns.finance.prices import DEFLATORS, INFLATION
from parentis.returns.finance.published import BUDGET, SOCIAL_CARE, SUMMARY, published
from parentis.returns.finance.section_251 import SECTION_251

RETURNS = (published(BUDGET), published(SUMMARY), published(SOCIAL_CARE), SECTION_251, MONITORING, DEFLATORS, INFLATION)

__all__ = ["RETURNS"]
