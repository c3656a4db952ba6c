"""The portfolio: which of an authority's bids fit the money and the staff, overlap counted once."""

import numpy as np
import polars as pl
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from parentis import evidence, region
from parentis.archive import Home
from parentis.services.prevention.portfolio import Limits, Point, Programme, frontier
from parentis.web.cache import Mark, VersionedCache, model_mark
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue
from parentis.web.page_parts import Column, Page, Picture, Table
from parentis.web.people import acting
from parentis.web.people.authorisation import may
from parentis.web.prevention.bid_pages import pounds
from parentis.web.prevention.models import PortfolioRun
from parentis.web.prevention.page_views import as_csv, as_svg, shown
from parentis.web.prevention.portfolio_runs import JOB, Held, bids_of, held, mark, run_of

PARTS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)


class LimitsForm(forms.Form):
    """What there is to spend, and who there is to do it."""

    budget = forms.CharField(
        label="Budget for each year", help_text="Pounds; with commas between years that differ: 300000, 250000.",
        required=False, max_length=200,
    )  # fmt: skip
    workers = forms.IntegerField(label="Full-time workers", required=False, min_value=0, max_value=100_000)
    floor = forms.BooleanField(label="No borough worse off", required=False)

    def clean_budget(self) -> tuple[float, ...]:
        parts = [one.replace("£", "").strip() for one in str(self.cleaned_data["budget"] or "").split(",")]
        try:
            found = tuple(float(one) for one in parts if one)
        except ValueError as error:
            raise forms.ValidationError("Enter pounds, such as 300000, with commas between years only.") from error
        if any(not 0 <= one < 1e12 for one in found):
            raise forms.ValidationError("Enter pounds from 0.")
        return found

    def limits(self, years: int) -> Limits:
        """Budgets for every year, the last one given for those after it; without any, what all bids together cost."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        budgets = given.get("budget") or ()
        whole = tuple(budgets[min(at, len(budgets) - 1)] for at in range(years)) if budgets else ()
        staff = {} if given.get("workers") is None else {"worker": float(given["workers"])}
        return Limits(budgets=whole, staff=staff, no_borough_worse=bool(given.get("floor")))


def _points(
    _home: Home, number: int, made: str, budgets: tuple[float, ...], workers: float | None, floor: bool
) -> tuple[Point, ...]:
    del made
    stored = held(PortfolioRun.objects.get(pk=number))
    limits = Limits(
        budgets=budgets or tuple(_costs(stored.programmes)), staff={} if workers is None else {"worker": workers},
        no_borough_worse=floor,
    )  # fmt: skip
    return frontier(stored.programmes, stored.claims, limits, np.array(stored.drawn), PARTS)


def _mark(home: Home) -> Mark:
    return model_mark(home)


points: VersionedCache[tuple[Point, ...]] = VersionedCache(_points, mark=_mark, most=48)
"""The frontier of a stored run (its number changes with each) under some limits."""


def _costs(programmes: tuple[Programme, ...]) -> list[float]:
    """What all programmes together cost, by year."""
    years = max((len(one.scales[0].costs) for one in programmes), default=0)
    return [sum(one.scales[0].costs[at] for one in programmes if at < len(one.scales[0].costs)) for at in range(years)]


def _page(request: HttpRequest) -> tuple[Page, LimitsForm, str, Held | None]:
    organisation = acting.organisation_for(request, "prevention.bids")
    place = str(getattr(organisation, "authority", "") or "")
    form = LimitsForm(request.GET or None)
    run = run_of(place)
    if run is None:
        nothing = (
            "Choose an authority to act for: a portfolio is one authority’s." if not place
            else "No bids have been worked out together yet."
        )  # fmt: skip
        return Page(title="Portfolio", nothing=nothing), form, place, None
    stored = held(run)
    limits = form.limits(len(_costs(stored.programmes)))
    found = points(run.pk, run.made_at.isoformat(), limits.budgets, limits.staff.get("worker"), limits.no_borough_worse)
    return _portfolio(stored, found), form, place, stored


def _portfolio(stored: Held, found: tuple[Point, ...]) -> Page:
    titles = {one.id: one.title for one in stored.programmes}
    at = PARTS.index(1.0)
    chosen = found[at].choice
    names = [titles[name] for name, _ in sorted(chosen.items)]
    picked = pl.DataFrame(
        [{"title": one.title, "chosen": (one.id, 0) in chosen.items, "alone": _alone(stored, one.id),
          "cost": one.scales[0].cost, "workers": one.scales[0].staff.get("worker", 0.0)}
         for one in stored.programmes]
    )  # fmt: skip
    rows = pl.DataFrame(
        [{"part": one.part, "names": ", ".join(titles[name] for name, _ in sorted(one.choice.items)) or "None",
          "cost": one.choice.cost, "worth": one.choice.worth, "overlap": one.choice.overlap, "net": one.net,
          "regret": one.regret} for one in found]
    )  # fmt: skip
    return Page(
        title="Portfolio",
        lead=(
            f"Within these limits {', '.join(names) or 'no bid'} would be chosen: worth {pounds(chosen.worth)} at "
            f"present value, for {pounds(chosen.cost)}.",
            f"Added up one by one they would seem worth {pounds(chosen.added)}: {pounds(chosen.overlap)} of it is the "
            "same nights of the same children, counted once here.",
        ),
        pictures=(Picture(name="frontier", title="Net worth by budget", table="frontier", draw=lambda: _drawn(rows)),),
        tables=(
            Table(
                name="choice", title="Bids, and which of them fit", rows=picked, own="",
                columns=(Column("Bid", "title"), Column("Chosen", "chosen", "yes"),
                         Column("Worth alone", "alone", "pounds"), Column("Costs, present value", "cost", "pounds"),
                         Column("Workers", "workers", "ratio")),
            ),
            Table(
                name="frontier", title="The best set at other budgets", rows=rows,
                columns=(Column("Part of the budget", "part", "ratio"), Column("Chosen", "names"),
                         Column("Costs", "cost", "pounds"), Column("Worth", "worth", "pounds"),
                         Column("Of it overlap, not counted twice", "overlap", "pounds"),
                         Column("Net", "net", "pounds"), Column("Expected regret", "regret", "pounds")),
                note="Regret: by how much, in the mean, the best of the sets that are affordable here is worth more "
                "once luck is known than the one chosen before.",
            ),
        ),
        notes=(
            f"Budgets are of the years {_ends(stored.facts['years'])}, in real pounds.",
            f"The best set exactly, of up to 20 bids, from {stored.facts['draws']} draws in which all bids meet the "
            "same children. What a borough pays is split by its children.",
        ),
    )  # fmt: skip


def _ends(years: list[str]) -> str:
    return f"{years[0]} to {years[-1]}" if years else "of the bids"


def _alone(stored: Held, name: str) -> float:
    return sum(one.pounds for one in stored.claims if (name, 0) in one.items)


def _drawn(rows: pl.DataFrame) -> str:
    drawn = rows.select(
        at=pl.format("{} × budget", pl.col("part")), series=pl.lit("Net worth"), value=pl.col("net") / 1000,
        low=pl.lit(None, dtype=pl.Float64), high=pl.lit(None, dtype=pl.Float64),
    )  # fmt: skip
    return evidence.lines_chart(drawn, "£ thousand")


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """The best set of bids under the reader's limits, and what other budgets would buy."""
    page, form, place, stored = _page(request)
    run, bids = run_of(place), bids_of(place)
    last = Job.objects.filter(kind=JOB, asked={"place": place}).first() if place else None
    of = "?" + request.GET.urlencode() if request.GET else ""
    return shown(
        request, page, "prevention/portfolio.html", tab="prevention-portfolio",
        table=lambda name: reverse("prevention-portfolio-csv", args=[name]) + of,
        picture=lambda name: reverse("prevention-portfolio-picture", args=[name]) + of,
        caption=region.authority(place).name if place else "Prevention", form=form, stored=stored, run=run,
        job=last if last is not None and last.is_open else None, bids=bids,
        stale=bool(run and run.asked != mark(place)),
        writes=bool(place) and may(request.user, "prevention.write", authority=place), place=place,
    )  # fmt: skip


@require_POST
def work_out(request: HttpRequest, gss: str) -> HttpResponse:
    """Have the authority's bids worked out together."""
    if not bids_of(gss):
        messages.warning(request, "There is no bid that can be worked out.")
    elif not any(one.is_open for one in Job.objects.filter(kind=JOB, asked={"place": gss})[:1]):
        enqueue(kind=JOB, by=request.user, asked={"place": gss}, authority=gss)
    return redirect("prevention-portfolio")


@require_safe
def csv(request: HttpRequest, table: str) -> HttpResponse:
    """A table of the page as a file."""
    return as_csv(_page(request)[0], table, "portfolio")


@require_safe
def picture(request: HttpRequest, picture: str) -> HttpResponse:
    """A picture of the page."""
    return as_svg(_page(request)[0], picture)
