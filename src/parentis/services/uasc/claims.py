"""The claim: what an authority asks the Home Office for, person by person and night by night.

A claim contains only nights that the claim register has as eligible, at the dated rates. Every rate must be checked
against the funding instructions: for a year without checked instructions (`uasc.rates`) the claim is a draft and is
always marked as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from parentis.errors import RefusedError
from parentis.region import authority as the_authority
from parentis.region import financial_year, uasc_instructions
from parentis.services.uasc.child_nights import ledger
from parentis.services.uasc.records import CHILD, STATUSES, Ledger
from parentis.services.uasc.register import children
from parentis.services.uasc.tables import REGISTER

POUNDS = pl.Decimal(18, 2)
_READ_THEM = "Read them, and submit their rates (uasc.rates)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is claimed for one authority and financial year; pounds are to the penny.

    `lines`: `reference, child, group, born, arrived, cohort, nts, age_band, first_night, last_night, nights, unit,
    rate, certainty, amount`, a line for consecutive nights at one rate; for a care leaver `nights` are days of support.
    `nights`: `reference, child, night, rate` for every night of every child; a child's nights sum to its lines.
    `left_out`: `why, people, nights` of people who are not claimed for. `instructions` names the funding instructions
    used; `draft` is the reason why the claim is only a draft, '' if it is final.
    """

    authority: str
    period: str
    band: str
    instructions: str
    draft: str
    lines: pl.DataFrame
    nights: pl.DataFrame
    left_out: pl.DataFrame

    @property
    def said(self) -> pl.DataFrame:
        """`lines`; in a draft, with a first column `draft` that marks every line."""
        told = [pl.lit(self.draft).alias("draft")] if self.draft else []
        return self.lines.select(*told, *self.lines.columns)

    @property
    def total(self) -> float:
        return float(self.lines["amount"].sum() or 0)


def claim(tables: Mapping[str, pl.DataFrame], authority: str, period: str, bands: pl.DataFrame | None = None) -> Claim:
    """The claim of one authority for a financial year, from its looked-after return and claim register.

    `bands` as in `ledger`. Raises UnknownAuthorityError, PeriodError for an invalid financial year, and RefusedError
    where the claim register of the authority is not held.
    """
    who, year = the_authority(authority), financial_year(period).label
    title, draft = instructions(year)
    own = {name: frame.filter(pl.col("authority") == who.gss) for name, frame in tables.items()}
    register = children(own[REGISTER])
    if register.is_empty():
        raise RefusedError(
            expected="a claim register: who is claimed for, and since when",
            found="none",
            where=f"claim of {who.name} for {year}",
            do="Submit and accept a uasc.register first.",
        )
    made = ledger(own, bands=bands)
    lines = _lines(made, register, year)
    band = made.bands.filter(pl.col("financial_year") == year)["band"].cast(pl.String).to_list()
    return Claim(
        authority=who.gss,
        period=year,
        band=band[0] if band else "",
        instructions=title,
        draft=draft,
        lines=lines,
        nights=_night_by_night(lines),
        left_out=_left_out(made, year),
    )


def instructions(period: str) -> tuple[str, str]:
    """Title and source of the funding instructions for a claim for the year, and the reason why it is only a draft: ''
    if the instructions were checked."""
    found = uasc_instructions().filter(pl.col("period") == period).to_dicts()
    if not found:
        return (
            "",
            f"DRAFT: no funding instructions of {period} are known. {_READ_THEM}",
        )
    title = f"{found[0]['title']} ({found[0]['source']})"
    if found[0]["cited"]:
        return title, ""
    return (
        title,
        f"DRAFT: the funding instructions of {period} were not read. {_READ_THEM}",
    )


def _lines(made: Ledger, register: pl.DataFrame, year: str) -> pl.DataFrame:
    claimed = made.nights.filter(
        pl.col("financial_year") == year, pl.col("status") == "paid", pl.col("income").is_not_null()
    )
    facts = register.select("authority", "child", "reference", "born", "arrived")
    return (
        claimed.join(facts, on=["authority", "child"], how="left", maintain_order="left")
        .select(
            "reference",
            "child",
            "group",
            "born",
            "arrived",
            "cohort",
            "nts",
            "age_band",
            "nights",
            "unit",
            "rate",
            "certainty",
            first_night="starts",
            last_night=pl.col("ends").dt.offset_by("-1d"),
            amount=pl.col("income").round(2).cast(POUNDS),
        )
        .select(
            *("reference", "child", "group", "born", "arrived", "cohort", "nts", "age_band"),
            *("first_night", "last_night", "nights", "unit", "rate", "certainty", "amount"),
        )
    )


def _night_by_night(lines: pl.DataFrame) -> pl.DataFrame:
    return (
        lines.filter(pl.col("group") == CHILD)
        .select("reference", "child", pl.date_ranges("first_night", "last_night").alias("night"), "rate")
        .explode("night")
    )


def _left_out(made: Ledger, year: str) -> pl.DataFrame:
    """Nights that are not claimed, by reason: not paid, or without a rate."""
    of_year = made.nights.filter(pl.col("financial_year") == year)
    why = pl.when(pl.col("status") != "paid").then(pl.col("status").cast(pl.String).replace_strict(dict(STATUSES)))
    return (
        of_year.with_columns(why=why.when(pl.col("income").is_null()).then(pl.lit("the table of rates has none")))
        .filter(pl.col("why").is_not_null())
        .group_by("why")
        .agg(people=pl.col("child").n_unique().cast(pl.Int64), nights=pl.col("nights").sum())
        .sort("why")
    )
