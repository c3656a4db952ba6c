"""The register's pages. A recommendation's common pages (moves, comments, files, clock) come from `cases.pages`."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis.errors import UserError
from parentis.web.cases import pages, reach
from parentis.web.cases.kinds import READ, WORK
from parentis.web.cases.models import place_name
from parentis.web.recommendations import forms, looking, writing
from parentis.web.recommendations.casework import KIND
from parentis.web.recommendations.importing import LARGEST, exported, import_register
from parentis.web.workbooks import workbook

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every recommendation that the reader may see, the soonest due first."""
    form, found = _wanted(request)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "overdue": looking.overdue(looking.recommendations(request.user)).count(),
        "enters": bool(looking.places_to_enter(request.user)),
    }
    return render(request, "recommendations/register.html", context)


@require_safe
def overdue(request: HttpRequest) -> HttpResponse:
    """What is past its date, the longest first."""
    found = looking.overdue(looking.recommendations(request.user))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "recommendations/overdue.html", {"page": page, "query": ""})


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Police commands and authorities beside one another."""
    rows = looking.by_place(request.user)
    police = [row for row in rows if row["place"].startswith("bcu-")]
    others = [row for row in rows if not row["place"].startswith("bcu-")]
    return render(
        request, "recommendations/places.html", {"parts": [("Police commands", police), ("Authorities", others)]}
    )


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    _, found = _wanted(request)
    return _xlsx(workbook("Register of recommendations", [exported(found)]), "recommendations")


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    return _xlsx(workbook("Register of recommendations", [exported(())]), "recommendations-blank")


@read_or_write
def import_file(request: HttpRequest) -> HttpResponse:
    """A workbook in: what was taken, what was here, and what is wrong with the rest."""
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    imported = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > LARGEST:
                form.add_error("file", f"Choose a file of up to {LARGEST // 1024 // 1024} MB.")
            else:
                imported = import_register(by=request.user, name=file.name, data=file.read(), request=request)
        except UserError as error:
            form.add_error("file", f"Expected {error.expected}, found {error.found}. {error.do}")
    return render(request, "recommendations/import.html", {"form": form, "imported": imported})


@read_or_write
def new(request: HttpRequest) -> HttpResponse:
    form = forms.RecommendationForm(looking.places_to_enter(request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = writing.enter(by=request.user, request=request, **form.cleaned_data)
        messages.success(request, "The recommendation is in the register.")
        return redirect("recommendation", pk=made.pk)
    return _form(request, form, "Enter a recommendation", "Enter", "recommendations")


@require_safe
def recommendation(request: HttpRequest, pk: int) -> HttpResponse:
    case = reach.case_for(request.user, KIND, pk)
    context = {"one": case.recommendation, **pages.context_of(request, case)}
    return render(request, "recommendations/recommendation.html", context)


@read_or_write
def owners(request: HttpRequest, pk: int) -> HttpResponse:
    case = reach.case_for(request.user, KIND, pk, deed=WORK)
    form = forms.OwnersForm(case, request.POST or None)
    form.initial["owners"] = case.recommendation.owners

    def write() -> None:
        writing.change_owners(by=request.user, recommendation=case.recommendation, request=request, **form.cleaned_data)

    return pages.asked(request, case, form, write, title="Change the owners", done="The owners are changed.")


@read_or_write
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the words right; the history keeps what they were, and why."""
    case = reach.case_for(request.user, KIND, pk, deed=WORK)
    form = forms.TextForm(case, request.POST or None)
    form.initial |= {"number": case.recommendation.number, "text": case.recommendation.text}

    def write() -> None:
        writing.change_text(by=request.user, recommendation=case.recommendation, request=request, **form.cleaned_data)

    return pages.asked(request, case, form, write, title="Put the words right", done="The words are changed.")


@require_safe
def gradings(request: HttpRequest) -> HttpResponse:
    """Each place and subject with its judgements over time."""
    found: dict[tuple[str, str], list[Any]] = {}
    for one in looking.gradings(request.user):
        found.setdefault((one.place_name, one.subject), []).append(one)
    context = {"series": sorted(found.items()), "enters": bool(looking.places_to_enter(request.user))}
    return render(request, "recommendations/gradings.html", context)


