"""Join disjoint episodes into spells, with data of the child from the header."""

import polars as pl

from parentis.returns.ssda903 import known_until
from parentis.services.careers.episodes import account, coverage, disjoint, unusable, year_end
from parentis.services.careers.records import OPEN, Careers, Spells

SAME_PLACEMENT: tuple[str, ...] = ("L", "T", "U")
"Reasons for a new episode that leave the child with the same carer: only law or status changed."

NEW_PLACEMENT: tuple[str, ...] = ("P", "B")
"Reasons for a new episode with a change of carer, even if all codes stay the same."

SEX = {"1": "M", "2": "F"}
"Codes of collection years before 2024-25 → the later codes."

RUN = ("authority", "CHILD", "respite")


def spells(
    episodes: pl.DataFrame,
    header: pl.DataFrame | None = None,
    uasc: pl.DataFrame | None = None,
    *,
    respite: bool = False,
    merge: bool = True,
    known: pl.DataFrame | None = None,
    notes: bool = True,
) -> Careers:
    """Make spells from the episodes of any number of returns, as the lake holds them.

    The frames have the spec's typed columns and `authority, period, load_id, row, sequence`; a period is a collection
    year, `2020-21`. `respite=True` keeps short breaks, marked and separate from other spells; `merge=False` makes every
    usable episode a separate spell, so that legal status is exact to the day. `known` gives the last day that each
    return covers (`known_until`), if `episodes` lacks some rows of the returns. `notes=False` leaves the notes
    empty, for callers who make spells many times. The rules are in docs/methods/careers.md.
    """
    told = known_until(episodes) if known is None else known
    rows = account(episodes, told, respite=respite)
    held = coverage(rows)
    runs = _numbered(disjoint(rows, held), merge=merge)
    made = _joined(runs).join(_children(header), on=["authority", "child"], how="left")
    made = (
        made.join(_unaccompanied(uasc), on=["authority", "child"], how="left")
        .with_columns(pl.col("uasc").fill_null(value=False))
        .select(Spells.column_names())
        .sort("spell_id")
    )
    return Careers(
        spells=made,
        trace=_trace(rows, runs),
        unusable=unusable(rows, episodes.columns),
        coverage=held,
        notes=_notes(rows, runs, made, held, header, told) if notes else pl.DataFrame(schema=_NOTES),
        known=told,
    )


_NOTES = {"authority": pl.String, "note": pl.String, "count": pl.UInt32}


def _numbered(episodes: pl.DataFrame, *, merge: bool) -> pl.DataFrame:
    """Episodes with the numbers of their spell and period of care."""
    continuous = pl.all_horizontal(pl.col(key) == pl.col(key).shift() for key in RUN) & (
        pl.col("start") == pl.col("end").shift()
    )
    alike = _same("PLACE", "PLACE_PROVIDER")
    here = alike & _same("URN", "PL_POST") & ~pl.col("RNE").is_in(NEW_PLACEMENT).fill_null(value=False)
    with_carer = alike & pl.col("RNE").is_in(SAME_PLACEMENT).fill_null(value=False)
    joins = continuous & (here | with_carer) & merge
    return episodes.with_columns(
        spell_id=(~joins).fill_null(value=True).cum_sum().cast(pl.UInt32) - 1,
        care_id=(~continuous).fill_null(value=True).cum_sum().cast(pl.UInt32) - 1,
    )


def _same(*columns: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in columns)


def _joined(runs: pl.DataFrame) -> pl.DataFrame:
    first, last = pl.Expr.first, pl.Expr.last
    made = runs.group_by("spell_id", maintain_order=True).agg(
        first(pl.col("authority")),
        first(pl.col("CHILD")).alias("child"),
        first(pl.col("respite")),
        first(pl.col("start")),
        last(pl.col("end")),
        last(pl.col("ending")),
        first(pl.col("PLACE")).alias("place"),
        first(pl.col("PLACE_PROVIDER")).alias("provider"),
        last(pl.col("URN")).alias("urn"),
        last(pl.col("PL_POST")).alias("place_postcode"),
        first(pl.col("CIN")).alias("need"),
        first(pl.col("LS")).alias("legal_start"),
        last(pl.col("LS")).alias("legal_end"),
        first(pl.col("RNE")).alias("reason_in"),
        last(pl.col("REC")).alias("reason_out"),
        last(pl.col("REASON_PLACE_CHANGE")).alias("reason_change"),
        first(pl.col("care_id")),
        pl.len().alias("episodes").cast(pl.UInt32),
    )
    return made.with_columns(
        open=pl.col("ending").is_in(OPEN),
        care_start=pl.col("start").first().over("care_id"),
        care_end=pl.col("end").last().over("care_id"),
        placement=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("care_id"),
    )


