"""The rules of the looked-after children return. Importing this package reads them all into `RULE_SET`."""

from parentis.returns.rules import Rule
from parentis.returns.ssda903.rules import (
    absences,
    adoption,
    continuity,
    dates_and_codes,
    episodes,
    header,
    identity,
    leavers,
    outcomes,
    places,
    providers,
    reviews,
    sequence,
    social_workers,
    uasc,
)
from parentis.returns.ssda903.rules.check import check
from parentis.returns.ssda903.rules.rule_set import RULE_SET, SOURCE

SUBJECTS = {
    "Dates and codes": dates_and_codes,
    "Header": header,
    "Identity": identity,
    "Unaccompanied asylum-seeking children": uasc,
    "Episodes": episodes,
    "Sequence of episodes": sequence,
    "Last year's episodes": continuity,
    "Places": places,
    "Providers": providers,
    "Adoption": adoption,
    "Health and offending": outcomes,
    "Care leavers": leavers,
    "Reviews and previous permanence": reviews,
    "Missing, and deprivation of liberty": absences,
    "Social workers": social_workers,
}


def every_rule() -> tuple[Rule, ...]:
    """All rules, in the order they are declared."""
    return tuple(RULE_SET)


__all__ = ["RULE_SET", "SOURCE", "SUBJECTS", "check", "every_rule"]
