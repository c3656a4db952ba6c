"""Who is in the cohort: what a definition's rules say of each child on a day, combined."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from parentis.services.careers import MarkerRule, marked
from parentis.services.cohort.definition_files import Definition

MEMBER: Final = "member"
"Column of the answer: true, false, or null for not known."
_BASE: Final = ("day", "authority", "child", "age", "sex", "ethnicity", "uasc", "place", "provider", "care_start")


def cohort_members(
    tables: Mapping[str, pl.DataFrame],
    definitions: Sequence[Definition],
    days: Sequence[date],
    positions: pl.DataFrame | None,
) -> dict[str, pl.DataFrame]:
    """For each definition, by its name: `marked` with its rules, and `member`. A marker that several definitions use
    with one window and threshold is looked at once."""
    used = {_key(rule): rule for one in definitions for rule in one.rules}
    asked = [
        MarkerRule(name=key, marker=rule.marker, window=rule.window, threshold=rule.threshold)
        for key, rule in used.items()
    ]
    ages = (min(one.ages[0] for one in definitions), max(one.ages[1] for one in definitions))
    found = marked(tables, asked, days, ages=ages, positions=positions)
    return {
        one.name: found.filter(pl.col("age").is_between(*one.ages))
        .select(*_BASE, *(pl.col(_key(rule)).alias(rule.name) for rule in one.rules))
        .with_columns(member(one).alias(MEMBER))
        for one in definitions
    }


def member(definition: Definition) -> pl.Expr:
    """Whether a child is in the cohort, from a column for each rule: true where enough rules say yes; false where even
    those not known could not make enough; otherwise null."""
    weights = [(pl.col(rule.name), definition.weights[rule.name]) for rule in definition.rules]
    sure = pl.sum_horizontal(answer.fill_null(value=False) * weight for answer, weight in weights)
    at_most = pl.sum_horizontal(answer.fill_null(value=True) * weight for answer, weight in weights)
    least = 1.0 if definition.combination == "any" else definition.at_least
    enough, never = sure >= least - _ROUNDING, at_most < least - _ROUNDING
    return pl.when(enough).then(pl.lit(value=True)).when(never).then(pl.lit(value=False))


def _key(rule: MarkerRule) -> str:
    return f"{rule.marker} {rule.days} {rule.least:g}"


_ROUNDING: Final = 1e-9
"Weights of .1 and .2 come to .3, though their sum as binary fractions does not."
