"""The practice site's learning cards, and samples of addresses for the tests that walk every page."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction

from parentis import region
from parentis.web.cases.models import Record
from parentis.web.cases.operations import move
from parentis.web.cases.register.operations import enter
from parentis.web.commissioning.case_types import KIND

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]
CARDS: Final = (
    (
        "Croydon",
        {
            "reference": "SLCP-2024-1",
            "headline": "One framework for six boroughs lowered prices by about a tenth",
            "partnership": "SLCP",
            "form": "framework",
            "measure": "commissioning.effect",
            "breakdown": "arrangement=SLCP arrangement",
            "context": "Practice: six boroughs, all residential and fostering placements, from April 2022.",
            "failed": "Practice: two boroughs kept their own referral form for a year, and providers answered neither.",
            "conditions": "Practice: a lead with its own team, and every borough using one form from the first day.",
            "contact": "Practice: head of placements, Croydon",
            "cited": "-9",
            "low": "-13",
            "high": "-4",
            "expires_on": date(2027, 3, 31),
        },
    ),
    (
        "Newham",
        {
            "reference": "NEL-2025-1",
            "headline": "Thirty-five block places: nothing moved that could be told from chance",
            "partnership": "NEL",
            "form": "block",
            "measure": "commissioning.effect",
            "breakdown": "arrangement=NEL arrangement",
            "context": "Practice: block places in homes, bought together from April 2023.",
            "failed": "Practice: more than a fifth of the nights stood empty.",
            "conditions": "Practice: fewer places, or a referral route that fills them.",
            "contact": "Practice: commissioner, Havering",
            "cited": "-12",
            "low": "-16",
            "high": "-8",
            "expires_on": date(2027, 3, 31),
        },
    ),
    (
        "Camden",
        {
            "reference": "NLCEP-2023-1",
            "headline": "Blocks for children who need most, a third of them empty",
            "partnership": "NLCEP",
            "form": "block",
            "measure": "commissioning.like_for_like_price",
            "breakdown": "partnership=NLCEP",
            "context": "Practice: block places in homes for children with the highest needs.",
            "failed": "Practice: voids were nobody’s to watch.",
            "conditions": "Practice: an alert when two nights are empty.",
            "contact": "Practice: commissioner, Islington",
            "cited": "2400",
            "low": "2300",
            "high": "2500",
            "expires_on": date(2025, 3, 31),
        },
    ),
)
"""One whose figure should stand within what it cites, one that cites what never was (it is stale), and one past its
day."""


@transaction.atomic
def make_practice_cards() -> int:
    """Published cards of three partnerships; 0 where there were any."""
    if Record.objects.filter(case__kind=KIND).exists():
        return 0
    for name, values in CARDS:
        case = enter(by=None, kind=KIND, place=region.authority(name).gss, practice=True, values=values)
        move(by=None, case=case, move="publish", seen=None)
    return len(CARDS)


SAMPLES: dict[str, Sample] = {
    "commissioning-page": lambda places, place: {"page": "like-for-like"},
    "commissioning-table": lambda places, place: {"page": "like-for-like", "table": "prices"},
    "commissioning-picture": lambda places, place: {"page": "like-for-like", "picture": "prices"},
}
