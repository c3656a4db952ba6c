"""The register of homes, who refuses and why, and how long groups of children wait.

Every number was worked out with the figures; a page only reads it. A borough's own counts are shown to it; others'
reach it as bands.
"""

from collections.abc import Callable
from typing import Any

import polars as pl
from django.http import HttpRequest

from parentis import region
from parentis.returns.places import code_lists
from parentis.services.places.bands import band_of
from parentis.web.people.authorisation import authorities_for
from parentis.web.places.answer_pages import Context, page
from parentis.web.places.held import frame
from parentis.web.places.tables import Table, columns

MOST_ROWS = 100
KINDS = {one.code: one.label for one in code_lists.KINDS}
REASONS = {one.code: one.label for one in code_lists.DECLINE_REASONS}
GROUPS = {
    "sex": {one.code: one.label.capitalize() for one in code_lists.SEXES},
    "ethnicity": {one.code: one.label for one in code_lists.ETHNICITIES},
}


def _register(request: HttpRequest) -> Context | None:
    held, wrong, paid = frame("register"), frame("register_doubts"), frame("paid")
    if held is None:
        return None
    asked = request.GET.get("kind", "supported")
    kind = asked if asked in KINDS else "supported"
    own = held.filter(pl.col("kind") == kind)
    totals = held.group_by("kind", "region").agg(
        services=pl.len(), places=pl.col("places").sum(), staffed=pl.col("staffed").sum(), free=pl.col("free").sum(),
        inspected=pl.col("grade").is_not_null().sum(),
    ).sort("kind", "region")  # fmt: skip
    tables = [
        Table(caption="By kind and region", columns=columns("Kind", "Region", "Homes or services", "Places registered",
                                                            "Staffed, as told", "Free, as told", "Inspected", words=2),
              rows=tuple((KINDS.get(a, a), b or "not known", *(f"{n:,}" for n in rest))
                         for a, b, *rest in totals.iter_rows())),
        Table(caption=f"{KINDS[kind]}: the first {MOST_ROWS}",
              columns=columns("Number", "Region", "Outcome", "Inspected on", "Quality of its owner", "Chance strong, %",
                              "Places", "Free", "£ a week", words=5),
              rows=tuple(_home_row(one) for one in _first(own).iter_rows(named=True))),
    ]  # fmt: skip
    if paid is not None:
        tables.append(_paid_table(paid))
    if wrong is not None:
        tables.append(Table(caption="What cannot be as it stands", columns=columns("Number", "What", words=2),
                            rows=tuple(wrong.head(MOST_ROWS).iter_rows())))  # fmt: skip
    return {
        "lead": "Homes and supported accommodation that Ofsted registers, with what providers say is free. An owner "
        "whose services were never inspected is not known; it is never called good.",
        "sentences": [], "tables": tables, "tiles": _tiles(own), "kinds": KINDS, "kind": kind,
        "tiles_title": f"{KINDS[kind]} by borough of London",
        "notes": "Quality is the chance that a service of the owner is found strong, with the band in which it lies "
        "four times in five, learned from all owners' inspections.",
    }  # fmt: skip


def _first(own: pl.DataFrame) -> pl.DataFrame:
    """London's first, those with something free before others."""
    return own.sort(
        pl.col("region") != "London", pl.col("free").fill_null(-1), "urn", descending=[False, True, False]
    ).head(MOST_ROWS)


def _home_row(one: dict[str, Any]) -> tuple[str, ...]:
    band = "" if one["mean"] is None else f"{100 * one['low']:.0f} to {100 * one['high']:.0f}"
    return (
        one["urn"], one["region"] or "not known", one["grade"] or "not inspected", str(one["inspected"] or ""),
        one["words"], band, *("" if one[name] is None else f"{one[name]:,.0f}" for name in ("places", "free", "price")),
    )  # fmt: skip


def _paid_table(paid: pl.DataFrame) -> Table:
    return Table(
        caption="What is paid against the framework's price of the same home",
        columns=columns("Kind", "Category", "Placements", "Homes", "Above the framework, %", "95 % interval", words=2),
        rows=tuple(
            (KINDS.get(one["kind"], one["kind"]), one["category"], str(one["placements"]), str(one["homes"]),
             f"{100 * (one['ratio'] - 1):+.0f}", f"{100 * (one['low'] - 1):+.0f} to {100 * (one['high'] - 1):+.0f}")
            for one in paid.iter_rows(named=True)
        ),
    )  # fmt: skip


def _tiles(own: pl.DataFrame) -> list[dict[str, Any]]:
    counted = dict(own.group_by("authority").len().iter_rows())
    return [
        {"x": 80 * one["column"], "y": 56 * one["row"], "middle": 80 * one["column"] + 38,
         "text": 56 * one["row"] + 20, "below": 56 * one["row"] + 41, "number": counted.get(one["authority"], 0),
         "name": region.authority(one["authority"]).name[:11]}
        for one in region.tiles().to_dicts() if one["footprint"] == "london"
    ]  # fmt: skip


