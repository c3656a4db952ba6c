"""Reach and the scorecard: where children are placed and with whom, and what each partnership set out to do and did."""

from typing import Final

import polars as pl

from parentis import evidence
from parentis.web.commissioning.held import Frames, Reader
from parentis.web.commissioning.price_pages import marked, why_not
from parentis.web.page_parts import Column, Page, Picture, Table

SHARES: Final = {
    "in_borough": "In the borough",
    "near": "Within 20 miles",
    "good": "Good or outstanding homes",
    "unregistered": "Unregistered",
}
DOUBTS: Final = {
    "unlisted": "The number is in no list",
    "ended": "The registration had ended",
    "not yet": "Registered after the census",
    "another kind": "The number of another kind of provision",
    "another owner": "The register names another owner",
}
FEWEST: Final = 6
"Fewest children for a share to be shown."
VERDICTS: Final = {"found": "An effect was found", "none": "No effect that matters", "cannot tell": "Cannot tell"}


def reach(frames: Frames, reader: Reader) -> Page:
    """How near, how good, how registered, and how few sell it."""
    shares, sold = frames("reach"), frames("concentration")
    if shares is None or shares.is_empty():
        return Page(title="Reach", nothing=why_not(frames, "reach"))
    percent = shares.with_columns(*((100 * pl.col(name)).alias(name) for name in ("value", "low", "high")))
    few = (pl.col("of") < FEWEST) | ((pl.col("n") > 0) & (pl.col("n") < FEWEST))
    rows = marked(percent, reader).with_columns(
        pl.col("share").replace(SHARES), because=pl.when(few).then(pl.lit(f"fewer than {FEWEST} children"))
    )
    tables = [
        Table(
            name="reach",
            title="By partnership",
            rows=rows,
            own="own",
            hidden="because",
            columns=(
                Column("Partnership", "partnership"),
                Column("Share", "share"),
                Column("Placements", "n", "count"),
                Column("Of", "of", "count"),
                Column("Per cent (95 %)", "value", "percent", "low", "high"),
            ),
        )
    ]
    if sold is not None and sold.height:
        tables.append(
            Table(
                name="concentration",
                title="How few sell it",
                rows=sold.with_columns(pl.col("top_five", "largest") * 100),
                columns=(
                    Column("Footprint", "footprint"),
                    Column("Type", "type"),
                    Column("Placements", "n", "count"),
                    Column("Owner groups", "sellers", "count"),
                    Column("Herfindahl index", "hhi", "count"),
                    Column("Share of the five largest", "top_five", "percent"),
                ),
                note="Providers of one owner are one seller, known by company number.",
            )
        )
    doubts = frames("home_doubts")
    if doubts is not None and doubts.height:
        tables.append(
            Table(
                name="home-doubts",
                title="Homes that do not fit Ofsted’s register",
                rows=doubts.with_columns(pl.col("doubt").replace(DOUBTS)),
                hidden="because",
                columns=(
                    Column("What does not fit", "doubt"),
                    Column("Placements", "n", "count"),
                    Column("Of those with a registration number", "of", "count"),
                ),
                note="Of the last census. A home may have been sold or registered anew, or another home’s number "
                "given: ask the authority that placed the child.",
            )
        )
    near = rows.filter(pl.col("share") == SHARES["near"], pl.col("because").is_null(), pl.col("value").is_not_null())
    return Page(
        title="Reach",
        pictures=(
            Picture(
                name="near",
                title="Placed within 20 miles of home",
                table="reach",
                draw=lambda: evidence.interval_chart(
                    near.sort("value", descending=True).select("own", "value", "low", "high", name="partnership"), "%"
                ),
            ),
        )
        if near.height
        else (),
        tables=tuple(tables),
    )


