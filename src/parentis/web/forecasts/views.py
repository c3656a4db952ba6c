"""The scenario builder, saved scenarios side by side, and an answer as a file."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from parentis.region import authority
from parentis.services.demand.money.prices import Prices
from parentis.services.demand.money.what_if import CHILDREN, COST, REAL
from parentis.web.forecasts import answers, charts
from parentis.web.forecasts.levers import LeversForm, scenario, whom_in_words, words
from parentis.web.forecasts.models import Saved
from parentis.web.forecasts.places import Place, places
from parentis.web.jobs.models import Job
from parentis.web.question_pages import QuestionPage

MOST_COMPARED = 4
TOTAL = "total"
ABOUT = ("place", "ages", "who")
"What of a question says whose forecast it is about."


def _options(own: str) -> dict[str, Any]:
    return {"choices": {one.id: one.name for one in _offered(own)}}


def _offered(own: str) -> tuple[Place, ...]:
    held = answers.held()
    return () if held is None else places(own, held.basis.model.names)


def _place(own: str, levers: Mapping[str, Any]) -> Place | None:
    """The place that stored levers ask about, if this reader may: without one, the one that the page opens with."""
    offered = _offered(own)
    if "place" not in levers:
        return offered[0] if offered else None
    return next((one for one in offered if one.id == levers["place"]), None)


def _asked(place: Place, levers: Mapping[str, Any]) -> Any:
    """Whom the answer is about: of a place without parts, all its children."""
    return answers.whom(place.authorities, levers if place.parts else {})


def _frame(place: Place, levers: Mapping[str, Any]) -> pl.DataFrame:
    """The answer as this reader may see it."""
    changes = {name: value for name, value in levers.items() if name not in ABOUT}
    found = answers.answer(_asked(place, levers), changes)
    if not place.money:
        found = found.filter(pl.col("what") == CHILDREN)
    if not place.parts:
        found = found.filter(pl.col("group") == TOTAL)
    # What a single authority pays is its own; a place of one authority has no rows of its authorities.
    return found.filter(pl.col("authority").is_null() | (pl.col("what") == CHILDREN))


def _answer(own: str, levers: Mapping[str, Any]) -> dict[str, Any] | None:
    place, held = _place(own, levers), answers.held()
    if place is None or held is None:
        return None
    found = _frame(place, levers)
    whole = found.filter(pl.col("authority").is_null())
    total = {what: whole.filter(what=what, group=TOTAL) for what in (CHILDREN, COST, REAL)}
    by_year = {what: rows.filter(pl.col("year") != "all") for what, rows in total.items()}
    final = str(by_year[CHILDREN]["year"].max())
    children = [row | {"march": _march(row["year"])} for row in total[CHILDREN].iter_rows(named=True)]
    return {
        "place": place,
        "place_name": place.name,
        "about": whom_in_words(levers) if place.parts else "",
        "ignored": "" if place.parts else whom_in_words(levers),
        "children_total": children,
        "cost_years": _millions(total[COST]),
        "real_years": _millions(total[REAL]),
        "headline": _headline(total[COST], changed=bool(scenario(levers).changes or levers.get("inflation"))),
        "groups": _by_group(whole, final),
        "march": _march(final),
        "boroughs": _by_borough(found, final),
        "children_picture": charts.children(answers.before(_asked(place, levers)), by_year[CHILDREN]),
        "cost_picture": charts.cost(by_year[COST]) if by_year[COST].height else "",
        "prices": held.basis.prices.period,
        "no_price": _without_price(held.basis.prices, place),
    }


def _headline(cost: pl.DataFrame, *, changed: bool) -> str:
    """What the scenario changes over all the years, or without a scenario what they cost, in a sentence."""
    years = cost.filter(pl.col("year") != "all")["year"]
    found = cost.filter(year="all").row(0, named=True) if years.len() else None
    if found is None:
        return ""
    span, total = f"From {years[0]} to {years[-1]} placements", in_millions(found["forecast"])
    if not changed:
        low, high = in_millions(found["forecast_low"]), in_millions(found["forecast_high"])
        return f"{span} are forecast to cost {total} (eight in ten futures: {low} to {high})."
    size = in_millions(abs(found["difference"]))
    low, high = in_millions(found["difference_low"]), in_millions(found["difference_high"])
    more = "less" if found["difference"] < 0 else "more"
    return (
        f"{span} would cost {size} {more} than the forecast of {total} "
        f"(difference in eight in ten futures: {low} to {high})."
    )


def in_millions(pounds: float) -> str:
    """`−£1.2 million`."""
    sign = "−" if round(pounds / 1e6, 1) < 0 else ""
    return f"{sign}£{abs(pounds) / 1e6:,.1f} million"


def _march(year: str) -> str:
    """The last day of a financial year: `31 March 2030` of `2029-30`."""
    return f"31 March {int(year[:4]) + 1}"


def _millions(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return rows.with_columns(pl.selectors.float() / 1e6).to_dicts()


def _by_group(whole: pl.DataFrame, final: str) -> list[dict[str, Any]]:
    """Each placement group's children at the end, and its cost over all the years in millions."""
    children = whole.filter(what=CHILDREN, year=final).rows_by_key("group", named=True, unique=True)
    cost = {row["group"]: row for row in _millions(whole.filter(what=COST, year="all"))}
    return [{"group": name, "children": row, "cost": cost.get(name)} for name, row in children.items()]


