"""Tables of the lake in the shapes that the models read; rows left out are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from parentis.region import match_authorities, members
from parentis.returns.placements.ofsted import register
from parentis.returns.placements.one_form import company_number, one_form, plain_name

CENSUS: Final = "placements.census/placements"
LONDONS: Final = "placements.london/placements"
REGISTER: Final = "placements.providers/providers"
BLOCKS: Final = "commissioning.blocks/blocks"
REFERRALS: Final = "commissioning.referrals/referrals"
UPLIFTS: Final = "commissioning.uplifts/uplifts"
ARRANGEMENTS: Final = "commissioning.arrangements/arrangements"
MEMBERS: Final = "commissioning.arrangements/members"
SAVINGS: Final = "commissioning.savings/savings"
NEEDS: Final = (CENSUS, LONDONS, REGISTER, BLOCKS, REFERRALS, UPLIFTS, ARRANGEMENTS, MEMBERS, SAVINGS)
LONDON: Final = "london"

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """`placements` in the shape of `placement_prices`, with the columns for reach and concentration; `every` also
    includes placements whose price no model uses. `left_out`: `table, part, reason, rows`."""

    placements: pl.DataFrame
    every: pl.DataFrame
    memberships: pl.DataFrame
    left_out: pl.DataFrame


def gather(tables: Tables) -> Gathered:
    """Placements of London's authorities of both censuses, with partnership, home's owner and grade."""
    held = [tables[name] for name in (CENSUS, LONDONS) if tables[name].height]
    joined = memberships(tables[MEMBERS])
    rows = one_form(pl.concat(held, how="diagonal_relaxed") if held else pl.DataFrame())
    londons = tables[LONDONS]["load_id"].unique().to_list()
    rows = rows.with_columns(
        table=pl.when(pl.col("load_id").is_in(londons)).then(pl.lit(LONDONS)).otherwise(pl.lit(CENSUS))
    )
    rows = rows.filter(pl.col("census").is_not_null(), pl.col("authority").is_in(_london(rows)))
    rows = _with_homes(_with_partnership(rows, joined), tables[REGISTER]).with_columns(home=pl.col("home_urn"))
    hosts = match_authorities(rows.select("host").unique(), "host").rename({"authority": "host_code"})
    rows = rows.join(hosts, on="host", how="left", nulls_equal=True).with_columns(host=pl.col("host_code"))
    reasons = {
        "the price is in doubt": pl.col("doubt").is_not_null(),
        "a second row of one placement": pl.col("supplement").fill_null(value=False),
        "the price is for an hour": (pl.col("basis") == "hour").fill_null(value=False),
        "no type, no provider or no price": pl.col("type").is_null()
        | pl.col("provider").is_null()
        | ~(pl.col("weekly_price") > 1.0).fill_null(value=False),
        "the band of need was set from the fee": (pl.col("need_rule") == "fee").fill_null(value=False),
    }
    left, counted = rows, []
    for reason, so in reasons.items():
        out = left.filter(so).height
        counted.append({"table": CENSUS, "part": "", "reason": reason, "rows": out})
        left = left.filter(~so)
    every = rows.filter(~reasons["a second row of one placement"])
    schema = {"table": pl.String, "part": pl.String, "reason": pl.String, "rows": pl.Int64}
    return Gathered(left, every, joined, pl.DataFrame([one for one in counted if one["rows"]], schema=schema))


def _london(rows: pl.DataFrame) -> list[str]:
    """GSS codes of the authorities in London at the last census."""
    last = rows["census"].max()
    return list(members(LONDON, last)) if isinstance(last, date) else []


def memberships(table: pl.DataFrame) -> pl.DataFrame:
    """`partnership, authority, joined, left`, as last reported for each. Members that are not a known authority are
    left out."""
    if table.is_empty():
        return pl.DataFrame(
            schema={"partnership": pl.String, "authority": pl.String, "joined": pl.Date, "left": pl.Date}
        )
    return (
        match_authorities(table.drop("authority"), "MEMBER")
        .sort("period", "sequence")
        .unique(["PARTNERSHIP", "MEMBER", "JOINED"], keep="last", maintain_order=True)
        .select(
            "authority",
            partnership="PARTNERSHIP",
            joined="JOINED",
            left="LEFT",
        )
        .drop_nulls(["partnership", "authority", "joined"])
    )


def _with_partnership(rows: pl.DataFrame, joined: pl.DataFrame) -> pl.DataFrame:
    """The partnership a placement was bought through: the one stated, else the one its authority was in on the day of
    the census. If it was in several, the partnership is unknown."""
    inside = (
        rows.select("authority", "census")
        .unique()
        .join(joined, on="authority")
        .filter(pl.col("joined") <= pl.col("census"), pl.col("left").is_null() | (pl.col("left") >= pl.col("census")))
        .group_by("authority", "census")
        .agg(member_of=pl.col("partnership").unique())
        .filter(pl.col("member_of").list.len() == 1)
        .with_columns(pl.col("member_of").list.first())
    )
    return rows.join(inside, on=["authority", "census"], how="left").with_columns(
        partnership=pl.coalesce("partnership", "member_of")
    )


def _with_homes(rows: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """The owner and Ofsted's grade of the home, as the latest list has them; without a list neither is known."""
    if listed.is_empty():
        return rows.with_columns(owner=pl.lit(None, pl.String), grade=pl.lit(None, pl.String))
    homes = register(listed).select(home_urn="urn", owner="owner_key", grade="grade").unique("home_urn", keep="last")
    return rows.join(homes, on="home_urn", how="left")


