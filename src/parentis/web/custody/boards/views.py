"""The boards, the page of one child in custody, and the actions on it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis.errors import UserError
from parentis.web.cases import pages, permissions
from parentis.web.cases.declarations import EDIT, VIEW
from parentis.web.cases.forms import CommentForm, SeenForm
from parentis.web.cases.models import Case
from parentis.web.custody import encrypted_store
from parentis.web.custody.boards import accommodation, forms, queries
from parentis.web.custody.boards.certificates import certificate_of
from parentis.web.custody.boards.timeline import answer_title, duties_of, is_asked
from parentis.web.custody.case_types import ACKNOWLEDGED, DETAIN, KIND, ROUTE, SENT, WITHDRAWN
from parentis.web.custody.fields import BY_ID, CODES
from parentis.web.custody.identity import claimed, in_order
from parentis.web.custody.models import Detention
from parentis.web.duty import rota
from parentis.web.error_messages import correction

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Redirect to the first board that the reader may see."""
    return redirect("custody-board", board=queries.boards_of(request.user)[0].id)


@require_safe
def board(request: HttpRequest, board: str) -> HttpResponse:
    shown, suite = _board(request, board), request.GET.get("suite", "")
    context = {
        "boards": queries.boards_of(request.user),
        "suites": queries.suites_of(request.user) if shown.id == "suite" else (),
        "suite": suite,
        **_drawn(request, shown, queries.known_on(shown, request.user, suite)),
    }
    return render(request, "custody/board.html", context)


@require_safe
def rows(request: HttpRequest, board: str) -> HttpResponse:
    """The board's rows, or 304 if nothing has changed."""
    shown = _board(request, board)
    known = queries.known_on(shown, request.user, request.GET.get("suite", ""))
    tag = f'"{queries.tag_of(known)}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = render(request, "custody/board_rows.html", _drawn(request, shown, known))
    response["ETag"] = tag
    return response


def _board(request: HttpRequest, board: str) -> queries.Board:
    found = [one for one in queries.boards_of(request.user) if one.id == board]
    if not found:
        raise Http404
    return found[0]


def _drawn(request: HttpRequest, board: queries.Board, known: queries.Known) -> dict[str, Any]:
    drawn = queries.drawn_on(board, request.user, known, timezone.now())
    return {"board": board, "rows": [mark_safe(html) for _, html in drawn], "tag": queries.tag_of(known)}  # noqa: S308


@require_safe
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    case = permissions.case_for(request.user, KIND, pk)
    return render(request, "custody/case.html", _case_context(request, case))


