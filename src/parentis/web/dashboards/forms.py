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
