"""What places are needed, what each borough would pay, and the paper for a cabinet.

Every number was worked out with the figures; a page only reads it. A borough's own numbers are shown to it; others'
children and payments reach it as bands.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis import region
from parentis.evidence import Scale
from parentis.services.places.bands import money_band
from parentis.web.people.authorisation import authorities_for
from parentis.web.places.answer_pages import NOTHING, Context, page
from parentis.web.places.held import frame
from parentis.web.places.tables import Line, Table, as_csv, columns, line_chart

PER_CENT = Scale(1, 0, "%")
PAGES = (
    ("How many places", "places-sizing", "places.open"),
    ("What each borough pays", "places-shares", "places.open"),
    ("Register and map", "places-register", "places.open"),
    ("Who refuses, and why", "places-refusals", "places.open"),
    ("Waits of groups", "places-fairness", "places.open"),
    ("Priority rules", "places-rules", "places.open"),
    ("Paper for a cabinet", "places-paper", "places.open"),
)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The service's answers, and the way to each."""
    alone = [(gss, region.authority(gss).name) for gss in sorted(authorities_for(request.user, "places.alone"))]
    return render(request, "places/start.html", {"pages": PAGES, "alone": alone, **_headline()})


def _headline() -> Context:
    answers, load = frame("sizing_answer"), frame("uncensored")
    best = None if answers is None else answers.row(0, named=True)
    return {"best": best, "load": None if load is None else _part(load, "load"),
            "placed_only": None if load is None else _part(load, "placed_only")}  # fmt: skip


def _part(frame_: pl.DataFrame, part: str) -> dict[str, Any] | None:
    found = frame_.filter(pl.col("part") == part)
    return found.row(0, named=True) if found.height else None


def _sizing(_: HttpRequest) -> Context | None:
    sized, answers, load = frame("sizing"), frame("sizing_answer"), frame("uncensored")
    if sized is None or answers is None:
        return None
    titles = dict(sized.select("scenario", "title").unique(maintain_order=True).iter_rows())
    sentences = [_best(row, titles) for row in answers.iter_rows(named=True)]
    head = columns("Places", "Served, %", "95 % band", "Days waited", "Nights away", "Full, %", "£m a year",
                   "80 % band", "One more place, £", words=1)  # fmt: skip
    tables = [
        Table(caption=titles[scenario], columns=head, rows=tuple(_size_row(one) for one in own.iter_rows(named=True)),
              own=frozenset(at for at, best in enumerate(own["best"]) if best))
        for (scenario,), own in sized.group_by("scenario", maintain_order=True)
    ]  # fmt: skip
    lines = [
        Line(title=titles[scenario],
             points=tuple((str(one["places"]), 100 * one["share_served"], 100 * one["share_served_low95"],
                           100 * one["share_served_high95"]) for one in own.iter_rows(named=True)))
        for (scenario,), own in sized.group_by("scenario", maintain_order=True)
    ]  # fmt: skip
    if load is not None:
        tables.append(_load_table(load))
    return {
        "lead": "How many places serve how many children, at what cost, and the number where one more place no longer "
        "pays. Bands hold that share of simulated futures.",
        "sentences": sentences, "tables": tables, "picture": line_chart("Places", lines, PER_CENT),
        "alt": "Chart of the share of children served by number of places, a line a scenario. The tables have its "
        "numbers.",
        "own_word": "Cheapest",
        "notes": "Homes stand four tenths empty while children are refused: what counts is a place that is approved, "
        "staffed, free, fits the child, and is offered. The simulation has these steps; Erlang's formula has not.",
    }  # fmt: skip


def _best(row: dict[str, Any], titles: dict[str, str]) -> str:
    title = titles.get(row["scenario"], row["scenario"])
    if row["last_paying"] is None:
        return f"{title}: one more place pays at every size that was tried."
    said = (
        f"{title}: one more place no longer pays from {row['last_paying']} on (in four of five futures from "
        f"{row['low80']:.0f} to {row['high80']:.0f})."
    )
    if row.get("two_years") is not None:
        said += f" Two more years of referrals before deciding would be worth £{row['two_years']:,.0f} a year; " + (
            f"a year without the home costs £{row['waiting']:,.0f}."
            if row["waiting"] > 0
            else "a year without the home costs nothing more."
        )
    return said


