"""The pages of a bid: its run, the answer under a reader's own terms, what must be true, and a draft of a trial."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parentis.services.prevention.bid_answers import Terms
from parentis.services.prevention.bids import BidResult
from parentis.services.prevention.catalogue import catalogue
from parentis.web.cases import permissions
from parentis.web.cases.declarations import VIEW
from parentis.web.cases.models import Case
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue
from parentis.web.page_parts import Page
from parentis.web.people.authorisation import may
from parentis.web.prevention.bid_pages import answer_page, conditions_page, facts
from parentis.web.prevention.bids import answer_of, mark, problems_of, run_of
from parentis.web.prevention.case_types import BID
from parentis.web.prevention.page_views import as_csv, as_svg, shown

JOB = "prevention-bid"


class TermsForm(forms.Form):
    """How the reader wants the run read; nothing is simulated again."""

    price = forms.IntegerField(label="Price of a night", help_text="Per cent of today’s.", required=False, min_value=10,
                               max_value=300)  # fmt: skip
    rate = forms.DecimalField(
        label="Discount rate", help_text="Per cent a year; empty for the Green Book’s.", required=False, min_value=0,
        max_value=15, max_digits=5, decimal_places=2,
    )  # fmt: skip
    optimism = forms.BooleanField(label="With optimism bias", required=False)

    def terms(self) -> Terms:
        """The terms entered; the bid's own where a field is empty or wrong."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        price, rate = given.get("price"), given.get("rate")
        return Terms(
            on=timezone.localdate(),
            price=1.0 if price is None else price / 100,
            rate=None if rate is None else float(rate) / 100,
            optimism=bool(given.get("optimism")),
        )


def case_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """For a bid's own page: what is wrong with it, its run, and whether it is being worked out."""
    run, found = run_of(case), problems_of(case)
    job = open_job(case)
    context: dict[str, Any] = {
        "stops": [one for one in found if one.stops], "flags": [one for one in found if not one.stops],
        "run": run, "job": job, "stale": run is not None and run.asked != mark(case),
        "writes": may(request.user, "prevention.write", authority=str(case.place)),
    }  # fmt: skip
    if run is not None:
        context |= {"facts": facts(answer_of(run), Terms(on=timezone.localdate()))}
    last = Job.objects.filter(kind=JOB, asked={"case": case.pk}).first()
    return context | {"failed": last.problem if last is not None and not last.is_open and last.problem else ""}


def open_job(case: Case) -> Job | None:
    """The job that is working the bid out, if there is one."""
    found = Job.objects.filter(kind=JOB, asked={"case": case.pk}).first()
    return found if found is not None and found.is_open else None


@require_POST
def work_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the bid worked out by the worker, unless something about it must be put right first."""
    case = permissions.case_for(request.user, BID, pk)
    if any(one.stops for one in problems_of(case)):
        messages.warning(request, "The bid cannot be worked out before it is corrected.")
    elif open_job(case) is None:
        enqueue(kind=JOB, by=request.user, asked={"case": case.pk}, authority=str(case.place))
    return redirect("bid", pk=pk)


def _answered(request: HttpRequest, pk: int) -> tuple[Case, BidResult]:
    case = permissions.case_for(request.user, BID, pk, permission=VIEW)
    run = run_of(case)
    if run is None:
        raise Http404
    return case, answer_of(run)


def _baseline(case: Case) -> float | None:
    one = catalogue().get(str(case.record.values["entry"]).strip())
    return one.effect.baseline if one and one.effect else None


def _page(request: HttpRequest, pk: int, which: str) -> tuple[Case, BidResult, TermsForm, Page]:
    case, answer = _answered(request, pk)
    form = TermsForm(request.GET or None)
    terms = form.terms()
    if which == "conditions":
        return case, answer, form, conditions_page(answer, terms, _baseline(case))
    return case, answer, form, answer_page(answer, terms)


def _shown(request: HttpRequest, pk: int, which: str, template: str) -> HttpResponse:
    case, answer, form, page = _page(request, pk, which)
    query = urlencode({name: value for name, value in request.GET.items() if name in form.fields})
    of = "?" + query if query else ""
    return shown(
        request, page, template, tab="bids", caption=f"{case.place_name}, {case}",
        table=lambda name: reverse("bid-table", args=[pk, which, name]) + of,
        picture=lambda name: reverse("bid-picture", args=[pk, which, name]) + of,
        case=case, form=form, facts=facts(answer, form.terms()), run=run_of(case), answer=answer,
        head=answer.header, hash=answer.hash,
        stale=bool((run := run_of(case)) and run.asked != mark(case)), query=of,
        drafts=may(request.user, "trials.draft", authority=str(case.place)) if _has_trials() else False,
    )  # fmt: skip


def _has_trials() -> bool:
    from parentis.web.people.permissions import actions

    return "trials.draft" in actions()


@require_safe
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The bid on one page: cash by year and payer with bands, the probability that it pays, and payback."""
    return _shown(request, pk, "answer", "prevention/bid_answer.html")


@require_safe
def conditions(request: HttpRequest, pk: int) -> HttpResponse:
    """What must be true for the bid to pay."""
    return _shown(request, pk, "conditions", "prevention/conditions.html")


@require_safe
def table(request: HttpRequest, pk: int, page: str, table: str) -> HttpResponse:
    """A table of a bid's page as a file."""
    return as_csv(_page(request, pk, page)[3], table, f"bid-{pk}")


@require_safe
def picture(request: HttpRequest, pk: int, page: str, picture: str) -> HttpResponse:
    """A picture of a bid's page."""
    return as_svg(_page(request, pk, page)[3], picture)


@require_POST
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft protocol for a trial of the bid's effect to the trial registry."""
    from parentis.web.prevention.trial_drafts import draft

    case, answer = _answered(request, pk)
    made = draft(
        by=request.user, case=case, entry_id=str(case.record.values["entry"]).strip(), answer=answer,
        today=timezone.localdate(), request=request,
    )  # fmt: skip
    messages.success(request, "The draft of a trial is in the registry: complete it there.")
    return redirect(made.declared.detail_url, pk=made.pk)