def provider_key(name: str = "PROVIDER", company: str = "COMPANY") -> pl.Expr:
    """The census's key of a provider: company number, else the normalised name."""
    return pl.coalesce(company_number(pl.col(company)), "name:" + plain_name(pl.col(name)))


def blocks(tables: Tables) -> pl.DataFrame:
    """`block, partnership, provider, provider_name, type, period, places, starts, ends, nights_open, nights_used,
    price, guarantee`; a block that two authorities report for one year is the one accepted last."""
    return (
        tables[BLOCKS]
        .sort("sequence")
        .unique(["BLOCK", "PARTNERSHIP", "period"], keep="last", maintain_order=True)
        .select(
            "load_id", "row", block="BLOCK", partnership="PARTNERSHIP", provider=provider_key(),
            provider_name="PROVIDER", type="TYPE", period="period", places=pl.col("PLACES").cast(pl.Int64),
            starts="STARTS", ends="ENDS", nights_open=pl.col("NIGHTS_OPEN").cast(pl.Int64),
            nights_used=pl.col("NIGHTS_USED").cast(pl.Int64), price=pl.col("PRICE").cast(pl.Float64),
            guarantee=pl.col("GUARANTEE").cast(pl.Float64),
        )
        .sort("partnership", "block", "period")
    )  # fmt: skip


def referrals(tables: Tables) -> pl.DataFrame:
    """In the shape of `funnel`, with `period`, `authority`."""
    return tables[REFERRALS].select(
        "load_id", "row", "authority", "period", referral="REFERRAL", partnership="PARTNERSHIP",
        provider=provider_key(), type="TYPE", need=pl.col("NEED").cast(pl.Int64),
        hours=pl.col("HOURS").cast(pl.Float64), answer=pl.col("ANSWER").str.to_lowercase(),
        reason="REASON", accepted=pl.col("ACCEPTED") == "Y", placed="PLACED",
    )  # fmt: skip


def uplift_requests(tables: Tables) -> pl.DataFrame:
    """In the shape of `uplifts`."""
    return tables[UPLIFTS].select(
        "load_id", "row", "period", partnership="PARTNERSHIP", provider=provider_key(), provider_name="PROVIDER",
        type="TYPE", since="FROM", before=pl.col("BEFORE").cast(pl.Float64),
        asked=pl.col("ASKED").cast(pl.Float64), agreed=pl.col("AGREED").cast(pl.Float64),
        weeks=pl.col("WEEKS").cast(pl.Float64), reason="REASON", evidence=pl.col("EVIDENCE") == "Y",
    )  # fmt: skip


def arrangements(tables: Tables) -> pl.DataFrame:
    """`arrangement, partnership, title, form, aims, starts, ends, run_cost, period`; of one year, the last."""
    return (
        tables[ARRANGEMENTS]
        .sort("sequence")
        .unique(["ARRANGEMENT", "PARTNERSHIP", "period"], keep="last", maintain_order=True)
        .select(
            "load_id", "row", "period", arrangement="ARRANGEMENT", partnership="PARTNERSHIP", title="TITLE",
            form="FORM", aims="AIMS", starts="STARTS", ends="ENDS", run_cost=pl.col("RUN_COST").cast(pl.Float64),
        )
        .sort("partnership", "arrangement", "period")
    )  # fmt: skip


def claims(tables: Tables) -> pl.DataFrame:
    """In the shape of `savings`; a claim that two members report for one partnership counts once."""
    return (
        tables[SAVINGS]
        .sort("sequence")
        .unique(["SAVING", "PARTNERSHIP", "period"], keep="last", maintain_order=True)
        .select(
            "load_id", "row", "period", saving="SAVING", partnership="PARTNERSHIP", arrangement="ARRANGEMENT",
            what="WHAT", kind="KIND", claimed=pl.col("CLAIMED").cast(pl.Float64), counterfactual="COUNTERFACTUAL",
            evidence=pl.col("EVIDENCE").fill_null("NONE"),
        )
        .sort("period", "saving", "partnership")
    )  # fmt: skip
