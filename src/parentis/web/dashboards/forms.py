"""Forms to choose the place and period of a page, and to comment on it."""

from typing import Any

from django import forms


class PlaceForm(forms.Form):
    """`place`: a footprint or an authority; `period`: a year, or the latest."""

    place = forms.ChoiceField(label="Place", required=False)
    period = forms.ChoiceField(label="Year", required=False)

    def __init__(
        self, places: list[tuple[str, list[tuple[str, str]]]], periods: tuple[str, ...], *args: Any, **kwargs: Any
    ) -> None:
        """`places`: kind of place → its places, as id and name."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places
        self.fields["period"].choices = [("", "Latest"), *((one, one) for one in periods)]


class CommentForm(forms.Form):
    page = forms.CharField(widget=forms.HiddenInput, max_length=120)
    text = forms.CharField(
        label="Your comment", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The regional team and your colleagues can read it before the figures are released.",
    )  # fmt: skip


class PackForm(forms.Form):
    """The pack and its place."""

    once = forms.UUIDField(widget=forms.HiddenInput)
    pack = forms.ChoiceField(label="Pack", widget=forms.RadioSelect)
    place = forms.ChoiceField(label="About")

    def __init__(
        self, packs: list[tuple[str, str]], places: list[tuple[str, list[tuple[str, str]]]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = packs
        self.fields["place"].choices = places


class VersionForm(forms.Form):
    """Order and text of each chapter of a pack."""

    def __init__(self, chapters: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        """`chapters`: id, title and part of each, in order."""
        super().__init__(*args, **kwargs)
        self.chapters = chapters
        for number, one in enumerate(chapters, start=1):
            self.fields[f"place-{one['id']}"] = forms.IntegerField(
                label=f"Place of “{one['title']}”", min_value=1, max_value=99, initial=number,
                disabled=one["part"] == "summary",
            )  # fmt: skip
            self.fields[f"text-{one['id']}"] = forms.CharField(
                label=f"Text at the start of “{one['title']}”", required=False, max_length=8000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )  # fmt: skip

    def order(self) -> list[str]:
        """Ids of the chapters by the places given; the earlier first where two have one."""
        return sorted((one["id"] for one in self.chapters), key=lambda one: self.cleaned_data[f"place-{one}"])

    def narrative(self) -> dict[str, str]:
        told = {one["id"]: self.cleaned_data[f"text-{one['id']}"].strip() for one in self.chapters}
        return {chapter: text for chapter, text in told.items() if text}


class VerifyForm(forms.Form):
    """A pack's zip, to be held to the version that was frozen."""

    file = forms.FileField(label="The pack’s zip file")