def _refusals(request: HttpRequest) -> Context | None:
    held, by_place = frame("refusals"), frame("refused_by_authority")
    if held is None or by_place is None:
        return None
    year = str(held["period"].max())
    now = held.filter(pl.col("period") == year)
    mine = authorities_for(request.user, "places.alone")
    reasons = now.filter(pl.col("reason") != "").group_by("kind", "reason").agg(pl.col("asks").sum())
    reasons = reasons.with_columns(share=100 * pl.col("asks") / pl.col("asks").sum().over("kind"))
    reasons = reasons.sort("kind", "asks", descending=[False, True])
    own_rows = by_place.filter(pl.col("period") == year).sort("kind", "authority")
    rows = list(own_rows.iter_rows(named=True))
    tables = [
        Table(caption=f"Why providers say no, {year}",
              columns=columns("Looked for", "Reason", "Asks", "Of all, %", words=2),
              rows=tuple((KINDS.get(one["kind"], ""), REASONS.get(one["reason"], one["reason"]), _few(one["asks"]),
                          f"{one['share']:.0f}" if one["asks"] > 3 else "") for one in reasons.iter_rows(named=True))),
        _providers(now, year),
        Table(caption=f"By authority, {year}",
              columns=columns("Authority", "Looked for", "Referrals", "Placed", "Providers asked", "Refused", words=2),
              rows=tuple(_authority_row(one, one["authority"] in mine) for one in rows),
              own=frozenset(at for at, one in enumerate(rows) if one["authority"] in mine)),
    ]  # fmt: skip
    others = int(now.filter(pl.col("reason") == "other")["asks"].sum())
    declined = int(now.filter(pl.col("answer") == "decline")["asks"].sum())
    sentences = [f"{others / declined:.0%} of those who decline give “another reason”: the list of reasons is not "
                 "being used."] if declined and others > 0.2 * declined else []  # fmt: skip
    return {
        "lead": "Who was asked, who said no, and why. The refusal, not the bed, is what is counted: a child who is "
        "refused by ten homes is here ten times.",
        "sentences": sentences, "tables": tables,
        "notes": "Counts of 0 to 3 are shown as such; other boroughs' counts only as bands.",
    }  # fmt: skip


def _few(count: int) -> str:
    return f"{count:,}" if count > 3 else "0–3"


def _providers(now: pl.DataFrame, year: str) -> Table:
    wide = now.group_by("kind", "urn").agg(
        asked=pl.col("asks").sum(), offered=pl.col("asks").filter(pl.col("answer") == "offer").sum(),
        silent=pl.col("asks").filter(pl.col("answer") == "none").sum(),
        common=pl.col("reason").filter(pl.col("reason") != "").sort_by(
            pl.col("asks").filter(pl.col("reason") != "")).last(),
    ).sort("kind", "asked", descending=[False, True])  # fmt: skip
    return Table(
        caption=f"By home or service, {year}",
        columns=columns("Number", "Looked for", "Most common reason", "Asked", "Offered", "Never answered", words=3),
        rows=tuple(
            (one["urn"], KINDS.get(one["kind"], ""), REASONS.get(one["common"] or "", ""), _few(one["asked"]),
             _few(one["offered"]), _few(one["silent"]))
            for one in wide.head(MOST_ROWS).iter_rows(named=True)
        ),
    )  # fmt: skip


def _authority_row(one: dict[str, Any], is_own: bool) -> tuple[str, ...]:
    told: Callable[[int], str] = str if is_own else band_of
    return (region.authority(one["authority"]).name, KINDS.get(one["kind"], ""),
            *(told(int(one[name] or 0)) for name in ("referrals", "placed", "asks", "refused")))  # fmt: skip


def _fairness(request: HttpRequest) -> Context | None:
    held = frame("wait_gaps")
    if held is None:
        return None
    mine = authorities_for(request.user, "places.alone")
    seen = held.filter((pl.col("by") != "authority") | pl.col("group").is_in(list(mine)))
    tables = [
        Table(
            caption=KINDS.get(str(kind), str(kind)),
            columns=columns("Group", "Children", "Days longer than others", "Chance alone gives", "Reading"),
            rows=tuple(_gap_row(one) for one in own.iter_rows(named=True)),
        )
        for (kind,), own in seen.group_by("kind", maintain_order=True)
    ]  # fmt: skip
    return {
        "lead": "Days from referral to the first night, or to the end of the search, of each group against all others.",
        "sentences": [], "tables": tables,
        "notes": "The interval is where the difference would lie nineteen times in twenty if the group had nothing to "
        "do with the wait. “More than chance” allows for the number of groups that are compared (Holm). A borough "
        "sees its own; groups of fewer than four are not shown.",
    }  # fmt: skip


def _gap_row(one: dict[str, Any]) -> tuple[str, ...]:
    name = region.authority(one["group"]).name if one["by"] == "authority" else GROUPS[one["by"]].get(one["group"], "")
    return (
        name, str(one["children"]), f"{one['difference']:+.1f}", f"{one['low']:+.1f} to {one['high']:+.1f}",
        "More than chance" if one["stands"] else "Within chance",
    )  # fmt: skip


register, register_csv = page("register", "Register and map", _register)
refusals, refusals_csv = page("refusals", "Who refuses, and why", _refusals)
fairness, fairness_csv = page("fairness", "Waits of groups", _fairness)
