"""Practice cases of child death review: all children and panels are invented."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from parentis import region
from parentis.web.cases.models import Record
from parentis.web.cases.operations import move, stop_clock
from parentis.web.cases.register.operations import add_group, add_member, enter
from parentis.web.child_deaths.case_types import ACTION, DEATH
from parentis.web.child_deaths.standards import standard_of

PARTNERSHIPS = ("cdr-ncl", "cdr-swl", "cdr-welc")
BOROUGHS = {"cdr-ncl": "E09000007", "cdr-swl": "E09000008", "cdr-welc": "E09000025"}
"Camden, Croydon, Newham."
CASES = (
    ("1-4y", "none", 5), ("0-27d", "none", 40), ("15-17y", "external", 2), ("28-364d", "sudden", 20),
    ("5-9y", "none", 120), ("0-27d", "none", 150),
)  # fmt: skip
"Age, why a joint response, and days since the notification."
STEPS = ((), ("no-response",), (), ("respond", "attend"), ("no-response", "meet"), ("no-response", "meet", "list"))
LESSONS = (
    ("C1", "infant", "Parents hear about safe sleep once, before birth.", "Speak of it at every visit to six months.",
     "Health visiting"),
    ("D3", "all", "Services that knew a family did not know of one another.", "Keep a shared list of who is involved.",
     "Integrated care board"),
    ("C3", "child", "Children crossed where there was no crossing.", "Survey the routes to school.", "Highways"),
)  # fmt: skip


@transaction.atomic
def make_practice_child_deaths() -> int:
    """Deaths, lessons and a panel of three partnerships; gives how many cases are new, 0 where there were any."""
    if Record.objects.filter(case__kind=DEATH).exists():
        return 0
    today, made = timezone.localdate(), 0
    for place in PARTNERSHIPS:
        for number, ((age, jar, days), steps) in enumerate(zip(CASES, STEPS, strict=True), 1):
            told = today - timedelta(days=days)
            case = enter(
                by=None, kind=DEATH, place=place, practice=True,
                values={
                    "reference": f"SYN-{place[4:]}-{number}", "notified_on": told, "age": age, "jar": jar,
                    "standard": "none" if jar == "none" else standard_of(place, today).id,
                    "died_on": told - timedelta(days=1), "born_on": told - timedelta(days=20),
                    "borough": BOROUGHS[place], "looked_after": False, "plan": False,
                },
            )  # fmt: skip
            for step in steps:
                asked = {
                    "attend": {"response_on": told + timedelta(days=2), "police_part": "yes"},
                    "meet": {"meeting_on": told + timedelta(days=70)},
                }.get(step, {})
                case = move(by=None, case=case, move=step, seen=None, why="Practice.", values=asked)
            if number == len(CASES):
                stop_clock(by=None, case=case, clock="whole", reason="inquest", seen=None)
            made += 1
        for number, (factor, context, lesson, action, owner) in enumerate(LESSONS, 1):
            enter(
                by=None, kind=ACTION, place=place, practice=True,
                values={
                    "number": f"SYN-{place[4:]}-A{number}", "lesson": lesson, "factor": factor, "context": context,
                    "action": action, "owner": owner, "agreed_on": today - timedelta(days=60), "term": "6-months",
                },
            )  # fmt: skip
            made += 1
        group = add_group(by=None, kind=DEATH, name="Child death overview panel", place=place)
        add_member(by=None, group=group, name="Alex", organisation=region.footprint(place).name, position="Chair",
                   since=today - timedelta(days=300))  # fmt: skip
    return made
