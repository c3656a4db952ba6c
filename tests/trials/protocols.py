"""Protocols, boroughs and outcomes that the tests of trials lean on."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from parentis.region import authorities
from parentis.services.trials import Analysis, Arm, HarmRule, Outcome, Protocol, Timing, frozen

LONDON = tuple(sorted(one.gss for one in authorities() if one.region_gss == "E12000007"))


def protocol(**changes: Any) -> Protocol:
    """A cluster trial of twelve boroughs, apart from `changes`."""
    made = Protocol(
        id="family-group-conferences",
        title="Family group conferences before proceedings",
        question="Shall London go on offering them?",
        estimand="Difference in the share of children looked after within a year, as allocated.",
        population="older-cohort@2",
        design="cluster",
        arms=(Arm(name="as before", what="A plan"), Arm(name="conference", what="A conference", cost="1900")),
        unit="borough",
        boroughs=LONDON[:12],
        outcome=Outcome(
            measure="marker:looked-after", kind="share", better="lower", months=12, baseline=0.448, expected=0.362
        ),
        timing=Timing(starts=date(2026, 4, 1), periods=1, months=12),
        analysis=Analysis(method="cluster robust", icc=0.03),
        harm=HarmRule(measure="children harmed", at_most=0.05, then="The director of the trial pauses it."),
        dpia="DPIA-20",
        ethics="REC-20",
    )  # fmt: skip
    return replace(made, **changes)


def parallel(**changes: Any) -> Protocol:
    """Children allocated by family within three boroughs."""
    return protocol(**{"design": "parallel", "unit": "family", "boroughs": LONDON[:3], **changes})


def wedge(boroughs: int = 30, steps: tuple[int, ...] = (6, 6, 6, 6, 6), **changes: Any) -> Protocol:
    given = {
        "design": "stepped wedge", "boroughs": LONDON[:boroughs],
        "timing": Timing(starts=date(2026, 4, 1), periods=len(steps) + 1, months=6, steps=steps), **changes,
    }  # fmt: skip
    return protocol(**given)


def hash_of(made: Protocol) -> str:
    return frozen(made).sha256


def children(count: int, boroughs: tuple[str, ...], *, family: int = 2) -> pl.DataFrame:
    """`count` children in families of `family`, dealt out to boroughs."""
    numbers = np.arange(count)
    return pl.DataFrame(
        {
            "unit": [f"c{one}" for one in numbers],
            "borough": [boroughs[(one // family) % len(boroughs)] for one in numbers],
            "family": [f"f{one // family}" for one in numbers],
        }
    )
