"""The practice site's ballots and challenges, and samples of addresses for the tests that walk every page."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from parentis import region
from parentis.services.improvement.practice import PROGRAMME
from parentis.web.cases.models import Record
from parentis.web.cases.operations import ParticipantStart, move
from parentis.web.cases.register.operations import enter
from parentis.web.improvement.case_types import ACTION_KIND, KIND, TEAM
from parentis.web.improvement.models import Ballot

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]
BALLOTS = {"Camden": (30, 20, 20, 10, 20), "Newham": (40, 10, 30, 10, 10), "Barnet": (20, 20, 20, 20, 20)}
TEAM_FROM = "Camden"
BEGUN = date(2024, 7, 1)


@transaction.atomic
def make_practice_challenges() -> int:
    """The planted programme's challenges, one action each, and ballots; 0 where there were any challenges."""
    if Record.objects.filter(case__kind=KIND).exists():
        return 0
    indicator, _, boroughs, _ = PROGRAMME
    team = region.authority(TEAM_FROM)
    for number, host in enumerate(boroughs, 1):
        case = enter(
            by=None, kind=KIND, place=host, practice=True,
            values={
                "reference": f"2024-{number:03}", "theme": "Three or more placements in a year",
                "measure": f"improvement.{indicator.lower()}", "team": team.name, "begun_on": BEGUN,
                "questions": "Practice: who decides on a move, and what is tried before it?",
                "why": "Practice: does well, and is like the host.",
            },
            participant_roles=(ParticipantStart(role=TEAM, place=team.gss, why="Sends the team"),),
        )  # fmt: skip
        move(by=None, case=case, move="agree", seen=None)
        enter(
            by=None, kind=ACTION_KIND, place=host, practice=True,
            values={"challenge": f"2024-{number:03}", "number": "1",
                    "text": "Practice: meet before every planned move.", "owner": "Head of placements",
                    "due_on": date(2024, 10, 1)},
        )  # fmt: skip
    for name, points in BALLOTS.items():
        parts = dict(zip(("worse", "distance", "children", "cost", "learnable"), points, strict=True))
        Ballot.objects.create(authority=region.authority(name).gss, points=parts, by=None)
    return len(boroughs)


SAMPLES: dict[str, Sample] = {
    "improvement-measure": lambda places, place: {"measure": "improvement.s07"},
    "improvement-measure-csv": lambda places, place: {"measure": "improvement.s07"},
    "improvement-chart": lambda places, place: {"measure": "improvement.s07", "name": "ranks"},
    "improvement-explain": lambda places, place: {"gss": places[place].authority},
    "improvement-ballot": lambda places, place: {"gss": places[place].authority},
    "improvement-difference": lambda places, place: {"gss": places[place].authority},
    "improvement-rows": lambda places, place: {"gss": places[place].authority, "slot": "S07", "period": "2024-25_Q4"},
    "improvement-rebase": lambda places, place: {"gss": places[place].authority},
    "improvement-conflict": lambda places, place: {"gss": places[place].authority},
    "improvement-conflict-end": lambda places, place: {"gss": places[place].authority},
}
