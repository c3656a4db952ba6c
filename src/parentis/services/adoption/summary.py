"""The first page of the adoption pack."""

from parentis.figures import Finding, Summary

SUMMARY = Summary(
    claim=(
        Finding(
            text="{adoption.waiting} children with a placement order wait for a family.",
            above_zero=("adoption.waiting",),
        ),
        Finding(
            text="{adoption.published.waiting} children wait for adoption, and {adoption.published.families_waiting} "
            "approved families wait for a child.",
        ),
        Finding(text="{adoption.published.waiting} children wait for adoption."),
    ),
    number=(
        Finding(
            text="Of a hundred children with an order, {adoption.placed_12} are placed within twelve months, and "
            "{adoption.reversed_24} have the plan reversed within twenty-four.",
        ),
        Finding(
            text="From entering care to moving in with a family took {adoption.published.a10} on average, and from the "
            "court's order to a match {adoption.published.a2}.",
        ),
    ),
    cause=(
        Finding(
            text="In the last year {adoption.orders} orders were made, and {adoption.placed} children were placed.",
        ),
        Finding(
            text="{adoption.published.waiting_18_share} of those who wait have waited for eighteen months or more.",
        ),
    ),
    ask=(
        Finding(
            text="{adoption.families_needed} more families a year, in today's mix.",
            above_zero=("adoption.families_needed",),
        ),
    ),
    buys=(
        Finding(
            text="With them, eighty in a hundred children would be placed within twelve months, where "
            "{adoption.placed_12} are now.",
            above_zero=("adoption.families_needed",),
        ),
    ),
    refusing=(
        Finding(
            text="A plan that is reversed is a childhood without the family that was decided on: "
            "{adoption.reversed_24} in a hundred within two years.",
            above_zero=("adoption.reversed_24",),
        ),
    ),
)
