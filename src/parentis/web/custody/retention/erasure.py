"""Erasing what identifies a child: a set time after custody ends, unless a legal hold applies.

What routing and statistics need is retained: the columns of `Detention`, and the history of commitments, which can
still be verified.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from parentis.web.cases.operations import erase
from parentis.web.custody.models import Detention


def due_to_erase(now: datetime | None = None) -> "QuerySet[Detention]":
    """Detentions whose retention period has ended. One that ended is retained until its de-identified row is in the
    lake, because that row is made from what is erased here."""
    before = (now or timezone.now()) - timedelta(days=settings.CUSTODY_KEEP_DAYS)
    ended = Detention.objects.annotate(over=Coalesce("release", "transfer", "arrival", "case__opened_at"))
    handed_over = Q(handed_over_at__isnull=False) | Q(release=None, transfer=None)
    return ended.filter(handed_over, over__lt=before, held_at=None, case__erased_at=None).select_related("case")


def erase_due(now: datetime | None = None) -> int:
    """Erase detentions that are due, each in its own transaction; return how many."""
    why = f"Kept for {settings.CUSTODY_KEEP_DAYS} days after custody."
    found = list(due_to_erase(now))
    for detention in found:
        erase(by=None, case=detention.case, why=why)
    return len(found)
