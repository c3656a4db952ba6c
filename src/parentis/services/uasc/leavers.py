"""Care leavers' weeks: the periods in the claim register, cut at years, birthdays and changes of rate."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.services.careers import pieces
from parentis.services.uasc.findings import found
from parentis.services.uasc.records import CHILD, LEAVER
from parentis.services.uasc.stays import ADULT, joined, status

EDUCATION_ONLY = 21
"From this birthday on, only people in education or training are paid for (instructions 2023-24)."
LEAST_NIGHTS = 13 * 7
"Fewest nights in this authority's care before 18 (instructions 2023-24: at least 13 weeks)."
WHO = ["authority", "child"]
FACTS = ("cohort", "nts", "status")


def leaver_pieces(
    periods: pl.DataFrame,
    register: pl.DataFrame,
    children: pl.DataFrame,
    changes: Mapping[str, Mapping[date, str]],
    held: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Days of support after 18, in the form of `stays.pieces_of_children`; and findings.

    `periods` and `register` are those of `register`; `children` are the children's nights, which show who was in care
    here for 13 weeks; `held` as in `Ledger`.
    """
    known = periods.join(register, on=WHO, how="inner", maintain_order="left")
    usable = known.filter(pl.col("end") > pl.col("start")).with_row_index("spell_id")
    made = usable.rename({"born": "dob"}).with_columns(status(register), short=_short(usable, children, held))
    by = (*WHO, "spell_id", *FACTS, "education", "short", "financial_year", "age", "rate_from")
    cut = pieces(made, by=by, boundaries=changes).join(
        held.filter(pl.col("group") == LEAVER), on=["authority", "financial_year"], how="semi", maintain_order="left"
    )
    late = (pl.col("age") >= EDUCATION_ONLY) & ~pl.col("education")
    own = pl.when(pl.col("status") != "paid").then("status")
    adults = cut.filter((pl.col("age") >= ADULT) | pl.col("age").is_null()).with_columns(
        own.when(late)
        .then(pl.lit("past 21"))
        .when("short")
        .then(pl.lit("under 13 weeks"))
        .otherwise("status")
        .alias("status")
    )
    same = (*WHO, "spell_id", *FACTS, "financial_year", "age_band", "rate_from")
    rows = joined(adults, same).with_columns(group=pl.lit(LEAVER))
    days = pl.col("nights")
    return rows, pl.concat(
        [
            found(periods.join(register, on=WHO, how="anti"), "leaver without a child"),
            found(known.filter(pl.col("end") <= pl.col("start")), "leaver ends before it starts"),
            found(known.filter("overlaps"), "leaver overlap"),
            found(cut.filter(pl.col("age") < ADULT), "leaver before 18", nights=days),
            found(rows.filter(pl.col("status") == "past 21"), "leaver past 21", nights=days),
            found(rows.filter(pl.col("status") == "under 13 weeks"), "leaver under 13 weeks", nights=days),
        ]
    )


def _short(periods: pl.DataFrame, children: pl.DataFrame, held: pl.DataFrame) -> pl.Series:
    """People who were in this authority's care for less than 13 weeks, if returns are held for the whole time from
    arrival to the 18th birthday: otherwise nights may be missing."""
    came, adult = pl.max_horizontal("arrived", "transfer_in"), pl.col("born").dt.offset_by(f"{ADULT}y")
    each = periods.select("spell_id", "authority", "child", came=came, adult=adult)
    seen = children.group_by(WHO).agg(nights=pl.col("nights").sum())
    in_sight = pl.min_horizontal("adult", "ends") - pl.max_horizontal("came", "begins")
    sight = (
        each.join(held.filter(pl.col("group") == CHILD), on="authority")
        .group_by("spell_id")
        .agg(sight=in_sight.dt.total_days().clip(lower_bound=0).sum())
    )
    told = each.join(sight, on="spell_id", how="left").join(seen, on=WHO, how="left").sort("spell_id")
    whole = pl.col("sight") == (pl.col("adult") - pl.col("came")).dt.total_days()
    return told.select((whole & (pl.col("nights").fill_null(0) < LEAST_NIGHTS)).fill_null(value=False)).to_series()
