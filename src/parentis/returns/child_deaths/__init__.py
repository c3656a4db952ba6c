"""Child death returns: notifications, agencies' reports, panels' reviews, and the resulting lessons and actions."""

from parentis.returns.child_deaths.code_lists import FROM_OLD_FORM, codes_of, labels, sources_of
from parentis.returns.child_deaths.columns import PARTNERSHIPS
from parentis.returns.child_deaths.notifications import NOTIFICATIONS
from parentis.returns.child_deaths.reviews import ACTIONS, FACTORS, LESSON_LENGTH, REPORTS, REVIEWS

RETURNS = (NOTIFICATIONS, REPORTS, REVIEWS, FACTORS, ACTIONS)

__all__ = ["FROM_OLD_FORM", "LESSON_LENGTH", "PARTNERSHIPS", "RETURNS", "codes_of", "labels", "sources_of"]
