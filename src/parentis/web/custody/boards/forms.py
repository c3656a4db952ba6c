"""Forms about a child in custody: the authority's answers, the suite's news, and the reason to see who the child is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from parentis import region
from parentis.services import custody
from parentis.web.cases.forms import SeenForm
from parentis.web.cases.models import Case
from parentis.web.custody.boards.timeline import SECURE
from parentis.web.custody.fields import BY_ID, CODES, Form
from parentis.web.custody.models import Detention
from parentis.web.duty.forms import LocalDateTimeField

REASONS = {
    "act": "To act for the child now: arrange accommodation, an adult, a visit",
    "identify": "To find out whether we know the child",
    "record": "To create or correct our own record of the child",
    "request": "For a subject access request, a complaint or a court",
}
"""Reasons to see who a child is, as recorded in the audit record."""


class WhyForm(forms.Form):
    """The reason somebody needs to see who the child is."""

    why = forms.ChoiceField(label="Why do you need to see the child's details?", choices=list(REASONS.items()),
                            widget=forms.RadioSelect)  # fmt: skip


class AnswerForm(SeenForm):
    """An answer that the law provides for to what was requested."""

    code = forms.ChoiceField(label="Answer", widget=forms.RadioSelect)
    why = forms.CharField(
        label="Where and how, or why no place is available", max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The suite will see this. Do not name a child.",
    )  # fmt: skip

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        lawful = custody.lawful_answers(secure=case.detention.accommodation == SECURE)
        self.fields["code"].choices = [(one.code, one.label) for one in lawful]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsKind:
    """News that a suite gives through a form: its fields, and which of them are required."""

    id: str
    title: str
    fields: tuple[str, ...]
    needed: tuple[str, ...]


NEWS: tuple[NewsKind, ...] = (
    NewsKind(id="who", title="Who the child is", needed=(), fields=(
        "first_name", "surname", "other_names", "date_of_birth", "confirmed_by", "address", "postcode",
        "claimed_status", "claimed_authority", "claimed_residence",
    )),
    NewsKind(id="adult", title="Appropriate adult", fields=("aa_requested", "aa_arrived", "aa_source"),
             needed=("aa_requested",)),
    NewsKind(id="review", title="Review of detention", fields=("reviews",), needed=("reviews",)),
    NewsKind(id="charge", title="Charge and bail", fields=("charge", "bail_decision", "bail"), needed=("charge",)),
    NewsKind(id="request", title="Request accommodation, section 38(6)",
             fields=("request", "accommodation", "justification"), needed=("request", "accommodation")),
    NewsKind(id="merlin", title="Merlin report", fields=("merlin", "merlin_number"), needed=("merlin",)),
    NewsKind(id="court", title="Court and certificate",
             fields=("court", "ground", "reasons", "certificate"), needed=("court",)),
    NewsKind(id="transfer", title="Moved to accommodation", fields=("transfer",), needed=("transfer",)),
    NewsKind(id="release", title="Released", fields=("release",), needed=("release",)),
)  # fmt: skip
NEWS_BY_ID = {one.id: one for one in NEWS}


class NewsForm(forms.Form):
    """One kind of news of a detention. Times are in London local time."""

    key = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def __init__(self, kind: NewsKind, detention: Detention, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.detention = kind, detention
        for name in kind.fields:
            self.fields[name] = form_field(name, needed=name in kind.needed)
            if BY_ID[name].form is Form.MOMENTS:
                self.fields[name].label = "Reviewed at"
            elif not BY_ID[name].is_sealed:
                self.initial.setdefault(name, getattr(detention, name))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        secure = found.get("accommodation") == SECURE
        if "justification" in self.fields and secure and not found.get("justification"):
            self.add_error("justification", "Explain why secure accommodation is requested.")
        return found

    def said(self) -> Mapping[str, Any]:
        """The input for `read_news`; empty fields are left out."""
        found = {name: self.cleaned_data[name] for name in self.kind.fields}
        if found.get("reviews"):
            found["reviews"] = sorted({*self.detention.reviews, found["reviews"].isoformat()})
        return {name: value for name, value in found.items() if value not in (None, "")}


def form_field(name: str, *, needed: bool) -> forms.Field:
    """The form field for a field of the table."""
    declared = BY_ID[name]
    label = declared.title if needed else f"{declared.title} (optional)"
    if declared.form in {Form.MOMENT, Form.MOMENTS}:
        return LocalDateTimeField(label=label, required=needed)
    if declared.form is Form.CODE:
        choices = list(CODES[declared.codes].items())
        if needed:
            return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)
        return forms.ChoiceField(label=label, choices=[("", "Not given"), *choices], required=False)
    if declared.form is Form.DATE:
        return forms.DateField(label=label, required=needed, widget=forms.DateInput(attrs={"type": "date"}))
    if declared.form is Form.AUTHORITY:
        known = sorted((one.name, one.gss) for one in region.authorities() if one.valid_to is None)
        choices = [("", "Not given"), *((gss, name) for name, gss in known)]
        return forms.ChoiceField(label=label, choices=choices, required=needed)
    long = forms.Textarea(attrs={"rows": 4}) if declared.longest > 300 else None
    return forms.CharField(label=label, max_length=declared.longest, required=needed, widget=long)
