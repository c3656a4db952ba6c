"""The pages of analysis: outcomes handed in, the planned look run by the worker, results with their plan's hash."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from parentis.errors import UserError
from parentis.services.trials import TrialResult
from parentis.services.trials.protocol.record import SHARE
from parentis.web.cases import permissions
from parentis.web.cases.forms import SeenForm
from parentis.web.error_messages import correction
from parentis.web.trials import analyses, protocols
from parentis.web.trials.cards import found_of
from parentis.web.trials.case_types import ANALYSE, HAND_IN, KIND
from parentis.web.trials.figure_outcomes import FROM_FIGURES
from parentis.web.trials.hand_in import ALSO, COUNTED, LARGEST, OUTCOMES
from parentis.web.trials.models import Result, Sealed
from parentis.web.trials.tables import as_csv, table_of


class OutcomesForm(SeenForm):
    """Outcomes of the trial."""

    file = forms.FileField(label="Outcomes", max_length=200)


class LookForm(forms.Form):
    """Which look is taken."""

    look = forms.IntegerField(label="Look", min_value=1, max_value=99)


@require_safe
def analysis(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found, what comes next, and a form for outcomes."""
    case = permissions.case_for(request.user, KIND, pk)
    context: dict[str, Any] = {"case": case, "title": "Analysis"}
    if not case.protocols.exists():
        return render(request, "trials/analysis.html", context | {"nothing": "Nothing is analysed before the freeze."})
    plan = protocols.in_force(case)
    running, design = case.state == "running", plan.protocol.design
    upcoming = analyses.next_look(case)
    form = OutcomesForm(case) if running and permissions.may_do(request.user, HAND_IN, case) else None
    if form is not None:
        form.fields["file"].help_text = (
            f"CSV with the columns {', '.join(OUTCOMES[design])}"
            + (f"; or, of a share, counts in {', '.join(COUNTED[design])}" if design in COUNTED else "")
            + (f". If known also {' and '.join(ALSO[design])}" if ALSO[design] else "")
            + ". An outcome that is not known stays empty. Up to 10 MB; kept encrypted."
        )
    files = list(case.trial_files.filter(what=Sealed.OUTCOMES).defer("sealed").select_related("by"))
    job = analyses.open_job(case)
    context |= {
        "plan": plan, "form": form, "files": files, "upcoming": upcoming, "planned": plan.protocol.looks,
        "runs": running and bool(files) and upcoming is not None and permissions.may_do(request.user, ANALYSE, case),
        "job": job if job and job.by_id == request.user.pk else None,
        "figures_form": form is not None and design in FROM_FIGURES,
        "results": [_words(one, plan.protocol.outcome.kind == SHARE) for one in analyses.results(case)],
    }  # fmt: skip
    return render(request, "trials/analysis.html", context)


@require_POST
def outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a file of outcomes, or what the figures have."""
    case = permissions.case_for(request.user, KIND, pk, permission=HAND_IN)
    from_figures = request.POST.get("from") == "figures"
    form = SeenForm(case, request.POST) if from_figures else OutcomesForm(case, request.POST, request.FILES)
    if not form.is_valid():
        messages.warning(request, "Nothing was kept. Choose a CSV file that is not empty.")
        return redirect("trial-analysis", pk=pk)
    try:
        kept = analyses.hand_in(
            by=request.user, case=case, data=None if from_figures else form.cleaned_data["file"].read(LARGEST + 1),
            seen=form.cleaned_data["seen"], request=request,
        )  # fmt: skip
    except UserError as error:
        messages.warning(request, "Nothing was kept. " + correction(error))
    else:
        messages.success(request, f"Outcomes saved: {kept.rows:,} rows.")
    return redirect("trial-analysis", pk=pk)


@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the worker for a planned look."""
    case = permissions.case_for(request.user, KIND, pk, permission=ANALYSE)
    form = LookForm(request.POST)
    try:
        if not form.is_valid():
            raise UserError(
                expected="a planned look", found="none", where=str(case), do="Choose the look on this page."
            )
        analyses.ask(by=request.user, case=case, look=form.cleaned_data["look"])
    except UserError as error:
        messages.warning(request, "Nothing was analysed. " + correction(error))
    return redirect("trial-analysis", pk=pk)


@require_safe
def result_csv(request: HttpRequest, pk: int, look: int) -> HttpResponse:
    """A result as a file: what the page shows, unrounded."""
    case = permissions.case_for(request.user, KIND, pk)
    result = case.trial_results.filter(look=look).first()
    if result is None:
        raise Http404
    found = found_of(result)
    rows = [
        *((name, getattr(found, name)) for name in SHOWN),
        ("protocol_version", result.version), ("protocol_sha256", result.sha256),
        *((f"beside: {one.name}", one.value) for one in found.beside),
        *(("note", one) for one in found.notes),
    ]  # fmt: skip
    return as_csv(f"trial-{pk}-look-{look}", ("what", "value"), rows)


SHOWN = ("method", "effect", "low", "high", "p", "n", "clusters", "degrees", "missing", "decision")


def _words(result: Result, share: bool) -> dict[str, Any]:
    found = found_of(result)
    rows = [
        ("Planned analysis", f"{found.method}"),
        ("Effect", _effect(found, share)),
        *([("p", _number(found.p))] if found.p is not None else []),
        *([("Probability that the new way is better", _number(found.probability))] if found.probability else []),
        ("Children or values", f"{found.n:,}"),
        ("Clusters", f"{found.clusters:,}"),
        ("Not known", f"{found.missing:,}"),
    ]
    beside = [
        (f"Wrong number: {one.name}" if one.wrong else one.name.capitalize(), _number(one.value), one.says)
        for one in found.beside
    ]
    tables = [table_of(f"Look {result.look}", ("What", "Value"), rows, words=2)]
    if beside:
        tables.append(table_of("Beside it", ("What", "Value", "How to read it"), beside, words=3))
    return {"result": result, "found": found, "tables": tables}


def _effect(found: TrialResult, share: bool) -> str:
    """The effect and its interval; of a share in percentage points."""
    values = [found.effect, found.low, found.high]
    told = [_number(one) if not share or one is None else f"{100 * one:+.1f}".replace("-", "−") for one in values]
    interval = "" if found.low is None else f" ({told[1]} to {told[2]}, {found.level:.0%} interval)"
    return f"{told[0]}{interval}{' percentage points' if share else ''}"


def _number(value: float | None) -> str:
    if value is None or value != value:
        return "not known"
    return f"{value:.4f}".replace("-", "−")
