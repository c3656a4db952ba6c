"""The health check of calls: nobody is left uncalled who should have been called."""

from datetime import datetime, timedelta

from django.utils import timezone

from parentis.web.duty.models import Call

LATE_AFTER = timedelta(seconds=60)
"""Calls are made within seconds of being due; one that waits longer than this is a fault."""


def calls_are_made(now: datetime | None = None) -> bool:
    """Whether no call has been due for longer than it should be."""
    before = (now or timezone.now()) - LATE_AFTER
    return not Call.objects.filter(ended_at=None, next_at__lt=before).exists()


CHECKS = {"calls": calls_are_made}
