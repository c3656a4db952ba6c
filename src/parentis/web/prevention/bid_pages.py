"""What the pages of a bid show of its run: the answer that is printed, and what must be true."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from parentis import evidence
from parentis.services.prevention import bid_answers, break_even
from parentis.services.prevention.appraisal import OPTIMISM
from parentis.services.prevention.bid_answers import Terms, interval, payback
from parentis.services.prevention.bids import BidResult, said_of
from parentis.services.prevention.value_of_information import TrialWorth, partials, perfect, sentence, trials
from parentis.web.page_parts import Column, Page, Picture, Table

SIZES: Final = (200, 500, 1_000, 2_000, 5_000)
"Families in a trial."
TRIAL_FIXED, TRIAL_EACH = 150_000.0, 300.0
"What a trial is taken to cost besides, and for each family, in pounds: assumptions that the page states."
QUANTITIES: Final[Mapping[str, str]] = {**break_even.TITLES, "effect": "Effect (ratio; 1 is none)"}


def pounds(value: float) -> str:
    """Pounds for a sentence."""
    sign = "−" if value < 0 else ""
    if abs(value) >= 999_500:
        return f"{sign}£{abs(value) / 1e6:,.1f} million"
    return f"{sign}£{abs(value):,.0f}"


def facts(result: BidResult, terms: Terms) -> dict[str, tuple[str, str]]:
    """The headlines: name to value and what stands beside it."""
    found = bid_answers.read(result, terms)
    mean, low, high = interval(found.npv)
    other = bid_answers.read(result, Terms(on=terms.on, price=terms.price, rate=terms.rate,
                                           optimism=not terms.optimism))  # fmt: skip
    grade, bias = result.header["grade"], 100 * OPTIMISM[result.header["grade"]]
    return {
        "Net present value": (pounds(mean), f"95 %: {pounds(low)} to {pounds(high)}"),
        "Probability that it pays": (f"{100 * float((found.npv > 0).mean()):.0f} %",
                                     f"within the {len(found.years)} years counted"),
        "Pays back by the end of": (payback(found) or "none of these years", "more likely than not"),
        "Benefits for each £1": (f"£{found.bcr:.2f}" if found.bcr == found.bcr else "–",
                                 "present values, all of them fiscal"),
        f"The same {'without' if terms.optimism else 'with'} optimism bias": (
            pounds(float(other.npv.mean())), f"{bias:.0f} % at grade {grade} of the evidence"),
    }  # fmt: skip


def answer_page(result: BidResult, terms: Terms) -> Page:
    """Cash by year and payer with bands, the probability that it has paid, and what it rests on."""
    found = bid_answers.read(result, terms)
    rows, titles = bid_answers.cash(found, result), bid_answers.payers(found)
    mean, low, high = interval(found.npv)
    pays = 100 * float((found.npv > 0).mean())
    return Page(
        title=str(result.header["title"]),
        lead=(
            f"At present value it {'returns' if mean >= 0 else 'costs'} {pounds(abs(mean))} more than it "
            f"{'costs' if mean >= 0 else 'returns'} (95 %: {pounds(low)} to {pounds(high)}), with a probability of "
            f"{pays:.0f} % that it pays at all.",
        ),
        pictures=(
            Picture(name="net", title="Net cash by financial year, all payers, with its 95 % interval", table="cash",
                    draw=lambda: _net(rows)),
        ),
        tables=(
            Table(
                name="cash", title="Net cash by financial year and payer, pounds of the day", rows=rows,
                columns=(
                    Column("Year", "year"), Column("Programme costs", "cost", "pounds"),
                    *(Column(f"{title} (95 %)", payer, "pounds", f"{payer}_low", f"{payer}_high")
                      for payer, title in titles.items()),
                    Column("All (95 %)", "net", "pounds", "net_low", "net_high"),
                    Column("Probability paid by then", "pays", "chance"),
                ),
                note="Cashable savings less costs: nights that are spent today and are not bought then.",
            ),
            Table(
                name="growth", title="Growth avoided: what would have been spent beyond today’s nights",
                rows=bid_answers.growth(found),
                columns=(Column("Year", "year"), *(
                    Column(f"{title} (95 %)", payer, "pounds", f"{payer}_low", f"{payer}_high")
                    for payer, title in titles.items()
                )),
                note="No budget falls by it. It counts in the present value, and not in the cash above.",
            ),
            Table(
                name="accounts", title="Present values by account", rows=bid_answers.accounts(found),
                columns=(Column("What", "what"), Column("Mean (95 %)", "mean", "pounds", "low", "high")),
                note=f"Pounds of {found.price_year}. Fiscal, economic and social values stand apart.",
            ),
            Table(
                name="outcomes", title="Children and nights", rows=bid_answers.outcomes(result),
                columns=(
                    Column("Year", "year"),
                    Column("Entries to care avoided (95 %)", "entries", "count", "entries_low", "entries_high"),
                    Column("Nights avoided (95 %)", "avoided", "count", "avoided_low", "avoided_high"),
                    Column("Nights added elsewhere or later (95 %)", "added", "count", "added_low", "added_high"),
                ),
            ),
        ),
        notes=said_of(result, terms.on),
    )  # fmt: skip


def _net(rows: pl.DataFrame) -> str:
    drawn = rows.select("year", "net", "net_low", "net_high").rename({"year": "at", "net": "value", "net_low": "low",
                                                                      "net_high": "high"})  # fmt: skip
    thousands = drawn.with_columns(pl.col("value", "low", "high") / 1000, series=pl.lit("Net cash"))
    return evidence.lines_chart(thousands, "£ thousand")


def conditions_page(result: BidResult, terms: Terms, baseline: float | None) -> Page:
    """What must be true for it to pay, what moves it most, and what knowing more would be worth."""
    held = bid_answers.draws(result, terms)
    npv = held.npv
    worths = partials(npv, held.drawn)
    best = best_trial(result, terms, baseline)
    lead = [f"Knowing everything before deciding would be worth {pounds(perfect(npv))}."]
    if best is not None and "effect" in held.drawn:
        lead.append(sentence(next(one.pounds for one in worths if one.quantity == "effect"), best))
    bars = break_even.tornado(held)
    return Page(
        title=f"What must be true: {result.header['title']}",
        lead=tuple(lead),
        pictures=(
            Picture(name="tornado", title="What moves the net present value most", table="tornado",
                    draw=lambda: _tornado(bars, float(npv.mean()))),
        ),
        tables=(
            Table(
                name="break-even", title="Where it just pays, each alone", rows=_break_evens(result, terms),
                columns=(Column("Quantity", "quantity"), Column("Now", "now", "ratio"),
                         Column("Just pays at", "value", "ratio"), Column("If at no value", "why")),
                note="Price and reach are multiples of the bid’s own. All come from the draws of one run: savings are "
                "taken to grow with reach and with price.",
            ),
            Table(
                name="frontier", title="Effect and price together: pairs that just pay", rows=_frontier(held),
                columns=(Column("Effect (ratio)", "effect", "ratio"),
                         Column("Price of a night that it needs, as a multiple of today’s", "price", "ratio")),
            ),
            Table(
                name="tornado", title="Net present value with each quantity low and high", rows=_bars(bars),
                columns=(Column("Quantity", "quantity"), Column("At its 5th percentile", "at_low", "ratio"),
                         Column("NPV then", "low", "pounds"), Column("At its 95th", "at_high", "ratio"),
                         Column("NPV then, high", "high", "pounds")),
            ),
            Table(
                name="information", title="What knowing more would be worth",
                rows=pl.DataFrame([{"quantity": QUANTITIES.get(one.quantity, one.quantity), "worth": one.pounds}
                                   for one in worths], schema={"quantity": pl.String, "worth": pl.Float64}),
                columns=(Column("Knowing", "quantity"), Column("Worth", "worth", "pounds")),
            ),
            Table(
                name="trials", title="Trials of the effect, by size", rows=_trials(result, terms, baseline),
                columns=(Column("Families", "n", "count"), Column("Worth", "worth", "pounds"),
                         Column("Costs", "cost", "pounds"), Column("Gain", "gain", "pounds")),
                note=f"A trial is taken to cost {pounds(TRIAL_FIXED)} and {pounds(TRIAL_EACH)} a family.",
            ),
        ),
    )  # fmt: skip


def _break_evens(result: BidResult, terms: Terms) -> pl.DataFrame:
    rows = [
        {"quantity": QUANTITIES.get(one.quantity, one.quantity), "now": one.now, "value": one.value, "why": one.why}
        for one in break_even.break_evens(bid_answers.draws(result, terms))
        if one.quantity in ("effect", "reach") or (one.quantity == "price" and one.now == 1.0)
    ]
    years = bid_answers.lasting(result, terms)
    rows.append({
        "quantity": "Persistence: years for which savings must last", "now": float(len(result.header["years"])),
        "value": years,
        "why": "" if years is not None else "Savings do not meet the cost within the years counted.",
    })  # fmt: skip
    schema = {"quantity": pl.String, "now": pl.Float64, "value": pl.Float64, "why": pl.String}
    return pl.DataFrame(rows, schema=schema)


def _frontier(held: break_even.Draws) -> pl.DataFrame:
    pairs = break_even.frontier(held) if "effect" in held.drawn else []
    return pl.DataFrame(pairs, schema={"effect": pl.Float64, "price": pl.Float64}, orient="row")


def _bars(bars: tuple[break_even.Bar, ...]) -> pl.DataFrame:
    rows = [
        {"quantity": QUANTITIES.get(one.quantity, one.quantity), "at_low": one.at_low, "low": one.low,
         "at_high": one.at_high, "high": one.high}
        for one in bars
    ]  # fmt: skip
    numbers = dict.fromkeys(("at_low", "low", "at_high", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={"quantity": pl.String, **numbers})


def _tornado(bars: tuple[break_even.Bar, ...], mean: float) -> str:
    rows = [
        {"name": QUANTITIES.get(one.quantity, one.quantity), "own": False, "low": min(one.low, one.high) / 1000,
         "value": mean / 1000, "high": max(one.low, one.high) / 1000}
        for one in bars
    ]  # fmt: skip
    return evidence.interval_chart(pl.DataFrame(rows), "Net present value, £ thousand", reference=0.0)


def found_trials(result: BidResult, terms: Terms, baseline: float | None) -> tuple[TrialWorth, ...]:
    """Trials of several sizes; none where the effect was not drawn or has no baseline."""
    held = bid_answers.draws(result, terms)
    if baseline is None or "effect" not in held.drawn or held.drawn["effect"].min() <= 0:
        return ()
    return trials(
        held.npv, np.log(held.drawn["effect"]), sizes=SIZES, baseline=baseline, fixed=TRIAL_FIXED, each=TRIAL_EACH
    )


def best_trial(result: BidResult, terms: Terms, baseline: float | None) -> TrialWorth | None:
    """The size that gains most."""
    return max(found_trials(result, terms, baseline), key=lambda one: one.gain, default=None)


def _trials(result: BidResult, terms: Terms, baseline: float | None) -> pl.DataFrame:
    rows = [{"n": one.n, "worth": one.worth, "cost": one.cost, "gain": one.gain}
            for one in found_trials(result, terms, baseline)]  # fmt: skip
    schema = {"n": pl.Int64, "worth": pl.Float64, "cost": pl.Float64, "gain": pl.Float64}
    return pl.DataFrame(rows, schema=schema)
