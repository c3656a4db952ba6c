"""Map publishers' places to the geographies of figures."""

import polars as pl

from parentis.region import LAIT_NUMBERS, footprints, match_authorities


def geographies(codes: pl.Series) -> pl.DataFrame:
    """`code` (each once), `geography` (an authority's ONS code or a footprint's id, null for neither) and
    `authority_set`, which describes the authorities in the count. Codes are ONS codes, DfE numbers or LAIT's."""
    frame = pl.DataFrame({"code": codes.unique().drop_nulls().sort()}, schema={"code": pl.String})
    wide = {one.gss: one for one in footprints() if one.gss}
    ids = {code: one.id for code, one in wide.items()}
    names = {one.id: f"{one.name}, as the publisher counts it" for one in wide.values()}
    ons = pl.col("code").replace(LAIT_NUMBERS)
    return match_authorities(frame, "code").select(
        "code",
        geography=pl.coalesce(ons.replace_strict(ids, default=None, return_dtype=pl.String), "authority"),
        authority_set=ons.replace_strict(ids, default="", return_dtype=pl.String).replace_strict(
            names, default="the authority", return_dtype=pl.String
        ),
    )
