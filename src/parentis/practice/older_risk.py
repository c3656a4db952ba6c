"""The risk planted in practice children of ten and over, for comparison with estimates.

Each month a child may come to a first placement in a home, a school or a secure unit, to a third placement in twelve
months, or under an order that deprives it of liberty. The chance of the first of them is logistic in what the returns
show at the start of the month: nothing hidden acts on it. What follows an event, missing episodes and moves of children
not at risk are drawn otherwise, and may depend on a child's hidden tendency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from parentis.practice.randomness import stream
from parentis.practice.targets import london

RESIDENTIAL: Final = ("K1", "K2", "R1", "S1")
"Secure unit, children's home, care home, residential school."
AT_RISK_FROM: Final = 10
"Years of age from which the risk applies; it ends with care, and at 18."
YEAR_DAYS, BEHAVIOUR_DAYS, MISSING_DAYS, NEW_DAYS = 365, 183, 90, 90
OLDEST_FACTOR: Final = 15.0
"Age in years beyond which the risk grows no further."
LATE_ENTRY: Final = 14

CAUSES: Final = ("residential", "third placement", "deprivation of liberty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Monthly log-odds of an event among children at risk: aged 10 and over, in care on the first of the month and from
    before it, not in a place of `RESIDENTIAL` nor in custody (R5), with one or two placements in the past 365 days, and
    under no order. Days are counted back from the first of the month, which is not included.

    `shares`: placements in the past 365 days (1 or 2) to the shares of `CAUSES`. A child with one placement cannot
    reach a third by one move. `moved_to_home`: of events by an order, the share whose placement is a children's home;
    the rest are in a place of code Z1, so that a return before 2026-27 shows them only if the move was the third."""

    intercept: float = -6.0
    age: float = 0.14
    "For each year over ten, to `OLDEST_FACTOR`."
    two_placements: float = 2.15
    behaviour: float = 0.8
    "A placement ended because of the child's behaviour (CREQB) in `BEHAVIOUR_DAYS`."
    missing_once: float = 0.5
    "One or two times missing or away (M or A) that began in `MISSING_DAYS`."
    missing_often: float = 1.0
    "Three or more."
    late_entry: float = 0.35
    "This period of care began at `LATE_ENTRY` or later."
    new_placement: float = 0.4
    "The placement began in `NEW_DAYS`."
    unaccompanied: float = -0.8
    borough_sd: float = 0.15
    shares: Mapping[int, tuple[float, float, float]] = field(
        default_factory=lambda: MappingProxyType({1: (0.8, 0.0, 0.2), 2: (0.28, 0.62, 0.10)})
    )
    moved_to_home: float = 0.5

    def boroughs(self) -> np.ndarray:
        """Log-odds added in each authority, shape (authorities,), in order of `targets.london()`: sum 0, the same for
        every seed."""
        drawn = stream(0, "older risk").normal(0, 1, len(london()))
        return self.borough_sd * (drawn - drawn.mean()) / drawn.std()

    def log_odds(
        self,
        *,
        age: np.ndarray,
        placements: np.ndarray,
        behaviour: np.ndarray,
        missing: np.ndarray,
        late_entry: np.ndarray,
        new_placement: np.ndarray,
        unaccompanied: np.ndarray,
        authority: np.ndarray,
    ) -> np.ndarray:
        """Arrays of shape (children,): years of age; placements in a year; whether a placement ended for behaviour;
        times missing or away in 90 days; three truth values; index in `targets.london()`."""
        grown = np.clip(age, AT_RISK_FROM, OLDEST_FACTOR) - AT_RISK_FROM
        return (
            self.intercept
            + self.age * grown
            + self.two_placements * (placements >= 2)
            + self.behaviour * behaviour
            + self.missing_once * ((missing == 1) | (missing == 2))
            + self.missing_often * (missing >= 3)
            + self.late_entry * late_entry
            + self.new_placement * new_placement
            + self.unaccompanied * unaccompanied
            + self.boroughs()[authority]
        )

    def seen(self, placements: np.ndarray) -> np.ndarray:
        """The share of events that a return without the DoLo table shows, by placements in the past 365 days."""
        # An order on a child with two placements moves it to a third, whatever the place.
        return np.where(placements >= 2, 1.0, 1.0 - self.shares[1][2] * (1.0 - self.moved_to_home))


PLANTED: Final = Risk()
"The practice region's risk."

NO_SIGNAL: Final = replace(
    PLANTED,
    intercept=-4.4,
    age=0.0,
    two_placements=0.0,
    behaviour=0.0,
    missing_once=0.0,
    missing_often=0.0,
    late_entry=0.0,
    new_placement=0.0,
    unaccompanied=0.0,
    borough_sd=0.0,
)
"About as many events, at the same risk for every child at risk: neither a model nor a rule can tell who."
