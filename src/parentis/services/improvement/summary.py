"""The first page of the improvement board's pack."""

from parentis.figures import Finding, Summary

SUMMARY = Summary(
    claim=(
        Finding(
            text="Of what the rule of the worst fifth flags, little is sure: chance alone puts boroughs there.",
            above_zero=("improvement.flagged",),
        ),
    ),
    outcomes=(
        "improvement.s03",
        "improvement.s12",
        "improvement.s13",
        "improvement.s16",
    ),
)
