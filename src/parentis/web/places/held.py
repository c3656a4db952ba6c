"""Frames of the last build of figures for the pages of places."""

from typing import Any, Final

import polars as pl

from parentis import workflow
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.services.places.priority_rules import PriorityRule, priority_rules
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.places.models import RuleAdoption

SERVICE: Final = "places"


def _frame(home: Home, name: str) -> pl.DataFrame | None:
    try:
        found = workflow.frame(home, SERVICE, name)
    except NotFoundError:
        return None
    return found if found.height else None


frame: VersionedCache[pl.DataFrame | None] = VersionedCache(_frame, mark=shown_mark, most=24)
"""A frame of the service by name; None before a build has made it, or where it has no rows."""


def rule_in_use() -> tuple[PriorityRule, RuleAdoption | None]:
    """The rule the desk orders by: the one adopted last, if its points are still what was adopted; else the first."""
    rules = {one.digest: one for one in priority_rules()}
    for adopted in RuleAdoption.objects.select_related("by"):
        if adopted.digest in rules:
            return rules[adopted.digest], adopted
    return priority_rules()[0], None


def trial_of(rule: PriorityRule) -> dict[str, Any] | None:
    """The trial of a rule's very points on the last year of the log, if the build made one."""
    tried = frame("rule_trials")
    if tried is None:
        return None
    own = tried.filter(pl.col("digest") == rule.digest)
    return own.row(0, named=True) if own.height else None
