"""One child's page, for the authority that looks after the child: found by its number, never from a list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis import region
from parentis.errors import ParentisError
from parentis.web.cohort import identification
from parentis.web.cohort.held import SERVED_DAYS
from parentis.web.error_messages import message_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest, gss: str) -> HttpResponse:
    """Ask for a child by its number: the number is in no address."""
    on = identification.assessment_of(gss)
    context = {"gss": gss, "name": region.authority(gss).name, "on": on, "problem": ""}
    if request.method == "POST" and on is not None:
        child = identification.hash_of(request.POST.get("number", ""))
        if identification.said_of(gss, child) is not None:
            return redirect("cohort-child", gss=gss, child=child)
        context["problem"] = (
            f"No child of {context['name']} with that number is in this part. It says nothing of children under "
            "10, of those who are in the cohort already, and of those who are not looked after."
        )
    return render(request, "cohort/find.html", context)


@never_cache
@require_safe
def child(request: HttpRequest, gss: str, child: str) -> HttpResponse:
    """What early identification says of a child, unless it is off, over, or objected to."""
    on = identification.assessment_of(gss)
    said = identification.said_of(gss, child) if on is not None else None
    objections = identification.objections_to(gss, child)
    hidden = identification.is_hidden(objections)
    over = said is not None and said.until < timezone.localdate()
    context = {
        "gss": gss, "name": region.authority(gss).name, "on": on, "child": child, "days": SERVED_DAYS,
        "said": said if said is not None and not hidden and not over else None,
        "known": said is not None, "hidden": hidden, "over": over, "until": said.until if said else None,
        "objections": objections, "longest": identification.LONGEST,
    }  # fmt: skip
    return render(request, "cohort/child.html", context)


@require_POST
def object_to(request: HttpRequest, gss: str, child: str) -> HttpResponse:
    """The worker's objection; from then on nothing is shown of the child until it is answered."""
    if identification.assessment_of(gss) is None or identification.said_of(gss, child) is None:
        messages.warning(request, "Nothing is said of this child that could be objected to.")
        return redirect("cohort-find", gss=gss)
    try:
        identification.object_to(
            by=request.user, authority=gss, child=child, why=request.POST.get("why", ""), request=request
        )
    except ParentisError as problem:
        messages.warning(request, message_of(problem))
    else:
        messages.success(request, "Objection recorded. Nothing is shown of this child until it is answered.")
    return redirect("cohort-child", gss=gss, child=child)
