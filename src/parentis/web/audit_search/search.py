"""Which entries an auditor sees, and how they narrow them."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from parentis.errors import UnknownAuthorityError
from parentis.region import authority as find_authority
from parentis.web.audit.models import Entry
from parentis.web.people.authorisation import authorities_for, memberships
from parentis.web.people.roles import Kind


class SearchForm(forms.Form):
    """Every field narrows; none is needed."""

    who = forms.CharField(label="Who", required=False, max_length=254)
    what = forms.CharField(label="What", required=False, max_length=100)
    authority = forms.CharField(label="Authority", required=False, max_length=60, help_text="Its name or ONS code.")
    subject = forms.CharField(label="Subject", required=False, max_length=300)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean_authority(self) -> str:
        text = str(self.cleaned_data["authority"]).strip()
        try:
            return find_authority(text).gss if text else ""
        except UnknownAuthorityError as error:
            raise forms.ValidationError(f"There is no authority called {text}.") from error


def entries_for(person: Any) -> "QuerySet[Entry]":
    """All, for the regional team; else what touches the reader's authorities or was done by its people."""
    if any(Kind(one.organisation.kind) is Kind.REGION for one in memberships(person) if _audits(one.role)):
        return Entry.objects.all()
    own = [one.organisation for one in memberships(person) if _audits(one.role)]
    by = Q()
    for organisation in own:
        by |= _of(organisation.name)
    return Entry.objects.filter(by | Q(authority__in=authorities_for(person, "audit.search")))


def _of(name: str) -> Q:
    """Entries of somebody of this organisation, whichever others they belong to (names are listed, comma and space)."""
    alone, first, last = (
        Q(organisation=name),
        Q(organisation__startswith=f"{name}, "),
        Q(organisation__endswith=f", {name}"),
    )
    return alone | first | last | Q(organisation__contains=f", {name}, ")


def _audits(role: str) -> bool:
    return role in {"auditor", "data-protection"}


def narrowed(entries: "QuerySet[Entry]", wanted: dict[str, Any]) -> "QuerySet[Entry]":
    """Those that fit what was asked."""
    if wanted.get("who"):
        entries = entries.filter(who_text__icontains=wanted["who"])
    for word in str(wanted.get("what") or "").replace(":", " ").replace("-", " ").split():
        entries = entries.filter(what__icontains=word)  # the page says in words what the record holds as a code
    if wanted.get("authority"):
        entries = entries.filter(authority__iexact=wanted["authority"])
    if wanted.get("subject"):
        entries = entries.filter(Q(subject__icontains=wanted["subject"]) | Q(why__icontains=wanted["subject"]))
    if wanted.get("since"):
        entries = entries.filter(at__gte=_start(wanted["since"]))
    if wanted.get("until"):
        entries = entries.filter(at__lte=timezone.make_aware(datetime.combine(wanted["until"], time.max)))
    return entries


def _start(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
