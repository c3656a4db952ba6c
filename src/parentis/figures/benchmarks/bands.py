"""The comparison of the Local Authority Interactive Tool (LAIT), reproduced: quartile bands, ranks, neighbours' mean.

Pages show it beside the comparison with uncertainty, so that readers who use LAIT find the same letters: A is the best
quarter. Quantiles are of type 7. A value on a boundary belongs to the lower quarter of values, whatever the polarity.
Ties share the better rank. A neutral measure has neither band nor rank.
"""

from typing import Final

import polars as pl

from parentis.figures.measures import Polarity

BANDS: Final = ("A", "B", "C", "D")


def quartile_bands(values: pl.Series, polarity: Polarity) -> pl.Series:
    """`A` to `D` for each value; null where the value is null or the measure is neutral."""
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
    """1 is the best; ties share the better rank."""
    if polarity is Polarity.NEUTRAL:
        return pl.Series(values.name, [None] * len(values), dtype=pl.UInt32)
    return values.rank("min", descending=polarity is Polarity.HIGHER)


def mean_of(values: dict[str, float | None], places: tuple[str, ...]) -> float | None:
    """The unweighted mean of the places that have a value."""
    held = [value for place in places if (value := values.get(place)) is not None]
    return sum(held) / len(held) if held else None
