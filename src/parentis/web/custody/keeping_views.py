"""Pages of whoever answers for what is kept of a child: finding it, holding it, giving it out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from parentis.web.cases import reach
from parentis.web.cases.kinds import FORGET
from parentis.web.custody import desk_forms, giving_out, writing
from parentis.web.custody.casework import KIND


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """What is kept of a child of this name and birthday."""
    form, found = desk_forms.FindForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        found = giving_out.find(request.user, **form.cleaned_data, request=request)
    return render(request, "custody/find.html", {"form": form, "found": found})


@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest, pk: int) -> HttpResponse:
    """A legal hold, on or off; a copy for the child; erasure."""
    case = reach.case_for(request.user, KIND, pk, deed=FORGET)
    is_held = case.detention.held_at is not None
    form = desk_forms.HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        writing.hold(by=request.user, detention=case.detention, on=not is_held, why=why, request=request)
        messages.success(request, "The legal hold is taken off." if is_held else "It is under legal hold.")
        return redirect("custody-keeping", pk=pk)
    context = {"form": form, "case": case, "held": is_held, "copy_form": desk_forms.CopyForm()}
    return render(request, "custody/keeping.html", context)


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The copy, as a download."""
    case = reach.case_for(request.user, KIND, pk, deed=FORGET)
    form = desk_forms.CopyForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Say for whom the copy is, and on what request.")
        return redirect("custody-keeping", pk=pk)
    made = giving_out.copy_of(request.user, case, **form.cleaned_data, request=request)
    response = HttpResponse(made, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="custody-{case.pk}.xlsx"'
    return response
