"""A forgotten password: the page takes the same time for every address, since the worker looks up whose it is.

What is asked is kept encrypted until the worker has answered it, a second later; whoever is known here gets a link by
mail, nobody else anything.
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
    """Allauth's, without looking up the address in the page."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        asked = {"email": email, "host": request.get_host(), "secure": request.is_secure()}
        PasswordResetRequest.objects.create(content=encrypt(json.dumps(asked), about=ABOUT))
        return email


def answer_requests() -> int:
    """Send the links that were asked for since the last look; gives how many requests there were."""
    answered = 0
    for found in PasswordResetRequest.objects.order_by("pk"):
        if PasswordResetRequest.objects.filter(pk=found.pk).delete()[0]:  # of two workers, one answers
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
