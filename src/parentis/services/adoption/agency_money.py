"""An agency's money as its host handed it in: members and their activity, budget, outturn and inter-agency fees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from parentis.region import authorities, authority, footprint, match_authorities
from parentis.services.adoption.activity_ledger import activity, lines
from parentis.services.adoption.agencies import agencies_on
from parentis.services.adoption.formulas import Member, fees
from parentis.services.adoption.needs import CONTRIBUTIONS, COSTS, FEES
from parentis.services.adoption.workbench import agency_members

ACTIVITY_YEARS: Final = 4
LONDON_FEE, VOLUNTARY_FEE = 2_970_000, 3_924_500
"""Pence: between London's authorities and agencies; a voluntary agency's from 1 April 2025 (CVAA, CoramBAAF)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFees:
    """A member's inter-agency fees of a year in pence, received less paid: as the host submitted them, and as worked
    out from the list of children at the fees of the day. Where they differ, one of the two is incomplete."""

    name: str
    handed_in: int
    listed: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Agency:
    """`members` in the order of `codes`; pence throughout. `spent` is None until every line has an outturn."""

    title: str
    period: str
    codes: tuple[str, ...]
    members: tuple[Member, ...]
    budget: int
    spent: int | None
    host: int
    fees: tuple[MemberFees, ...]


def agency(tables: Mapping[str, pl.DataFrame], children: pl.DataFrame, gss: str, ends: date) -> Agency | None:
    """The agency that an authority belongs to, in the last year for which contributions were submitted; None where
    its host submitted nothing. `children` is of `lists.children`."""
    agencies = agencies_on(ends, [one.gss for one in authorities() if one.existed(ends)])
    ours = agencies.get(gss, gss)
    hosts = [host for host in tables[COSTS]["authority"].unique().to_list() if agencies.get(host) == ours]
    contributions = tables[CONTRIBUTIONS].filter(pl.col("authority").is_in(hosts))
    period = str(contributions["period"].max() or "")
    last = (pl.col("period") == period) & pl.col("authority").is_in(hosts)
    paid = match_authorities(contributions.filter(last).drop("authority"), "MEMBER")
    paid = paid.filter(pl.col("authority").is_not_null())
    if paid.is_empty():
        return None
    codes = tuple(sorted(paid["authority"].unique().to_list()))
    counts = activity(lines(tables), starts=date(ends.year - ACTIVITY_YEARS, 4, 1), years=ACTIVITY_YEARS)
    names = {one.gss: one.name for one in authorities()}
    costs = tables[COSTS].filter(last)
    outturn = costs["OUTTURN"]
    host = next((at for at, code in enumerate(codes) if code in hosts), 0)
    return Agency(
        title=footprint(ours).name if ours != gss else authority(gss).name,
        period=period,
        codes=codes,
        members=agency_members(paid, counts.filter(pl.col("authority").is_in(codes)), names),
        budget=_pence(costs["BUDGET"]),
        spent=None if outturn.null_count() or outturn.is_empty() else _pence(outturn),
        host=host,
        fees=_fees(tables[FEES].filter(last), children, codes, names, date(int(period[:4]), 4, 1)),
    )


def _pence(pounds: pl.Series) -> int:
    return round(float(pounds.cast(pl.Float64).sum()) * 100)


def _fees(
    handed_in: pl.DataFrame, children: pl.DataFrame, codes: tuple[str, ...], names: Mapping[str, str], starts: date
) -> tuple[MemberFees, ...]:
    signed = pl.when(pl.col("DIRECTION") == "SOLD").then(pl.col("FEE")).otherwise(-pl.col("FEE")).cast(pl.Float64)
    matched = match_authorities(handed_in.drop("authority"), "MEMBER")
    said = dict(matched.group_by("authority").agg(signed.sum()).iter_rows())
    ends = date(starts.year + 1, 3, 31)
    placed = children.filter(pl.col("placed").is_between(starts, ends))
    counts = {(row[0], row[1]): row[2] for row in placed.group_by("authority", "placed_with").agg(pl.len()).iter_rows()}
    listed = fees(
        [0] * len(codes),
        [counts.get((code, "REGION"), 0) for code in codes],
        [counts.get((code, "VOLUNTARY"), 0) for code in codes],
        fee=LONDON_FEE,
        voluntary_fee=VOLUNTARY_FEE,
    )
    return tuple(
        MemberFees(name=names[code], handed_in=round(said.get(code, 0.0) * 100), listed=at_fee)
        for code, at_fee in zip(codes, listed, strict=True)
    )