@read_or_write
def new_grading(request: HttpRequest) -> HttpResponse:
    form = forms.GradingForm(looking.places_to_enter(request.user), request.POST or None)
    form.fields["place"].label = "Of"
    if request.method == "POST" and form.is_valid():
        writing.add_grading(by=request.user, request=request, **form.cleaned_data)
        messages.success(request, "The grading is kept.")
        return redirect("gradings")
    return _form(request, form, "Enter a grading", "Enter", "gradings")


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    context = {"groups": looking.groups(request.user), "enters": bool(looking.places_to_enter(request.user))}
    return render(request, "recommendations/groups.html", context)


@read_or_write
def new_group(request: HttpRequest) -> HttpResponse:
    form = forms.GroupForm(looking.places_to_enter(request.user), request.POST or None)
    form.fields["place"].label = "Whose recommendations it oversees"
    if request.method == "POST" and form.is_valid():
        made = writing.add_group(by=request.user, request=request, **form.cleaned_data)
        messages.success(request, "The group is added.")
        return redirect("group", pk=made.pk)
    return _form(request, form, "Add an oversight group", "Add", "groups")


@require_safe
def group(request: HttpRequest, pk: int) -> HttpResponse:
    one = looking.group_or_404(request.user, pk)
    context = {
        "group": one,
        "members": one.members.all(),
        "meetings": one.meetings.all(),
        "works": reach.allowed(request.user, WORK, kind=KIND, place=one.place),
        "today": timezone.localdate(),
    }
    return render(request, "recommendations/group.html", context)


@read_or_write
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    one = looking.group_or_404(request.user, pk)
    form = forms.MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        writing.add_member(by=request.user, group=one, request=request, **form.cleaned_data)
        messages.success(request, "The member is added.")
        return redirect("group", pk=pk)
    return _form(request, form, f"Add a member to {one}", "Add", "group", pk)


@require_POST
def member_left(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    one = looking.group_or_404(request.user, pk)
    left = get_object_or_404(one.members, pk=member)
    writing.member_left(by=request.user, member=left, until=timezone.localdate(), request=request)
    messages.success(request, f"{left.name} has left the group.")
    return redirect("group", pk=pk)


@read_or_write
def add_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    one = looking.group_or_404(request.user, pk)
    form = forms.MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        writing.add_meeting(by=request.user, group=one, request=request, **form.cleaned_data)
        messages.success(request, "The minutes are kept.")
        return redirect("group", pk=pk)
    return _form(request, form, f"Minutes of {one}", "Keep", "group", pk)


@require_safe
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """What a group meets over, as a page to print."""
    from parentis.web.recommendations.packing import meeting_pack

    one = looking.group_or_404(request.user, pk)
    tables = meeting_pack(request.user, one)
    context = {"group": one, "tables": tables, "last": one.meetings.first(), "now": timezone.now()}
    return render(request, "recommendations/pack.html", context)


@require_safe
def pack_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    from parentis.web.recommendations.packing import meeting_pack

    one = looking.group_or_404(request.user, pk)
    return _xlsx(workbook(str(one), meeting_pack(request.user, one)), f"meeting-pack-{pk}")


def _wanted(request: HttpRequest) -> tuple[forms.FilterForm, Any]:
    seen = sorted(reach.places_for(request.user, READ, KIND))
    held = set(looking.recommendations(request.user).order_by().values_list("place", flat=True))
    places = sorted(((one, place_name(one)) for one in seen if one in held), key=lambda one: one[1])
    form = forms.FilterForm(places, request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return form, looking.narrowed(looking.recommendations(request.user), wanted)


def _form(request: HttpRequest, form: Any, title: str, button: str, back: str, pk: int | None = None) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "back": back, "pk": pk}
    return render(request, "recommendations/form.html", context)


def _xlsx(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
