"""The pages of allocation: the seed's hash beforehand, the draw, who sees what, and the reveal."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from parentis import region
from parentis.errors import UserError
from parentis.services.trials import Frozen
from parentis.services.trials.protocol.record import PARALLEL, STEPPED_WEDGE
from parentis.web.cases import permissions
from parentis.web.cases.forms import SeenForm
from parentis.web.cases.models import Case
from parentis.web.error_messages import correction
from parentis.web.people.authorisation import authorities_for
from parentis.web.trials import allocations, log, protocols, sealed
from parentis.web.trials.case_types import ALLOCATE, KIND
from parentis.web.trials.hand_in import LARGEST, boroughs_of, units_of
from parentis.web.trials.models import Sealed
from parentis.web.trials.tables import as_csv, table_of

LOG_HEADINGS = ("number", "kind", "at", "facts", "hash_of_the_line_before", "sha256")


class UnitsForm(SeenForm):
    """Families to be allocated."""

    file = forms.FileField(
        label="Families", max_length=200,
        help_text="CSV, a row a child, with the columns unit (a pseudonym), borough, and family where brothers and "
        "sisters take part. Up to 10 MB. It is kept encrypted.",
    )  # fmt: skip


class BoroughsForm(SeenForm):
    """Boroughs to be allocated, which the protocol names."""

    file = forms.FileField(
        label="Sizes (optional)", max_length=200, required=False,
        help_text="CSV with the columns borough and size (children expected), and stratum if there are any: boroughs "
        "of like size are then dealt out evenly.",
    )  # fmt: skip


@require_safe
def allocation(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the allocation is, and its log. No arms: those are on a page of their own."""
    case = permissions.case_for(request.user, KIND, pk)
    allocates = permissions.may_do(request.user, ALLOCATE, case)
    plan = protocols.in_force(case) if case.protocols.exists() else None
    file = sealed.latest(case, Sealed.ALLOCATION)
    seed = sealed.latest(case, Sealed.SEED)
    needs_file = plan is not None and plan.protocol.design == PARALLEL
    open_now = allocates and case.state == "allocating" and file is None
    form = None if not open_now else UnitsForm(case) if needs_file else BoroughsForm(case)
    revealed = next((one for one in log.entries(case) if one.kind == "revealed"), None)
    context: dict[str, Any] = {
        "case": case, "title": "Allocation", "plan": plan, "commitment": seed.commitment if seed else "",
        "file": file, "form": form, "needs_file": needs_file, "revealed": revealed,
        "sees_arms": file is not None and bool(authorities_for(request.user, "trials.arms")),
        "reveal_form": SeenForm(case) if allocates and file and not revealed else None,
        "tables": [_log_table(case)] if case.trial_log.exists() else [],
    }  # fmt: skip
    return render(request, "trials/allocation.html", context)


@require_POST
def allocate(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw once."""
    case = permissions.case_for(request.user, KIND, pk, permission=ALLOCATE)
    try:
        parallel = protocols.in_force(case).protocol.design == PARALLEL
        form = (UnitsForm if parallel else BoroughsForm)(case, request.POST, request.FILES)
        if not form.is_valid():
            messages.warning(request, "Nothing was allocated. Choose a CSV file that is not empty.")
            return redirect("trial-allocation", pk=pk)
        units = None
        if file := form.cleaned_data["file"]:
            units = (units_of if parallel else boroughs_of)(file.read(LARGEST + 1))
        allocations.draw(by=request.user, case=case, units=units, seen=form.cleaned_data["seen"], request=request)
    except UserError as error:
        messages.warning(request, "Nothing was allocated. " + correction(error))
    else:
        messages.success(request, "Allocated. The draw is kept, and nobody can draw again.")
    return redirect("trial-allocation", pk=pk)


@require_safe
def arms(request: HttpRequest, pk: int) -> HttpResponse:
    """Which arm or step was allocated, in the reader's boroughs alone."""
    case = permissions.case_for(request.user, KIND, pk)
    plan = protocols.in_force(case)
    rows = allocations.rows_seen(case, authorities_for(request.user, "trials.arms"))
    tables = [] if rows is None else [_arms_table(plan, rows)]
    return render(request, "trials/arms.html", {"case": case, "title": "Arms", "tables": tables, "plan": plan})


@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the seed."""
    case = permissions.case_for(request.user, KIND, pk, permission=ALLOCATE)
    form = SeenForm(case, request.POST)
    try:
        seen = form.cleaned_data["seen"] if form.is_valid() else None
        allocations.reveal(by=request.user, case=case, seen=seen, request=request)
    except UserError as error:
        messages.warning(request, "The seed was not revealed. " + correction(error))
    else:
        messages.success(request, "Seed revealed. The same draw came out again.")
    return redirect("trial-allocation", pk=pk)


@require_safe
def log_csv(request: HttpRequest, pk: int) -> HttpResponse:
    case = permissions.case_for(request.user, KIND, pk)
    return as_csv(f"trial-{pk}-log", LOG_HEADINGS, _log_rows(case))


def _log_rows(case: Case) -> list[tuple[str, ...]]:
    return [
        (str(one.number), one.kind, str(one.at), "; ".join(f"{name} {text}" for name, text in one.facts.items()),
         one.before, one.sha256)
        for one in log.entries(case)
    ]  # fmt: skip


def _log_table(case: Case) -> Any:
    rows = [
        (row[0], row[1].capitalize(), date_format(localtime(datetime.fromisoformat(row[2])), "j F Y, H:i"), row[3],
         f"{row[5][:12]}…")
        for row in _log_rows(case)
    ]  # fmt: skip
    return table_of("Log", ("Line", "What", "When", "Facts", "SHA-256"), rows, words=5)


def _arms_table(plan: Frozen, rows: Any) -> Any:
    stepped = plan.protocol.design == STEPPED_WEDGE
    names = [one.name for one in plan.protocol.arms]
    body = [
        (str(one["unit"]) if one["unit"] != one["borough"] else region.authority(one["borough"]).name,
         region.authority(one["borough"]).name, f"Step {one['step']}" if stepped else names[one["arm"]])
        for one in rows.sort("order").iter_rows(named=True)
    ]  # fmt: skip
    return table_of("As allocated", ("Unit", "Borough", "Crosses over at" if stepped else "Arm"), body, words=3)
