"""Where postcode sectors lie, for distances between places that the lake keeps to the sector alone."""

from functools import cache

import polars as pl

from parentis.region import authorities
from parentis.returns.ssda903.postcodes import installed_postcodes, read_postcodes

METRES_PER_MILE = 1609.344


@cache
def sector_positions() -> pl.DataFrame | None:
    """`sector` (`E8 1`, and `E8` for the whole district), `east` and `north` (metres, the middle of its postcodes) and
    `authority` (ONS code, that of most of its postcodes; null outside England); None where no postcode directory is
    installed."""
    folder = installed_postcodes()
    if folder is None:
        return None
    codes = {one.dfe: one.gss for one in authorities() if one.valid_to is None}
    counted = (
        read_postcodes(folder)
        .filter(pl.col("east").is_not_null())
        .group_by(sector=sector_of(pl.col("postcode")), authority="authority")
        .agg(pl.col("east", "north").cast(pl.Int64).sum(), count=pl.len())
        .collect()
    )
    counted = counted.filter(pl.col("sector").is_not_null())
    districts = counted.group_by(pl.col("sector").str.split(" ").list.first(), "authority").agg(
        pl.col("east", "north", "count").sum()
    )
    return (
        pl.concat([counted, districts.select(counted.columns)])
        .sort("sector", "count", "authority", descending=[False, True, False])
        .group_by("sector", maintain_order=True)
        .agg(
            (pl.col("east", "north").sum() / pl.col("count").sum()).round().cast(pl.Int32),
            pl.col("authority").first().replace_strict(codes, default=None, return_dtype=pl.String),
        )
    )


def sector_of(postcode: pl.Expr) -> pl.Expr:
    """The sector of a whole postcode, or of one cut to its sector: `E81AB`, `e8 1` → `E8 1`; null for the rest."""
    bare = postcode.str.to_uppercase().str.replace_all(r"\s", "")
    return (
        bare.str.extract_groups(r"^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9])(?:[A-Z]{2})?$")
        .struct.rename_fields(["district", "digit"])
        .pipe(lambda found: found.struct.field("district") + " " + found.struct.field("digit"))
    )
