"""What each borough of an agency pays under each formula, and over the years to come."""

from base64 import b64encode
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from parentis import evidence, region
from parentis.archive import Home
from parentis.evidence import Cell, Grid, Heading, Row, Scale
from parentis.figures import ChartKind
from parentis.services.adoption.agency_money import ACTIVITY_YEARS, Agency, MemberFees, agency
from parentis.services.adoption.formulas import Bill, Member, after_outturn
from parentis.services.adoption.outlook import of_frame
from parentis.services.adoption.workbench import Ahead, Options, side_by_side, years_ahead
from parentis.web.adoption import model_workbook
from parentis.web.adoption.held import frame, held
from parentis.web.cache import Mark, VersionedCache, register_mark, shown_mark

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OptionsForm(forms.Form):
    """The treasurers' settings; empty fields keep the defaults of `Options`."""

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

    spread = forms.IntegerField(label="Years that a change is spread over", required=False, min_value=1, max_value=10)
    risk = forms.IntegerField(
        label="Host's part of an over- or underspend", help_text="Per cent.", required=False, min_value=0,
        max_value=100,
    )  # fmt: skip

    def hosts_risk(self) -> Fraction:
        """The host's part of what is spent above or below the budget; nothing where not given."""
        given = self.cleaned_data.get("risk") if self.is_bound and self.is_valid() else None
        return Fraction(given or 0, 100)

    def options(self) -> Options:
        """The settings entered, with the defaults of `Options` for the rest."""
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        usual = Options()
        return Options(
            years=given.get("years", usual.years),
            equal=Fraction(given["equal"], 100) if "equal" in given else usual.equal,
            floor=Fraction(given["floor"], 100) if "floor" in given else usual.floor,
            cap=Fraction(given["cap"], 100) if "cap" in given else usual.cap,
            price=given["price"] * 100 if "price" in given else usual.price,
            spread=given.get("spread", usual.spread),
        )


def _agency(gss: str) -> Agency | None:
    known = held()
    return None if known is None else agency(known.tables, known.children, gss, known.ends)


def _ahead(_home: Home, gss: str, *chosen: int | str) -> tuple[Ahead, ...]:
    ours, activity = _agency(gss), frame("activity_ahead")
    if ours is None or activity is None or not set(ours.codes) <= set(activity["authority"].unique().to_list()):
        return ()
    years, equal, floor, cap, spread = chosen
    options = Options(
        years=int(years), equal=Fraction(equal), floor=Fraction(floor), cap=Fraction(cap), spread=int(spread)
    )
    return years_ahead(of_frame(activity, ours.codes), ours.budget, ours.members, options)


def _mark(home: Home) -> Mark:
    return (*register_mark(home), *shown_mark(home))


ahead: VersionedCache[tuple[Ahead, ...]] = VersionedCache(_ahead, mark=_mark, most=24)


@require_safe
def money(request: HttpRequest, gss: str) -> HttpResponse:
    """Every formula side by side; winners and losers against last year; ten years to come; the year when it is over;
    fees."""
    ours = _agency(gss)
    form = OptionsForm(request.GET or None)
    options = form.options() if form.is_bound and form.is_valid() else Options()
    if ours is None:
        return render(request, "adoption/nothing.html", {"title": "Money", "money": True})
    bills, sentences = side_by_side(ours.budget, ours.members, options)
    future = ahead(gss, options.years, str(options.equal), str(options.floor), str(options.cap), options.spread)
    own = region.authority(gss).name
    pictured = _pictured(bills, request.GET.get("picture", ""))
    context = {
        "pictured": pictured.formula,
        "picture": _waterfall(pictured, ours.members),
        "title": ours.title,
        "own": own,
        "gss": gss,
        "form": form,
        "budget": ours.budget / 100,
        "names": [one.name for one in ours.members],
        "bills": [_row(one, ours.members) for one in bills],
        "sentences": sentences,
        "ahead": [_future(one) for one in future if one.borough == own],
        "over": _over(ours, form.hosts_risk()),
        "fees": next((_fees(one) for one in ours.fees if one.name == own), None),
        "period": ours.period,
        "query": request.GET.urlencode(),
    }
    return render(request, "adoption/money.html", context)


def _pictured(bills: Sequence[Bill], formula: str) -> Bill:
    """The bill of the formula asked for by name, else of the first that is not last year's shares."""
    return next((one for one in bills if one.formula == formula), bills[1] if len(bills) > 1 else bills[0])


def _waterfall(one: Bill, members: Sequence[Member]) -> str:
    """A bridge from last year's total, by each borough's gain or loss, to the total under the formula."""
    before = sum(member.previous for member in members)
    steps = [(member.name, paid - member.previous) for member, paid in zip(members, one.paid, strict=True)]
    rows = (("Last year", before), *steps, ("This formula", sum(one.paid)))
    grid = Grid(
        name="waterfall",
        title="",
        label="Borough",
        headings=(Heading(measure="", title="Pounds", scale=Scale(1000, 0, "£ thousand")),),
        rows=tuple(Row(label=label, cells=(_pounds(pence),)) for label, pence in rows),
    )
    svg = evidence.draw(ChartKind.WATERFALL, grid, {})
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _pounds(pence: int) -> Cell:
    return Cell(
        measure="", geography="", geography_name="", period="", breakdown="", value=pence / 100, low=None, high=None
    )


def _fees(one: MemberFees) -> dict[str, float]:
    """A borough's own fees: those of its partners are not shown, since they are for very few children."""
    return {
        "handed_in": one.handed_in / 100,
        "listed": one.listed / 100,
        "difference": (one.handed_in - one.listed) / 100,
    }


def _over(ours: Agency, hosts_risk: Fraction) -> dict[str, Any] | None:
    """What each has paid once the year is over, and the host's part of the difference."""
    if ours.spent is None:
        return None
    agreed = Bill(formula="As agreed", paid=tuple(member.previous for member in ours.members))
    after = after_outturn(agreed, ours.budget, ours.spent, host=ours.host, hosts_risk=hosts_risk)
    return {
        "spent": ours.spent / 100,
        "difference": (ours.spent - ours.budget) / 100,
        "host": ours.members[ours.host].name,
        "risk": float(100 * hosts_risk),
        "rows": [
            {"name": member.name, "agreed": before / 100, "after": then / 100, "change": (then - before) / 100}
            for member, before, then in zip(ours.members, agreed.paid, after.paid, strict=True)
        ],
    }


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
    ours = _agency(gss)
    form = OptionsForm(request.GET or None)
    options = form.options() if form.is_bound and form.is_valid() else Options()
    if ours is None:
        return render(request, "adoption/nothing.html", {"title": "Money", "money": True})
    answer = HttpResponse(model_workbook.model(ours.title, ours.budget, ours.members, options), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, "adoption-financial-model.xlsx")
    return answer
