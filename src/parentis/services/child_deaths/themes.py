"""Modifiable factors: how often reviews found each, with intervals, and where a footprint differs from the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from parentis.returns.child_deaths import labels
from parentis.services.child_deaths.agreement import Kappa, kappa
from parentis.services.child_deaths.discovery import discoveries, share_differs, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A factor in London's reviews. Shares are of `reviews`; low and high are Wilson's 95 %."""

    code: str
    label: str
    reviews: int
    found: int
    share: float
    low: float
    high: float
    modifiable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A footprint's share of reviews with a factor beside the others'; `adjusted` for all such questions at once."""

    footprint: str
    factor: str
    share: float
    others: float
    p: float
    adjusted: float
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    reviews: int
    modifiable: int
    factors: tuple[Factor, ...]
    differences: tuple[Difference, ...]
    questions: int
    ethnicity: Mapping[str, Kappa]
    "Agreement of ethnicity at notification and at review, by footprint."


def themes(reviewed: pl.DataFrame, found: pl.DataFrame) -> Themes:
    """Themes from reviews and their factors (`records.reviews`, `records.factors`). Only factors judged to contribute
    (relevance 2) count."""
    total = reviewed.height
    contributing = found.filter(pl.col("relevance") == "2")
    names = labels("factor")
    counted = dict(contributing.group_by("FACTOR").len().iter_rows())
    could = dict(contributing.filter(pl.col("FACTOR_MODIFIABLE") == "Y").group_by("FACTOR").len().iter_rows())
    listed = []
    for code in sorted(counted, key=lambda each: (-counted[each], each)):
        low, high = wilson(counted[code], total)
        listed.append(
            Factor(code=code, label=names[code], reviews=total, found=counted[code], share=counted[code] / total,
                   low=low, high=high, modifiable=could.get(code, 0))
        )  # fmt: skip
    questions = _differences(reviewed, contributing, [one.code for one in listed])
    return Themes(
        reviews=total, modifiable=int((reviewed["MODIFIABLE"] == "Y").sum()), factors=tuple(listed),
        differences=tuple(one for one in questions if one.stands), questions=len(questions),
        ethnicity=_agreement(reviewed),
    )  # fmt: skip


def _differences(reviewed: pl.DataFrame, contributing: pl.DataFrame, codes: list[str]) -> list[Difference]:
    of = dict(reviewed.filter(pl.col("footprint").is_not_null()).group_by("footprint").len().iter_rows())
    part = {(f, c): n for f, c, n in contributing.group_by("footprint", "FACTOR").len().iter_rows()}
    every = sum(of.values())
    asked: list[dict[str, Any]] = []
    for place in sorted(of):
        for code in codes:
            mine, all_of_it = part.get((place, code), 0), sum(part.get((each, code), 0) for each in of)
            others = every - of[place]
            asked.append({
                "footprint": place, "factor": code, "share": mine / of[place],
                "others": (all_of_it - mine) / others if others else 0.0,
                "p": share_differs(mine, of[place], all_of_it - mine, others),
            })  # fmt: skip
    found = discoveries(np.array([one["p"] for one in asked]))
    return [
        Difference(**one, adjusted=float(adjusted), stands=bool(stands))
        for one, adjusted, stands in zip(asked, found.adjusted, found.stands, strict=True)
    ]


def _agreement(reviewed: pl.DataFrame) -> dict[str, Kappa]:
    codes = [each for each in labels("ethnicity") if each != "N"]
    both = reviewed.filter(pl.col("ETHNICITY").is_in(codes), pl.col("ETHNICITY_FOUND").is_in(codes))
    made = {}
    for (place,), some in both.filter(pl.col("footprint").is_not_null()).group_by("footprint"):
        table = np.zeros((len(codes), len(codes)))
        for one, other, count in some.group_by("ETHNICITY", "ETHNICITY_FOUND").len().iter_rows():
            table[codes.index(one), codes.index(other)] = count
        made[str(place)] = kappa(table)
    return dict(sorted(made.items()))