def _size_row(one: dict[str, Any]) -> tuple[str, ...]:
    more = "" if one["marginal"] is None else f"{one['marginal']:+,.0f}"
    return (
        str(one["places"]), f"{100 * one['share_served']:.0f}",
        f"{100 * one['share_served_low95']:.0f} to {100 * one['share_served_high95']:.0f}",
        f"{one['days_waited']:.1f}", f"{one['nights_away']:,.0f}", f"{100 * one['occupancy']:.0f}",
        f"{one['cost'] / 1e6:.1f}", f"{one['cost_low80'] / 1e6:.1f} to {one['cost_high80'] / 1e6:.1f}", more,
    )  # fmt: skip


def _load_table(load: pl.DataFrame) -> Table:
    def band(one: dict[str, Any], level: int) -> str:
        return "" if one[f"low{level}"] is None else f"{one[f'low{level}']:.2f} to {one[f'high{level}']:.2f}"

    rows = tuple(
        (one["text"], f"{one['estimate']:.2f}", band(one, 80), band(one, 95)) for one in load.iter_rows(named=True)
    )
    return Table(caption="Demand, with what no placement shows",
                 columns=columns("What", "Estimate", "80 % band", "95 % band"), rows=rows)  # fmt: skip


def _shares(request: HttpRequest) -> Context | None:
    paid, rules = frame("shares"), frame("rules")
    if paid is None or rules is None:
        return None
    mine = authorities_for(request.user, "places.alone")
    tables = [_rules_table(rules, mine)]
    for (rule,), own in paid.group_by("rule", maintain_order=True):
        rows = [(one, one["authority"] in mine) for one in own.iter_rows(named=True)]
        tables.append(
            Table(
                caption=str(own["rule_title"][0] if "rule_title" in own.columns else rule),
                columns=columns("Borough", "Payment a year", "80 % band", "Used ÷ paid"),
                rows=tuple(_share_row(one, is_own) for one, is_own in rows),
                own=frozenset(at for at, (_, is_own) in enumerate(rows) if is_own),
            )
        )
    return {
        "lead": "What each borough would pay under each rule for sharing the cost, and which boroughs together would "
        "be cheaper alone.",
        "sentences": [_core(one, mine) for one in rules.iter_rows(named=True)][:3], "tables": tables,
        "notes": "Other boroughs' payments are shown as bands: what a borough pays by use tells how many children it "
        "had. Alone means the cheapest home of those boroughs' own that serves their children as well, on the same "
        "simulated futures.",
    }  # fmt: skip


def _pounds(pence: float) -> str:
    return f"£{pence / 100:,.0f}"


def _share_row(one: dict[str, Any], is_own: bool) -> tuple[str, ...]:
    name = region.authority(one["authority"]).name
    if not is_own:
        return name, money_band(one["pence"]), "", ""
    ratio = one.get("used_paid")
    return (name, f"£{one['pence'] / 100:,.2f}", f"{_pounds(one['low'])} to {_pounds(one['high'])}",
            "" if ratio is None else f"{ratio:.2f}")  # fmt: skip


def _core(one: dict[str, Any], mine: frozenset[str]) -> str:
    if one["in_core"]:
        return f"{one['rule_title']}: no boroughs that were tried would be cheaper alone."
    return f"{one['rule_title']}: cheaper alone, by {_gain(one, mine)} a year: {_names(one['blocking'])}."


def _names(codes: str | None) -> str:
    return ", ".join(region.authority(code).name for code in (codes or "").split("; ") if code)


def _gain(one: dict[str, Any], mine: frozenset[str]) -> str:
    """What boroughs would gain alone: to others as a band, for beside a payment it tells how many children they had."""
    is_own = set((one["blocking"] or "").split("; ")) <= mine
    return _pounds(one["gain"]) if is_own else money_band(one["gain"])


