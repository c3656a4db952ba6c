"""The first page of the paper on secure places."""

from parentis.figures import Finding, Summary

SUMMARY = Summary(
    claim=(
        Finding(
            text="{places.load} secure places would be full if no child were refused.",
            above_zero=("places.load",),
        ),
    ),
    number=(
        Finding(
            text="Places in use alone would say {places.placed_only}: they tell how many there were, and not how many "
            "were needed.",
        ),
    ),
    ask=(
        Finding(
            text="{places.best}: beyond that, one more no longer pays.",
            above_zero=("places.best",),
        ),
    ),
    buys=(Finding(text="They serve {places.served} of needs, for {places.cost} a year."),),
    refusing=(
        Finding(
            text="To wait for two more years of referrals would be worth {places.two_years} a year; against it stands "
            "what waiting costs children.",
        ),
    ),
)
