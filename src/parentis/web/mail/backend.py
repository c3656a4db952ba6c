"""Django's email backend that puts messages in the queue, within the transaction of whatever sends them."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from parentis.web.mail.contents import encrypted
from parentis.web.mail.models import QueuedMessage


class QueueBackend(BaseEmailBackend):
    """`EMAIL_BACKEND` of the site; `MAIL_TRANSPORT` names the backend that delivers (`delivery.deliver`)."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        messages = [one for one in email_messages if one.recipients()]
        QueuedMessage.objects.bulk_create([QueuedMessage(content=encrypted(one)) for one in messages])
        return len(messages)
