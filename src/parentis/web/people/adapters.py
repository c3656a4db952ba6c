"""How allauth behaves here: nobody signs up, addresses are changed by administrators, codes stay on."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from parentis.web.people.sessions import STARTED

REAUTHENTICATE_AFTER = 300
"Seconds after signing in."


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by person *and* address: strangers elsewhere lock nobody out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)} from {self.get_client_ip(request)}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago need not give the password again to set up codes."""
        return time.time() - self.request.session.get(STARTED, 0) > REAUTHENTICATE_AFTER


class ProviderAdapter(DefaultSocialAccountAdapter):
    """An identity provider signs in people who were invited; it brings nobody new."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class CodesAdapter(DefaultMFAAdapter):
    """One-time codes cannot be put off where they are required; their secrets lie encrypted in the database."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (settings.CODES_REQUIRED and authenticator.type == Authenticator.Type.TOTP)

    def encrypt(self, text: str) -> str:
        from parentis.web.people.encryption import encrypt

        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        from parentis.web.people.encryption import decrypt

        return decrypt(encrypted_text)
