"""Why a child's chance is what it is: the three facts that moved it, and what would change our mind."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from parentis.services.cohort.identification.design import BANDS, CHANGEABLE, GROUPS, LATER, TERMS, Design, design
from parentis.services.cohort.identification.risk_model import CAUSES, RiskModel, within_a_year

Floats = npt.NDArray[np.float64]

SHOWN: Final = 3
BANDS_OF_CHANCE: Final = (0.05, 0.10, 0.20, 0.30)
BAND_TITLES: Final = ("under 5 %", "5 to 10 %", "10 to 20 %", "20 to 30 %", "30 % or more")
ABSENT: Final = {
    "moved": "No move in the last 12 months", "carer_ended": "No placement ended by a carer for behaviour in 6 months",
    "missing": "Not missing in the last 90 days", "moves": "One move or none in this time in care",
    "kind": "Placed with foster carers", "been_in_home": "Never in a home or secure place before",
    "need": "In need neither of disability nor of behaviour", "law": "Under a care order",
    "uasc": "Not unaccompanied", "late_entry": "Came into care before 14",
}  # fmt: skip
IF_SO: Final = {
    "moved": "if there had been a move in the last 12 months",
    "carer_ended": "if a carer had ended a placement for behaviour in the last 6 months",
    "missing": "if the child had been missing three times or more in the last 90 days",
}
IF_NOT: Final = {
    "moved": "with 12 months without a move",
    "carer_ended": "with 6 months without a carer giving up",
    "missing": "with 90 days without going missing",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """`facts`: a row a child (`at`, its row in what was asked) and fact, `kind` (`moved`, `would change`), `place` (1
    is the strongest), `fact`, `says`, `change` (percentage points), `chance` (if it were otherwise; null for
    `moved`)."""

    facts: pl.DataFrame


def band_of(chance: Floats) -> list[str]:
    return [BAND_TITLES[at] for at in np.searchsorted(BANDS_OF_CHANCE, chance, side="right")]


def explain(model: RiskModel, rows: pl.DataFrame) -> Explained:
    """Facts of each row's child beside the average child learned from: the chance less what it would be with the
    average's fact, the rest as it is."""
    of, place = design(rows), model.place_of(rows["authority"])
    to_18 = rows["months_to_18"].to_numpy()
    linear = [model.linear(of, place, cause) for cause in CAUSES]
    whole = within_a_year(linear[0], linear[1], to_18)
    changes = np.column_stack([
        whole - _otherwise(model, of, linear, model.mean - of.values, group, to_18) for group in GROUPS
    ])  # fmt: skip
    order = np.argsort(-np.abs(changes), axis=1, kind="stable")[:, :SHOWN]
    child = np.repeat(np.arange(len(whole)), SHOWN)
    names = np.array(list(GROUPS))
    words = {group: _words(rows, group) for group in GROUPS}
    moved = pl.DataFrame({
        "at": child, "kind": "moved", "place": np.tile(np.arange(1, SHOWN + 1), len(whole)),
        "fact": names[order.ravel()],
        "says": [words[names[g]][c] for c, g in zip(child, order.ravel(), strict=True)],
        "change": 100 * np.take_along_axis(changes, order, axis=1).ravel(),
    }).with_columns(chance=pl.lit(None, dtype=pl.Float64))  # fmt: skip
    return Explained(pl.concat([moved, *_would_change(model, of, linear, to_18, whole)], how="vertical_relaxed"))


def _otherwise(
    model: RiskModel, of: Design, linear: list[Floats], change: Floats, group: str, to_18: npt.NDArray[np.int64]
) -> Floats:
    """Chances with a group's values changed by so much, the rest as it is."""
    event, left = (one + _part(model, of, change, group, cause) for one, cause in zip(linear, CAUSES, strict=True))
    return within_a_year(event, left, to_18)


def _part(model: RiskModel, of: Design, values: Floats, group: str, cause: str) -> Floats:
    """What a group of terms adds to the linear term of a cause, (children, bands)."""
    terms = model.hazards[cause].terms
    b = len(BANDS)
    inside = np.array([one == group for one in of.groups])
    base = values[:, inside] @ terms[b : b + len(of.names)][inside]
    again = [at for at, which in enumerate(of.recent) if inside[which]]
    later = (
        values[:, [of.recent[at] for at in again]] @ terms[b + len(of.names) :][again]
        if again
        else np.zeros(len(values))
    )
    return np.column_stack([base + (later if band >= LATER else 0.0) for band in range(b)])


def _words(rows: pl.DataFrame, group: str) -> list[str]:
    if group == "age":
        return [f"Aged {int(age)}" for age in rows["age"].to_list()]
    if group == "months_in_care":
        return [f"{_time(months)} in care" for months in rows["months_in_care"].to_list()]
    said = pl.lit(ABSENT[group])
    for term in TERMS:
        if term.group == group:
            said = pl.when(term.value.fill_null(value=False)).then(pl.lit(term.title)).otherwise(said)
    return rows.select(said.alias("said"))["said"].to_list()


def _time(months: float) -> str:
    if months < 24:
        return f"{int(months)} month{'' if int(months) == 1 else 's'}"
    return f"{int(months // 12)} years"


def _would_change(
    model: RiskModel, of: Design, linear: list[Floats], to_18: npt.NDArray[np.int64], whole: Floats
) -> list[pl.DataFrame]:
    parts = []
    for nth, group in enumerate(CHANGEABLE, start=1):
        inside = [at for at, one in enumerate(of.groups) if one == group and of.names[at] != "missing_unknown"]
        has = of.values[:, inside].sum(axis=1) > 0
        other = of.values.copy()
        other[:, inside] = 0.0
        other[~has, inside[-1]] = 1.0
        changed = _otherwise(model, of, linear, other - of.values, group, to_18)
        parts.append(pl.DataFrame({
            "at": np.arange(len(whole)), "kind": "would change", "place": nth, "fact": group,
            "says": [IF_NOT[group] if one else IF_SO[group] for one in has],
            "change": 100 * (changed - whole), "chance": changed,
        }, schema_overrides={"place": pl.Int64}))  # fmt: skip
    return parts
