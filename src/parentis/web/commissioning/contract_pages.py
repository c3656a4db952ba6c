"""Arrangements, uplifts and the funnel: what contracts cost by the used night, what was asked and agreed, who
answers.

Single providers' prices are shown to the members of the partnership that buys from them. Everybody else sees totals
of at least three providers, none with over seventy per cent.
"""

from typing import Final

import polars as pl

from parentis import evidence
from parentis.services.commissioning.small_cells import DOMINANT, PROVIDERS
from parentis.web.commissioning.held import Frames, Reader
from parentis.web.commissioning.price_pages import marked, why_not
from parentis.web.page_parts import Column, Page, Picture, Table

EXITS: Final = {
    "offer": "Offered",
    "decline": "Declined",
    "silence": "Silence",
    "withdrawn": "Withdrawn",
    "waiting": "Waiting still",
}
REASONS: Final = {
    "FULL": "No vacancy",
    "NEED": "Cannot meet the need",
    "MATCHING": "Does not match the others",
    "STAFF": "Not enough staff",
    "LOCATION": "Too far or not safe",
    "PRICE": "The price",
    "NOTICE": "Too short a notice",
    "OTHER": "Another reason",
}
SURE: Final = 0.95
"Probability from which a provider is reported to answer differently from the rest."
TOGETHER: Final = "All together"
MEMBERS_ONLY: Final = "Single providers’ prices are for the members of the partnership that buys from them."


