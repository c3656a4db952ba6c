"""The outcomes as they come: checked, with who is missing, and how far the missing could move the result."""

from collections.abc import Callable, Sequence

import polars as pl

from parentis.services.trials.analysis.result import Beside, named, wrong_data
from parentis.services.trials.protocol.record import SHARE, Protocol


def settled(protocol: Protocol, data: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The data with these columns and an outcome of the kind that the protocol names (null: not known)."""
    missing = [name for name in columns if name not in data.columns]
    if missing:
        raise wrong_data(f"columns {', '.join(columns)}", f"no {', '.join(missing)}", "Add them.")
    try:
        given = data.with_columns(outcome=pl.col("outcome").cast(pl.Float64).fill_nan(None))
    except pl.exceptions.InvalidOperationError:
        raise wrong_data("outcomes that are numbers", "text", "Write numbers, and leave unknown ones empty.") from None
    strange = given.filter(pl.col("outcome").is_infinite() | ~pl.col("outcome").is_in([0.0, 1.0])).height
    if protocol.outcome.kind == SHARE and strange:
        raise wrong_data("outcomes 0 or 1", f"{strange:,} others", "A share counts children: write 0 or 1, or nothing.")
    return given


def not_returned(rows: pl.DataFrame) -> list[str]:
    """A sentence for boroughs of which no outcome is known at all."""
    known = rows.group_by("borough").agg(pl.col("outcome").is_not_null().any().alias("any"))
    absent = known.filter(~pl.col("any"))["borough"].to_list()
    if not absent:
        return []
    return [f"No outcome is known from {named(absent)}: did not return. The effect is that of the other boroughs."]


def bounds(protocol: Protocol, rows: pl.DataFrame, effect: Callable[[pl.DataFrame], float]) -> list[Beside]:
    """The effect if every missing child had the outcome that speaks most for the new way, and most against it.

    `rows` have `arm` (0 or 1) and `outcome`. Only shares have such bounds.
    """
    if protocol.outcome.kind != SHARE:
        return []
    new = pl.col("arm").cast(pl.Float64)
    found = []
    for name, filled in (("lowest effect with the missing", 1.0 - new), ("highest effect with the missing", new)):
        whole = rows.with_columns(outcome=pl.coalesce("outcome", filled))
        found.append(
            Beside(
                name=name, value=effect(whole),
                says="If every child without an outcome had the one that moves the effect furthest this way.",
            )
        )  # fmt: skip
    return found
