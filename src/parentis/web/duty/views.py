"""The pages of the duty desks: who is on duty now, the rota, the phone list, office hours."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis import region
from parentis.errors import UserError
from parentis.web.duty import forms, operations, rota
from parentis.web.duty.desks import BY_ID, DESKS
from parentis.web.duty.import_export import LARGEST, exported, import_rota
from parentis.web.duty.models import EscalationStep, Shift
from parentis.web.error_messages import correction
from parentis.web.people.authorisation import authorities_for, may

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The authorities whose desks the reader may see, with the desks that are open and who sits there now."""
    codes = authorities_for(request.user, "duty.read")
    if len(codes) == 1:
        return redirect("duty-desks", gss=next(iter(codes)))
    now = timezone.now()
    found = sorted((region.authority(code) for code in codes), key=lambda one: one.name)
    rows = [{"authority": one, "desks": _now(one.gss, now)} for one in found]
    return render(request, "duty/places.html", {"rows": rows})


@require_safe
def desks(request: HttpRequest, gss: str) -> HttpResponse:
    now = timezone.now()
    opens, closes = rota.hours_of(gss)
    shifts = Shift.objects.filter(authority=gss, ends_at__gt=now).select_related("person")
    escalation_steps = list(EscalationStep.objects.filter(authority=gss).select_related("person"))
    context = {
        "authority": region.authority(gss),
        "now": now,
        "open": _now(gss, now),
        "opens": opens,
        "closes": closes,
        "shifts": shifts,
        "lists": [(desk, [one for one in escalation_steps if one.desk == desk.id]) for desk in DESKS],
        "keeps": may(request.user, "duty.keep", authority=gss),
    }
    return render(request, "duty/desks.html", context)


@require_safe
def export(request: HttpRequest, gss: str) -> HttpResponse:
    response = HttpResponse(exported(gss), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="duty-desks-{gss}.xlsx"'
    return response


@read_or_write
def import_file(request: HttpRequest, gss: str) -> HttpResponse:
    """Import a workbook and report what was added, what already existed, and what is wrong with the remaining rows."""
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    imported = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > LARGEST:
                form.add_error("file", f"Choose a file of up to {LARGEST // 1024 // 1024} MB.")
            else:
                imported = import_rota(
                    by=request.user, authority=gss, name=file.name, data=file.read(), request=request
                )
        except UserError as error:
            form.add_error("file", correction(error))
    context = {"authority": region.authority(gss), "form": form, "imported": imported}
    return render(request, "duty/import.html", context)


@read_or_write
def shift(request: HttpRequest, gss: str) -> HttpResponse:
    form = forms.ShiftForm(gss, request.POST or None)
    return _asked(request, gss, form, operations.add_shift, "Add a shift")


@read_or_write
def escalation_step(request: HttpRequest, gss: str) -> HttpResponse:
    form = forms.EscalationStepForm(gss, request.POST or None)
    return _asked(request, gss, form, operations.add_escalation_step, "Add somebody to a phone list")


@read_or_write
def hours(request: HttpRequest, gss: str) -> HttpResponse:
    opens, closes = rota.hours_of(gss)
    form = forms.HoursForm(request.POST or None, initial={"opens": opens, "closes": closes})
    return _asked(request, gss, form, operations.set_hours, "Office hours")


@require_POST
def remove_shift(request: HttpRequest, gss: str, pk: int) -> HttpResponse:
    one = get_object_or_404(Shift.objects.select_related("person"), pk=pk, authority=gss)
    operations.remove_shift(by=request.user, shift=one, request=request)
    messages.success(request, f"{one.person} removed from the rota for that shift.")
    return redirect("duty-desks", gss=gss)


@require_POST
def remove_escalation_step(request: HttpRequest, gss: str, pk: int) -> HttpResponse:
    one = get_object_or_404(EscalationStep.objects.select_related("person"), pk=pk, authority=gss)
    operations.remove_escalation_step(by=request.user, escalation_step=one, request=request)
    messages.success(request, f"{one.person} removed from the phone list of the {BY_ID[one.desk].title.lower()}.")
    return redirect("duty-desks", gss=gss)


def _asked(request: HttpRequest, gss: str, form: Any, write: Callable[..., Any], title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            write(by=request.user, authority=gss, request=request, **form.cleaned_data)
        except UserError as error:
            form.add_error(None, correction(error))
        else:
            messages.success(request, "Saved.")
            return redirect("duty-desks", gss=gss)
    context = {"authority": region.authority(gss), "form": form, "title": title}
    return render(request, "duty/form.html", context)


def _now(gss: str, now: Any) -> list[dict[str, Any]]:
    """The desks that are open: `desk`, `people`, `named` (the rota says so)."""
    found = []
    for desk in rota.desks_of(gss, now):
        people, named = rota.at_desk(gss, desk.id, now)
        found.append({"desk": desk, "people": people, "named": named})
    return found
