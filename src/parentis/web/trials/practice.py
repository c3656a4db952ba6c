"""Samples of addresses for the tests that walk every page."""

from collections.abc import Callable, Mapping
from typing import Any

from parentis.web.cases.register.practice import example_case
from parentis.web.trials.case_types import KIND

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]


def _of(**more: Any) -> Sample:
    return lambda places, place: {"pk": example_case(KIND, places[place].authority).pk, **more}


SAMPLES: dict[str, Sample] = {
    **{
        f"trial-{name}": _of()
        for name in ("freeze", "allocation", "allocate", "arms", "reveal", "log", "analysis", "outcomes", "analyse")
    },
    "trial-plan": _of(number=1),
    "trial-plan-text": _of(number=1),
    "trial-result-csv": _of(look=1),
    "trials-card": lambda places, place: {"reference": "none", "version": 1},
}
