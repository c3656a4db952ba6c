"""Sending what waits in the queue, message by message, outside any transaction; what fails is tried again later."""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from parentis.web.mail.contents import decrypted
from parentis.web.mail.models import QueuedMessage

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
"How long a message is left to whoever is sending it: longer than the mail server's time limit (EMAIL_TIMEOUT)."
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
"A message this old tells nobody anything: it is dropped, and the log says so."
LATE_AFTER = timedelta(minutes=10)
"A message that waits longer is a fault that the health page names."


def deliver(now: datetime | None = None) -> int:
    """Try each message that is due, once; gives how many were sent.

    The server that does not answer is asked once a round: the rest of that round waits for the next."""
    sent, given = 0, now
    while True:
        at = given or timezone.now()
        message = QueuedMessage.objects.filter(next_at__lte=at).order_by("next_at", "pk").first()
        if message is None:
            return sent
        if not _claim(message, at):
            continue
        try:
            mail = decrypted(message.content)
            mail.connection = get_connection(settings.MAIL_TRANSPORT)
            mail.send()
        except (OSError, smtplib.SMTPException) as error:
            _try_later(message, at, error)
            return sent
        message.delete()
        sent += 1


def pause(attempts: int) -> timedelta:
    """How long a message waits after so many failures: 30 s, 1 min, 2 min, …, at most an hour."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)


def is_late(now: datetime | None = None) -> bool:
    """Whether a message has waited longer than it should."""
    before = (now or timezone.now()) - LATE_AFTER
    return bool(QueuedMessage.objects.filter(queued_at__lt=before).exists())


def _claim(message: QueuedMessage, now: datetime) -> bool:
    """True for exactly one of several workers."""
    due = QueuedMessage.objects.filter(pk=message.pk, next_at=message.next_at)
    return bool(due.update(next_at=now + LEASE, attempts=message.attempts + 1))


def _try_later(message: QueuedMessage, now: datetime, error: Exception) -> None:
    """The address and the text stay out of the log."""
    attempts = message.attempts + 1
    if now - message.queued_at > GIVE_UP_AFTER:
        message.delete()
        log.error("a message could not be sent for days and is dropped", extra={"attempts": attempts})
        return
    QueuedMessage.objects.filter(pk=message.pk).update(next_at=now + pause(attempts))
    log.warning(
        "mail could not be sent; it is tried again", extra={"attempts": attempts, "fault": type(error).__name__}
    )
