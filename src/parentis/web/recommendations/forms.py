"""Forms of the register."""

from typing import Any

from django import forms

from parentis.web.cases.forms import SeenForm
from parentis.web.forms import DateInput
from parentis.web.recommendations.casework import MACHINE
from parentis.web.recommendations.deadlines import DEADLINES
from parentis.web.recommendations.models import Grading, Group, Recommendation

Choices = list[tuple[str, str]]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlacedForm(forms.Form):
    """A form about one of the places that the reader may enter things for."""

    place = forms.ChoiceField(label="To", widget=forms.Select)

    def __init__(self, places: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", "Choose"), *places]


class FilterForm(forms.Form):
    """Every field narrows; none is needed."""

    place = forms.ChoiceField(label="To", required=False)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any"), *((one.id, one.title) for one in MACHINE.states)]
    )
    deadline = forms.ChoiceField(
        label="Deadline", required=False, choices=[("", "Any"), *((one.id, one.title) for one in DEADLINES.values())]
    )
    words = forms.CharField(label="Words", required=False, max_length=100)

    def __init__(self, places: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", "Any"), *places]


class RecommendationForm(PlacedForm):
    """A recommendation as its report makes it."""

    report = forms.CharField(label="Report", max_length=200)
    inspectorate = forms.CharField(label="Inspectorate", max_length=100)
    published_on = forms.DateField(label="Published on", widget=DateInput, help_text="The deadline counts from it.")
    link = forms.URLField(label="Where it is published (optional)", required=False, assume_scheme="https")
    number = forms.CharField(label="Number", max_length=20, help_text="As the report numbers it.")
    text = forms.CharField(label="Recommendation", max_length=4000, widget=_area(5))
    deadline = forms.ChoiceField(
        label="Deadline", widget=forms.RadioSelect, choices=[(one.id, one.title) for one in DEADLINES.values()]
    )
    owners = forms.CharField(label="Owners", max_length=300, help_text="The posts that answer for it.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        same = Recommendation.objects.filter(
            report__title=cleaned.get("report"), report__published_on=cleaned.get("published_on"),
            number=cleaned.get("number"), place=cleaned.get("place"),
        )  # fmt: skip
        if same.exists():
            self.add_error("number", "This recommendation is in the register already.")
        return cleaned


class OwnersForm(SeenForm):
    """Who answers for it."""

    owners = forms.CharField(label="Owners", max_length=300)


class TextForm(SeenForm):
    """Its number and words, as the report has them."""

    number = forms.CharField(label="Number", max_length=20)
    text = forms.CharField(label="Recommendation", max_length=4000, widget=_area(5))
    why = forms.CharField(
        label="Why it is changed",
        max_length=500,
        help_text="Stays in the history, with the words as they were.",
    )


class ImportForm(forms.Form):
    """A filled-in register."""

    file = forms.FileField(
        label="File", max_length=200, help_text="Excel, OpenDocument or CSV, with the headings of the blank register."
    )


class GroupForm(PlacedForm):
    """A group that oversees."""

    name = forms.CharField(label="Name", max_length=150)
    purpose = forms.CharField(label="What it is for (optional)", max_length=500, required=False, widget=_area(3))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if Group.objects.filter(place=cleaned.get("place"), name__iexact=cleaned.get("name", "")).exists():
            self.add_error("name", "There is a group of this name already.")
        return cleaned


class MemberForm(forms.Form):
    """Somebody who joins a group."""

    name = forms.CharField(label="Name", max_length=150)
    organisation = forms.CharField(label="Organisation", max_length=150)
    position = forms.CharField(label="Position (optional)", max_length=150, required=False)
    since = forms.DateField(label="Since", widget=DateInput)


class MeetingForm(forms.Form):
    """A meeting's minutes."""

    held_on = forms.DateField(label="Held on", widget=DateInput)
    minutes = forms.CharField(
        label="Minutes", max_length=20000, widget=_area(10), help_text="Name no child. Minutes cannot be changed later."
    )


class GradingForm(PlacedForm):
    """A judgement."""

    inspectorate = forms.CharField(label="Inspectorate", max_length=100)
    subject = forms.CharField(label="Subject", max_length=150, help_text="What was judged.")
    judgement = forms.CharField(label="Judgement", max_length=100, help_text="In the inspectorate's words.")
    inspected_on = forms.DateField(label="Inspected on", widget=DateInput)
    source = forms.CharField(label="Source", max_length=300, help_text="The report that says so.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        same = {name: cleaned.get(name) for name in ("place", "subject", "inspected_on")}
        if Grading.objects.filter(**same).exists():
            self.add_error("inspected_on", "This judgement is here already.")
        return cleaned
