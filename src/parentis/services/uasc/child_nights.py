"""The child-night ledger: each stay with its dates, authority, age band and rate.

There is no row per night: stays are cut at birthdays, year ends, the end of the status and every change of rate, and
their nights are counted by subtraction. The tests compare this with a count of every single night.
"""

from collections.abc import Mapping

import polars as pl

from parentis.region import financial_year, uasc_rates
from parentis.services.uasc.bands import bands as by_threshold
from parentis.services.uasc.findings import found, gathered
from parentis.services.uasc.identities import same_nights, who_is_who
from parentis.services.uasc.leavers import leaver_pieces
from parentis.services.uasc.rates import change_days, priced
from parentis.services.uasc.records import CHILD, LEAVER, Bands, Ledger, Nights
from parentis.services.uasc.register import children, leaver_periods
from parentis.services.uasc.stays import ADULT, pieces_of_children, stays
from parentis.services.uasc.tables import EPISODES, LEAVERS, REGISTER, UASC

WHO = ["authority", "child"]
YEAR = ["authority", "financial_year"]


def ledger(
    tables: Mapping[str, pl.DataFrame],
    *,
    rates: pl.DataFrame | None = None,
    bands: pl.DataFrame | None = None,
    vintage: int | None = None,
) -> Ledger:
    """The ledger of every authority and year in `tables` (those of `LEDGER_NEEDS`), children and care leavers.

    `rates` have the form of `region.uasc_rates`, which is the default. `bands` (`authority, financial_year, band`) are
    the Home Office's own; where it has none, they are derived from the threshold and the population at mid-year
    `vintage` (see `bands.bands`). Children's nights cover years with a looked-after return, care leavers' nights years
    with a claim register.
    """
    rates = uasc_rates() if rates is None else rates
    changes = {"rate_from": {day: day.isoformat() for day in change_days(rates)}}
    register, held = children(tables[REGISTER]), _held(tables)
    made, about_stays = stays(tables, register)
    of_children, about_ages = pieces_of_children(made, changes, held)
    of_leavers, about_leavers = leaver_pieces(leaver_periods(tables[LEAVERS]), register, of_children, changes, held)
    nights = pl.concat([of_children, of_leavers], how="diagonal_relaxed")
    band = _bands(nights, held, bands, vintage)
    in_band = nights.join(
        band.select(*YEAR, pl.col("band").cast(pl.String)), on=YEAR, how="left", maintain_order="left"
    )
    rows = Nights.cast(priced(in_band, rates).select(Nights.column_names())).sort(*WHO, "group", "starts")
    persons = who_is_who(rows, register)
    about_links = [_not_looked_after(register, tables[UASC], held), *_of_rows(rows, band)]
    return Ledger(
        nights=rows,
        bands=band,
        findings=gathered([about_stays, about_ages, about_leavers, *about_links, same_nights(rows, persons)]),
        held=held.drop("begins", "ends"),
        persons=persons,
    )


def _held(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Years whose return is held: `authority, financial_year, group`, with `begins`, their first day, and `ends`, the
    day after their last."""
    frames = [
        tables[name].select("authority", financial_year="period", group=pl.lit(group)).unique()
        for name, group in ((EPISODES, CHILD), (REGISTER, LEAVER))
    ]
    held = pl.concat(frames).sort("authority", "financial_year", "group")
    years = {label: financial_year(label) for label in held["financial_year"].unique().to_list()}
    first = {label: year.start for label, year in years.items()}
    begins = pl.col("financial_year").replace_strict(first, default=None, return_dtype=pl.Date)
    return held.with_columns(begins=begins, ends=begins.dt.offset_by("1y"))


def _bands(nights: pl.DataFrame, held: pl.DataFrame, given: pl.DataFrame | None, vintage: int | None) -> pl.DataFrame:
    computed = by_threshold(nights, held.select(YEAR).unique(), vintage)
    if given is None:
        return Bands.cast(computed)
    told = given.select(*YEAR, told="band")
    return Bands.cast(
        computed.join(told, on=YEAR, how="left", maintain_order="left")
        .with_columns(band=pl.coalesce("told", "band"))
        .drop("told")
    )


def _not_looked_after(register: pl.DataFrame, uasc: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Children who, by the register, were on the status and under 18 in this authority in years with a looked-after
    return.
    """
    begins = pl.max_horizontal("arrived", "transfer_in", "begins")
    finishes = pl.min_horizontal(pl.col("born").dt.offset_by(f"{ADULT}y"), "ceased", "transfer_out", "ends")
    years = held.filter(pl.col("group") == CHILD).select("authority", "begins", "ends")
    absent = register.join(years, on="authority").filter(begins < finishes).select(WHO).unique()
    listed = uasc.select("authority", child="CHILD")
    return found(absent.join(listed, on=WHO, how="anti"), "not in looked-after return")


def _of_rows(rows: pl.DataFrame, band: pl.DataFrame) -> list[pl.DataFrame]:
    nights, ageless = pl.col("nights"), pl.col("age_band").is_null()
    unpriced = rows.filter(pl.col("income").is_null())
    nowhere = band.filter(pl.col("population").is_null()).select("authority").unique()
    return [
        found(rows.filter(pl.col("status") == "not in register"), "not in register", nights=nights),
        found(rows.filter(ageless), "no date of birth", nights=nights),
        found(unpriced.filter(~ageless), "no rate", nights=nights),
        found(nowhere.with_columns(child=pl.lit(None, dtype=pl.String)), "no population"),
    ]
