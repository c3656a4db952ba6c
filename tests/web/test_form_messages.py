"""A field's error says which field it is about, beside the field and in the summary."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from parentis.web.front.templatetags.govuk import naming
from parentis.web.submissions.forms import HandInForm


class Asked(forms.Form):
    name = forms.CharField(label="Your name")
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect, choices=[("a", "A")])
    months = forms.IntegerField(label="Months until full effect", max_value=36, required=False)
    why = forms.CharField(label="Why?", error_messages={"required": "Say why."})


@pytest.mark.spec
@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({}, "name", "Your name: Fill this in."),
        ({}, "role", "Role: Choose one."),
        ({"months": "99"}, "months", "Months until full effect: Ensure this value is less than or equal to 36."),
        ({}, "why", "Say why."),  # names its field by itself
    ],
)
def test_an_error_names_its_field(given: dict[str, str], field: str, said: str) -> None:
    form = Asked(given)
    assert [naming(error, form[field]) for error in form[field].errors] == [said]
    shown = render_to_string("forms/summary.html", {"form": form})
    assert f'<a href="#{form[field].id_for_label or form[field].auto_id}">{said}</a>' in shown
    assert said in str(form[field].as_field_group())


@pytest.mark.unit
def test_it_says_which_of_several_files_is_empty() -> None:
    files = [SimpleUploadedFile(name, body) for name, body in (("a.csv", b"x"), ("b.csv", b""), ("c.xlsx", b""))]
    form = HandInForm(["E09000007"], {"authority": "E09000007", "once": "0" * 32}, {"files": files})
    assert form.errors["files"] == ["There is nothing in b.csv, c.xlsx: save it again and choose it again."]
