"""What the practice site shows of the cohort: an assessment switched on in one borough, and samples of addresses."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from parentis import region
from parentis.services.cohort import read_definition
from parentis.web.cases.models import Record
from parentis.web.cases.operations import move
from parentis.web.cases.register.operations import enter
from parentis.web.cohort.case_types import ASSESSMENT_KIND
from parentis.web.cohort.models import DefinitionVersion
from parentis.web.cohort.written import text_of
from parentis.web.people.initial_accounts import DEMO_BOROUGHS

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]


def make_practice_cohort() -> int:
    """File an assessment in the first borough with accounts and switch it on, so that one page can be seen and the
    others are off; gives how many are new."""
    if Record.objects.filter(case__kind=ASSESSMENT_KIND).exists():
        return 0
    today = timezone.localdate()
    case = enter(
        by=None, kind=ASSESSMENT_KIND, place=region.authority(DEMO_BOROUGHS[0]).gss, practice=True,
        values={
            "reference": "DPIA-PRACTICE-1", "filed_on": today - timedelta(days=30),
            "review_by": today + timedelta(days=335),
            "basis": "Practice data: nobody in it exists.", "document": "With the data protection officer",
        },
    )  # fmt: skip
    move(by=None, case=case, move="switch-on", seen=None, why="To show it on practice data.")
    return 1


def _definition(_places: Mapping[str, Any], _place: str) -> dict[str, Any]:

    found = DefinitionVersion.objects.filter(name="sample").first()
    if found is None:
        said = {
            "name": "sample", "title": "A sample", "in_force": date(2027, 4, 1), "reason": "To visit its page.",
            "ages": (10, 17), "combination": "any", "at_least": 0.0, "rules": [{"marker": "placements"}],
        }  # fmt: skip
        text = text_of(said, version=1, author="A member")
        found = DefinitionVersion.objects.create(
            name="sample", number=1, text=text, sha256=read_definition(text).sha256
        )
    return {"pk": found.pk}


def _of_place(places: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"gss": places[place].authority}


def _of_child(places: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"gss": places[place].authority, "child": "0" * 32}


SAMPLES: dict[str, Sample] = {
    "cohort-part": lambda _places, _place: {"part": "counts"},
    "cohort-csv": lambda _places, _place: {"sheet": "boroughs"},
    "cohort-evaluation-csv": lambda _places, _place: {"sheet": "benefit"},
    "cohort-definition-file": _definition,
    "cohort-definition-decide": _definition,
    "cohort-find": _of_place,
    "cohort-child": _of_child,
    "cohort-object": _of_child,
}
