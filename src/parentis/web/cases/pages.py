"""The pages that every kind of case has, created for a kind: `urls("recommendation")` in its app's urls, `routes(…)` in
its `access` (`cases.routes`). The app's own page of a case includes templates/cases/case_panels.html with
`context_of`."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis.errors import IntegrityError, UserError
from parentis.web.cases import history, operations, permissions, records
from parentis.web.cases import values as of
from parentis.web.cases.declarations import EDIT, ERASE, VIEW, Move, case_types
from parentis.web.cases.fields import Field
from parentis.web.cases.forms import AssignForm, AttachForm, CommentForm, EraseForm, MoveForm, StopForm
from parentis.web.cases.media import check_size
from parentis.web.cases.models import Case, Entry, place_name
from parentis.web.error_messages import correction
from parentis.web.people.models import Person
from parentis.workflow import second_person_needed

View = Callable[..., HttpResponse]


def urls(kind: str) -> list[URLPattern]:
    """The URLs of a kind's common pages, under the path where the app includes them, named `<kind>-<page>`."""
    pages: dict[str, tuple[str, View]] = {
        "comment": ("<int:pk>/comment", comment),
        "attach": ("<int:pk>/attach", attach),
        "assign": ("<int:pk>/assign", assign),
        "move": ("<int:pk>/move/<slug:move>", move),
        "stop": ("<int:pk>/clock/<slug:clock>/stop", stop_clock),
        "start": ("<int:pk>/clock/<slug:clock>/start", start_clock),
        "file": ("<int:pk>/files/<int:sequence>", download),
        "history": ("<int:pk>/history", whole_history),
        "forget": ("<int:pk>/forget", erase),
    }
    return [path(where, view, {"kind": kind}, name=f"{kind}-{name}") for name, (where, view) in pages.items()]


def context_of(request: HttpRequest, case: Case) -> dict[str, Any]:
    """The context of templates/cases/case_panels.html: a case's state, clocks, moves, forms and history, as its reader
    may see them."""
    works = permissions.may_do(request.user, EDIT, case)
    return {
        "case": case,
        "moves": [
            one for one in case.moves if not one.hands_over and permissions.may_do(request.user, one.permission, case)
        ],
        "clocks": _clocks(case),
        "works": works,
        "forgets": permissions.may_do(request.user, ERASE, case),
        "assign_form": AssignForm(case) if works else None,
        "comment_form": CommentForm(case),
        "attach_form": AttachForm(),
        "lines": told(case, request.user),
        "page_names": {name: f"{case.kind}-{name}" for name in PAGES},
    }


PAGES = ("comment", "attach", "assign", "move", "stop", "start", "file", "history", "forget")


def _clocks(case: Case) -> list[dict[str, Any]]:
    titles = case.declared.stop_reasons
    found = []
    for clock in case.clocks.prefetch_related("stops"):
        stop = next((one for one in clock.stops.all() if one.ended_at is None), None)
        found.append({"clock": clock, "stopped": titles.get(stop.reason, stop.reason) if stop else ""})
    return found


def told(case: Case, person: Any = None) -> list[dict[str, Any]]:
    """The history in words, newest first: `line`, `title`, `text`, `file` (name). Declared fields are limited to what
    `person` may see; None is the site itself."""
    lines = history.lines(case)
    numbers = {line.value.get("person") for line in lines if line.value} - {None}
    names = {one.pk: str(one) for one in Person.objects.filter(pk__in=numbers)}
    readable = {one.id: one for one in records.readable(person, case)} if case.declared.register else {}
    return [_told(case, line, names, readable) for line in lines]


