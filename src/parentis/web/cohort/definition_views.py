"""Writing a new version of a definition: proposed with its signs and reason, accepted by a second person, counted on a
day."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis.errors import ParentisError
from parentis.services.careers import MARKERS
from parentis.services.cohort import definitions
from parentis.web.cohort import replays, written
from parentis.web.cohort.held import LONDON, reader_of
from parentis.web.cohort.models import DefinitionVersion, Replay
from parentis.web.error_messages import message_of
from parentis.web.people.authorisation import holds

COMBINATIONS = {
    "any": "Any one of them",
    "at_least": "At least so many of them",
    "weighted": "Signs whose weights come to so much",
}
FEWEST = 6


class DefinitionForm(forms.Form):
    """A version: who it is about, its signs, how they combine, and why."""

    name = forms.RegexField(
        r"^[a-z][a-z0-9-]{2,40}$",
        label="Name",
        initial="london-older",
        help_text="Of the definition that this is a version of. A new name begins a definition.",
        error_messages={"invalid": "Use small letters, digits and hyphens, beginning with a letter."},
    )
    title = forms.CharField(label="Title", max_length=120)
    in_force = forms.DateField(label="In force from", widget=forms.DateInput(attrs={"type": "date"}))
    youngest = forms.IntegerField(label="Youngest age", min_value=0, max_value=17, initial=10)
    oldest = forms.IntegerField(label="Oldest age", min_value=0, max_value=17, initial=17)
    combination = forms.ChoiceField(label="A child is in the cohort with", choices=list(COMBINATIONS.items()))
    at_least = forms.FloatField(
        label="How many, or what sum of weights",
        required=False,
        min_value=0,
        help_text="Not used with any one of them.",
    )
    reason = forms.CharField(label="Why this version", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in MARKERS.values():
            self.fields[f"use-{one.id}"] = forms.BooleanField(label=f"Use “{one.title}”", required=False)
            if one.window is not None:
                self.fields[f"window-{one.id}"] = forms.IntegerField(
                    label=f"Window of “{one.title}”, days", required=False, initial=one.window
                )
            if one.threshold is not None:
                self.fields[f"threshold-{one.id}"] = forms.FloatField(
                    label=f"Threshold of “{one.title}”, {one.unit}", required=False, initial=f"{one.threshold:g}"
                )
            self.fields[f"weight-{one.id}"] = forms.FloatField(
                label=f"Weight of “{one.title}”", required=False, initial="1"
            )

    def signs(self) -> list[dict[str, Any]]:
        """The markers with their bound fields, for the template."""
        return [
            {
                "marker": one,
                **{
                    key: self[f"{key}-{one.id}"] if f"{key}-{one.id}" in self.fields else None
                    for key in ("use", "window", "threshold", "weight")
                },
            }
            for one in MARKERS.values()
        ]

    def clean(self) -> dict[str, Any]:
        """A number of signs, or a sum of weights, that the signs chosen can come to."""
        held: dict[str, Any] = super().clean() or self.cleaned_data
        used = [one.id for one in MARKERS.values() if held.get(f"use-{one.id}")]
        if held.get("combination", "any") == "any" or not used:
            return held
        weighted = held["combination"] == "weighted"
        most = sum((held.get(f"weight-{one}") or 1.0) if weighted else 1.0 for one in used)
        if not 0 < (held.get("at_least") or 0.0) <= most:
            self.add_error(
                "at_least", f"Enter a number above 0 and no more than {most:g}, what the chosen signs come to."
            )
        return held

    def said(self) -> dict[str, Any]:
        """As `written.text_of` takes it. Of the signs that are used, only what differs from the marker's own."""
        held = self.cleaned_data
        rules = [
            {"marker": one.id, **{key: held.get(f"{key}-{one.id}") for key in ("window", "threshold", "weight")}}
            for one in MARKERS.values()
            if held.get(f"use-{one.id}")
        ]
        return {
            "name": held["name"], "title": held["title"], "in_force": held["in_force"], "reason": held["reason"],
            "ages": (held["youngest"], held["oldest"]), "combination": held["combination"],
            "at_least": held["at_least"] or 0.0, "rules": rules,
        }  # fmt: skip


