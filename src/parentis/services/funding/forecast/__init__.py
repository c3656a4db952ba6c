"""The forecast: the one projection of social care and high needs, which is the only ask.

The run itself is in `compute`, which imports compiled code and is imported when figures are made.
"""

from parentis.services.funding.forecast.measures import FORECAST_MEASURES
from parentis.services.funding.forecast.sections import ASK, OPTIONS_TRIED, RECORD, RISK, SENSITIVITIES

__all__ = ["ASK", "FORECAST_MEASURES", "OPTIONS_TRIED", "RECORD", "RISK", "SENSITIVITIES"]
