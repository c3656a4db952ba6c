"""Synthetic recommendations for the practice region: none of them was ever made, of anybody.

Their shape follows what an inspection of child protection by the police asks for: governance at once, planning
and first response within three months, detention and skills within six (HMIC, 25 November 2016).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from parentis import region
from parentis.web.cases.models import Case, Group, Record
from parentis.web.cases.operations import comment, move
from parentis.web.cases.register.operations import add_group, add_meeting, add_member, enter
from parentis.web.recommendations.case_types import KIND
from parentis.web.recommendations.gradings import add_grading

POLICE_REPORT = "Practice inspection of child protection by the police"
COUNCIL_REPORT = "Practice inspection of help and protection"
COMMANDS = ("bcu-central-north", "bcu-south", "bcu-north-east")
BOROUGHS = ("Camden", "Croydon", "Newham")
POLICE = (
    ("1", "immediate", "Detective superintendent, public protection",
     "Give one senior officer the lead for child protection, with a monthly look at what is going wrong."),
    ("2", "immediate", "Chief inspector, response",
     "Grade each missing child for risk when the call is taken, and again at every handover."),
    ("3", "3-months", "Chief inspector, response",
     "Hold the first planning talk with the council before officers visit, unless a child is in danger now."),
    ("4", "6-months", "Inspector, custody",
     "With children's services, ask for somewhere to stay early for every child who will be refused bail."),
    ("5", "6-months", "Head of learning",
     "Find out which teams lack training on exploitation, and give it to them."),
)  # fmt: skip
COUNCIL = (
    ("1", "3-months", "Head of the front door",
     "Decide on each contact within one working day, and record who decided and why."),
    ("2", "6-months", "Head of placements", "Keep a duty list of places for children whom the police would detain."),
)  # fmt: skip
GRADINGS = ((900, "Inadequate"), (500, "Requires improvement"), (120, "Good"))
"Days before the practice day, and the judgement."


@transaction.atomic
def make_practice_register(today: date | None = None) -> int:
    """Fill an empty register, counting back from `today`; gives how many are entered, 0 where there were any."""
    today = today or timezone.localdate()
    if Record.objects.filter(case__kind=KIND).exists():
        return 0
    five_months, two_months = today - timedelta(days=150), today - timedelta(days=60)
    councils = [region.authority(name).gss for name in BOROUGHS]
    made = _entered(COMMANDS, POLICE_REPORT, "Practice inspectorate of constabulary", POLICE, five_months)
    made += _entered(councils, COUNCIL_REPORT, "Practice inspectorate of children's services", COUNCIL, two_months)
    for at, case in enumerate(made):
        _worked_on(case, at)
    for place in COMMANDS:
        for before, judgement in GRADINGS:
            add_grading(
                by=None, place=place, inspectorate="Practice inspectorate of constabulary",
                subject="Child protection cases", judgement=judgement, inspected_on=today - timedelta(days=before),
                source="Synthetic, for practice",
            )  # fmt: skip
        _group(place, today)
    return len(made)


def _entered(
    places: Sequence[str], report: str, inspectorate: str, rows: tuple[tuple[str, str, str, str], ...],
    published_on: date,
) -> list[Case]:  # fmt: skip
    return [
        enter(
            by=None, kind=KIND, place=place, practice=True,
            values={
                "report": report, "inspectorate": inspectorate, "published_on": published_on, "number": number,
                "text": text, "deadline": deadline, "owners": owners,
            },
        )
        for place in places
        for number, deadline, owners, text in rows
    ]  # fmt: skip


def _worked_on(case: Case, at: int) -> None:
    """A third untouched, a third in hand, a third put forward, every other of which is agreed."""
    if at % 3:
        move(by=None, case=case, move="begin", seen=None)
        comment(by=None, case=case, text="Practice: first steps agreed with the partners.", what="evidence")
    if at % 3 == 2:
        move(by=None, case=case, move="put-forward", seen=None, why="Practice: in place since last month.")
    if at % 6 == 5:
        move(by=None, case=case, move="agree", seen=None)


def _group(place: str, today: date) -> None:
    group: Group = add_group(
        by=None,
        kind=KIND,
        name="Improvement group",
        place=place,
        purpose="Practice: sees that recommendations are acted on.",
    )
    for name, organisation in (("Alex Practice", "Police"), ("Sam Practice", "Children's services")):
        add_member(
            by=None, group=group, name=name, organisation=organisation, position="Lead",
            since=today - timedelta(days=140),
        )  # fmt: skip
    add_meeting(
        by=None, group=group, held_on=today - timedelta(days=30),
        minutes="Practice minutes.\n\nThe group looked at what is overdue and asked for evidence by the next meeting.",
    )  # fmt: skip
