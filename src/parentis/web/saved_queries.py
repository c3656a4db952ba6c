"""Queries that somebody saves under a name (a scenario's levers, a schedule of rates): private until they share
them."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.web.audit.recorder import record
from parentis.web.people.models import Organisation

NAME_LETTERS = 80


class SavedQuery(models.Model):
    """A named query in one organisation: its author's own until it is shared there. The app adds the query's fields."""

    asked_field: ClassVar[str]
    """The app's field that holds the query."""

    name = models.CharField(max_length=NAME_LETTERS)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_shared = models.BooleanField(default=False)
    data = models.CharField(max_length=64, blank=True, default="")
    """A mark of the returns that it was answered from when it was saved."""

    class Meta:
        abstract = True
        ordering = ("name", "-at")

    def __str__(self) -> str:
        return str(self.name)

    @property
    def asked(self) -> dict[str, Any]:
        asked: dict[str, Any] = getattr(self, self.asked_field)
        return asked


K = TypeVar("K", bound=SavedQuery)


def named(request: HttpRequest) -> str:
    """The name given in a form, or ''."""
    return request.POST.get("name", "").replace("\x00", "").strip()[:NAME_LETTERS]


def readable(model: type[K], person: Any, organisation: Organisation) -> "models.QuerySet[K]":
    """A person's own, and what is shared in their organisation."""
    shared = models.Q(organisation=organisation, is_shared=True)
    found: models.QuerySet[K] = model._default_manager.filter(models.Q(by=person) | shared).select_related("by")
    return found


@transaction.atomic
def save(
    model: type[K], *, what: str, by: Any, organisation: Organisation, name: str, asked: Mapping[str, Any],
    data: str = "", request: HttpRequest | None = None,
) -> K:  # fmt: skip
    """Save `asked` (the app's fields) under a name; the same name again replaces the person's own. `what`: its noun in
    the audit record. `data`: a mark of the returns behind the answer."""
    made, _ = model._default_manager.update_or_create(
        by=by, name=name, defaults={"organisation": organisation, "at": timezone.now(), "data": data, **asked}
    )
    record(who=by, what=f"{what}:saved", subject=str(made.pk), detail=dict(asked), request=request)
    return made


@transaction.atomic
def share(
    model: type[K], *, what: str, by: Any, pk: int, shared: bool, request: HttpRequest | None = None
) -> K:  # fmt: skip
    """Share the person's own query with their organisation, or stop sharing it. Raises the model's DoesNotExist."""
    one = model._default_manager.select_for_update().get(pk=pk, by=by)
    one.is_shared = shared
    one.save(update_fields=["is_shared"])
    record(who=by, what=f"{what}:{'shared' if shared else 'withdrawn'}", subject=str(one.pk), request=request)
    return one


@transaction.atomic
def rename(model: type[K], *, what: str, by: Any, pk: int, name: str, request: HttpRequest | None = None) -> bool:
    """Rename the person's own query; False if another of theirs has the name. Raises the model's DoesNotExist."""
    one = model._default_manager.select_for_update().get(pk=pk, by=by)
    if model._default_manager.filter(by=by, name=name).exclude(pk=pk).exists():
        return False
    before, one.name = one.name, name
    one.save(update_fields=["name"])
    record(who=by, what=f"{what}:renamed", subject=str(pk), detail={"before": before, "after": name}, request=request)
    return True


@transaction.atomic
def delete(model: type[K], *, what: str, by: Any, pk: int, request: HttpRequest | None = None) -> str:
    """Delete the person's own query; its name. Raises the model's DoesNotExist."""
    one = model._default_manager.select_for_update().get(pk=pk, by=by)
    one.delete()
    record(who=by, what=f"{what}:deleted", subject=str(pk), detail={"name": one.name}, request=request)
    return str(one.name)
