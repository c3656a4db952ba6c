"""What each role may do, written by hand: a slip in the permission data differs from it.

One line an action that touches children, money or other people's access; everything else is covered by the walk over
every page. Letters say in which kind of organisation: A authority, R regional team, P police, C child death review
partnership, G government reader, V provider.
"""

import pytest

from parentis.web.organisation_kinds import Kind
from parentis.web.people.permissions import actions

LETTERS = {
    "A": Kind.AUTHORITY, "R": Kind.REGION, "P": Kind.POLICE, "C": Kind.CHILD_DEATHS, "G": Kind.GOVERNMENT,
    "V": Kind.PROVIDER,
}  # fmt: skip
SIGNS = {"director": "A", "section-151": "A"}
PREPARES = {"analyst": "A", "treasurer": "A", **SIGNS}
DUTY = {"emergency-duty": "A", "front-door": "A", "youth-justice": "A"}
ACCESS = {"administrator": "ACGPRV", "auditor": "AR", "data-protection": "AR"}
PANEL = {"panel-manager": "C", "designated-doctor": "C", "panel-chair": "C"}
PLACES = {"placement-officer": "A", "placement-desk": "R"}
BY_HAND: dict[str, dict[str, str]] = {
    "people.manage": {"administrator": "ACGPRV"},
    "people.confirm": ACCESS,
    "people.review": ACCESS,
    "people.organisations": {"administrator": "R"},
    "api.clients": {"administrator": "ACGPRV"},
    "audit.search": {"auditor": "AR", "data-protection": "AR"},
    "submissions.findings": PREPARES,
    "submissions.accept": PREPARES,
    "submissions.reject": PREPARES,
    "submissions.release": SIGNS,
    "submissions.hand-in-published": {"analyst": "R", "treasurer": "R"},
    "custody.open": {**DUTY, "custody-officer": "P", "routing-desk": "R", "data-protection": "AR"},
    "custody.read": {**DUTY, "data-protection": "A"},
    "custody.work": DUTY,
    "custody.notify": {"custody-officer": "P"},
    "custody.desk": {"routing-desk": "R"},
    "custody.desk-read": {"routing-desk": "R", "data-protection": "R"},
    "custody.desk-erase": {"data-protection": "R"},
    "custody.erase": {"data-protection": "A"},
    "custody.index": {"analyst": "A"},
    "uasc.claim": PREPARES,
    "child-deaths.open": {**PANEL, "child-death-contact": "A", "child-death-investigator": "P"},
    "child-deaths.read": PANEL,
    "child-deaths.child": PANEL,
    "child-deaths.meet": {"panel-manager": "C", "designated-doctor": "C"},
    "child-deaths.review": {"panel-chair": "C"},
    "child-deaths.own": {"child-death-contact": "A"},
    "child-deaths.police": {"child-death-investigator": "P"},
    "child-deaths.erase": {"panel-manager": "C"},
    "child-deaths.inside": PANEL,
    "child-deaths.budget": {"panel-chair": "C"},
    "child-deaths.judge": {"designated-doctor": "C", "panel-chair": "C"},
    "child-deaths.released": {**PANEL, "child-death-lead": "R", "child-death-investigator": "P"},
    "places.desk": {**PLACES, "data-protection": "A"},
    "places.requests": {**PLACES, "data-protection": "A", "provider-answers": "V"},
    "places.read": {**PLACES, "data-protection": "A"},
    "places.work": PLACES,
    "places.asked": {"provider-answers": "V"},
    "places.answer": {"provider-answers": "V"},
    "places.erase": {"data-protection": "A"},
    "places.adopt": {"placement-desk": "R", "commissioner": "R"},
    "places.alone": {"treasurer": "A", "commissioner": "A", **SIGNS},
    "adoption.pool": {"family-finder": "A", "agency-head": "A"},
    "adoption.money": {"treasurer": "A", "agency-head": "A", **SIGNS},
    "adoption.line.settle": {"agency-head": "A"},
    "adoption.line.answer": {"agency-head": "A"},
    "adoption.line.erase": {"data-protection": "A"},
    "trials.freeze": {"evaluation-lead": "AR"},
    "trials.allocate": {"evaluation-lead": "AR"},
    "trials.arms": {"evaluation-lead": "AR"},
    "trials.outcomes": {"evaluation-lead": "AR", "analyst": "AR"},
    "trials.analyse": {"evaluation-lead": "AR"},
    "trials.decide": {"director": "A"},
    "trials.stop": {"evaluation-lead": "AR", "director": "A"},
    "trials.erase": {"data-protection": "AR"},
    "cohort.child": {"edge-of-care-lead": "A", "practice-lead": "A"},
    "cohort.objections": {"edge-of-care-lead": "A", "practice-lead": "A", "data-protection": "A"},
    "cohort.objection.decide": {"practice-lead": "A"},
    "cohort.assessment.switch": {"director": "A"},
    "cohort.assessment.file": {"director": "A", "data-protection": "A"},
    "recommendations.forget": {"data-protection": "AR"},
}


def holders(by_role: dict[str, str]) -> set[tuple[Kind, str]]:
    return {(LETTERS[letter], role) for role, letters in by_role.items() for letter in letters}


@pytest.mark.spec
@pytest.mark.parametrize("action", sorted(BY_HAND))
def test_a_role_may_do_what_the_table_says_and_no_more(action: str) -> None:
    assert set(actions()[action].to) == holders(BY_HAND[action])


@pytest.mark.unit
def test_whatever_touches_single_children_stands_in_the_table() -> None:
    missing = {one.id for one in actions().values() if one.child_level} - set(BY_HAND)
    assert missing == set(), "write down by hand who may do it"
