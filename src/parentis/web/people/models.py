"""Organisations, people, the roles they hold, and invitations."""

import hashlib
import secrets
from datetime import date, timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from parentis.web.people.roles import KIND_TITLES, ROLE_BY_ID, Kind

INVITATION_LASTS = timedelta(days=7)


class Organisation(models.Model):
    """The organisation that people belong to. An authority has one ONS code; others have the authorities of a
    footprint, or none."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20)
    authority = models.CharField("ONS code", max_length=9, blank=True)
    footprint = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="authority", footprint="") & ~models.Q(authority="")
                | ~models.Q(kind="authority") & models.Q(authority=""),
                name="an_authority_has_its_code_and_nobody_else",
            ),
            models.UniqueConstraint(
                fields=["authority"], condition=~models.Q(authority=""), name="one_organisation_an_authority"
            ),
        )

    def __str__(self) -> str:
        return str(self.name)

    @property
    def kind_title(self) -> str:
        return KIND_TITLES[Kind(self.kind)]

    def authorities(self, on: date | None = None) -> frozenset[str]:
        """ONS codes of the authorities that its people may deal with."""
        from parentis.region import members

        if self.authority:
            return frozenset({self.authority})
        if not self.footprint:
            return frozenset()
        return frozenset(members(self.footprint, on or timezone.localdate()))


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, email: str) -> "Person":
        return self.get(email__iexact=email)


class Person(AbstractBaseUser):
    """Somebody who can sign in. Leavers are made inactive, so that the record still shows their name."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("name",)
    objects = People()

    class Meta:
        ordering = ("name", "email")
        verbose_name_plural = "people"
        constraints = (models.UniqueConstraint(Lower("email"), name="one_person_an_address"),)

    def __str__(self) -> str:
        return str(self.name or self.email)

    @cached_property
    def current_memberships(self) -> tuple["Membership", ...]:
        """The roles that the person holds now; none once they are inactive. Read once a request."""
        if not self.is_active:
            return ()
        now = timezone.now()
        every = self.memberships.select_related("organisation")
        return tuple(one for one in every if one.until is None or now < one.until)


class Membership(models.Model):
    """A role that a person holds in an organisation."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    """When the role ends automatically: emergency access always has an end."""

    class Meta:
        ordering = ("organisation__name", "role")
        constraints = (models.UniqueConstraint(fields=["person", "organisation", "role"], name="a_role_is_held_once"),)

    def __str__(self) -> str:
        return f"{self.person}, {self.role_title}, {self.organisation}"

    @property
    def role_title(self) -> str:
        return ROLE_BY_ID[self.role].title


class RoleRequest(models.Model):
    """A role requested for an address, until a second person decides. `decision` stays empty until then."""

    class Decision(models.TextChoices):
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"

    email = models.EmailField(max_length=254)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="role_requests")
    role = models.CharField(max_length=30)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="a_role_is_decided_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["email", "organisation", "role"], condition=models.Q(decision=""), name="a_role_is_asked_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.email}, {self.role_title}, {self.organisation}"

    @property
    def role_title(self) -> str:
        return ROLE_BY_ID[self.role].title


class PasswordResetRequest(models.Model):
    """An address entered for a password reset, encrypted, until the worker has answered it (`password_reset`)."""

    content = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"request {self.pk}"


class Invitation(models.Model):
    """An invitation of an address to a role. The link's secret is only in the mail; its hash is stored here."""

    email = models.EmailField(max_length=254)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=30)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-invited_at",)

    def __str__(self) -> str:
        return f"{self.email}, {self.role_title}, {self.organisation}"

    @property
    def role_title(self) -> str:
        return ROLE_BY_ID[self.role].title

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and timezone.now() < self.expires_at

    @staticmethod
    def new_secret() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def hash_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()
