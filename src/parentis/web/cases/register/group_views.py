"""The pages of oversight groups: members, minutes, and the meeting pack. Every view takes the id of its case type."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parentis.web.cases import permissions
from parentis.web.cases.declarations import EDIT
from parentis.web.cases.records import register_of
from parentis.web.cases.register import forms, operations, queries
from parentis.web.cases.register.frames import form_page, frame, read_or_write, xlsx
from parentis.web.cases.register.meeting_pack import meeting_pack
from parentis.web.workbooks import workbook


@require_safe
def groups(request: HttpRequest, *, kind: str) -> HttpResponse:
    enters = bool(queries.places_to_enter(request.user, kind))
    context = {"groups": queries.groups(request.user, kind), "enters": enters}
    return render(request, "cases/register/groups.html", {**frame(kind), **context})


@read_or_write
def new_group(request: HttpRequest, *, kind: str) -> HttpResponse:
    form = forms.GroupForm(kind, queries.places_to_enter(request.user, kind), request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = operations.add_group(by=request.user, kind=kind, request=request, **form.cleaned_data)
        messages.success(request, "Group added.")
        return redirect(f"{register_of(kind).name}-group", pk=made.pk)
    return form_page(request, form, "Add an oversight group", "Add", f"{register_of(kind).name}-groups")


@require_safe
def group(request: HttpRequest, pk: int, *, kind: str) -> HttpResponse:
    one = queries.group_or_404(request.user, kind, pk)
    context = {
        **frame(kind),
        "group": one,
        "members": one.members.all(),
        "meetings": one.meetings.all(),
        "works": permissions.allowed(request.user, EDIT, kind=kind, place=one.place),
        "urls": {
            name: f"{register_of(kind).name}-{address}"
            for name, address in (
                ("groups", "groups"), ("member", "group-member"), ("left", "group-member-left"),
                ("meeting", "group-meeting"), ("pack", "group-pack"), ("xlsx", "group-pack-xlsx"),
            )
        },
    }  # fmt: skip
    return render(request, "cases/register/group.html", context)


@read_or_write
def add_member(request: HttpRequest, pk: int, *, kind: str) -> HttpResponse:
    one, back = queries.group_or_404(request.user, kind, pk), f"{register_of(kind).name}-group"
    form = forms.MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.add_member(by=request.user, group=one, request=request, **form.cleaned_data)
        messages.success(request, "Member added.")
        return redirect(back, pk=pk)
    return form_page(request, form, f"Add a member to {one}", "Add", back, pk)


@require_POST
def member_left(request: HttpRequest, pk: int, member: int, *, kind: str) -> HttpResponse:
    one = queries.group_or_404(request.user, kind, pk)
    left = get_object_or_404(one.members, pk=member)
    operations.member_left(by=request.user, member=left, until=timezone.localdate(), request=request)
    messages.success(request, f"{left.name} has left the group.")
    return redirect(f"{register_of(kind).name}-group", pk=pk)


@read_or_write
def add_meeting(request: HttpRequest, pk: int, *, kind: str) -> HttpResponse:
    one, back = queries.group_or_404(request.user, kind, pk), f"{register_of(kind).name}-group"
    form = forms.MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.add_meeting(by=request.user, group=one, request=request, **form.cleaned_data)
        messages.success(request, "Minutes saved.")
        return redirect(back, pk=pk)
    return form_page(request, form, f"Minutes of {one}", "Save", back, pk)


@require_safe
def pack(request: HttpRequest, pk: int, *, kind: str) -> HttpResponse:
    """The papers of a group's meeting, as a page to print."""
    one = queries.group_or_404(request.user, kind, pk)
    context = {
        **frame(kind),
        "group": one,
        "tables": meeting_pack(request.user, one),
        "last": one.meetings.first(),
        "now": timezone.now(),
        "back": f"{register_of(kind).name}-group",
        "xlsx": f"{register_of(kind).name}-group-pack-xlsx",
    }
    return render(request, "cases/register/pack.html", context)


@require_safe
def pack_xlsx(request: HttpRequest, pk: int, *, kind: str) -> HttpResponse:
    one = queries.group_or_404(request.user, kind, pk)
    return xlsx(workbook(str(one), meeting_pack(request.user, one)), f"meeting-pack-{pk}")
