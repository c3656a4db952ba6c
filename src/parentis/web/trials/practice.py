"""The practice site's trials, and samples of addresses for the tests that walk every page."""

from collections.abc import Callable, Mapping
from typing import Any

Sample = Callable[[Mapping[str, Any], str], dict[str, Any]]


def make_practice_trials() -> int:
    return 0


SAMPLES: dict[str, Sample] = {}
