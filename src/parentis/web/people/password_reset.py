"""Password reset: the page takes the same time for every address, because the worker looks up the account.

The request is stored encrypted until the worker has answered it, a second later. An address with an account is sent a
link by mail; any other address is sent nothing.
"""

import json
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.core.context import request_context
from django.http import HttpRequest
from django.test import RequestFactory

from parentis.web.people.encryption import decrypt, encrypt
from parentis.web.people.models import PasswordResetRequest

ABOUT = b"parentis password reset"


class ForgottenPasswordForm(ResetPasswordForm):
    """Allauth's form, without looking up the address in the request."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        asked = {"email": email, "host": request.get_host(), "secure": request.is_secure()}
        PasswordResetRequest.objects.create(content=encrypt(json.dumps(asked), about=ABOUT))
        return email


def answer_requests() -> int:
    """Send the links requested since the last run; return how many requests there were."""
    answered = 0
    for found in PasswordResetRequest.objects.order_by("pk"):
        if PasswordResetRequest.objects.filter(pk=found.pk).delete()[0]:  # if two workers run, only one answers
            _answer(**json.loads(decrypt(found.content, about=ABOUT)))
            answered += 1
    return answered


def _answer(*, email: str, host: str, secure: bool) -> None:
    request = RequestFactory(SERVER_NAME=host.partition(":")[0], HTTP_HOST=host).get("/", secure=secure)
    request.session = {}
    with request_context(request):
        form = ResetPasswordForm({"email": email})
        if form.is_valid() and form.users:
            form.save(request)
