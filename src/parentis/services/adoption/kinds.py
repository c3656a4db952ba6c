"""The kinds of children and of families in the pool, and their names."""

from itertools import product
from typing import Final

import polars as pl

AGES: Final = ("under 1", "1 to 4", "5 and over")
"Age when the placement order was made."
AGE_STARTS: Final = (0, 1, 5)
SIZES: Final = ("one child", "brothers and sisters")
CHILD_KINDS: Final = tuple(f"{age}, {size}" for age, size in product(AGES, SIZES))
FAMILY_KINDS: Final = ("one child under 5", "one child of any age", "brothers and sisters")
"What a family is approved for. Families of a wider approval can also take children of the narrower ones."


def child_kind(age: pl.Expr, together: pl.Expr) -> pl.Expr:
    """Place in `CHILD_KINDS`, from the age in years at the order and the number of children placed together."""
    band = pl.sum_horizontal(*[(age >= start).cast(pl.Int64) for start in AGE_STARTS[1:]])
    return band * len(SIZES) + (together > 1).cast(pl.Int64)
