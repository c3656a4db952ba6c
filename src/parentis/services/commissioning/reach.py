"""Where children are placed: in the borough, nearby, in homes judged good, in registered homes."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from parentis.services.commissioning.mixed_models import Floats

NEAR: Final = 20.0
"Miles: the distance used in the department's statistics."
GOOD: Final = ("Outstanding", "Good")
Z95: Final = 1.959963984540054
SHARES: Final = ("in_borough", "near", "good", "unregistered")


def reach(placements: pl.DataFrame, by: Sequence[str] = ("partnership",)) -> pl.DataFrame:
    """`*by, share, n, of, value, low, high`, a row for each share that can be computed: of placements with a known
    value, with Wilson's 95 % interval.

    `placements` has, where known, `host` and `authority` (GSS codes), `miles`, `grade` (Ofsted's), `registration`.
    """
    asked: dict[str, tuple[tuple[str, ...], pl.Expr, pl.Expr]] = {
        "in_borough": (("host", "authority"), pl.col("host").is_not_null(), pl.col("host") == pl.col("authority")),
        "near": (("miles",), pl.col("miles").is_not_null(), pl.col("miles") <= NEAR),
        "good": (("grade",), pl.col("grade").is_not_null(), pl.col("grade").is_in(GOOD)),
        "unregistered": (
            ("registration",),
            pl.col("registration").is_not_null() & (pl.col("registration") != "Unknown"),
            pl.col("registration") == "Unregistered",
        ),
    }
    parts = []
    for share, (columns, known, so) in asked.items():
        if not set(columns) <= set(placements.columns):
            continue
        parts.append(
            placements.filter(known)
            .group_by(*(pl.col(name).fill_null("none") for name in by))
            .agg(n=so.sum().cast(pl.Int64), of=pl.len().cast(pl.Int64))
            .with_columns(share=pl.lit(share))
        )
    if not parts:
        names = {**dict.fromkeys(by, pl.String), "share": pl.String, "n": pl.Int64, "of": pl.Int64}
        parts = [pl.DataFrame(schema=names)]
    found = pl.concat(parts, how="diagonal").sort(*by, "share")
    low, high = wilson(found["n"].to_numpy().astype(float), found["of"].to_numpy().astype(float))
    return found.select(
        *by, "share", "n", "of", value=pl.col("n") / pl.col("of"), low=pl.Series(low, dtype=pl.Float64),
        high=pl.Series(high, dtype=pl.Float64),
    )  # fmt: skip


def wilson(n: Floats, of: Floats) -> tuple[Floats, Floats]:
    """Wilson's 95 % interval of a share (1927), shapes (k,)."""
    share, z2 = n / of, Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach_ = Z95 / (1 + z2 / of) * np.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    return np.clip(middle - reach_, 0.0, 1.0), np.clip(middle + reach_, 0.0, 1.0)
