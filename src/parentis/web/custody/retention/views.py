"""Pages for people responsible for stored data about a child: finding it, placing a legal hold, supplying a copy."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from parentis.web.cases import permissions
from parentis.web.cases.declarations import ERASE
from parentis.web.custody import operations
from parentis.web.custody.case_types import KIND
from parentis.web.custody.desk import forms
from parentis.web.custody.retention import subject_access


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find what is stored about a child with this name and birthday."""
    form, found = forms.FindForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        found = subject_access.find(request.user, **form.cleaned_data, request=request)
    return render(request, "custody/find.html", {"form": form, "found": found})


@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest, pk: int) -> HttpResponse:
    """Place or lift a legal hold, supply a copy for the child, or erase."""
    case = permissions.case_for(request.user, KIND, pk, permission=ERASE)
    is_held = case.detention.held_at is not None
    form = forms.HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        operations.hold(by=request.user, detention=case.detention, on=not is_held, why=why, request=request)
        messages.success(request, "Legal hold removed." if is_held else "Placed under legal hold.")
        return redirect("custody-keeping", pk=pk)
    context = {"form": form, "case": case, "held": is_held, "copy_form": forms.CopyForm()}
    return render(request, "custody/retention.html", context)


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the copy."""
    case = permissions.case_for(request.user, KIND, pk, permission=ERASE)
    form = forms.CopyForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Enter the recipient and the reason for the request.")
        return redirect("custody-keeping", pk=pk)
    made = subject_access.copy_of(request.user, case, **form.cleaned_data, request=request)
    response = HttpResponse(made, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="custody-{case.pk}.xlsx"'
    return response