class ReplayForm(forms.Form):
    """A version and a day."""

    version = forms.CharField(max_length=80)
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every version: what it asks, since when, why, by whom, and its hash."""
    context = {
        "shipped": [(one, _rules(one)) for one in reversed(definitions())],
        "written": [(one, _read(one)) for one in reversed(written.versions_written())],
        "reader_pk": request.user.pk,
        "may_define": holds(request.user, "cohort.define"),
        "may_accept": holds(request.user, "cohort.accept"),
        "may_plan": holds(request.user, "trials.draft"),
    }
    return render(request, "cohort/definitions.html", context)


def _read(one: DefinitionVersion) -> tuple[Any, list[tuple[str, str]]]:
    made = written.read_definition(one.verified())
    return made, _rules(made)


def _rules(one: Any) -> list[tuple[str, str]]:
    """A sign's title, and its window and threshold in words."""
    found = []
    for rule in one.rules:
        marker = MARKERS[rule.marker]
        said = [_at_least(rule.least, marker.unit)] if marker.threshold is not None else []
        said += [f"in {rule.days} days"] if marker.window is not None else []
        said += [f"weight {one.weights[rule.name]:g}"] if one.combination == "weighted" else []
        found.append((marker.title, ", ".join(said)))
    return found


def _at_least(threshold: float, unit: str) -> str:
    """The threshold in words: `at least 3 placements`."""
    return f"at least {threshold:,.6g} {unit.removesuffix('s') if threshold == 1 else unit}"


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of a version written here, as it is hashed."""
    one = DefinitionVersion.objects.filter(pk=pk).first()
    if one is None:
        raise Http404
    answer = HttpResponse(one.verified(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{one.name}-{one.number}.toml"
    )
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Propose a version. What is wrong with it is said beside what was typed."""
    form = DefinitionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = written.propose(by=request.user, said=form.said(), request=request)
        except ParentisError as problem:
            form.add_error(None, message_of(problem))
        else:
            messages.success(request, f"Version {made.number} of {made.name} proposed. A second person must accept it.")
            return redirect("cohort-definitions")
    return render(request, "cohort/definition_new.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline a proposed version."""
    if not DefinitionVersion.objects.filter(pk=pk).exists():
        raise Http404
    accepted = request.POST.get("decision") == "accept"
    try:
        one = written.decide(
            by=request.user, pk=pk, accepted=accepted, why=request.POST.get("why", ""), request=request
        )
    except ParentisError as problem:
        messages.warning(request, message_of(problem))
    else:
        done = "accepted and frozen" if accepted else "declined"
        messages.success(request, f"Version {one.number} of {one.name} {done}.")
    return redirect("cohort-definitions")


@require_safe
def replay(request: HttpRequest) -> HttpResponse:
    """The cohort as any version has it on any day: the days that were counted, and a form to have another counted."""
    reader = reader_of(request)
    rows = [(one, _counts(one, reader.place)) for one in Replay.objects.order_by("-made_at")[:40]]
    context = {
        "reader": reader,
        "rows": rows,
        "versions": [one.name for one in reversed(written.countable())],
        "form": ReplayForm(),
        "may_ask": holds(request.user, "cohort.define"),
    }
    return render(request, "cohort/replay.html", context)


def _counts(one: Replay, place: str) -> list[int | None]:
    """Children in, not known, looked after, and those whom the version brings in and leaves out beside the one before
    (None where there is none): the reader's own, or London's to the nearest ten and None where few."""
    if place != LONDON:
        own: list[int | None] = list(one.counts.get(place, []))
        return own + [None] * (5 - len(own))
    columns = list(zip(*one.counts.values(), strict=True))
    whole = [sum(column) for column in columns] + [0] * (5 - len(columns))
    return [
        None if 0 < count < FEWEST or at >= len(columns) else round(count / 10) * 10 for at, count in enumerate(whole)
    ]


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have a version counted on a day."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Not counted: choose a version, and a day such as 31 March 2025.")
        return redirect("cohort-replay")
    try:
        job = replays.ask(by=request.user, name=form.cleaned_data["version"], day=form.cleaned_data["day"])
    except ParentisError as problem:
        messages.warning(request, message_of(problem))
        return redirect("cohort-replay")
    messages.success(request, "The cohort is being counted. This page shows it when it is ready.")
    return redirect(f"/cohort/replay/?job={job.pk}")
