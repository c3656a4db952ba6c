"""Telling people, in the transaction of the write that they are told of."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail

from parentis.web.notices.models import Notice


def notify(people: Iterable[Any], *, text: str, path: str = "") -> None:
    """Leave a notice for each active person and queue a mail to them, in this transaction.

    `path` is a page of the site (`/submissions/…`). Mail says only that there is something, and the text: neither may
    hold a child's values."""
    for person in people:
        if person.is_active:
            Notice.objects.create(person=person, text=text, path=path)
            body = f"{text}\n\nSign in to Parentis to see it.\n"
            send_mail(f"Parentis: {text}", body, settings.DEFAULT_FROM_EMAIL, [person.email])
