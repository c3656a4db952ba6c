"""Children's stays: spells of care of children in the UASC table, with their facts from the claim register."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.region import NATIONAL_FROM
from parentis.returns.ssda903 import known_until
from parentis.services.careers import pieces, spells
from parentis.services.demand import COMMISSIONING
from parentis.services.uasc.findings import found
from parentis.services.uasc.records import AGE_BANDS, CHILD
from parentis.services.uasc.tables import EPISODES, HEADER, REGISTER, UASC

FACTS = ("placement_group", "provider", "cohort", "nts", "status")
"Columns that are constant within a stay."
SIXTEEN, ADULT = 16, 18
DECIDED = {"YES": "paid", "NO": "not eligible"}
"Status by decision; any other value is pending."


def stays(tables: Mapping[str, pl.DataFrame], register: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Spells of the children in the UASC table, cut to this authority's responsibility, with `FACTS`; and findings."""
    listed = tables[UASC].select("authority", "CHILD").unique()
    episodes, header = (
        tables[name].join(listed, on=["authority", "CHILD"], how="semi", maintain_order="left")
        for name in (EPISODES, HEADER)
    )
    careers = spells(episodes, header, tables[UASC], known=known_until(tables[EPISODES]))
    groups = dict(enumerate(COMMISSIONING.names))
    by_care = pl.when(pl.col("care_start") >= NATIONAL_FROM).then(pl.lit("national")).otherwise(pl.lit("legacy"))
    made = careers.spells.join(register, on=["authority", "child"], how="left", maintain_order="left").with_columns(
        COMMISSIONING.of().replace_strict(groups, return_dtype=pl.String).alias("placement_group"),
        status(tables[REGISTER]),
        pl.col("cohort").fill_null(by_care),
        pl.coalesce("dob", "born").alias("dob"),
        pl.min_horizontal("uasc_until", "ceased").alias("uasc_until"),
        ours_from=pl.max_horizontal("start", "transfer_in"),
        ours_until=pl.min_horizontal("end", "transfer_out"),
    )
    responsible = (
        made.filter(pl.col("ours_from") < pl.col("ours_until"))
        .drop("start", "end")
        .rename({"ours_from": "start", "ours_until": "end"})
    )
    return responsible, pl.concat([_of_episodes(careers.unusable, careers.spells), _of_dates(made)])


def status(register: pl.DataFrame) -> pl.Expr:
    """Why nights are paid or not, by `eligibility`; a child in no register depends on whether there is one."""
    absent = (
        pl.when(pl.col("authority").is_in(register["authority"].unique().to_list()))
        .then(pl.lit("not in register"))
        .otherwise(pl.lit("assumed"))
    )
    decided = pl.col("eligibility").replace_strict(DECIDED, default="pending", return_dtype=pl.String)
    return pl.when(pl.col("nts").is_null()).then(absent).otherwise(decided).alias("status")


def _of_episodes(unusable: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    trimmed = made.filter(pl.col("ending") == "trimmed").select("authority", "child").unique()
    return pl.concat(
        [
            found(unusable.rename({"CHILD": "child"}), pl.col("reason").cast(pl.String)),
            found(trimmed, "overlapping episodes"),
        ]
    )


def _of_dates(made: pl.DataFrame) -> pl.DataFrame:
    lost = pl.col("end") - pl.col("start")
    kept = pl.max_horizontal(pl.col("ours_until") - pl.col("ours_from"), pl.lit(0, dtype=pl.Duration("ms")))
    early = made.filter(pl.col("start") < pl.col("arrived"))
    before = pl.min_horizontal("end", "arrived") - pl.col("start")
    outside = made.filter((pl.col("ours_from") > pl.col("start")) | (pl.col("ours_until") < pl.col("end")))
    ceased = made.filter(pl.col("uasc_until") < pl.col("arrived")).select("authority", "child").unique()
    return pl.concat(
        [
            found(ceased, "ceased before arrival"),
            found(early, "in care before arrival", nights=before.dt.total_days()),
            found(outside, "outside transfer", nights=(lost - kept).dt.total_days()),
        ]
    )


def pieces_of_children(
    made: pl.DataFrame, changes: Mapping[str, Mapping[date, str]], held: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Nights on the status: `authority, child, group, starts, ends, nights, financial_year, age_band, rate_from` and
    `FACTS`, one row for each time in which none of them changes; and findings. `held` has `authority, financial_year,
    group`.
    """
    by = ("authority", "child", "spell_id", *FACTS, "financial_year", "age", "on_uasc", "rate_from")
    years = held.filter(pl.col("group") == CHILD)
    cut = (
        pieces(made, by=by, boundaries=changes)
        .filter("on_uasc")
        .join(years, on=["authority", "financial_year"], how="semi", maintain_order="left")
    )
    past = cut.filter(pl.col("age") >= ADULT)
    kept = cut.filter((pl.col("age") < ADULT) | pl.col("age").is_null())
    same = ("authority", "child", "spell_id", *FACTS, "financial_year", "age_band", "rate_from")
    rows = joined(kept, same).with_columns(group=pl.lit(CHILD))
    return rows, found(past, "past 18", nights=pl.col("nights"))


def joined(cut: pl.DataFrame, same: tuple[str, ...]) -> pl.DataFrame:
    """Join pieces that differ only in the year of age: `same` (with `age_band`), `starts, ends, nights`."""
    age = pl.col("age")
    band = pl.when(age < SIXTEEN).then(pl.lit("under 16")).when(age < ADULT).then(pl.lit("16-17"))
    return (
        cut.with_columns(age_band=band.when(age >= ADULT).then(pl.lit("18+")).cast(pl.Enum(list(AGE_BANDS))))
        .group_by(same, maintain_order=True)
        .agg(pl.col("starts").min(), pl.col("ends").max(), pl.col("nights").sum())
    )
