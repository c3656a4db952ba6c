"""Facts about each child from all tables: one row per child, in the order of the child's number.

A fact whose table or columns were not given is left out, and a rule that needs it is not run.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.returns.ssda903.rules.expressions import (
    ADOPTED,
    FOSTER,
    RAW,
    any_filled,
    blank,
    col,
    filled,
    is_in,
    raw,
    respite,
    yes,
)

ADOPTION = ("DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR")
LEAVING = ("IN_TOUCH", "ACTIV", "ACCOM")
FIRST_FOUR = ("IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE")
LAST_FOUR = ("CONVICTED", "HEALTH_CHECK", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED")
HEALTH = (*FIRST_FOUR, *LAST_FOUR)

LATEST = ("DECOM", "DEC", "DEC__raw", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "URN", "PL_LA", "PL_LOCATION",
          "PL_DISTANCE")  # fmt: skip
"Columns kept from last year's latest episode, under `last_…`."

Asked = Mapping[str, pl.Expr]


def header() -> Asked:
    return {
        "in_header": pl.lit(value=True),
        "header_DOB": col("DOB").drop_nulls().first(),
        "header_DOB_least": col("DOB").min(),
        "header_DOB_most": col("DOB").max(),
        "header_SEX": col("SEX").first(),
        "header_SEX_least": col("SEX").min(),
        "header_SEX_most": col("SEX").max(),
        "header_MOTHER_filled": filled("MOTHER").any(),
        "header_MOTHER_blank": blank("MOTHER").any(),
        "header_UPN": col("UPN").first(),
        "flag": col("flag").first(),
    }


def header_last() -> Asked:
    return {"in_header_last": pl.lit(value=True), "flag_last": col("flag").first()}


def episodes(start: date, end: date) -> Asked:
    overlaps = yes((col("DECOM") <= end) & (col("DEC").is_null() | (col("DEC") >= start)))
    started = is_in("RNE", "S") & yes((col("DECOM") > start) & (col("DECOM") <= end))
    left = ~is_in("REC", "X1") & yes((col("DEC") >= start) & (col("DEC") < end))
    adopted = is_in("REC", *ADOPTED)
    return {
        "in_episodes": pl.lit(value=True),
        "any_care": (~respite()).any(),
        "all_respite": respite().all(),
        "in_year": overlaps.any(),
        "care_in_year": (overlaps & ~respite()).any(),
        "continuously": overlaps.any() & ~(started | left | (respite() & overlaps)).any(),
        "any_V3": is_in("LS", "V3").any(),
        "any_V4": is_in("LS", "V4").any(),
        "ever_fostered": is_in("PLACE", *FOSTER).any(),
        "died": is_in("REC", "E2").any(),
        "adopted_first": col("DECOM").filter(adopted).min(),
        "adopted_in_year": (adopted & yes(col("DEC").is_between(start, end))).any(),
        "open_placement_order": (is_in("LS", "E1") & blank("DEC")).any(),
        "latest_REC": col("REC").filter(col("is_latest")).first(),
        "latest_DECOM": col("DECOM").max(),
        "still_open": blank("DEC").any(),
    }


def episodes_last() -> Asked:
    latest = {f"last_{name}": col(name).filter(col("is_latest")).first() for name in LATEST}
    return {
        **latest,
        "in_episodes_last": pl.lit(value=True),
        "died_last": is_in("REC", "E2").any(),
        "adopted_first_last": col("DECOM").filter(is_in("REC", *ADOPTED)).min(),
        "ended_open_last": blank("DEC").filter(col("is_last_dated")).any(),
    }


def oc2() -> Asked:
    return {"in_oc2": pl.lit(value=True), "oc2_health": any_filled(*HEALTH).any()}


def oc3() -> Asked:
    return {"in_oc3": pl.lit(value=True), "leaving_filled": any_filled(*LEAVING).any()}


def ad1() -> Asked:
    return {"in_ad1": pl.lit(value=True)}


def uasc() -> Asked:
    return {"in_uasc": pl.lit(value=True), "DUC_this": col("DUC").first(), "DUC_this_filled": filled("DUC").any()}


def uasc_last() -> Asked:
    return {
        "in_uasc_last": pl.lit(value=True),
        "DUC_last": col("DUC").first(),
        "DUC_last_filled": filled("DUC").any(),
        "uasc_DOB_last": col("DOB").first(),
    }


def reviews() -> Asked:
    return {"review_filled": any_filled("REVIEW", "REVIEW_CODE").any()}


def placed() -> Asked:
    return {
        "in_placed": pl.lit(value=True),
        "decision_blank": blank("DATE_PLACED").any(),
        "decision_filled": filled("DATE_PLACED").any(),
        "reversal_incomplete": (blank("DATE_PLACED_CEASED") | blank("REASON_PLACED_CEASED")).any(),
        "all_reversed": filled("DATE_PLACED_CEASED").all(),
    }


def placed_last() -> Asked:
    return {"in_placed_last": pl.lit(value=True), "decision_unread_last": col("DATE_PLACED").is_null().any()}


def prev_perm() -> Asked:
    incomplete = blank("PREV_PERM") | (~is_in("PREV_PERM", "Z1") & (blank("LA_PERM") | blank("DATE_PERM")))
    return {"in_perm": pl.lit(value=True), "perm_incomplete": incomplete.any(),
            "perm_filled": any_filled("PREV_PERM", "DATE_PERM", "LA_PERM").any()}  # fmt: skip


def social_workers() -> Asked:
    return {
        "in_sw": pl.lit(value=True),
        "sw_first": col("SW_DECOM").min(),
        "sw_first_ID": col("SW_ID").filter(col("SW_DECOM").is_not_null()).first(),
        "sw_first_REASON": col("SW_REASON").filter(col("SW_DECOM").is_not_null()).first(),
    }


def social_workers_last() -> Asked:
    dated = col("SW_DECOM").is_not_null()
    return {
        "sw_open_last": blank("SW_DEC").filter(dated).last(),
        "sw_last_ID": col("SW_ID").filter(dated).last(),
        "sw_last_REASON": col("SW_REASON").filter(dated).last(),
        "sw_last_DECOM": col("SW_DECOM").filter(dated).last(),
    }


def flag_of_listed(table: str, tables: Mapping[str, pl.DataFrame], form: str) -> Asked:
    """The flag of a year without Header, from its UASC table: `1` for a child with anything there besides number and
    date of birth. In XML only the Header gives it."""
    suffix = "_last" if table.endswith("_last") else ""
    if form == "xml" or f"Header{suffix}" in tables or table not in tables:
        return {}
    told = [name for name in ("SEX", "DUC") if name in tables[table].columns]
    flagged = any_filled(*told).any() if told else pl.lit(value=False)
    return {f"flag{suffix}": pl.when(flagged).then(pl.lit("1")).otherwise(pl.lit("0"))}


def asked_of(start: date, end: date) -> Mapping[str, Asked]:
    """The facts computed from each table, for a collection year."""
    return {
        "Header": header(),
        "Header_last": header_last(),
        "Episodes": episodes(start, end),
        "Episodes_last": episodes_last(),
        "OC2": oc2(),
        "OC3": oc3(),
        "AD1": ad1(),
        "UASC": uasc(),
        "UASC_last": uasc_last(),
        "Reviews": reviews(),
        "PlacedAdoption": placed(),
        "PlacedAdoption_last": placed_last(),
        "PrevPerm": prev_perm(),
        "SWEpisodes": social_workers(),
        "SWEpisodes_last": social_workers_last(),
    }


def left_out(tables: Mapping[str, pl.DataFrame], start: date, end: date) -> Mapping[str, str]:
    """Facts that cannot be computed, with the column that each lacks: `LA_PERM of PrevPerm`."""
    lacking = {}
    for table, facts in asked_of(start, end).items():
        known = set(tables[table].columns) if table in tables else set()
        for name, expr in facts.items():
            missing = sorted(set(expr.meta.root_names()) - known)
            if table in tables and missing:
                where = f"last year's {table.removesuffix('_last')}" if table.endswith("_last") else table
                lacking[name] = f"{missing[0].removesuffix(RAW)} of {where}"
    return lacking


def per_child(
    tables: Mapping[str, pl.DataFrame], count: int, start: date, end: date, form: str = "csv"
) -> pl.DataFrame:
    """One row for each of `count` children, with every fact the given tables allow."""
    children = pl.LazyFrame({"child": pl.int_range(count, dtype=pl.UInt32, eager=True)})
    told = []
    for table, facts in asked_of(start, end).items():
        if table not in tables:
            continue
        known = set(tables[table].columns)
        possible = {name: expr for name, expr in facts.items() if set(expr.meta.root_names()) <= known}
        if table in ("UASC", "UASC_last"):
            possible |= flag_of_listed(table, tables, form)
        told.append(
            children.join(
                tables[table].lazy().filter(pl.col("child").is_not_null()).group_by("child").agg(**possible),
                on="child",
                how="left",
                maintain_order="left",
            )
            .drop("child")
            .with_columns(_absent_is_no(possible, tables[table]))
        )
    known_of_each = pl.concat([children.collect(), *pl.collect_all(told)], how="horizontal")
    return _flagged(known_of_each, tables)


def _absent_is_no(facts: Asked, frame: pl.DataFrame) -> list[pl.Expr]:
    """For a child who is not in the table the fact is false."""
    schema = frame.lazy().select(**facts).collect_schema()
    return [pl.col(name).fill_null(value=False) for name in facts if schema[name] == pl.Boolean]


def _flagged(facts: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`ever_uasc`: flagged in this or last year's Header; for a year without Header, from its UASC table."""
    told = []
    for suffix in ("", "_last"):
        if f"UASC{suffix}" in tables and f"Header{suffix}" not in tables:
            told.append(pl.col(f"in_uasc{suffix}"))
        elif f"flag{suffix}" in facts.columns:
            told.append(pl.col(f"flag{suffix}") == "1")
    return facts.with_columns(ever_uasc=yes(pl.any_horizontal([yes(expr) for expr in told]))) if told else facts


def with_flag(tables: dict[str, pl.DataFrame], form: str) -> dict[str, pl.DataFrame]:
    """Header rows with `flag`: the UASC column as given in XML, else `1` for a child in the year's UASC table.

    For a year without Header see `flag_of_listed`.
    """
    made = dict(tables)
    for suffix in ("", "_last"):
        header, listed = f"Header{suffix}", f"UASC{suffix}"
        if header not in tables:
            continue
        given = "UASC" in tables[header].columns
        if listed in tables and not (form == "xml" and given):
            among = tables[listed].select("child").drop_nulls().to_series().implode()
            flag = pl.when(pl.col("child").is_in(among)).then(pl.lit("1")).otherwise(pl.lit("0"))
        elif given:
            flag = raw("UASC").str.strip_chars().str.replace(r"\.0+$", "")
        else:
            continue
        made[header] = tables[header].with_columns(flag=flag)
    return made


__all__ = ["ADOPTION", "FIRST_FOUR", "HEALTH", "LAST_FOUR", "LEAVING", "RAW", "per_child", "with_flag"]
