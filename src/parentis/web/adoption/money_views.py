"""What each borough of an agency pays under each formula, and over the years to come."""

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from parentis import region
from parentis.archive import Home
from parentis.services.adoption.activity_ledger import activity, lines
from parentis.services.adoption.compute import agencies_on
from parentis.services.adoption.formulas import Bill, Member
from parentis.services.adoption.needs import CONTRIBUTIONS, COSTS
from parentis.services.adoption.workbench import Ahead, Options, agency_members, side_by_side, years_ahead
from parentis.web.adoption import model_workbook
from parentis.web.adoption.held import held, outlook
from parentis.web.cache import VersionedCache, register_mark

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTIVITY_YEARS = 4


class OptionsForm(forms.Form):
    """What the treasurers set; empty fields keep what stands in `Options`."""

    years = forms.IntegerField(label="Years of activity", required=False, min_value=1, max_value=ACTIVITY_YEARS)
    equal = forms.IntegerField(
        label="Equal part", help_text="Per cent of the budget.", required=False, min_value=0, max_value=100
    )
    floor = forms.IntegerField(
        label="Floor", help_text="Per cent of last year's payment.", required=False, min_value=0, max_value=100
    )
    cap = forms.IntegerField(
        label="Cap", help_text="Per cent of last year's payment.", required=False, min_value=100, max_value=300
    )
    price = forms.IntegerField(
        label="Price per child placed", help_text="Pounds.", required=False, min_value=0, max_value=1_000_000
    )

    def options(self) -> Options:
        """What was given, with `Options` for the rest."""
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        usual = Options()
        return Options(
            years=given.get("years", usual.years),
            equal=Fraction(given["equal"], 100) if "equal" in given else usual.equal,
            floor=Fraction(given["floor"], 100) if "floor" in given else usual.floor,
            cap=Fraction(given["cap"], 100) if "cap" in given else usual.cap,
            price=given["price"] * 100 if "price" in given else usual.price,
        )


def _agency(gss: str) -> tuple[str, tuple[Member, ...], int, tuple[str, ...]]:
    """The agency of an authority: its name, its members as their host's return and the ledger say, the budget in
    pence."""
    known = held()
    if known is None:
        return "", (), 0, ()
    agencies = agencies_on(known.ends, [one.gss for one in region.authorities() if one.existed(known.ends)])
    agency = agencies.get(gss, gss)
    period = str(known.tables[CONTRIBUTIONS]["period"].max() or "")
    hosts = [host for host in known.tables[COSTS]["authority"].unique().to_list() if agencies.get(host) == agency]
    last = (pl.col("period") == period) & pl.col("authority").is_in(hosts)
    paid = region.match_authorities(known.tables[CONTRIBUTIONS].filter(last).drop("authority"), "MEMBER")
    paid = paid.filter(pl.col("authority").is_not_null())
    if paid.is_empty():
        return "", (), 0, ()
    starts = date(known.ends.year - ACTIVITY_YEARS, 4, 1)
    counts = activity(lines(known.tables), starts=starts, years=ACTIVITY_YEARS)
    names = {one.gss: one.name for one in region.authorities()}
    budget = round(float(known.tables[COSTS].filter(last)["BUDGET"].cast(pl.Float64).sum()) * 100)
    title = region.footprint(agency).name if agency != gss else region.authority(gss).name
    members = agency_members(paid, counts.filter(pl.col("authority").is_in(paid["authority"].to_list())), names)
    return title, members, budget, tuple(sorted(paid["authority"].unique().to_list()))


def _ahead(_home: Home, gss: str, years: int, equal: str, floor: str, cap: str) -> tuple[Ahead, ...]:
    title, members, budget, codes = _agency(gss)
    found = outlook()
    if not title or found is None or not set(codes) <= set(found.world.boroughs):
        return ()
    options = Options(years=years, equal=Fraction(equal), floor=Fraction(floor), cap=Fraction(cap))
    ours = [found.world.boroughs.index(code) for code in codes]
    return years_ahead(found.world, found.now, ours, budget, members, options, seed=0)


ahead: VersionedCache[tuple[Ahead, ...]] = VersionedCache(_ahead, mark=register_mark, most=24)


@require_safe
def money(request: HttpRequest, gss: str) -> HttpResponse:
    """Every formula side by side; winners and losers against last year; ten years to come."""
    title, members, budget, _ = _agency(gss)
    form = OptionsForm(request.GET or None)
    options = form.options() if form.is_bound and form.is_valid() else Options()
    if not title:
        return render(request, "adoption/nothing.html", {"title": "Money", "money": True})
    bills, sentences = side_by_side(budget, members, options)
    future = ahead(gss, options.years, str(options.equal), str(options.floor), str(options.cap))
    own = region.authority(gss).name
    context = {
        "title": title,
        "own": own,
        "gss": gss,
        "form": form,
        "budget": budget / 100,
        "names": [one.name for one in members],
        "bills": [_row(one, members) for one in bills],
        "sentences": sentences,
        "ahead": [_future(one) for one in future if one.borough == own],
        "query": request.GET.urlencode(),
    }
    return render(request, "adoption/money.html", context)


def _row(one: Bill, members: tuple[Member, ...]) -> dict[str, Any]:
    cells = [
        {"name": member.name, "pounds": paid / 100, "change": round((paid - member.previous) / 100)}
        for member, paid in zip(members, one.paid, strict=True)
    ]
    return {"name": one.formula, "cells": cells, "gap": one.gap / 100}


def _future(one: Ahead) -> dict[str, Any]:
    return {
        "formula": one.formula,
        "mean": one.mean / 100,
        "low": one.low / 100,
        "high": one.high / 100,
        "swing": one.swing / 100,
        "dear": 100 * one.dear,
    }


@require_safe
def download(request: HttpRequest, gss: str) -> HttpResponse:
    """The financial model as a workbook with live cells."""
    title, members, budget, _ = _agency(gss)
    form = OptionsForm(request.GET or None)
    options = form.options() if form.is_bound and form.is_valid() else Options()
    if not title:
        return render(request, "adoption/nothing.html", {"title": "Money", "money": True})
    answer = HttpResponse(model_workbook.model(title, budget, members, options), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, "adoption-financial-model.xlsx")
    return answer
