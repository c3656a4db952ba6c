"""Practice lines in dispute, and samples of addresses for the tests that walk every page."""

from collections.abc import Callable, Mapping
from typing import Any

from parentis import region
from parentis.web.adoption.case_types import KIND
from parentis.web.cases.register.practice import make_practice_cases
from parentis.web.people.initial_accounts import DEMO_BOROUGHS

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]


def make_practice_lines() -> int:
    """Lines of the boroughs that have accounts; gives how many are new."""
    return make_practice_cases(KIND, [region.authority(name).gss for name in DEMO_BOROUGHS])


def _of_place(places: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"gss": places[place].authority}


SAMPLES: dict[str, Sample] = dict.fromkeys(
    ("adoption-pool", "adoption-money", "adoption-money-workbook", "adoption-ledger"), _of_place
)
