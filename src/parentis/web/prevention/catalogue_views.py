"""The catalogue: what each intervention is known to do, how sure that is, and what the law requires already."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from parentis.services.prevention.catalogue import GRADES, Entry, catalogue
from parentis.services.prevention.published_effects import TITLES
from parentis.web.page_parts import Column, Page, Table
from parentis.web.people.authorisation import holds
from parentis.web.prevention.page_views import as_csv, shown

QUANTITIES = {
    "entry": "entries to care", "exit": "children leaving care", "move": "moves between placements",
    "mix": "kinds of placement", "price": "prices of placements",
}  # fmt: skip


def page() -> Page:
    """Every entry, results of every direction alike."""
    rows = [_row(one) for one in catalogue().values()]
    usable = sum(one.effect is not None for one in catalogue().values())
    return Page(
        title="Catalogue",
        lead=(
            f"{len(rows)} interventions; {usable} have a published effect with an interval, which a bid can be worked "
            "out with. Results that found no benefit are kept like any other.",
        ),
        tables=(
            Table(
                name="interventions",
                title="Interventions",
                rows=pl.DataFrame(rows),
                columns=(
                    Column("Intervention", "title"),
                    Column("Grade", "grade"),
                    Column("Effect (95 %)", "effect"),
                    Column("On", "quantity"),
                    Column("Study", "design"),
                    Column("Followed for", "months"),
                    Column("The law", "law"),
                    Column("Source", "source"),
                ),
                note="An effect is the ratio of what happens with the programme to what happens without, as published: "
                "below 1 is fewer. A bid draws from it more widely, for being carried to other places and years.",
            ),
        ),
        notes=(
            "Children before care are not simulated: an intervention acts here on entries to care, exits, moves, kinds "
            "of placement and prices, and on nothing that comes before.",
        ),
    )


def _row(one: Entry) -> dict[str, Any]:
    effect = one.effect
    return {
        "id": one.name,
        "title": one.title,
        "grade": f"{one.grade}: {GRADES[one.grade]}",
        "effect": ratio(one) if effect else f"None: {one.finding or one.why_no_number}",
        "quantity": QUANTITIES[effect.quantity] if effect else "",
        "design": f"{effect.design}; {effect.n}" if effect else one.finding_design,
        "months": f"{effect.measured_months} months" if effect else "",
        "law": "; ".join(_law(law.provision, law.binds(timezone.localdate())) for law in one.law),
        "source": effect.source if effect else one.finding_source,
    }


def ratio(one: Entry, widening: float | None = 1.0) -> str:
    """The effect as it is drawn, with its interval: as published unless widened."""
    drawn = one.distribution(widening)
    low, high = drawn.interval()
    return f"{drawn.centre:.2f} ({low:.2f} to {high:.2f})"


def _law(provision: str, binds: bool) -> str:
    return f"{provision}: {'in force, as far as is known' if binds else 'not in force'}"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The catalogue, from which the other pages are reached."""
    return shown(
        request, page(), "prevention/catalogue.html", tab="prevention",
        table=lambda _name: reverse("prevention-catalogue-csv"), entries=list(catalogue().values()),
        writes=holds(request.user, "prevention.write"),
    )  # fmt: skip


@require_safe
def csv(request: HttpRequest) -> HttpResponse:
    """The catalogue as a file."""
    return as_csv(page(), "interventions", "prevention")


@require_safe
def entry(request: HttpRequest, entry: str) -> HttpResponse:
    """One intervention: everything that is known of it, with its sources and doubts."""
    one = catalogue().get(entry)
    if one is None:
        raise Http404
    return shown(
        request, Page(title=one.title), "prevention/entry.html", tab="prevention", caption=one.name, entry=one,
        facts=facts(one), today=timezone.localdate(),
    )  # fmt: skip


def facts(one: Entry) -> Mapping[str, str]:
    """What is known, by heading, without what is not."""
    effect, found = one.effect, {"Grade of the evidence": f"{one.grade} of 5: {GRADES[one.grade]}"}
    found["Population"] = f"{one.population_text} ({one.population})"
    if effect:
        found |= {
            "Effect as published": f"{effect.estimate:g} ({effect.low:g} to {effect.high:g}), {TITLES[effect.scale]}",
            "Effect as a ratio": f"{ratio(one)}, on {QUANTITIES[effect.quantity]}",
            "Effect as a bid draws it": f"{ratio(one, None)}: wider by {effect.widening:g}. {effect.why_widening}",
            "Converted": " ".join(one.distribution().sentences),
            "Study": f"{effect.design}; {effect.n}",
            "Source": effect.source,
            "Note": effect.note,
            "Evidence for persistence": f"The study followed the effect for {effect.measured_months} months.",
        }
    else:
        found |= {
            "Finding": one.finding, "Study": one.finding_design, "Source": one.finding_source,
            "No number can be entered": one.why_no_number,
        }  # fmt: skip
    found |= {"Uptake": one.why_uptake, "Also": one.note}
    return {name: text for name, text in found.items() if text}
