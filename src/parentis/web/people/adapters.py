"""Settings for allauth: there is no sign-up, administrators change addresses, one-time codes stay on."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from parentis.web.people.sessions import STARTED

REAUTHENTICATE_AFTER = 300
"Seconds after signing in."


def with_providers() -> frozenset[str]:
    """The slugs of the organisations that have an identity provider of their own."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", ())
    return frozenset(slug for app in apps if (slug := app["settings"].get("organisation")))


def may_vouch(provider: str, person: Any) -> bool:
    """Whether a provider (an organisation's slug, or empty for the one that all share) may identify `person`.

    An organisation's own provider may identify only its own people, and nobody who also holds a role where another
    provider is in use: one council's directory must not give access to another council. No provider may identify the
    account of an API client.
    """
    if getattr(person, "client", None) is not None:
        return False
    held = {one.organisation.slug for one in person.current_memberships}
    if provider and provider not in held:
        return False
    return held & with_providers() <= {provider}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are created by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The page for the person's roles, or the first page."""
        from parentis.web.people.first_page import landing_of

        return landing_of(request.user)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by person *and* address, so that strangers elsewhere cannot lock anybody out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)} from {self.get_client_ip(request)}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Somebody who has just signed in need not give the password again to set up codes."""
        return time.time() - self.request.session.get(STARTED, 0) > REAUTHENTICATE_AFTER


class ProviderAdapter(DefaultSocialAccountAdapter):
    """An identity provider signs in only people who were invited; it creates no accounts, and signs in nobody of
    another organisation."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        organisation = sociallogin.provider.app.settings.get("organisation", "")
        if sociallogin.is_existing and not may_vouch(organisation, sociallogin.user):
            raise ImmediateHttpResponse(render(request, "account/not_vouched_for.html", status=403))


class CodesAdapter(DefaultMFAAdapter):
    """One-time codes cannot be switched off where they are required; their secrets are stored encrypted in the
    database."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (settings.CODES_REQUIRED and authenticator.type == Authenticator.Type.TOTP)

    def encrypt(self, text: str) -> str:
        from parentis.web.people.encryption import encrypt

        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        from parentis.web.people.encryption import decrypt

        return decrypt(encrypted_text)
