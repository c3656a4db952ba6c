"""Unaccompanied asylum-seeking children: who is claimed for, what they cost, and what the Home Office pays."""

from parentis.returns.uasc.headings import HEADINGS, PLACEMENT, Heading
from parentis.returns.uasc.rates import HOME_OFFICE_RATES
from parentis.returns.uasc.register import REGISTER
from parentis.returns.uasc.survey import NOTE_LENGTH, SURVEY

RETURNS = (REGISTER, SURVEY, HOME_OFFICE_RATES)

__all__ = ["HEADINGS", "NOTE_LENGTH", "PLACEMENT", "RETURNS", "Heading"]
