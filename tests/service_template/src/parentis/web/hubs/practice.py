"""The practice site's requests, and samples of addresses for the tests that walk every page."""

from collections.abc import Callable, Mapping
from typing import Any

from parentis.web.hubs.case_types import KIND

from parentis import region
from parentis.web.cases.register.practice import make_practice_cases
from parentis.web.people.initial_accounts import DEMO_BOROUGHS

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]


def make_practice_hubs() -> int:
    """Requests of the boroughs that have accounts; gives how many are new."""
    return make_practice_cases(KIND, [region.authority(name).gss for name in DEMO_BOROUGHS])


SAMPLES: dict[str, Sample] = {"hubs-month": lambda places, place: {"year": 2026, "month": 5}}
