"""The first page of the child death review's pack. It asks for no money."""

from parentis.figures import Finding, Summary

SUMMARY = Summary(
    claim=(Finding(text="{child_deaths.notified} children's deaths were notified, and each of them is missed."),),
    number=(
        Finding(
            text="{child_deaths.reviewed} deaths were reviewed; in {child_deaths.modifiable} of them something was "
            "found that could be changed.",
        ),
        Finding(text="{child_deaths.reviewed} deaths were reviewed."),
    ),
    cause=(
        Finding(
            text="Of reviews, {child_deaths.within_six_months} were finished within six months.",
        ),
    ),
    ask=(
        Finding(
            text="That what can be changed is changed: the themes of the reviews stand in this pack, with what each "
            "partner can do.",
            above_zero=("child_deaths.modifiable",),
        ),
    ),
)
