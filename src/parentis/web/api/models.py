"""Tokens of the API."""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

PREFIX = "par_"
SHOWN = 8
"Characters of a token by which its person tells it from others."


class Token(models.Model):
    """A secret by which a person's program acts for them, within `scopes`. The secret is shown once; here is its hash,
    which is enough, for it has 256 random bits."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    start = models.CharField(max_length=len(PREFIX) + SHOWN)
    secret_hash = models.CharField(max_length=64, unique=True)
    addresses = models.JSONField(default=list)
    "The networks (CIDR) from which it opens anything; none: from everywhere."
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_address = models.CharField(max_length=45, blank=True)

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="a_token_ends_after_it_is_made"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None and timezone.now() < self.expires_at

    @staticmethod
    def new_secret() -> str:
        return PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def hash_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def of(cls, secret: str) -> "Token | None":
        """The token with this secret, if it is valid and its person may sign in."""
        found: Any = cls.objects.select_related("person").filter(secret_hash=cls.hash_of(secret)).first()
        return found if found is not None and found.is_open and found.person.is_active else None


class Client(models.Model):
    """A program that signs in for itself as `person`, an account that nobody can sign in to (`clients`)."""

    client_id = models.CharField(max_length=40, unique=True)
    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="client")
    scopes = models.JSONField(default=list)
    addresses = models.JSONField(default=list)
    "The networks (CIDR) from which it may ask for a token and use one; none: from everywhere."
    made_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.person.name} ({self.client_id})"


class Credential(models.Model):
    """What a client proves itself with: a secret, of which its hash is here, or a key, whose public half is."""

    class Kind(models.TextChoices):
        SECRET = "secret", "Secret"
        KEY = "key", "Key"

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    start = models.CharField(max_length=len(PREFIX) + SHOWN)
    "The beginning of the secret, or of the key's thumbprint: by it people tell one from another."
    secret_hash = models.CharField(max_length=64, blank=True)
    public_key = models.JSONField(null=True)
    "As RFC 7517 writes a key (JWK)."
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="secret", public_key__isnull=True) & ~Q(secret_hash="")
                | Q(kind="key", public_key__isnull=False, secret_hash=""),
                name="a_credential_is_a_secret_or_a_key",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.start}…"

    @property
    def is_open(self) -> bool:
        return self.expires_at is None or timezone.now() < self.expires_at


class UsedAssertion(models.Model):
    """A signed request for a token that was answered: the same again is refused until it has expired anyway."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    number_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["client", "number_hash"], name="an_assertion_is_used_once"),)
