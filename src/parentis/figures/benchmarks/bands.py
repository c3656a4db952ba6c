"""The Local Authority Interactive Tool's own comparison, reproduced: quartile bands, ranks, the neighbours' mean.

It stands beside the honest one so that a reader who knows the tool finds the same letters: A is the best quarter.
Quantiles are of type 7; a value on a border stands in the lower quarter of values, whichever way is better; ties share
the better rank; a measure with no better way has neither band nor rank.
"""

from typing import Final

import polars as pl

from parentis.figures.measures import Polarity

BANDS: Final = ("A", "B", "C", "D")


def quartile_bands(values: pl.Series, polarity: Polarity) -> pl.Series:
    """`A` to `D` of each value, null where it is null or the measure has no better way."""
    if polarity is Polarity.NEUTRAL or values.drop_nulls().is_empty():
        return pl.Series(values.name, [None] * len(values), dtype=pl.String)
    cuts = [values.quantile(share, interpolation="linear") for share in (0.25, 0.5, 0.75)]
    value = pl.col(values.name)
    letters = BANDS if polarity is Polarity.LOWER else BANDS[::-1]
    band = pl.when(value.is_null()).then(None)
    for letter, cut in zip(letters[:-1], cuts, strict=True):
        band = band.when(value <= cut).then(pl.lit(letter))  # type: ignore[assignment]
    return values.to_frame().select(band.otherwise(pl.lit(letters[-1])).alias(values.name)).to_series()


def plain_ranks(values: pl.Series, polarity: Polarity) -> pl.Series:
    """1 is the best; ties share the best place they could have."""
    if polarity is Polarity.NEUTRAL:
        return pl.Series(values.name, [None] * len(values), dtype=pl.UInt32)
    return values.rank("min", descending=polarity is Polarity.HIGHER)


def mean_of(values: dict[str, float | None], places: tuple[str, ...]) -> float | None:
    """The plain mean of the places that have a value."""
    held = [value for place in places if (value := values.get(place)) is not None]
    return sum(held) / len(held) if held else None
