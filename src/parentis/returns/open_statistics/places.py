"""The place of a row in DfE's long format."""

import polars as pl

_LEVELS = {
    "national": "National",
    "country": "National",
    "england": "National",
    "regional": "Regional",
    "region": "Regional",
    "local authority": "Local authority",
    "la": "Local authority",
}
"Levels that are kept, in the spellings of all releases."
_CODE = r"^E\d{8}$"
MARK = 2
"A code of at most this many characters is a sign for no code: `z`, `x`."
ENGLAND = "E92000001"


def code_and_name(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `GEOGRAPHY`, the ONS code of the place by its level, and `PLACE`, its name; levels in one
    spelling.

    An authority without a valid code is found by its DfE number, then by its name; a region by its name. Null for
    levels below authorities and for places that cannot be identified.
    """
    written = pl.col("geographic_level").str.to_lowercase()
    level = written.replace_strict(_LEVELS, default=pl.col("geographic_level"), return_dtype=pl.String)
    whole = frame.with_columns(geographic_level=pl.coalesce(level, *_unsaid(frame)))
    named = whole.with_columns(
        CODE=_by_level(whole, "country_code", "region_code", "new_la_code"),
        PLACE=_by_level(whole, "country_name", "region_name", "la_name"),
    )
    coded = named.with_columns(
        CODE=pl.when(pl.col("CODE").str.contains(_CODE)).then("CODE"),
        WRITTEN=pl.when(pl.col("CODE").str.len_chars() > MARK).then("CODE"),
    )
    authority = pl.col("geographic_level") == "Local authority"
    spare = pl.coalesce(
        pl.when(authority).then(_known(coded, "old_la_code")),
        pl.when(authority).then(_known(coded, "la_name")),
        pl.when(pl.col("geographic_level") == "Regional").then(
            pl.col("PLACE").str.to_lowercase().replace_strict(regions(), default=None, return_dtype=pl.String)
        ),
        pl.when(pl.col("geographic_level") == "National").then(pl.lit(ENGLAND)),
    )
    # Two authorities that report as one use a code of their own: it is kept as written.
    return coded.with_columns(GEOGRAPHY=pl.coalesce("CODE", spare, "WRITTEN")).drop("CODE", "WRITTEN")


def _unsaid(frame: pl.DataFrame) -> list[pl.Expr]:
    """The level of a row that does not state it: that of the smallest place for which it has a code."""
    columns = {
        "new_la_code": ("^E(?:0[6-9]|10)", "Local authority"),
        "region_code": ("^E1[23]", "Regional"),
        "country_code": ("^E92", "National"),
    }
    return [
        pl.when(pl.col(column).str.contains(begins)).then(pl.lit(level))
        for column, (begins, level) in columns.items()
        if column in frame.columns
    ]


def _by_level(frame: pl.DataFrame, country: str, region: str, authority: str) -> pl.Expr:
    columns = {"National": country, "Regional": region, "Local authority": authority}
    return pl.coalesce(
        *(
            pl.when(pl.col("geographic_level") == level).then(pl.col(column))
            for level, column in columns.items()
            if column in frame.columns
        ),
        pl.lit(None, dtype=pl.String),
    )


def _known(frame: pl.DataFrame, column: str) -> pl.Expr:
    """The ONS code of the authority with a number or a name; null where there is none."""
    from parentis import region

    if column not in frame.columns:
        return pl.lit(None, dtype=pl.String)
    texts = frame.select(pl.col(column).unique()).drop_nulls()
    pairs = dict(region.match_authorities(texts, column).drop_nulls().iter_rows())
    return pl.col(column).replace_strict(pairs, default=None, return_dtype=pl.String)


_OTHER_NAMES = {
    "yorks & the humber": "E12000003",
    "yorks and the humber": "E12000003",
    "yorkshire and humber": "E12000003",
    "yorkshire and the humber": "E12000003",
    "east": "E12000006",
    "east of england": "E12000006",
}


def regions() -> dict[str, str]:
    """ONS codes of the English regions, and of London's halves, by name in lower case."""
    from parentis import region

    kinds = {"region", "sub-region", "country"}
    found = {one.name.casefold(): one.gss for one in region.footprints() if one.gss and one.kind in kinds}
    return {**found, **_OTHER_NAMES}
