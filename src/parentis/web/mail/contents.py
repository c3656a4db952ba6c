"""A message as the queue keeps it: its parts as JSON, encrypted, since some hold links that open an account."""

import json
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives

from parentis.web.people.encryption import decrypt, encrypt

ABOUT = b"parentis mail"
PARTS = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to", "extra_headers")


def encrypted(message: EmailMessage) -> str:
    """The message's parts; a message with attachments is refused, since nothing here sends any."""
    if message.attachments:
        raise ValueError("a queued message has no attachments")
    parts: dict[str, Any] = {name: getattr(message, name) for name in PARTS}
    parts["alternatives"] = [list(one) for one in getattr(message, "alternatives", [])]
    return encrypt(json.dumps(parts, default=list), about=ABOUT)


def decrypted(text: str) -> EmailMultiAlternatives:
    """What `encrypted` was given."""
    parts = json.loads(decrypt(text, about=ABOUT))
    alternatives = [tuple(one) for one in parts.pop("alternatives")]
    headers = parts.pop("extra_headers")
    return EmailMultiAlternatives(**parts, headers=headers, alternatives=alternatives)
