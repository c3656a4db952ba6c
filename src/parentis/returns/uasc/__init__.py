"""Unaccompanied asylum-seeking children: the register of who is claimed for, and the survey of what they cost."""

from parentis.returns.uasc.headings import HEADINGS, PLACEMENT, Heading
from parentis.returns.uasc.register import REGISTER
from parentis.returns.uasc.survey import NOTE_LENGTH, SURVEY

RETURNS = (REGISTER, SURVEY)

__all__ = ["HEADINGS", "NOTE_LENGTH", "PLACEMENT", "RETURNS", "Heading"]