def _children(header: pl.DataFrame | None) -> pl.DataFrame:
    """One row a child: the latest return's sex and ethnicity, and the latest date of birth that is not blank."""
    if header is None:
        header = _empty("SEX", "ETHNIC", dates=("DOB",))
    ethnic = pl.col("ETHNIC") if "ETHNIC" in header.columns else pl.lit(None, dtype=pl.String).alias("ETHNIC")
    return (
        header.sort("period", "sequence", "row")
        .with_columns(ethnic)
        .group_by("authority", child="CHILD")
        .agg(
            sex=pl.col("SEX").drop_nulls().last().replace(SEX),
            dob=pl.col("DOB").drop_nulls().last(),
            ethnicity=pl.col("ETHNIC").drop_nulls().last(),
        )
    )


def _unaccompanied(uasc: pl.DataFrame | None) -> pl.DataFrame:
    if uasc is None:
        uasc = _empty(dates=("DUC",))
    return (
        uasc.sort("period", "sequence", "row")
        .group_by("authority", child="CHILD")
        .agg(uasc=pl.lit(value=True), uasc_until=pl.col("DUC").drop_nulls().last())
    )


def _empty(*texts: str, dates: tuple[str, ...]) -> pl.DataFrame:
    names = ("authority", "CHILD", "period", *texts)
    schema = dict.fromkeys(names, pl.String()) | dict.fromkeys(dates, pl.Date())
    return pl.DataFrame(schema=schema | {"sequence": pl.Int64(), "row": pl.UInt32()})


def _trace(rows: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    key = ["authority", "period", "load_id", "row", "sequence"]
    return rows.select(*key, "use").join(runs.select(*key, "spell_id"), on=key, how="left", nulls_equal=True).sort(key)


def _notes(
    rows: pl.DataFrame,
    runs: pl.DataFrame,
    made: pl.DataFrame,
    held: pl.DataFrame,
    header: pl.DataFrame | None,
    known: pl.DataFrame,
) -> pl.DataFrame:
    """Notes on problems for users of the spells: `authority, note, count`, in the order of the rules."""
    children = made.select("authority", "child", "dob").unique()
    used = rows.filter(pl.col("use") == "used")
    parts = [
        rows.filter(pl.col("use") != "used").select("authority", note="episode rows: " + pl.col("use").cast(pl.String)),
        used.filter(pl.col("DEC") > pl.col("year_end")).select(
            "authority", note=pl.lit("episodes ending after their collection year, taken as open")
        ),
        used.filter(pl.col("DEC").is_null() & (pl.col("REC") != "X1")).select(
            "authority", note=pl.lit("episodes with a reason for ceasing but no end date, taken as open")
        ),
        runs.filter(pl.col("ending").is_in(["trimmed", "lost", "unseen"])).select(
            "authority", note="episodes: " + pl.col("ending").cast(pl.String)
        ),
        _left_out(rows, held).select("authority", note=pl.lit("episodes left out of an earlier return that is held")),
        children.filter(pl.col("dob").is_null()).select("authority", note=pl.lit("children without a date of birth")),
        held.filter(~pl.col("held")).select("authority", note="collection year not held: " + pl.col("period")),
        known.filter(pl.col("until").dt.strftime("%m-%d") != "04-01").select(
            "authority", note="collection year " + pl.col("period") + " known to " + _day_before(pl.col("until"))
        ),
    ]
    if header is not None:
        births = header.group_by("authority", "CHILD").agg(pl.col("DOB").drop_nulls().n_unique())
        parts.append(
            births.filter(pl.col("DOB") > 1).select(
                "authority", note=pl.lit("children with several dates of birth, the latest return's used")
            )
        )
    return (
        pl.concat(parts)
        .group_by("authority", "note", maintain_order=True)
        .agg(count=pl.len())
        .sort("authority", "note")
    )


def _day_before(until: pl.Expr) -> pl.Expr:
    return until.dt.offset_by("-1d").dt.strftime("%-d %B %Y")


def _left_out(rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Episodes that are missing from the first held return that should contain them."""
    years = held.filter("held").select("authority", due="period", due_end=year_end(pl.col("period"))).sort("due_end")
    return (
        rows.filter(pl.col("use").is_in(["used", "repeat"]))
        .group_by("authority", "CHILD", "DECOM")
        .agg(first=pl.col("period").min())
        .with_columns(last_night=pl.col("DECOM").dt.offset_by("1d"))
        .sort("last_night")
        .join_asof(
            years,
            left_on="last_night",
            right_on="due_end",
            by="authority",
            strategy="forward",
            check_sortedness=False,
        )
        .filter(pl.col("first") > pl.col("due"))
    )
