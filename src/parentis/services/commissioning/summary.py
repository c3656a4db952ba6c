"""The first page of the commissioning pack."""

from parentis.figures import Finding, Summary

SUMMARY = Summary(
    claim=(
        Finding(
            text="Prices, not numbers, raise what placements cost: {commissioning.spend_price} of a change of "
            "{commissioning.spend_change}, with what is bought held still.",
            largest="commissioning.spend_price",
            of=("commissioning.spend_volume", "commissioning.spend_mix"),
            above_zero=("commissioning.spend_change",),
        ),
        Finding(
            text="Like for like, prices stand at {commissioning.index}, where the first year is 100.",
        ),
    ),
    number=(
        Finding(
            text="{commissioning.placements} placements cost {commissioning.mean_price} on average; like for like, "
            "prices stand at {commissioning.index}, and after inflation at {commissioning.index_real}, where the first "
            "year is 100.",
        ),
    ),
    cause=(
        Finding(
            text="Providers asked for rises of {commissioning.uplift_asked} and were given "
            "{commissioning.uplift_agreed}.",
        ),
    ),
    ask=(
        Finding(
            text="That uplifts are agreed together, and that an arrangement is judged by prices like for like.",
            above_zero=("commissioning.uplift_asked",),
        ),
    ),
    buys=(
        Finding(
            text="What arrangements saved, less what they cost to run, is {commissioning.saved_net}.",
            above_zero=("commissioning.saved_net",),
        ),
    ),
    refusing=(
        Finding(
            text="Prices rose by {commissioning.spend_price} in a year with what is bought held still; nothing in the "
            "market brings that down of itself.",
            above_zero=("commissioning.spend_price",),
        ),
    ),
)
