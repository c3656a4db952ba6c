"""Pages of child death review beside its registers: today, footprints, signals, themes, police, level."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis import region
from parentis.web.audit.recorder import record
from parentis.web.cases.models import Case, Clock, ClockStop, Entry, place_name
from parentis.web.cases.permissions import visible
from parentis.web.cases.register.frames import frame
from parentis.web.child_deaths import pictures
from parentis.web.child_deaths.case_types import DEATH, POLICE, STOPS
from parentis.web.child_deaths.charts import charts, groups_of, rare, scan_of
from parentis.web.child_deaths.models import BudgetChange, Judgement
from parentis.web.child_deaths.standards import standards
from parentis.web.people.authorisation import may
from parentis.web.people.models import Person

SOON = timedelta(days=7)
TILE_WIDTH, TILE_HEIGHT = 80, 56
RATE_NAMES = {"2024": "29.8 per 100,000 (year to March 2024)", "2025": "28.66 per 100,000 (year to March 2025)"}


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The panel manager's day: late cases, cases due this week, and paused cases with reasons."""
    now, cases = timezone.now(), visible(request.user, DEATH)
    running = Clock.objects.filter(case__in=cases, case__closed_at=None, met_at=None).select_related("case__record")
    stops = (
        ClockStop.objects.filter(clock__case__in=cases, ended_at=None, clock__case__closed_at=None)
        .select_related("clock__case__record")
        .order_by("started_at")
    )
    context = {
        **frame(DEATH),
        "late": running.filter(due_at__lte=now).order_by("due_at"),
        "soon": running.filter(due_at__gt=now, due_at__lte=now + SOON).order_by("due_at"),
        "stopped": [
            {"stop": one, "why": STOPS.get(one.reason, one.reason), "by": by} for one, by in _stopped_by(stops)
        ],
        "standards": [
            (one, region.footprint(one.footprint).name if one.footprint else "Default") for one in standards()
        ],
        "open": cases.filter(closed_at=None).count(),
    }
    return render(request, "child_deaths/today.html", context)


def _stopped_by(stops: Iterable[ClockStop]) -> list[tuple[ClockStop, str]]:
    """Each stop with the name of who paused the clock, by the case's history; the site, where nobody did."""
    listed = list(stops)
    cases = {one.clock.case_id for one in listed}
    paused = list(Entry.objects.filter(case__in=cases, what="clock-stopped").order_by("at").values("case", "who", "at"))
    names = {one.pk: str(one) for one in Person.objects.filter(pk__in={each["who"] for each in paused})}
    made = []
    for one in listed:
        # The entry is written with the stop, a moment after it.
        after = (each for each in paused if each["case"] == one.clock.case_id and each["at"] >= one.started_at)
        who = next(after, {"who": None})["who"]
        made.append((one, names.get(who, "the site")))
    return made


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    found, inside = pictures.picture(), may(request.user, "child-deaths.inside")
    # Other readers must not learn the day of a notification: they see the end of the quarter only.
    silent = (found.silent if inside else pictures.released()["silent"]) if found else ()
    context = {
        "picture": found, "silent": [region.footprint(each).name for each in silent], "inside": inside,
        "as_of": (found.as_of if inside else found.quarter_ends) if found else None,
        "lessons": may(request.user, "child-deaths.lessons-open"), "computed": pictures.computed(),
    }  # fmt: skip
    return render(request, "child_deaths/start.html", context)


@require_safe
def footprints(request: HttpRequest) -> HttpResponse:
    """Which groups see enough deaths, fit boards and commands, and what each costs in detection."""
    return render(request, "child_deaths/footprints.html", _footprints(request))


def _footprints(request: HttpRequest) -> dict[str, Any]:
    rate = request.GET.get("rate", pictures.RATES[0])
    if rate not in pictures.RATES:
        raise Http404
    made = pictures.footprints(rate)
    if made is None:
        return {"rates": RATE_NAMES, "chosen": rate, "rows": []}
    options = made["options"]
    wanted = request.GET.get("map", "0")
    if not wanted.isdigit() or int(wanted) >= len(options):
        raise Http404
    shown, families = options[int(wanted)], made["families"]
    return {
        **made, "rates": RATE_NAMES, "chosen": rate,
        "rows": [{"at": at, "option": one, "title": _title(one, families), "best": made["best"][at]}
                 for at, one in enumerate(options)],
        "shown": shown, "shown_title": _title(shown, families), "tiles": _tiles(shown.groups),
        "groups": [[region.authority(code).name for code in group] for group in shown.groups],
    }  # fmt: skip


def _title(one: Any, families: Mapping[str, str]) -> str:
    return "Today's six" if one.family == "today" else f"{one.panels} panels: {families[one.family].lower()}"


