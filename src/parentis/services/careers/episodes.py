"""Make disjoint episodes per child from several returns, and record what happens to every row."""

from collections.abc import Mapping

import polars as pl

from parentis.services.careers.records import ENDINGS, RESPITE, UNUSABLE, USES

OPTIONAL: tuple[str, ...] = (
    "RNE",
    "CIN",
    "PLACE",
    "PLACE_PROVIDER",
    "REC",
    "REASON_PLACE_CHANGE",
    "PL_POST",
    "URN",
)
"Columns that an old return, or the lake's door, may leave out; they count as blank."

COLUMNS_READ: Mapping[str, tuple[str, ...]] = {
    "Episodes": ("CHILD", "DECOM", "DEC", "LS", *OPTIONAL),
    "Header": ("CHILD", "SEX", "DOB", "ETHNIC"),
    "UASC": ("CHILD", "DUC"),
}
"By table, the columns that spells are made from: a fault in one of them can change a figure."

CHILD = ("authority", "CHILD")


def year_end(period: pl.Expr) -> pl.Expr:
    """The day after a collection year: `2020-21` → 1 April 2021."""
    return pl.date(period.str.slice(0, 4).cast(pl.Int32) + 1, 4, 1)


def account(episodes: pl.DataFrame, known: pl.DataFrame, *, respite: bool) -> pl.DataFrame:
    """Every row given, sorted by child and start, with its `use` (see `USES`), `respite` and `year_end`, the day
    after the last day that its return covers (`known`, see `in_year.known_until`).

    Of several rows with the same child and start, the one from the latest return counts; within a return, one that is
    not a short break, then one with nights, then the last in the file. This depends on `row`, not on the row order.
    """
    rows = episodes.with_columns(
        *(pl.lit(None, dtype=pl.String).alias(name) for name in OPTIONAL if name not in episodes.columns),
        respite=pl.col("LS").is_in(RESPITE).fill_null(value=False),
        newest=pl.col("sequence").max().over("authority", "period"),
    )
    rows = rows.join(
        known.select("authority", "period", year_end="until"),
        on=["authority", "period"],
        how="left",
        maintain_order="left",
        nulls_equal=True,
    ).with_columns(pl.col("year_end").fill_null(year_end(pl.col("period"))))
    fault = (
        pl.when(pl.col("sequence") < pl.col("newest")).then(pl.lit("resubmitted"))
        .when(pl.col("CHILD").is_null()).then(pl.lit("no child"))
        .when(pl.col("DECOM").is_null()).then(pl.lit("no start"))
        .when(pl.col("DEC") < pl.col("DECOM")).then(pl.lit("ends before it starts"))
        .when(pl.col("DECOM") >= pl.col("year_end")).then(pl.lit("starts after its year"))
    )  # fmt: skip
    rows = rows.with_columns(use=fault, nights=pl.col("DEC").ne_missing(pl.col("DECOM"))).sort(
        pl.col("use").is_not_null(),
        *CHILD,
        "DECOM",
        "period",
        ~pl.col("respite"),
        "nights",
        "row",
    )
    same_as_next = pl.all_horizontal(pl.col(key).eq_missing(pl.col(key).shift(-1)) for key in (*CHILD, "DECOM"))
    last = ~same_as_next | pl.col("use").shift(-1).is_not_null()
    winner = pl.when(last).then("period").backward_fill()
    use = (
        pl.when(pl.col("use").is_not_null()).then("use")
        .when(pl.col("period") < winner).then(pl.lit("repeat"))
        .when(~last.fill_null(value=True)).then(pl.lit("duplicate"))
        .when(~pl.col("nights")).then(pl.lit("no nights"))
        .when(pl.col("respite") & (not respite)).then(pl.lit("respite"))
        .otherwise(pl.lit("used"))
    )  # fmt: skip
    return rows.with_columns(use=use.cast(pl.Enum(list(USES)))).drop("newest", "nights")


def unusable(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """The rows that cannot be placed in time, as given, with the `reason`."""
    return rows.filter(pl.col("use").is_in(UNUSABLE)).select(*columns, reason="use")


def coverage(rows: pl.DataFrame) -> pl.DataFrame:
    """`authority, period, held` for each authority and each year between the first and last of any."""
    held = rows.select("authority", "period").unique()
    if held.is_empty():
        return held.with_columns(held=pl.lit(value=True))
    first, last = (int(str(label)[:4]) for label in (held["period"].min(), held["period"].max()))
    periods = [f"{year}-{(year + 1) % 100:02}" for year in range(first, last + 1)]
    return (
        held.select("authority").unique()
        .join(pl.DataFrame({"period": periods}), how="cross")
        .join(held.with_columns(held=pl.lit(value=True)), on=["authority", "period"], how="left")
        .with_columns(pl.col("held").fill_null(value=False))
        .sort("authority", "period")
    )  # fmt: skip


def disjoint(rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The used rows with `start`, exclusive `end` and `ending` (see `ENDINGS`); no two of a child overlap.

    An end date is used only up to the end of the collection year of its return, because a return cannot contain later
    events. An episode that still overlaps ends where the child's next episode starts.
    """
    following = held.with_columns(
        next_held=pl.col("held").shift(-1).over("authority"),
        last_held=pl.col("period").filter("held").max().over("authority"),
    ).drop("held")
    used = (
        rows.filter(pl.col("use") == "used")
        .join(following, on=["authority", "period"], how="left")
        .sort(*CHILD, "respite", "DECOM")
    )
    same = pl.all_horizontal(pl.col(key) == pl.col(key).shift(-1) for key in (*CHILD, "respite"))
    following_start = pl.when(same).then(pl.col("DECOM").shift(-1))
    seen_end = pl.min_horizontal("DEC", "year_end")
    ending = (
        pl.when(following_start < seen_end).then(pl.lit("trimmed"))
        .when(pl.col("DEC") <= pl.col("year_end")).then(pl.lit("ended"))
        .when(pl.col("period") == pl.col("last_held")).then(pl.lit("open"))
        .when("next_held").then(pl.lit("lost"))
        .otherwise(pl.lit("unseen"))
    )  # fmt: skip
    return used.with_columns(
        start="DECOM",
        end=pl.min_horizontal(seen_end, following_start),
        ending=ending.cast(pl.Enum(list(ENDINGS))),
    ).drop("next_held", "last_held")
