"""Forms about submissions."""

import uuid
from collections.abc import Collection
from typing import Any

from django import forms

from parentis import region
from parentis.errors import PeriodError
from parentis.returns import Return, returns

AUDIENCES = (
    ("own", "Our own organisation only"),
    ("members", "Members of the region's agreement"),
    ("published", "Everybody"),
)


def published_returns() -> list[Return]:
    """The publishers' returns that are stored here."""
    return [one for one in returns().values() if one.submitter == "publisher" and not one.handed_to]


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files; each is validated as Django's own field does."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        empty = [one.name for one in given if one is not None and not one.size]
        if empty:
            raise forms.ValidationError(self.error_messages["empty"].format(names=", ".join(empty)), code="empty")
        return [super(ManyFiles, self).clean(one, initial) for one in given or [None]]


class HandInForm(forms.Form):
    """Files, their authority, and facts that the files do not state."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    authority = forms.ChoiceField(label="Authority")
    files = ManyFiles(
        label="Files",
        help_text="CSV, Excel, OpenDocument, XML, or a zip of them. You can upload several returns and years at once.",
        error_messages={
            "required": "Choose at least one file.",
            "empty": "There is nothing in {names}: save it again and choose it again.",
        },
    )
    period = forms.CharField(
        label="Year, if the files do not state it", required=False, max_length=12, help_text="For example 2024-25.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )  # fmt: skip
    return_id = forms.ChoiceField(
        label="Return", required=False, help_text="Leave blank to recognise each file by its headings."
    )

    def __init__(self, authorities: Collection[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = sorted(
            ((gss, region.authority(gss).name) for gss in authorities), key=lambda one: one[1]
        )
        self.fields["return_id"].choices = [
            ("", "Recognise automatically"),
            *(
                (one.id, one.spec.title)
                for one in returns().values()
                if one.submitter == "authority" and not one.handed_to
            ),
        ]
        if not self.is_bound:
            self.initial["once"] = uuid.uuid4()

    @property
    def is_published(self) -> bool:
        return "authority" not in self.fields

    def clean_period(self) -> str:
        text = str(self.cleaned_data["period"]).strip()
        try:
            return region.parse_period(text).label if text else ""
        except PeriodError as error:
            raise forms.ValidationError("Enter the year like 2024-25.") from error


class PublishedForm(HandInForm):
    """Publishers' files, which belong to no authority."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__((), *args, **kwargs)
        del self.fields["authority"]
        self.fields["return_id"].choices = [
            ("", "Recognise automatically"),
            *((one.id, one.spec.title) for one in published_returns()),
        ]


class DecisionForm(forms.Form):
    """`seen` is the submission's mark when the form was rendered. A page has several of these forms, each with its
    own ids."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}-%s")
        super().__init__(*args, **kwargs)


def _reason(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **more)


class AcceptForm(DecisionForm):
    """`role`: a role in which the person may sign; absent where the return needs no signature. `why`: only where
    there are reasons against acceptance."""

    why = _reason("Reason for accepting it all the same", help_text="It is stored with the acceptance.")
    role = forms.ChoiceField(label="Sign as", required=False, widget=forms.RadioSelect)

    def __init__(
        self, roles: Collection[tuple[str, str]], *args: Any, needs_reason: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["why"]
        self.fields["role"].choices = list(roles)
        if not roles:
            del self.fields["role"]
        elif len(roles) == 1:
            self.initial.setdefault("role", next(iter(roles))[0])


class RejectForm(DecisionForm):
    why = _reason("Reason for rejection", help_text="The sender will see this.")


class ReverseForm(DecisionForm):
    why = _reason("Reason for taking the acceptance back", help_text="Whoever submitted and accepted it will see this.")


class RefuseForm(DecisionForm):
    why = _reason("Reason for refusal", required=False)


class ReleaseForm(DecisionForm):
    to = forms.ChoiceField(label="Who can see figures from this return", choices=AUDIENCES, widget=forms.RadioSelect)
    why = forms.CharField(label="Reason, or the agreement it is under", max_length=300)


class FilterForm(forms.Form):
    """Filter of the findings to show."""

    group = forms.ChoiceField(
        label="Group by", required=False, choices=(("rule", "Rule"), ("child", "Child"), ("field", "Field"))
    )
    severity = forms.ChoiceField(
        label="Severity", required=False,
        choices=(("", "All"), ("error", "To correct"), ("query", "To check"), ("note", "For information")),
    )  # fmt: skip
    rule = forms.CharField(label="Rule", required=False, max_length=60)
    table = forms.CharField(label="Table", required=False, max_length=60)
    field = forms.CharField(label="Field", required=False, max_length=60)
    child = forms.CharField(label="Child", required=False, max_length=60)
    figures = forms.BooleanField(label="Only what figures are made from", required=False)