def _told(case: Case, line: history.Line, names: Mapping[int, str], readable: Mapping[str, Field]) -> dict[str, Any]:
    kind, entry, value = case.declared, line.entry, line.value
    title = WORDS.get(entry.what, entry.what.replace("-", " ").capitalize())
    if value is None:
        return {"line": line, "title": title, "text": "Forgotten.", "file": ""}
    if entry.what in ("moved", "handed-over"):
        step, state = kind.machine.move(value["move"]).title, kind.machine.state(entry.state).title
        title = step if step == state else f"{step}: {state}"
        if "to" in value:
            title = f"{step}: {place_name(value['from'])} to {place_name(value['to'])}"
    elif entry.what in (named := {**kind.comment_types, **kind.entry_titles}):
        title = named[entry.what]
    elif entry.what == "assigned":
        title = f"Assigned to {names.get(value['person'], 'a former user') if value['person'] else 'nobody'}"
    elif entry.what == "clock-stopped":
        title = f"Clock paused: {kind.stop_reasons.get(value['reason'], value['reason'])}"
    text = value.get("text") or value.get("why") or ""
    changed = value.get("changed", {})
    said = [_changed(readable[name], *changed[name]) for name in readable if name in changed]
    text = "\n\n".join(filter(None, [text, "\n".join(said)]))
    return {"line": line, "title": title, "text": text, "file": value.get("name", "") if "sha256" in value else ""}


def _changed(field: Field, was: Any, now: Any) -> str:
    before, after = (of.shown(field, of.value(field, stored)) for stored in (was, now))
    return f"{field.label}: {after or 'none'}" + (f" (before: {before})" if before else "")


WORDS = {
    "opened": "Opened",
    "attached": "File added",
    "clock-started": "Clock resumed",
    "erasure-asked": "Erasure requested, to be confirmed by a second person",
    "let-in": "Let in",
    "let-go": "Let go",
}


def _answered(view: View) -> View:
    """Process a form and return the case's page, which shows the message of any UserError."""

    @wraps(view)
    def answer(request: HttpRequest, *, kind: str, pk: int, **kwargs: Any) -> HttpResponse:
        case = permissions.case_for(request.user, kind, pk)
        try:
            view(request, case, **kwargs)
        except UserError as error:
            messages.warning(request, "Nothing was changed. " + correction(error))
        return redirect(case_types()[kind].detail_url, pk=pk)

    return answer


@require_POST
@_answered
def comment(request: HttpRequest, case: Case) -> None:
    form = CommentForm(case, request.POST)
    if not form.is_valid():
        messages.warning(request, f"Enter a {form.noun.lower()} of up to 4,000 characters.")
        return
    known = case.declared.comment_by
    permission = next((one for one in known if permissions.may_do(request.user, one, case)), known[0])
    operations.comment(by=request.user, case=case, permission=permission, request=request, **form.cleaned_data)
    messages.success(request, f"{form.noun} saved.")


@require_POST
@_answered
def attach(request: HttpRequest, case: Case) -> None:
    form = AttachForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.warning(request, "Choose a file that is not empty, with a name of up to 200 characters.")
        return
    file = form.cleaned_data["file"]
    check_size(file.size)
    operations.attach(
        by=request.user, case=case, name=file.name, data=file.read(), note=form.cleaned_data["note"], request=request
    )
    messages.success(request, "File saved.")


@require_POST
@_answered
def assign(request: HttpRequest, case: Case) -> None:
    form = AssignForm(case, request.POST)
    if not form.is_valid():
        messages.warning(request, "Choose somebody from the list.")
        return
    chosen, seen = form.cleaned_data["person"], form.cleaned_data["seen"]
    operations.assign(by=request.user, case=case, to=chosen, seen=seen, request=request)
    messages.success(request, f"It is given to {chosen or 'nobody'}.")


@require_POST
@_answered
def start_clock(request: HttpRequest, case: Case, clock: str) -> None:
    _clock_or_404(case, clock)
    operations.start_clock(by=request.user, case=case, clock=clock, seen=None, request=request)
    messages.success(request, "Clock resumed.")


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, *, kind: str, pk: int, move: str) -> HttpResponse:
    """A page for one step: what it does, a reason, and a button."""
    step = _move_or_404(kind, move)
    case = permissions.case_for(request.user, kind, pk, permission=step.permission)
    form = MoveForm(case, step, request.POST or None)

    def write() -> None:
        given = dict(form.cleaned_data)
        values = {name: given.pop(name) for name in step.asks}
        take = operations.hand_over if step.hands_over else operations.move
        take(by=request.user, case=case, move=move, values=values, request=request, **given)

    done = step.done or case.declared.machine.state(step.target).title
    return asked(request, case, form, write, title=step.title, done=done)


