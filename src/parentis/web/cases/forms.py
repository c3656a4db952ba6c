"""Forms about a case. `seen` travels with those whose answer depends on what was seen."""

from typing import Any

from django import forms

from parentis.web.cases import reach
from parentis.web.cases.kinds import WORK, Move
from parentis.web.cases.media import TAKEN
from parentis.web.cases.models import Case
from parentis.web.people.models import Person


class SeenForm(forms.Form):
    """Nothing but the version that was seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"seen": case.version}, **kwargs})
        self.case = case


class MoveForm(SeenForm):
    """A step, and why."""

    why = forms.CharField(label="Why", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, case: Case, move: Move, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.fields["why"].required = move.why
        self.fields["why"].label = "Why" if move.why else "Anything to add (optional)"


class StopForm(SeenForm):
    """Why a clock stands still."""

    reason = forms.ChoiceField(label="Reason", widget=forms.RadioSelect)
    why = forms.CharField(
        label="More about it (optional)", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.fields["reason"].choices = list(case.declared.stop_reasons.items())


class AssignForm(SeenForm):
    """Somebody who may work on it, or nobody."""

    person = forms.ModelChoiceField(
        label="Given to", queryset=Person.objects.none(), required=False, empty_label="Nobody"
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        able = [one.pk for one in reach.people_who(WORK, case)]
        self.fields["person"].queryset = Person.objects.filter(pk__in=able)
        self.initial["person"] = case.assigned_to_id


class CommentForm(forms.Form):
    """Something to say, of one of the sorts that the kind of case knows."""

    what = forms.ChoiceField(label="What it is", widget=forms.RadioSelect)
    text = forms.CharField(label="Text", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"what": next(iter(case.declared.says))}, **kwargs})
        self.fields["what"].choices = list(case.declared.says.items())


class AttachForm(forms.Form):
    """A file, and what it shows."""

    file = forms.FileField(label="File", max_length=200, help_text=f"{TAKEN}; up to 10 MB.")
    note = forms.CharField(label="What it shows (optional)", max_length=1000, required=False)


class ForgetForm(forms.Form):
    """A reason that names nobody."""

    why = forms.CharField(
        label="Why", max_length=300, help_text="Stays in the history: name no child, and repeat nothing of the case."
    )
