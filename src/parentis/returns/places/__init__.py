"""Places: referrals for secure, therapeutic and supported placements with all answers, and providers' vacancies."""

from parentis.returns.places.referrals import DESK, REFERRALS
from parentis.returns.places.vacancies import VACANCIES

RETURNS = (REFERRALS, VACANCIES)

__all__ = ["DESK", "RETURNS"]
