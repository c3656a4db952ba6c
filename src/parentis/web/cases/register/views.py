"""The pages of a register; those of a single case's moves, comments, files and clocks come from `cases.pages`.

`urls(KIND)` gives both. Every view takes its kind's id from the URL."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from parentis.errors import DeclarationError, UserError
from parentis.web.cases import pages, permissions, records
from parentis.web.cases import values as of
from parentis.web.cases.declarations import EDIT, CaseType, case_types
from parentis.web.cases.fields import Edit, FieldType
from parentis.web.cases.models import Record, is_authority, place_name
from parentis.web.cases.records import register_of
from parentis.web.cases.register import forms, group_views, operations, queries
from parentis.web.cases.register.frames import form_page, frame, places_title, read_or_write, xlsx
from parentis.web.cases.register.import_export import LARGEST, blank, exported, import_register
from parentis.web.cases.register.meeting_pack import listed_fields
from parentis.web.error_messages import correction
from parentis.web.workbooks import Table, workbook

PAGE = 50


def urls(kind: CaseType) -> list[URLPattern]:
    """The addresses of a register, under wherever the app includes them."""
    register = kind.register
    if register is None:
        raise DeclarationError(f"kind of case {kind.id} has no declared fields")
    name = register.name
    told = {"kind": kind.id}
    found = [
        path("", listing, told, name=name),
        path("overdue", overdue, told, name=f"{name}-overdue"),
        path("places", places, told, name=f"{name}-places"),
        *([path("new", new, told, name=f"{kind.id}-new")] if register.has_entry_page else []),
        path("<int:pk>/", case_page, told, name=kind.detail_url),
        *(
            path(f"<int:pk>/{one.id}", edit, {**told, "edit": one.id}, name=f"{kind.id}-{one.id}")
            for one in register.edits
        ),
        *pages.urls(kind.id),
    ]
    if register.workbook:
        found += [
            path("export.xlsx", export, told, name=f"{name}-export"),
            path("blank.xlsx", blank_file, told, name=f"{name}-blank"),
            path("import", import_file, told, name=f"{name}-import"),
        ]
    if register.meetings is None:
        return found
    return [
        *found,
        path("groups/", group_views.groups, told, name=f"{name}-groups"),
        path("groups/new", group_views.new_group, told, name=f"{name}-groups-new"),
        path("groups/<int:pk>/", group_views.group, told, name=f"{name}-group"),
        path("groups/<int:pk>/members", group_views.add_member, told, name=f"{name}-group-member"),
        path(
            "groups/<int:pk>/members/<int:member>/left", group_views.member_left, told,
            name=f"{name}-group-member-left",
        ),
        path("groups/<int:pk>/meetings", group_views.add_meeting, told, name=f"{name}-group-meeting"),
        path("groups/<int:pk>/pack", group_views.pack, told, name=f"{name}-group-pack"),
        path("groups/<int:pk>/pack.xlsx", group_views.pack_xlsx, told, name=f"{name}-group-pack-xlsx"),
    ]  # fmt: skip


@require_safe
def listing(request: HttpRequest, *, kind: str) -> HttpResponse:
    """Every case that the reader may see, soonest due first, or in the requested order."""
    form, found = _wanted(request, kind)
    found = queries.sorted_by(found, kind, request.GET.get("sort", ""))
    query = request.GET.copy()
    query.pop("page", None)
    unsorted = query.copy()
    unsorted.pop("sort", None)
    context = {
        **_table(request, kind, found),
        "form": form,
        "query": query.urlencode(),
        "unsorted": unsorted.urlencode(),
        "sort": request.GET.get("sort", ""),
        "overdue": queries.overdue(queries.records(request.user, kind), kind).count(),
        "enters": register_of(kind).has_entry_page and bool(queries.places_to_enter(request.user, kind)),
        "sorts": True,
    }
    return render(request, "cases/register/list.html", context)


@require_safe
def overdue(request: HttpRequest, *, kind: str) -> HttpResponse:
    """Overdue cases, longest overdue first."""
    found = queries.overdue(queries.records(request.user, kind), kind)
    return render(request, "cases/register/overdue.html", {**_table(request, kind, found), "query": ""})


@require_safe
def places(request: HttpRequest, *, kind: str) -> HttpResponse:
    """A comparison of the places."""
    from parentis import region

    register, rows = register_of(kind), queries.by_place(request.user, kind)
    of_kind = {one.id: one.kind for one in region.footprints()}
    parts = [
        (title, [row for row in rows if of_kind.get(row["place"]) == each])
        for each, title in register.footprints.items()
    ]
    parts.append(("Authorities", [row for row in rows if is_authority(row["place"])]))
    states = [title for title, _ in register.meetings.states.values()] if register.meetings else []
    context = {**frame(kind), "parts": parts, "title": places_title(kind), "states": states}
    return render(request, "cases/register/places.html", context)


@require_safe
def export(request: HttpRequest, *, kind: str) -> HttpResponse:
    _, found = _wanted(request, kind)
    return _register_file(kind, exported(kind, found), "")


@require_safe
def blank_file(request: HttpRequest, *, kind: str) -> HttpResponse:
    return _register_file(kind, blank(kind), "-blank")


@read_or_write
def import_file(request: HttpRequest, *, kind: str) -> HttpResponse:
    """Import a workbook and report what was added, what already existed, and what is wrong with the remaining rows."""
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    imported = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > LARGEST:
                form.add_error("file", f"Choose a file of up to {LARGEST // 1024 // 1024} MB.")
            else:
                imported = import_register(
                    by=request.user, kind=kind, name=file.name, data=file.read(), request=request
                )
        except UserError as error:
            form.add_error("file", correction(error))
    return render(request, "cases/register/import.html", {**frame(kind), "form": form, "imported": imported})


@read_or_write
def new(request: HttpRequest, *, kind: str) -> HttpResponse:
    # A link may lead here with what is known: `?population=london-older@3`.
    given = {name: value for name, value in request.GET.items() if name in {one.id for one in register_of(kind).fields}}
    form = forms.EntryForm(kind, queries.places_to_enter(request.user, kind), request.POST or None, initial=given)
    title = case_types()[kind].title.lower()
    if request.method == "POST" and form.is_valid():
        made = operations.enter(
            by=request.user, kind=kind, place=form.cleaned_data["place"], values=form.values, request=request
        )
        messages.success(request, f"The {title} is in the register.")
        return redirect(case_types()[kind].detail_url, pk=made.pk)
    article = "an" if title[0] in "aeiou" else "a"
    return form_page(request, form, f"Enter {article} {title}", "Enter", register_of(kind).name)


@require_safe
def case_page(request: HttpRequest, pk: int, *, kind: str) -> HttpResponse:
    """A case: its fields, as far as the reader may see them, its state, clocks, moves and history."""
    case, register = permissions.case_for(request.user, kind, pk), register_of(kind)
    values = {one.id: (one, value) for one, value in records.seen(request.user, case)}
    works = {one.id for one in register.edits if permissions.may_do(request.user, one.permission or EDIT, case)}
    edits = [
        one
        for one in register.edits
        if one.id in works and set(one.fields) <= set(values) and (not one.states or case.state in one.states)
    ]
    lead = register.field(register.lead_id)
    is_large = lead.type is FieldType.TEXT
    rows = [
        {"field": one, "text": of.shown(one, value), "link": value if one.type is FieldType.LINK else "",
         "edit": _edit_of(kind, one.id, edits)}
        for name, (one, value) in values.items()
        if value is not None and not (is_large and name == lead.id) and "{" + name + "}" not in register.heading
    ]  # fmt: skip
    context = {
        **frame(kind),
        **pages.context_of(request, case),
        "heading": str(case),
        "large": of.shown(lead, values[lead.id][1]) if is_large else "",
        "large_edit": _edit_of(kind, lead.id, edits) if is_large else None,
        "rows": rows,
        "record": case.record,
        **(register.context.resolve()(request, case) if register.context else {}),
    }
    return render(request, "cases/register/case.html", context)


def _edit_of(kind: str, field: str, edits: list[Edit]) -> dict[str, str] | None:
    """The page that changes a field, if there is one."""
    for one in edits:
        if field in one.fields:
            return {"title": one.title, "url": f"{kind}-{one.id}"}
    return None


@read_or_write
def edit(request: HttpRequest, pk: int, *, kind: str, edit: str) -> HttpResponse:
    """Change some fields; the history keeps what they were, and why."""
    declared = register_of(kind).edit(edit)
    case = permissions.case_for(request.user, kind, pk, permission=declared.permission or EDIT)
    if not set(declared.fields) <= {one.id for one in records.readable(request.user, case)}:
        raise Http404
    form = forms.EditForm(case, declared, request.POST or None)

    def write() -> None:
        operations.edit(
            by=request.user, case=case, edit=declared, values=form.values, seen=form.cleaned_data["seen"],
            why=form.cleaned_data.get("why", ""), request=request,
        )  # fmt: skip

    return pages.asked(request, case, form, write, title=declared.title, done=declared.done)


def _wanted(request: HttpRequest, kind: str) -> tuple[forms.FilterForm, Any]:
    found = queries.records(request.user, kind)
    held = set(found.order_by().values_list("case__place", flat=True))
    names = sorted(((one, place_name(one)) for one in held), key=lambda one: one[1])
    form = forms.FilterForm(kind, names, request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return form, queries.narrowed(found, kind, wanted)


def _table(request: HttpRequest, kind: str, found: Any) -> dict[str, Any]:
    """A page of the list: `page`, whose objects are rows, and the headings with the order in which each sorts."""
    register = register_of(kind)
    before, after = listed_fields(kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    page.object_list = [_row(kind, one) for one in page.object_list]
    headings = [
        *((one.short or one.label, one.id) for one in before), (register.place, "place"),
        *((one.short or one.label, one.id) for one in after), ("State", "state"), ("Due", "due"),
    ]  # fmt: skip
    return {**frame(kind), "page": page, "headings": headings}


def _row(kind: str, one: Record) -> dict[str, Any]:
    register = register_of(kind)
    before, after = listed_fields(kind)

    def shown(name: str) -> str:
        field = register.field(name)
        return of.shown(field, of.value(field, one.values.get(name)))

    return {
        "record": one,
        "before": [{"text": shown(field.id), "leads": field.id == register.lead_id} for field in before],
        "after": [shown(field.id) for field in after],
        "under": shown(register.under) if register.under else "",
    }


def _register_file(kind: str, table: Table, ending: str) -> HttpResponse:
    register = register_of(kind)
    return xlsx(workbook(f"Register of {register.title.lower()}", [table]), f"{register.name}{ending}")
