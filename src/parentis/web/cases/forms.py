"""Forms about a case. Forms whose answer depends on what the person saw carry the version in `seen`."""

from typing import Any

from django import forms
from django.utils.html import escape

from parentis.web.cases import permissions, records
from parentis.web.cases.declarations import EDIT, Move
from parentis.web.cases.fields import Field, FieldType
from parentis.web.cases.media import TAKEN
from parentis.web.cases.models import Case
from parentis.web.forms import DateInput
from parentis.web.people.models import Person

MOST_RADIOS = 7
"""With more choices than this, a drop-down list is used."""


def form_field(declared: Field, *, needed: bool = False) -> forms.Field:
    """The form field for a declared field. `needed`: required here, even if it is optional elsewhere."""
    required = declared.required or needed
    common: dict[str, Any] = {
        "label": declared.label if required else f"{declared.label} (optional)",
        "required": required,
        "help_text": escape(declared.help),
    }
    choices = list(declared.choices.items())
    match declared.type:
        case FieldType.LINE:
            return forms.CharField(max_length=declared.most, **common)
        case FieldType.TEXT:
            return forms.CharField(max_length=declared.most, widget=forms.Textarea(attrs={"rows": 5}), **common)
        case FieldType.LINK:
            return forms.URLField(max_length=declared.most, assume_scheme="https", **common)
        case FieldType.DAY:
            return forms.DateField(widget=DateInput, **common)
        case FieldType.NUMBER:
            return forms.IntegerField(**common)
        case FieldType.MONEY:
            return forms.DecimalField(max_digits=14, decimal_places=2, **common)
        case FieldType.YES_NO:
            return forms.TypedChoiceField(
                choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect, coerce=lambda said: said == "yes",
                empty_value=None, **common,
            )  # fmt: skip
        case FieldType.CHOICE if len(choices) <= MOST_RADIOS:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        case FieldType.CHOICE:
            return forms.ChoiceField(choices=[("", "Choose"), *choices], **common)
        case FieldType.CHOICES:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)


def initial_of(declared: Field, value: Any) -> Any:
    """The initial value of the form field."""
    if declared.type is FieldType.YES_NO and value is not None:
        return "yes" if value else "no"
    return list(value) if isinstance(value, tuple) else value


class SeenForm(forms.Form):
    """Holds only the version that was seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"seen": case.version}, **kwargs})
        self.case = case


class MoveForm(SeenForm):
    """A step, and why."""

    why = forms.CharField(label="Why", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, case: Case, move: Move, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.fields["why"].required = move.requires_reason
        self.fields["why"].label = move.reason if move.requires_reason else "Comment (optional)"
        self.fields["why"].help_text = escape(move.help)
        if move.places is not None:
            offered = move.places.resolve()(case)
            self.fields["to"] = forms.ChoiceField(label="To", choices=[("", ""), *offered])
            if len(offered) == 1:
                self.fields["to"].widget, self.initial["to"] = forms.HiddenInput(), offered[0][0]
        stored = records.values_of(case.record) if move.asks else {}
        for name in move.asks:
            declared = records.register_of(case.kind).field(name)
            self.fields[name] = form_field(declared, needed=True)
            if not declared.readers:  # whoever takes the step might not be allowed to see it
                self.initial.setdefault(name, initial_of(declared, stored[name]))
        self.order_fields(["to", *move.asks, "why"])


class StopForm(SeenForm):
    """Why a clock is paused."""

    reason = forms.ChoiceField(label="Reason", widget=forms.RadioSelect)
    why = forms.CharField(
        label="Details (optional)", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.fields["reason"].choices = list(case.declared.stop_reasons.items())


class AssignForm(SeenForm):
    """Somebody who may work on it, or nobody."""

    person = forms.ModelChoiceField(
        label="Assigned to", queryset=Person.objects.none(), required=False, empty_label="Nobody"
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        able = [one.pk for one in permissions.people_who(EDIT, case)]
        self.fields["person"].queryset = Person.objects.filter(pk__in=able)
        self.initial["person"] = case.assigned_to_id


class CommentForm(forms.Form):
    """A comment, of one of the sorts that the kind of case declares."""

    what = forms.ChoiceField(label="Type of comment", widget=forms.RadioSelect, required=False)
    text = forms.CharField(label="Text", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"what": next(iter(case.declared.comment_types))}, **kwargs})
        self.types = case.declared.comment_types
        self.fields["what"].choices = list(self.types.items())
        if len(self.types) == 1:
            self.fields["what"].widget, self.fields["text"].label = forms.HiddenInput(), self.noun

    @property
    def noun(self) -> str:
        """The sort of comment in one word."""
        return next(iter(self.types.values())) if len(self.types) == 1 else "Comment"

    def clean_what(self) -> str:
        return self.cleaned_data["what"] or next(iter(self.types))


class AttachForm(forms.Form):
    """A file, and what it shows."""

    file = forms.FileField(label="File", max_length=200, help_text=f"{TAKEN}; up to 10 MB.")
    note = forms.CharField(label="Description (optional)", max_length=1000, required=False)


class EraseForm(forms.Form):
    """A reason that does not name anybody."""

    why = forms.CharField(
        label="Why",
        max_length=300,
        help_text="This stays in the history. Do not name a child or repeat details of the case.",
    )