def _rules_table(rules: pl.DataFrame, mine: frozenset[str]) -> Table:
    return Table(
        caption="Rules",
        columns=columns("Rule", "Would any be cheaper alone?", "Who", "By, a year", "Largest rise if one leaves",
                        words=3),
        rows=tuple(
            (one["rule_title"], "No" if one["in_core"] else "Yes", _names(one["blocking"]),
             _gain(one, mine) if one["gain"] else "", f"{100 * one['largest_rise']:.1f} %")
            for one in rules.iter_rows(named=True)
        ),
    )  # fmt: skip


def _paper(request: HttpRequest) -> Context | None:
    answers, rules, load = frame("sizing_answer"), frame("rules"), frame("uncensored")
    if answers is None or load is None:
        return None
    mine = authorities_for(request.user, "places.alone")
    titles = {} if (sized := frame("sizing")) is None else dict(sized.select("scenario", "title").unique().iter_rows())
    sentences = [_best(row, titles) for row in answers.iter_rows(named=True)]
    tables = [_load_table(load), *([] if rules is None else [_rules_table(rules, mine)])]
    return {
        "lead": "What a director is asked to sign: how many places, how sure, what each rule would have a borough pay, "
        "and who would walk away. The pack has the same numbers with their sources.",
        "sentences": sentences, "tables": tables, "pack": True,
        "notes": "The vehicle: 24 welfare places and up to 4 step-down; £20,000 a borough a year; from 1 April 2023 to "
        "31 March 2028 with a break after three years, then ten years at a time with a break after five.",
    }  # fmt: skip


@require_safe
def alone(request: HttpRequest, gss: str) -> HttpResponse:
    """Would we be better off alone? A borough's payment under each rule beside its own cheapest home."""
    made = _alone(gss)
    context = {"title": "Would we be better off alone?", "name": "places-alone", "gss": gss,
               "place_name": region.authority(gss).name, **(made or {"nothing": NOTHING})}  # fmt: skip
    return render(request, "places/answer.html", context)


@require_safe
def alone_csv(request: HttpRequest, gss: str) -> HttpResponse:
    return as_csv("alone", (_alone(gss) or {}).get("tables", ()))


def _alone(gss: str) -> Context | None:
    paid, rules = frame("shares"), frame("rules")
    if paid is None or rules is None:
        return None
    own = paid.filter(pl.col("authority") == gss)
    if own.is_empty():
        return None
    stands = {one["rule"]: one for one in rules.iter_rows(named=True)}
    rows = list(own.iter_rows(named=True))
    better = [one for one in rows if one["saved"] < 0]
    said = (
        f"Under {len(better)} of {len(rows)} rules it would be cheaper alone: {_listed(better)}."
        if better
        else f"Under none of the {len(rows)} rules would it be cheaper alone."
    )
    table = Table(
        caption="Pounds a year",
        columns=columns("Rule", "Pays", "80 % band", "Worst year", "Alone", "Saved by joining", "Used ÷ paid",
                        "To leave", "Would others leave?"),
        rows=tuple(
            (one["rule_title"], f"£{one['pence'] / 100:,.2f}", f"{_pounds(one['low'])} to {_pounds(one['high'])}",
             _pounds(one["worst_year"]), _pounds(one["alone"]), f"{one['saved'] / 100:+,.0f}",
             "" if one["used_paid"] is None else f"{one['used_paid']:.2f}",
             "" if one.get("leaving") is None else _pounds(one["leaving"]),
             "No" if stands.get(one["rule"], {}).get("in_core") else "Some would be cheaper alone")
            for one in rows
        ),
    )  # fmt: skip
    return {
        "lead": "What the borough would pay under each rule, beside the cheapest home of its own that serves its "
        "children as well, on the same simulated futures.",
        "sentences": [said], "tables": [table],
        "notes": "A band holds four of five futures. A home of one borough's own stands empty for much of a year, or "
        "is full when it is needed: that is what alone costs. To leave a borough pays its share of the home's yearly "
        "cost whoever is in it, for two years.",
    }  # fmt: skip


def _listed(rows: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{one['rule_title']} (by {_pounds(-one['saved'])})" for one in rows)


sizing, sizing_csv = page("sizing", "How many places", _sizing)
shares, shares_csv = page("shares", "What each borough pays", _shares)
paper, paper_csv = page("paper", "Paper for a cabinet", _paper)
