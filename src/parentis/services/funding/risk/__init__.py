"""Risk: the distribution of the next five years' shortfalls, social care and high needs simulated together.

The run itself is in `compute`, which imports compiled code and is imported when figures are made.
"""

from parentis.services.funding.risk.measures import RISK_MEASURES
from parentis.services.funding.risk.sections import RISK

__all__ = ["RISK", "RISK_MEASURES"]
