"""Search over what the reader may open: pages, measures, places, and the cases they may see.

Every part asks for its own permission; nothing is indexed, so nothing is found that could not be opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from parentis.services import services
from parentis.web.cases.declarations import CaseType, case_types
from parentis.web.cases.models import place_name
from parentis.web.cases.register.queries import records
from parentis.web.dashboards import pages
from parentis.web.help.glossary import FIELD, WORDS, anchor
from parentis.web.people.authorisation import holds
from parentis.web.people.permissions import access_modules

MOST = 20
"Shown of each kind; more words narrow it."
SHORTEST = 2
HELP = (
    ("Glossary", "glossary"), ("How figures are made", "methods"), ("Privacy", "privacy"), ("Contact", "contact"),
    ("Accessibility", "accessibility"), ("Your account", "people-me"), ("Waiting for you", "tasks"),
    ("Notices", "notices"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    title: str
    path: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What was found of a kind; `more`: there is more than is shown."""

    title: str
    found: tuple[Found, ...]
    more: bool


def search(person: Any, text: str) -> list[Kind]:
    """What `person` may open that has every word of `text`, by kind; nothing for a word shorter than two letters."""
    words = [word for word in text.casefold().split() if len(word) >= SHORTEST]
    if not words:
        return []
    kinds: list[tuple[str, Iterator[Found]]] = [
        ("Pages", (one for one in _pages(person) if _has(words, one))),
        ("Words", (one for one in _words() if _has(words, one))),
    ]
    if holds(person, "figures.read"):
        kinds += [
            ("Places", (one for one in _places() if _has(words, one))),
            ("Measures", (one for one in _measures(person) if _has(words, one))),
        ]
    kinds += [(kind.register.title, _cases(person, kind, words)) for kind in case_types().values() if kind.register]
    found = []
    for title, each in kinds:
        first = [one for one, _ in zip(each, range(MOST + 1), strict=False)]
        if first:
            found.append(Kind(title, tuple(first[:MOST]), len(first) > MOST))
    return found


def _has(words: list[str], one: Found) -> bool:
    said = f"{one.title} {one.about}".casefold()
    return all(word in said for word in words)


def _pages(person: Any) -> Iterator[Found]:
    for module in access_modules():
        for item in getattr(module, "MENU", ()):
            if holds(person, item.action):
                yield Found(item.title, reverse(item.route))
    if holds(person, "figures.read"):
        place = pages.own_place(person)
        for service in services().values():
            sections = service.sections.resolve()
            address = f"{reverse('figures-page', args=[service.id])}?place={place}"
            if sections:
                yield Found(f"Figures: {service.title}", address)
            for section in sections:
                yield Found(section.title, f"{address}&section={pages.chapter_id(section.id)}", service.title)
    for title, route in HELP:
        yield Found(title, reverse(route))


def _words() -> Iterator[Found]:
    page = reverse("glossary")
    for word, meaning in (*WORDS, *FIELD):
        yield Found(word, f"{page}#{anchor(word)}", meaning.replace("*", ""))


def _places() -> Iterator[Found]:
    for kind, found in pages.grouped_places():
        for place, name in found:
            yield Found(name, f"{reverse('figures')}?place={place}", kind)


def _measures(person: Any) -> Iterator[Found]:
    place = pages.own_place(person)
    for one in sorted(pages.catalogue(), key=lambda each: each.title):
        yield Found(one.title, f"{reverse('figures-page', args=[one.id])}?place={place}", one.definition)


def _cases(person: Any, kind: CaseType, words: list[str]) -> Iterator[Found]:
    """By the fields that the kind's own list may be searched for, and nothing else of them."""
    register = kind.register
    searched = [one.id for one in register.fields if one.searched] if register else []
    if register is None or not searched:
        return
    lead_id = None if register.field(register.lead_id).is_closed else register.lead_id
    found = records(person, kind.id)
    for word in words:
        any_of = Q(pk__in=())
        for name in searched:
            any_of |= Q(**{f"values__{name}__icontains": word})
        found = found.filter(any_of)
    for record in found[: MOST + 1]:
        case = record.case
        lead = "" if lead_id is None else str(record.values.get(lead_id) or "")
        yield Found(
            f"{case}, {place_name(case.place)}", reverse(kind.detail_url, kwargs={"pk": case.pk}),
            f"{case.state_now.title}. {lead}".strip(),
        )  # fmt: skip
