"""Telling people, once the write has committed."""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from parentis.web.notices.models import Notice

log = logging.getLogger(__name__)


def notify(people: Iterable[Any], *, text: str, path: str = "") -> None:
    """Leave a notice for each active person, in this transaction, and mail them after it commits.

    `path` is a page of the site (`/submissions/…`). Mail says only that there is something, and the text: neither may
    hold a child's values."""
    for person in people:
        if person.is_active:
            Notice.objects.create(person=person, text=text, path=path)
            transaction.on_commit(partial(_mail, person.email, text))


def _mail(address: str, text: str) -> None:
    try:
        send_mail(
            f"Parentis: {text}", f"{text}\n\nSign in to Parentis to see it.\n", settings.DEFAULT_FROM_EMAIL, [address]
        )
    except OSError:
        # The notice is in the site: a mail server that is down must not undo or fail what was done.
        log.exception("mail could not be sent")