def _tiles(groups: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Each authority's place in the region's tile map, with the number of its panel."""
    of = {code: number for number, group in enumerate(groups, 1) for code in group}
    drawn = region.tiles().to_dicts()
    return [
        {"x": TILE_WIDTH * one["column"], "y": TILE_HEIGHT * one["row"], "panel": of[one["authority"]],
         "name": region.authority(one["authority"]).name[:11], "middle": TILE_WIDTH * one["column"] + 38,
         "text": TILE_HEIGHT * one["row"] + 20, "below": TILE_HEIGHT * one["row"] + 41}
        for one in drawn if one["footprint"] == "london" and one["authority"] in of
    ]  # fmt: skip


@require_safe
def footprints_csv(request: HttpRequest) -> HttpResponse:
    made = _footprints(request)
    head = ("Division", "Panels", "Smallest expects", "Worst chance under 60", "Some panel under 60", "ICB breaks",
            "BCU breaks", "Travel km", "Months to see +50 %", "Proven", "Boroughs")  # fmt: skip
    rows = (
        (row["title"], one.panels, f"{one.smallest:.1f}", f"{one.worst_short:.4f}", f"{one.any_short:.4f}",
         one.icb_breaks, one.bcu_breaks, f"{one.travel_km:.2f}", f"{one.months:.1f}",
         one.proven or one.family == "today",
         " | ".join(", ".join(region.authority(code).name for code in group) for group in one.groups))
        for row in made["rows"] for one in [row["option"]]
    )  # fmt: skip
    return _csv("footprints", head, rows)


@require_safe
def level(request: HttpRequest) -> HttpResponse:
    """What each level can detect, from the deaths stored."""
    return render(request, "child_deaths/level.html", {"rows": _level(), "computed": pictures.computed()})


def _level() -> list[dict[str, Any]]:
    return [
        {
            "stream": place_name(one.stream) if one.stream.startswith("cdr-") else one.stream,
            "yearly": one.yearly,
            "cells": [months for by_rise in one.months.values() for months in by_rise.values()],
            "smallest": [100 * (ratio - 1) for ratio in one.smallest.values()],
        }
        for one in pictures.released()["level"]
    ]


LEVEL_HEAD = ("Stream", "Deaths a year", "+25 %, alone", "+50 %, alone", "x2, alone", "+25 %, in the page",
              "+50 %, in the page", "x2, in the page", "Smallest rise seen within a year, alone, %",
              "Smallest rise seen within a year, in the page, %")  # fmt: skip


@require_safe
def level_csv(request: HttpRequest) -> HttpResponse:
    rows = (
        (row["stream"], f"{row['yearly']:.0f}", *(f"{each:.1f}" for each in row["cells"]),
         *(f"{each:.0f}" for each in row["smallest"]))
        for row in _level()
    )  # fmt: skip
    return _csv("level", LEVEL_HEAD, rows)


class JudgeForm(forms.Form):
    stream = forms.CharField(max_length=60)
    raised = forms.DateField()
    outcome = forms.ChoiceField(choices=Judgement.Outcome.choices)


class BudgetForm(forms.Form):
    a_year = forms.FloatField(
        label="False alarms a year", min_value=0.1, max_value=12, help_text="Of the whole page: 1 is one a year.",
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "step": "0.1"}),
    )  # fmt: skip
    why = forms.CharField(label="Why", max_length=500)


@require_safe
def signals(request: HttpRequest) -> HttpResponse:
    """Inside the partnership, charts and alarm cards; for others, what is released by the quarter."""
    found = pictures.picture(_number(request))
    inside = may(request.user, "child-deaths.inside") and found is not None and found.inside is not None
    context: dict[str, Any] = {"picture": found, "inside": inside, "budget": pictures.a_year(),
                               "released": pictures.released()["streams"], "computed": pictures.computed()}  # fmt: skip
    if inside and found is not None:
        record(who=request.user, what="child-deaths:signals", request=request)
        drawn = charts(found)
        context |= {
            "cards": pictures.cards(found), "kept": pictures.held(), "watch": found.inside, "charts": drawn,
            "rare": rare(found), "scan": scan_of(found), "earlier": pictures.earlier(),
            "groups": groups_of(drawn),
            "judges": may(request.user, "child-deaths.judge"), "outcomes": Judgement.Outcome.choices,
            "raises": may(request.user, "child-deaths.budget"), "change": BudgetChange.objects.first(),
            "silent": [region.footprint(each).name for each in found.silent],
        }  # fmt: skip
    return render(request, "child_deaths/signals.html", context)


def _number(request: HttpRequest) -> int | None:
    """The earlier picture that is asked for: for the partnership alone, and one that there is."""
    asked = request.GET.get("picture", "")
    if not asked:
        return None
    if not asked.isdigit() or not may(request.user, "child-deaths.inside") or pictures.picture(int(asked)) is None:
        raise Http404
    return int(asked)


@require_safe
def signals_csv(request: HttpRequest) -> HttpResponse:
    """What the page shows the reader, as rows: inside by stream and month, outside by stream and quarter."""
    found = pictures.picture()
    if found is None:
        raise Http404
    if may(request.user, "child-deaths.inside") and found.inside is not None:
        record(who=request.user, what="child-deaths:signals-exported", request=request)
        rows: Iterable[Sequence[Any]] = (
            (one.stream.title, month.isoformat(), one.counts[at], f"{one.complete[at]:.3f}",
             f"{one.share.promised:.4f}")
            for one in found.inside.streams if one.path is not None for at, month in enumerate(one.months)
            if "=" not in one.stream.id  # by age and by cause a month's count is a child or two
        )  # fmt: skip
        return _csv("signals", ("Stream", "Month", "Notified", "Share notified", "False alarms a year"), rows)
    rows = ((one.title, one.quarter_ends.isoformat(), one.deaths, "yes" if one.signal else "no", f"{one.promised:.4f}")
            for one in pictures.released()["streams"])  # fmt: skip
    return _csv("signals", ("Stream", "Quarter ends", "Deaths", "Signal", "False alarms a year"), rows)


@require_POST
def judge(request: HttpRequest) -> HttpResponse:
    """Say what an alarm turned out to be. What was said before stays."""
    form = JudgeForm(request.POST)
    raised = {(one["alarm"].stream, one["alarm"].at) for one in pictures.cards()}
    if not form.is_valid() or (form.cleaned_data["stream"], form.cleaned_data["raised"]) not in raised:
        raise Http404
    Judgement.objects.create(by=request.user, **form.cleaned_data)
    record(who=request.user, what="child-deaths:judged", subject=form.cleaned_data["stream"],
           detail={"outcome": form.cleaned_data["outcome"]}, request=request)  # fmt: skip
    messages.success(request, "Outcome saved.")
    return redirect("child-death-signals")


@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: HttpRequest) -> HttpResponse:
    """Change how many false alarms the page may give: by name, for a reason."""
    form = BudgetForm(request.POST or None, initial={"a_year": pictures.a_year()})
    if request.method == "POST" and form.is_valid():
        change = BudgetChange.objects.create(by=request.user, **form.cleaned_data)
        record(who=request.user, what="child-deaths:budget", why=change.why, detail={"a_year": change.a_year},
               request=request)  # fmt: skip
        messages.success(request, "Budget changed.")
        return redirect("child-death-signals")
    return render(request, "child_deaths/budget.html", {"form": form, "changes": BudgetChange.objects.all()})


@require_safe
def themes(request: HttpRequest) -> HttpResponse:
    """Which modifiable factors, how sure, and where a footprint differs from the others."""
    found = pictures.picture()
    made = found.themes if found else None
    context: dict[str, Any] = {"themes": made}
    if made is not None:
        context |= {
            "shown": [one for one in made.factors if one.found >= 6],
            "few": sum(one.found < 6 for one in made.factors),
            "differences": [
                (region.footprint(one.footprint).name, _factor(one.factor), one) for one in made.differences
            ],
            "agreement": [(region.footprint(each).name, value) for each, value in made.ethnicity.items()],
        }  # fmt: skip
    return render(request, "child_deaths/themes.html", context)


def _factor(code: str) -> str:
    from parentis.returns.child_deaths import labels

    return labels("factor")[code]


@require_safe
def themes_csv(request: HttpRequest) -> HttpResponse:
    found = pictures.picture()
    if found is None or found.themes is None:
        raise Http404
    rows = (
        (one.label, one.reviews, f"{100 * one.share:.0f}", f"{100 * one.low:.0f}", f"{100 * one.high:.0f}")
        for one in found.themes.factors if one.found >= 6
    )  # fmt: skip
    return _csv("themes", ("Factor", "Reviews", "Found in, %", "Low, %", "High, %"), rows)


@require_safe
def police(request: HttpRequest) -> HttpResponse:
    """Joint responses that the reader has to do with, by command: attended, in time, and what holds reviews up."""
    cases = visible(request.user, DEATH).filter(Q(participants__role=POLICE, participants__until=None)).distinct()
    found: dict[str, dict[str, Any]] = {}
    for case in cases.select_related("record").prefetch_related("participants", "clocks__stops"):
        command = next(one.place for one in case.participants.all() if one.role == POLICE and one.until is None)
        row = found.setdefault(command, {"name": place_name(command), "all": 0, "yes": 0, "late": 0, "no": 0,
                                         "waiting": 0, "held": {}})  # fmt: skip
        row["all"] += 1
        row[case.record.values.get("police_part") or "waiting"] += 1
        for reason in _held_by(case):
            row["held"][reason] = row["held"].get(reason, 0) + 1
    rows = sorted(found.values(), key=lambda row: row["name"])
    return render(request, "child_deaths/police.html", {"rows": rows})


def _held_by(case: Case) -> set[str]:
    return {STOPS.get(stop.reason, stop.reason) for clock in case.clocks.all() for stop in clock.stops.all()}


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="child-deaths-{name}.csv"'
    return answer
