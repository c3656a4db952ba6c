"""Search, and the pages that explain."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.evidence.formats import SHORTHAND
from parentis.returns import returns
from parentis.services import services
from parentis.web.help import site_search
from parentis.web.help.glossary import FIELD, WORDS, anchor
from parentis.web.people.authorisation import memberships
from parentis.web.people.models import Membership

LONGEST = 100


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the reader may open that has the words."""
    text = request.GET.get("q", "")[:LONGEST].strip()
    return render(request, "help/search.html", {"q": text, "kinds": site_search.search(request.user, text)})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    words = [(word, anchor(word), meaning.replace("*", "")) for word, meaning in WORDS]
    field = [(word, anchor(word), meaning) for word, meaning in FIELD]
    return render(request, "help/glossary.html", {"words": words, "field": field})


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """How figures are made and read, and each service's measures."""
    listed = [one for one in services().values() if one.sections.resolve()]
    return render(request, "help/methods.html", {"letters": SHORTHAND.items(), "services": listed})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is held about children and about people who sign in, and for how long."""
    kept = sorted((one.spec.title, one.keep_years) for one in returns().values() if one.keep_years)
    return render(request, "help/privacy.html", {"kept": kept})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Whom the reader can ask: their own organisations' administrators and data-protection officers."""
    own = [one.organisation_id for one in memberships(request.user)]
    held = Membership.objects.filter(
        organisation__in=own, role__in=("administrator", "data-protection"), person__is_active=True
    ).select_related("person", "organisation")
    return render(
        request, "help/contact.html",
        {"people": held.order_by("organisation__name", "role"), "address": getattr(settings, "CONTACT_ADDRESS", "")},
    )  # fmt: skip