def _by_borough(found: pl.DataFrame, final: str) -> list[dict[str, Any]]:
    rows = found.filter(pl.col("authority").is_not_null(), pl.col("year") == final, pl.col("group") == TOTAL)
    named = [row | {"name": authority(row["authority"]).name} for row in rows.iter_rows(named=True)]
    return sorted(named, key=lambda row: row["name"])


def _without_price(prices: Prices, place: Place) -> str:
    """Which placements cost nothing here because no price of theirs is held, in a sentence; '' if there are none."""
    if not place.money:
        return f"What {place.name} pays is shown to its own people only."
    if not prices.known.any():
        return (
            "No price of any placement is held, so this cannot say what placements cost. Prices come from the "
            "placement costs return, from budget monitoring, or from the section 251 unit costs in LAIT."
        )
    without = [name for name, known in zip(prices.groups, prices.known, strict=True) if not known]
    return f"Counted without cost, for want of a price: {', '.join(without)}." if without else ""


def _awaited(person: Any) -> Job | None:
    return None if answers.held() else answers.awaited(person)


SCENARIOS = QuestionPage(
    url="forecasts",
    command="scenario",
    action="forecasts.ask",
    noun="scenario",
    title="Scenario",
    saved_title="Saved scenarios",
    form=LeversForm,
    model=Saved,
    words=words,
    answer=_answer,
    awaited=_awaited,
    template="forecasts/scenario_form.html",
    options=_options,
    data=answers.returns_behind,
)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Saved scenarios side by side: children at the end of each year and what they cost, beside the forecast."""
    own, _ = SCENARIOS.place_of(request)
    wanted = [int(text) for text in request.GET.getlist("with") if text.isdigit()][:MOST_COMPARED]
    compared = []
    for one in SCENARIOS.readable(request).filter(pk__in=wanted):
        place = _place(own, one.levers)
        if place is None:
            continue
        whole = _frame(place, one.levers).filter(pl.col("authority").is_null(), pl.col("group") == TOTAL)
        cost = {row["year"]: row for row in _millions(whole.filter(what=COST))}
        children = {row["year"]: row for row in whole.filter(what=CHILDREN).iter_rows(named=True)}
        rows = [{"year": year, "children": children.get(year), "cost": cost.get(year)} for year in [*children, "all"]]
        compared.append({"saved": one, "words": words(one.levers), "place": place, "about": whom_in_words(one.levers),
                         "rows": rows})  # fmt: skip
    return render(request, "forecasts/compare.html", {"compared": compared})


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The answer as CSV: one row for each quantity, place, group and year, in pounds and children, not rounded."""
    own, _ = SCENARIOS.place_of(request)
    form = SCENARIOS.asked_form(request, request.GET)
    levers = form.given() if form.is_valid() else None
    place = None if levers is None else _place(own, levers)
    if levers is None or place is None:
        raise Http404
    frame = _frame(place, levers).with_columns(
        place=pl.lit(place.name), scenario_is=pl.lit(words(levers)), of=pl.lit(whom_in_words(levers) or "all children")
    )
    answer = HttpResponse(frame.write_csv(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="scenario-{slugify(place.name)}.csv"'
    return answer
