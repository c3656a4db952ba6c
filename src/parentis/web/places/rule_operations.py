"""Adopting a priority rule: only one that was tried, as it stands, on the last year of the log."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from parentis.errors import UserError
from parentis.services.places.priority_rules import PriorityRule
from parentis.web.audit.recorder import record
from parentis.web.people.authorisation import require
from parentis.web.places.held import trial_of
from parentis.web.places.models import RuleAdoption

ADOPT = "places.adopt"


class UntriedRuleError(UserError):
    """A rule that nobody has tried."""


@transaction.atomic
def adopt(*, by: Any, rule: PriorityRule, why: str, request: HttpRequest | None = None) -> RuleAdoption:
    """Let the desk order by a rule from now on. UntriedRuleError where the figures hold no trial of it."""
    require(by, ADOPT)
    trial = trial_of(rule)
    if trial is None:
        raise UntriedRuleError(
            expected="a trial of this rule, as it stands, on the last year of the log", found="none",
            where=rule.title, do="Hand in the referral log and build the figures; then review the trial.",
        )  # fmt: skip
    if not why.strip():
        raise UntriedRuleError(expected="a reason", found="none", where=rule.title, do="Say why it is adopted.")
    made: RuleAdoption = RuleAdoption.objects.create(
        rule=rule.id, digest=rule.digest, log=trial["log"], year=trial["year"], why=why.strip(), by=by
    )
    record(who=by, what="places:rule-adopted", authority="", subject=str(made),
           detail={"log": made.log, "year": made.year}, request=request)  # fmt: skip
    return made
