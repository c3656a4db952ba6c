"""Freezing a protocol, and reading a version as it was frozen."""

from difflib import unified_diff
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from parentis.errors import UserError
from parentis.services.trials import Frozen, to_form
from parentis.services.trials.protocol.form import FIELDS
from parentis.web.cases import pages, permissions
from parentis.web.cases.forms import SeenForm
from parentis.web.cases.models import Case
from parentis.web.error_messages import correction
from parentis.web.trials import frozen_protocols, log, protocols
from parentis.web.trials.case_types import FREEZE, KIND


class FreezeForm(SeenForm):
    """The hash of what the person was shown."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64, min_length=64)


@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be frozen, word for word, with its hash; a second person freezes it."""
    case = permissions.case_for(request.user, KIND, pk, permission=FREEZE)
    form = FreezeForm(case, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def write() -> None:
            frozen_protocols.freeze(
                by=request.user, case=case, seen=given["seen"], sha256=given["sha256"], request=request
            )

        return pages.asked(request, case, form, write, title="Freeze the protocol", done="Protocol frozen.")
    try:
        plan = protocols.next_frozen(case)
        problem = (
            "" if case.state == "proposed" else f"A protocol is frozen after it was proposed: {case.state_now.title}."
        )
    except UserError as error:
        plan, problem = None, correction(error)
    form = FreezeForm(case, initial={"seen": case.version, "sha256": plan.sha256 if plan else ""})
    context: dict[str, Any] = {"case": case, "form": form, "problem": problem, "plan": plan}
    if plan is not None:
        context |= {
            "rows": rows_of(plan), "changes": changes(case, plan), "weaknesses": protocols.weaknesses(case),
            "randomised": is_randomised(plan),
        }  # fmt: skip
    return render(request, "trials/freeze.html", context)


@require_safe
def plan(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A frozen version."""
    case, version = _version(request, pk, number)
    frozen = protocols.frozen_of(version)
    named = frozen.protocol.population
    facts = next((one.facts for one in reversed(log.entries(case)) if one.facts.get("population") == named), {})
    context = {"case": case, "version": version, "plan": frozen, "rows": rows_of(frozen), "population": facts}
    return render(request, "trials/plan.html", context)


@require_safe
def plan_text(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The bytes whose SHA-256 is the version's hash."""
    _, version = _version(request, pk, number)
    reference = protocols.frozen_of(version).protocol.id
    response = HttpResponse(version.text.encode(), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{reference}-{number}.json")
    return response


def rows_of(plan: Frozen) -> list[tuple[str, str]]:
    """A protocol in words: the title and text of every field that says something."""
    texts = to_form(plan.protocol)
    found = [(one.title, _named(one.name, texts[one.name])) for one in FIELDS if texts.get(one.name)]
    if plan.protocol.reason:
        found.append(("Why this version", plan.protocol.reason))
    if plan.protocol.operating is not None:
        found.append(("What the stopping rule does", _operating(plan)))
    return found


def changes(case: Case, plan: Frozen) -> list[str]:
    """Lines that the plan changes in the version before it: `+` and `-` first."""
    before = case.protocols.first()
    if before is None:
        return []
    old, new = ([f"{title}: {text}" for title, text in rows_of(one)] for one in (protocols.frozen_of(before), plan))
    return [line for line in unified_diff(old, new, n=0, lineterm="") if not line.startswith(("---", "+++", "@@"))]


def is_randomised(plan: Frozen) -> bool:
    """Whether chance decides who gets the new way."""
    from parentis.services.trials.protocol.record import RANDOMISED

    return plan.protocol.design in RANDOMISED


def _named(name: str, text: str) -> str:
    from parentis import region

    return ", ".join(region.authority(code).name for code in text.split(", ")) if name == "boroughs" else text


def _operating(plan: Frozen) -> str:
    one = plan.protocol.operating
    return (
        "" if one is None else
        f"If the new way does nothing: stops for benefit {one.benefit_if_none:.1%}, as futile "
        f"{one.futility_if_none:.1%}, mean {one.mean_if_none:.1f} children an arm. If it does what is expected: "
        f"for benefit {one.benefit_if_expected:.1%}, as futile {one.futility_if_expected:.1%}, mean "
        f"{one.mean_if_expected:.1f}."
    )  # fmt: skip


def _version(request: HttpRequest, pk: int, number: int) -> tuple[Case, Any]:
    case = permissions.case_for(request.user, KIND, pk)
    version = case.protocols.filter(number=number).first()
    if version is None:
        raise Http404
    return case, version