@require_http_methods(["GET", "HEAD", "POST"])
def stop_clock(request: HttpRequest, *, kind: str, pk: int, clock: str) -> HttpResponse:
    case = permissions.case_for(request.user, kind, pk, permission=EDIT)
    _clock_or_404(case, clock)
    form = StopForm(case, request.POST or None)

    def write() -> None:
        operations.stop_clock(by=request.user, case=case, clock=clock, request=request, **form.cleaned_data)

    return asked(request, case, form, write, title="Pause the clock", done="Clock paused.")


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, *, kind: str, pk: int) -> HttpResponse:
    """Erase comments and files."""
    case = permissions.case_for(request.user, kind, pk, permission=ERASE)
    form = EraseForm(request.POST or None)

    def write() -> None:
        operations.erase(by=request.user, case=case, why=form.cleaned_data["why"], request=request)

    others = any(one.pk != request.user.pk for one in permissions.people_who(ERASE, case))
    waits = second_person_needed() and others and history.erasure_asked_by(case) is None
    done = "Erasure requested. A second person must confirm it." if waits else "Comments and files erased."
    return asked(request, case, form, write, title="Erase comments and files", done=done)


@require_safe
def download(request: HttpRequest, *, kind: str, pk: int, sequence: int) -> HttpResponse:
    """Download a file as it was uploaded. It is never shown in the browser, because its content is not trusted."""
    case = permissions.case_for(request.user, kind, pk)
    entry = case.entries.select_related("attachment").filter(sequence=sequence, attachment__isnull=False).first()
    value = history.value_of(entry) if entry else None
    if entry is None or value is None:
        raise Http404
    response = HttpResponse(history.file_of(entry), content_type=entry.attachment.media_type)
    response.headers["Content-Disposition"] = _disposition(value["name"])
    return response


@require_safe
def whole_history(request: HttpRequest, *, kind: str, pk: int) -> HttpResponse:
    """Every entry with its hashes, and whether they match."""
    case = permissions.case_for(request.user, kind, pk, permission=VIEW)
    try:
        verified, broken = history.verify(case), ""
    except IntegrityError as error:
        verified, broken = None, str(error)
    entries = Entry.objects.filter(case=case).order_by("sequence")
    context = {
        "case": case,
        "entries": entries,
        "verified": verified,
        "broken": broken,
        "page": case.declared.detail_url,
    }
    return render(request, "cases/history.html", context)


def asked(
    request: HttpRequest, case: Case, form: Any, write: Callable[[], None], *, title: str, done: str
) -> HttpResponse:
    """A form on a page of its own: show it, or process it and return to the case. The input is kept if it is
    refused."""
    if request.method == "POST" and form.is_valid():
        try:
            write()
        except UserError as error:
            form.add_error(None, correction(error))
        else:
            messages.success(request, done)
            now = Case.objects.get(pk=case.pk)
            if case.declared.list_url and not permissions.may_do(request.user, VIEW, now):
                return redirect(case.declared.list_url)  # the case now belongs to another place
            return redirect(case.declared.detail_url, pk=case.pk)
    status = 409 if form.errors and form.is_bound and form.non_field_errors() else 200
    return render(
        request,
        "cases/confirm.html",
        {"form": form, "case": case, "title": title, "page": case.declared.detail_url},
        status=status,
    )


def _move_or_404(kind: str, move: str) -> Move:
    found = [one for one in case_types()[kind].machine.moves if one.id == move and (one.places or not one.hands_over)]
    if not found:
        raise Http404
    return found[0]


def _clock_or_404(case: Case, clock: str) -> None:
    if not case.clocks.filter(name=clock).exists():
        raise Http404


def _disposition(name: str) -> str:
    from django.utils.http import content_disposition_header

    plain = "".join(letter for letter in name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable())
    return str(content_disposition_header(as_attachment=True, filename=plain or "file"))