def theirs(rows: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Rows that tell of single providers' prices, of the partnerships whose prices the reader may see."""
    return rows if reader.everywhere else rows.filter(pl.col("partnership").is_in(list(reader.partnerships)))


def told_of_one(rows: pl.DataFrame, money: str) -> pl.DataFrame:
    """`partnership, period, because`: of each, why its total would tell one provider's prices, or null. `rows` have
    `provider`, and `money` that weighs them."""
    each = rows.group_by("partnership", "period", "provider").agg(pl.col(money).sum())
    share = pl.col(money).max() / pl.col(money).sum()
    return each.group_by("partnership", "period").agg(
        because=pl.when(pl.len() < PROVIDERS)
        .then(pl.lit(f"fewer than {PROVIDERS} providers"))
        .when(share > DOMINANT)
        .then(pl.lit(f"one provider has more than {DOMINANT:.0%} of it"))
    )


def arrangements(frames: Frames, reader: Reader) -> Page:
    """What forms of contract cost, and blocks by the used night."""
    ways, blocks = frames("arrangement_prices"), frames("blocks")
    if (ways is None or ways.is_empty()) and (blocks is None or blocks.is_empty()):
        return Page(title="Arrangements", nothing=why_not(frames, "arrangement_prices", "blocks"))
    tables, pictures, lead = [], [], []
    if ways is not None and ways.height:
        tables.append(
            Table(
                name="ways",
                title="Prices by how a placement was bought, beside the framework",
                rows=ways,
                columns=(
                    Column("Bought through", "sourced"),
                    Column("Placements", "n", "count"),
                    Column("Beside the framework (95 %)", "percent", "change", "low", "high"),
                ),
            )
        )
        known = ways.filter(pl.col("percent").is_not_null())
        pictures.append(
            Picture(
                name="ways",
                title="The same placement, by how it was bought",
                table="ways",
                draw=lambda: evidence.interval_chart(
                    known.select("low", "high", name="sourced", value="percent", own=pl.lit(value=False)),
                    "% beside the framework",
                    0.0,
                ),
            )
        )
    if blocks is not None and blocks.height:
        own = theirs(blocks, reader)
        lead += _of_voids(own)
        tables += _block_tables(blocks, own, reader)
    return Page(
        title="Arrangements", lead=tuple(lead), pictures=tuple(pictures), tables=tuple(tables), notes=(MEMBERS_ONLY,)
    )


def _of_voids(own: pl.DataFrame) -> list[str]:
    """One sentence for the latest year of each block whose price the reader may see and whose answer is clear."""
    if own.is_empty():
        return []
    latest = own.filter(pl.col("period") == pl.col("period").max())
    words = {"dearer": "dearer than spot, like for like", "cheaper": "cheaper than spot, like for like"}
    return [
        f"{row['block']}: {100 * (1 - row['occupancy']):.0f} % of the paid nights were empty, so that a used night "
        f"costs "
        f"{row['times_price']:.2f} times its price per place; {words[row['verdict']]}."
        for row in latest.iter_rows(named=True)
        if row["verdict"] in words and row["occupancy"] is not None and row["times_price"] is not None
    ]


def _block_tables(blocks: pl.DataFrame, own: pl.DataFrame, reader: Reader) -> list[Table]:
    found = []
    if own.height:
        found.append(
            Table(
                name="blocks",
                title="Blocks of your partnership" if not reader.everywhere else "Blocks",
                rows=own.with_columns(
                    pl.col("break_even", "break_even_low", "break_even_high") * 100,
                    empty=100 * (1 - pl.col("occupancy")),
                ).sort("period", "block", descending=[True, False]),
                columns=(
                    Column("Block", "block"),
                    Column("Provider", "provider_name"),
                    Column("Year", "period"),
                    Column("Places", "places", "count"),
                    Column("Empty nights", "empty", "percent"),
                    Column("Price a place, a week", "price", "pounds"),
                    Column("A used night’s week", "per_used_week", "pounds"),
                    Column("Times the price", "times_price", "ratio"),
                    Column("Break-even occupancy (95 %)", "break_even", "percent", "break_even_low", "break_even_high"),
                    Column("Beside spot", "verdict"),
                ),
            )
        )
    spent = blocks.with_columns(spend=pl.col("price") * pl.col("places"), paid=pl.col("nights_open") * pl.col("price"))
    keys = ("partnership", "period")
    whole = (
        spent.group_by(*keys)
        .agg(
            places=pl.col("places").sum(),
            open=pl.col("nights_open").sum(),
            used=pl.col("nights_used").sum(),
            per_used=pl.col("paid").sum() / pl.col("nights_used").sum(),
        )
        .with_columns(empty=100 * (1 - pl.col("used") / pl.col("open")))
        .join(told_of_one(spent, "spend"), on=keys)
        .sort("period", "partnership", descending=[True, False])
    )
    found.append(
        Table(
            name="block-totals",
            title="Blocks by partnership",
            rows=marked(whole, reader),
            own="own",
            hidden="because",
            columns=(
                Column("Partnership", "partnership"),
                Column("Year", "period"),
                Column("Places", "places", "count"),
                Column("Empty nights", "empty", "percent"),
                Column("A used night’s week", "per_used", "pounds"),
            ),
        )
    )
    return found


def uplifts(frames: Frames, reader: Reader) -> Page:
    """Asked, agreed, and what prices elsewhere would justify."""
    rows = frames("uplift_rows")
    if rows is None or rows.is_empty():
        return Page(title="Uplifts", nothing=why_not(frames, "uplift_rows", "uplifts"))
    decided = rows.filter(pl.col("agreed").is_not_null()).with_columns(money=pl.col("before") * pl.col("weeks"))
    whole = (
        decided.group_by("partnership", "period")
        .agg(
            n=pl.len(),
            asked=_mean_by("asked"),
            agreed=_mean_by("agreed"),
            shown=100 * (pl.col("evidence").cast(pl.Int8)).mean(),
        )
        .join(told_of_one(decided, "money"), on=("partnership", "period"))
        .sort("period", "partnership", descending=[True, False])
    )
    tables = [
        Table(
            name="uplifts",
            title="By partnership",
            rows=marked(whole, reader),
            own="own",
            hidden="because",
            columns=(
                Column("Partnership", "partnership"),
                Column("Year", "period"),
                Column("Requests decided", "n", "count"),
                Column("Asked", "asked", "percent"),
                Column("Agreed", "agreed", "percent"),
                Column("With evidence shown", "shown", "percent"),
            ),
            note="Means weigh each request by the money it bears on.",
        )
    ]
    own = theirs(rows, reader)
    if own.height:
        tables.append(_requests(own, reader))
    latest = own.filter(pl.col("agreed").is_null()) if own.height else own
    lead = (f"{latest.height} requests wait for an answer.",) if own.height and latest.height else ()
    known = rows.filter(pl.col("prices").is_not_null()).sort("period")
    if known.height:
        year = known.row(-1, named=True)
        risen = f"Prices in general rose by {year['prices']:.1f} % in {year['period']}"
        lead = (*lead, f"{risen}: what is asked beyond that needs a reason.")
    return Page(title="Uplifts", lead=lead, tables=tuple(tables), notes=(MEMBERS_ONLY,))


def _mean_by(name: str) -> pl.Expr:
    return (pl.col(name) * pl.col("money")).sum() / pl.col("money").sum()


def _requests(own: pl.DataFrame, reader: Reader) -> Table:
    return Table(
        name="requests",
        title="Requests to your partnership" if not reader.everywhere else "Requests",
        rows=own.sort("period", "asked", descending=[True, True]),
        columns=(
            Column("Year", "period"),
            Column("Partnership", "partnership"),
            Column("Provider", "provider_name"),
            Column("Type", "type"),
            Column("Price before, a week", "before", "pounds"),
            Column("Asked", "asked", "percent"),
            Column("Agreed", "agreed", "percent"),
            Column("Evidence shown", "evidence", "yes"),
            Column("Prices in general", "prices", "percent"),
            Column("Justified", "justified", "yes"),
            Column("Above that, a year", "above_pounds", "pounds"),
        ),
    )


def _of_all(rows: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """`marked`, of rows in which no partnership stands for all of them together."""
    return marked(rows.with_columns(pl.col("partnership").fill_null("").replace("", TOGETHER)), reader)


def funnel(frames: Frames, reader: Reader) -> Page:
    """From referral to placement: how many are asked, who answers, when, and why not."""
    counts, times = frames("funnel"), frames("funnel_times")
    if counts is None or counts.is_empty():
        return Page(title="Funnel", nothing=why_not(frames, "funnel"))
    lead = []
    whole = counts.select(pl.col("sent", "offers", "silences", "placed", "referrals").sum()).row(0, named=True)
    if whole["sent"]:
        lead.append(
            f"Of {whole['sent']:,} times that a provider was asked, {100 * whole['silences'] / whole['sent']:.0f} % "
            f"ended in "
            f"silence and {100 * whole['offers'] / whole['sent']:.0f} % in an offer."
        )
    tables = [
        Table(
            name="funnel",
            title="By partnership",
            own="own",
            rows=marked(counts, reader).sort("period", "partnership", descending=[True, False]),
            columns=(
                Column("Partnership", "partnership"),
                Column("Year", "period"),
                Column("Referrals", "referrals", "count"),
                Column("Providers asked", "sent", "count"),
                Column("Offers", "offers", "count"),
                Column("Declines", "declines", "count"),
                Column("Silences", "silences", "count"),
                Column("Withdrawn", "withdrawn", "count"),
                Column("Accepted", "accepted", "count"),
                Column("Placed", "placed", "count"),
            ),
        )
    ]
    pictures = []
    if times is not None and times.height:
        curve = times.filter(pl.col("partnership").fill_null("") == "").with_columns(pl.col("exit").replace(EXITS))
        pictures.append(
            Picture(
                name="times",
                title="What came of a hundred times that a provider was asked, by the hours since",
                table="times",
                draw=lambda: evidence.lines_chart(
                    curve.sort("hours").select(
                        at=pl.col("hours").cast(pl.Int64).cast(pl.String),
                        series="exit",
                        value=_percent("share"),
                        low=_percent("low"),
                        high=_percent("high"),
                    ),
                    "% of those asked",
                ),
            )
        )
        tables.append(
            Table(
                name="times",
                title="By the hours since",
                rows=_of_all(
                    times.with_columns(
                        pl.col("exit").replace(EXITS),
                        *(_percent(name).alias(name) for name in ("share", "low", "high")),
                    ),
                    reader,
                ),
                columns=(
                    Column("Partnership", "partnership"),
                    Column("Came to", "exit"),
                    Column("Hours", "hours", "count"),
                    Column("Share (95 %)", "share", "percent", "low", "high"),
                ),
            )
        )
    tables += _why_and_who(frames, reader)
    return Page(title="Funnel", lead=tuple(lead), pictures=tuple(pictures), tables=tuple(tables))


def _percent(name: str) -> pl.Expr:
    return 100 * pl.col(name)


def _why_and_who(frames: Frames, reader: Reader) -> list[Table]:
    found = []
    reasons = frames("funnel_reasons")
    if reasons is not None and reasons.height:
        found.append(
            Table(
                name="reasons",
                title="Why providers declined",
                rows=_of_all(
                    reasons.with_columns(pl.col("reason").replace(REASONS), _percent("share").alias("share")), reader
                ),
                own="own",
                columns=(
                    Column("Partnership", "partnership"),
                    Column("Reason", "reason"),
                    Column("Declines", "n", "count"),
                    Column("Share", "share", "percent"),
                ),
            )
        )
    providers = frames("funnel_providers")
    if providers is not None and providers.height:
        apart = _named(providers.filter(~pl.col("above").is_between(1 - SURE, SURE)), frames)
        found.append(
            Table(
                name="providers",
                title="Providers who answer otherwise than the rest",
                rows=apart.sort("ratio", descending=True).with_columns(pl.col("way").replace(EXITS)),
                columns=(
                    Column("Provider", "provider"),
                    Column("Way", "way"),
                    Column("Times asked", "n", "count"),
                    Column("Times the usual (95 %)", "ratio", "ratio", "low", "high"),
                ),
                note="Drawn towards the mean by how seldom each was asked.",
            )
        )
    return found


def _named(rows: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Providers by the name that uplifts or blocks know them by, in place of a number."""
    known = [
        held.select("provider", "provider_name")
        for name in ("uplift_rows", "blocks")
        if (held := frames(name)) is not None
    ]
    names = dict(pl.concat(known).drop_nulls().iter_rows()) if known else {}
    return rows.with_columns(pl.col("provider").replace(names))