def scorecard(frames: Frames, reader: Reader) -> Page:
    """Each partnership's aims, spend, effect, cost of running, savings, and the grade of the evidence."""
    cards = frames("scorecard")
    if cards is None or cards.is_empty():
        return Page(title="Scorecard", nothing=why_not(frames, "scorecard"))
    effects = frames("effects")
    sentences = effects["sentence"].drop_nulls().to_list() if effects is not None and effects.height else []
    known = cards.filter(pl.col("partnership") != "none").with_columns(pl.col("verdict").replace(VERDICTS))
    rows = marked(known, reader)
    tables = [
        Table(
            name="scorecard",
            title="Partnerships",
            rows=rows,
            own="own",
            columns=(
                Column("Partnership", "partnership"),
                Column("Aims", "aims"),
                Column("Placements", "n", "count"),
                Column("Spend a year", "spend", "pounds"),
                Column("Beside the partnerships’ mean, like for like (95 %)", "like_for_like", "change", "low", "high"),
                Column("Change since it began (95 %)", "effect", "change", "effect_low", "effect_high"),
                Column("Did it work", "verdict"),
                Column("Runs for, a year", "run_cost", "pounds"),
                Column("Cashable, less running", "net_cashable", "pounds"),
                Column("Avoided", "avoided", "pounds"),
                Column("Evidence", "grade"),
            ),
            note="Cashable and avoided savings are never added: one is money back, the other is money never spent.",
        ),
        *_of_effects(effects),
        *_of_savings(frames, reader),
    ]
    return Page(
        title="Scorecard", lead=tuple(sentences), tables=tuple(tables), pictures=_effect_picture(effects, reader)
    )


def _effect_picture(effects: pl.DataFrame | None, reader: Reader) -> tuple[Picture, ...]:
    if effects is None or effects.is_empty():
        return ()
    known = marked(effects.filter(pl.col("estimate").is_not_null(), pl.col("low").is_not_null()), reader)
    if known.is_empty():
        return ()
    return (
        Picture(
            name="effects",
            title="What prices did after a partnership began, beside those not in it",
            table="effects",
            draw=lambda: evidence.interval_chart(
                known.select("own", "low", "high", name="partnership", value="estimate"), "% change of price", 0.0
            ),
        ),
    )


def _of_effects(effects: pl.DataFrame | None) -> list[Table]:
    if effects is None or effects.is_empty():
        return []
    return [
        Table(
            name="effects",
            title="Did it work",
            rows=effects.with_columns(pl.col("verdict").replace(VERDICTS)),
            columns=(
                Column("Partnership", "partnership"),
                Column("Change (95 %)", "estimate", "change", "low", "high"),
                Column("Could have been seen from", "detectable", "percent"),
                Column("Probability by chance", "p", "chance"),
                Column("Answer", "verdict"),
                Column("Why", "because"),
            ),
        )
    ]


def _of_savings(frames: Frames, reader: Reader) -> list[Table]:
    savings = frames("savings")
    found = []
    if savings is not None and savings.height:
        kinds = {"CASHABLE": "Cashable", "AVOIDED": "Avoided"}
        found.append(
            Table(
                name="savings",
                title="Savings claimed and counted",
                rows=marked(savings.with_columns(pl.col("kind").replace(kinds)), reader).sort(
                    "period", "partnership", "kind", descending=[True, False, True]
                ),
                own="own",
                columns=(
                    Column("Partnership", "partnership"),
                    Column("Year", "period"),
                    Column("Kind", "kind"),
                    Column("Claims", "claims", "count"),
                    Column("Claimed", "claimed", "pounds"),
                    Column("Counted", "counted", "pounds"),
                    Column("Less running costs", "net", "pounds"),
                ),
                note="A saving that two partnerships claim is counted once.",
            )
        )
    outside = frames("others_prices")
    if outside is not None and outside.height:
        found.append(
            Table(
                name="others",
                title="Prices of those outside, while a partnership’s blocks grew",
                rows=outside.with_columns(pl.col("verdict").replace(VERDICTS)),
                columns=(
                    Column("Change (95 %)", "estimate", "change", "low", "high"),
                    Column("Could have been seen from", "detectable", "percent"),
                    Column("Answer", "verdict"),
                    Column("Why", "because"),
                ),
            )
        )
    return found