@require_POST
def who(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who the child is to somebody who gives a reason: recorded before it is shown, and shown on this page
    only."""
    case, form = permissions.case_for(request.user, KIND, pk), forms.WhyForm(request.POST)
    context = _case_context(request, case)
    if form.is_valid():
        why = forms.REASONS[form.cleaned_data["why"]]
        values = encrypted_store.read(request.user, case, None, why, request=request)
        context["values"] = in_order(values, case.detention.age)
    context["why_form"] = form
    return render(request, "custody/case.html", context)


def _case_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    detention: Detention = case.detention
    detention.case = case
    person, now = request.user, timezone.now()
    works = bool(case.authority) and permissions.may_do(person, EDIT, case)
    detains = not case.state_now.closed and DETAIN in _deeds(person, case)
    return {
        "case": case,
        "one": detention,
        "duties": duties_of(detention, now),
        "now": now,
        "facts": _facts(detention),
        "answered": answer_title(detention),
        "asked": is_asked(detention),
        "works": works,
        "acknowledges": works and case.state == SENT,
        "answers": works and is_asked(detention),
        "hands_over": works and case.state in (SENT, ACKNOWLEDGED),
        "detains": detains,
        "withdraws": case.state != WITHDRAWN and case.erased_at is None and DETAIN in _deeds(person, case),
        "routes": not case.authority and permissions.may_do(person, ROUTE, case),
        "speaks": works or detains,
        "news": forms.NEWS if detains else (),
        "reads": bool(encrypted_store.audiences_of(person, case)) and case.erased_at is None,
        "why_form": forms.WhyForm(initial={"why": "act"}),
        "message_form": CommentForm(case),
        "lines": pages.told(case),
        "calls": _calls(case),
        "desks": _desks(case),
    }


def _deeds(person: Any, case: Case) -> tuple[str, ...]:
    return tuple(permission for permission in (VIEW, DETAIN) if permissions.may_do(person, permission, case))


def _facts(detention: Detention) -> list[tuple[str, Any]]:
    """What is known of the detention and does not identify the child: title and value."""
    found: list[tuple[str, Any]] = [("Age", detention.age), ("Sex", CODES["sex"].get(detention.sex))]
    found += claimed(detention)
    found += [("Offence", CODES["offence"].get(detention.offence_group))]
    for name in ("arrival", "authorised", "charge", "bail_decision"):
        found.append((BY_ID[name].title, getattr(detention, name)))
    found.append(("Bail", CODES["bail"].get(detention.bail)))
    found.append((BY_ID["request"].title, detention.request))
    found.append((BY_ID["accommodation"].title, CODES["accommodation"].get(detention.accommodation)))
    for name in ("aa_requested", "aa_arrived", "transfer", "release"):
        found.append((BY_ID[name].title, getattr(detention, name)))
    return [(title, value) for title, value in found if value not in (None, "")]


def _calls(case: Case) -> list[dict[str, Any]]:
    """Who was called about it, latest first."""
    from parentis.web.duty.models import CallAttempt
    from parentis.web.people.models import Person

    steps = list(CallAttempt.objects.filter(call__case=case).select_related("call").order_by("-at", "-pk")[:20])
    numbers = {number for step in steps for number in step.people}
    names = {one.pk: str(one) for one in Person.objects.filter(pk__in=numbers)}
    return [
        {"step": step, "people": ", ".join(names[number] for number in step.people if number in names)}
        for step in steps
        if step.call.place == case.place
    ]


def _desks(case: Case) -> list[dict[str, Any]]:
    """Whom to phone at the authority now."""
    if not case.authority:
        return []
    now = timezone.now()
    numbers = {one.person_id: one.phone for one in rota.phone_list(case.place, now)}
    return [
        {"desk": desk, "people": [(person, numbers.get(person.pk, "")) for person in people]}
        for desk in rota.desks_of(case.place, now)
        for people, _ in (rota.at_desk(case.place, desk.id, now),)
    ]


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Acknowledge with one press, from the board or the page; the response is the page it was pressed on."""
    case = permissions.case_for(request.user, KIND, pk, permission=EDIT)
    form = SeenForm(case, request.POST)
    try:
        seen = form.cleaned_data["seen"] if form.is_valid() else None
        accommodation.acknowledge(by=request.user, case=case, seen=seen, request=request)
        messages.success(request, f"{case} acknowledged.")
    except UserError as error:
        messages.warning(request, "Nothing was changed. " + correction(error))
    return redirect("custody-board", board="authority") if "board" in request.POST else redirect("custody-case", pk=pk)


@read_or_write
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    case = permissions.case_for(request.user, KIND, pk, permission=EDIT)
    form = forms.AnswerForm(case, request.POST or None)

    def write() -> None:
        accommodation.answer(by=request.user, case=case, request=request, **form.cleaned_data)

    return pages.asked(request, case, form, write, title="Answer", done="Answer sent to the suite.")


@read_or_write
def news(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Add news from the suite, of one kind."""
    case, kind = permissions.case_for(request.user, KIND, pk, permission=DETAIN), forms.NEWS_BY_ID.get(what)
    if kind is None:
        raise Http404
    form = forms.NewsForm(kind, case.detention, request.POST or None, initial={"key": accommodation.new_key()})

    def write() -> None:
        accommodation.suite_says(
            by=request.user, detention=case.detention, said=form.said(), key=form.cleaned_data["key"], request=request
        )

    return pages.asked(request, case, form, write, title=kind.title, done="Update sent.")


@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of the certificate under section 38(7) from what is recorded, or what is missing for it."""
    case = permissions.case_for(request.user, KIND, pk, permission=DETAIN)
    text, missing = "", ""
    try:
        text = certificate_of(request.user, case, request=request)
    except UserError as error:
        missing = correction(error)
    return render(request, "custody/certificate.html", {"case": case, "text": text, "missing": missing})
