"""The terms of the hazard: what each fact adds, in words and numbers. Sex and ethnicity are no terms: they are looked
at only to see whether chances are right for everybody."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from parentis.services.cohort.identification.splines import natural

Floats = npt.NDArray[np.float64]

BANDS: Final = ((1, 1), (2, 3), (4, 6), (7, 12))
"Months after the day, first and last, within which the hazard of a child does not change."
LATER: Final = 2
"From this band on, a recent fact may count for less: it has a second term there."
AGE_KNOTS: Final = (11.0, 13.5, 15.5, 17.2)
CARE_KNOTS: Final = (0.3, 2.0, 3.5, 4.8)
"Of log(1 + months in care)."


@dataclass(frozen=True, slots=True)
class Term:
    """`group`: terms that are one fact to a reader. `recent`: it may count for less later in the year."""

    name: str
    group: str
    title: str
    value: pl.Expr
    recent: bool = False


def _is(column: str, value: str) -> pl.Expr:
    return pl.col(column) == value


TERMS: Final = (
    Term("moved", "moved", "Two placements in the last 12 months", pl.col("moved"), recent=True),
    Term("carer_ended", "carer_ended", "A carer ended a placement for behaviour in the last 6 months",
         pl.col("carer_ended"), recent=True),
    Term("missing_once", "missing", "Missing once or twice in the last 90 days",
         pl.col("missing").is_between(1, 2).fill_null(value=False), recent=True),
    Term("missing_often", "missing", "Missing three times or more in the last 90 days",
         (pl.col("missing") >= 3).fill_null(value=False), recent=True),
    Term("missing_unknown", "missing", "Times missing not known", pl.col("missing").is_null()),
    Term("moves_two", "moves", "Two moves or more in this time in care", pl.col("moves") >= 2),
    Term("kinship", "kind", "Placed with relatives or friends", _is("kind", "kinship")),
    Term("supported", "kind", "In supported accommodation", _is("kind", "supported")),
    Term("parents", "kind", "Placed with parents", _is("kind", "parents")),
    Term("elsewhere", "kind", "Placed elsewhere than with carers", _is("kind", "other")),
    Term("been_in_home", "been_in_home", "Has been in a home or secure place before", pl.col("been_in_home")),
    Term("disability", "need", "In need because of disability", _is("need", "N2")),
    Term("behaviour", "need", "In need because of behaviour", _is("need", "N6")),
    Term("agreed", "law", "Accommodated by agreement", _is("law", "V")),
    Term("justice", "law", "In care by way of the courts or police", pl.col("law").is_in(["J", "L"])),
    Term("uasc", "uasc", "Unaccompanied and asylum seeking", pl.col("uasc")),
    Term("late_entry", "late_entry", "Came into care at 14 or over", pl.col("late_entry")),
    Term("entry_not_seen", "months_in_care", "In care since before the returns held", ~pl.col("entry_seen")),
)  # fmt: skip
SMOOTH: Final = (("age", "Age", AGE_KNOTS), ("months_in_care", "Time in care", CARE_KNOTS))
GROUPS: Final = {
    "age": "Age", "months_in_care": "Time in care", "moved": "Moves in the last 12 months",
    "carer_ended": "Carers giving up", "missing": "Going missing", "moves": "Moves in this time in care",
    "kind": "Where the child is placed", "been_in_home": "Homes before", "need": "Need on entry",
    "law": "Legal status", "uasc": "Unaccompanied", "late_entry": "Age at entry",
}  # fmt: skip
CHANGEABLE: Final = ("moved", "carer_ended", "missing")
"Facts that the coming months can change."


@dataclass(frozen=True, slots=True)
class Design:
    """`values` (children, terms) without the bands; `names`, `groups` (terms,) and `recent`, the indices of the terms
    that have a second one in the later bands, which stand after all others in a hazard's terms."""

    values: Floats
    names: tuple[str, ...]
    groups: tuple[str, ...]
    recent: tuple[int, ...]

    @property
    def terms(self) -> int:
        """Terms of a hazard: bands, values, and the recent ones again."""
        return len(BANDS) + len(self.names) + len(self.recent)

    def of_band(self, band: int, rows: npt.NDArray[np.int64] | slice = slice(None)) -> Floats:
        """The rows of a hazard's design for one band, (children, terms)."""
        values = self.values[rows]
        flags = np.zeros((len(values), len(BANDS)))
        flags[:, band] = 1
        again = values[:, self.recent] if band >= LATER else np.zeros((len(values), len(self.recent)))
        return np.hstack([flags, values, again])


def design(rows: pl.DataFrame) -> Design:
    """From the rows of `at_risk`."""
    smooth, names, groups = [], [], []
    for column, _, knots in SMOOTH:
        value = rows[column].to_numpy().astype(float)
        bent = natural(np.log1p(np.maximum(value, 0)) if column == "months_in_care" else value, knots)
        smooth.append(bent - natural(np.array([float(np.median(knots))]), knots))
        names += [f"{column} {at}" for at in range(bent.shape[1])]
        groups += [column] * bent.shape[1]
    plain = rows.select(term.value.cast(pl.Float64).alias(term.name) for term in TERMS).to_numpy()
    before = len(names)
    return Design(
        values=np.hstack([*smooth, plain.reshape(len(plain), len(TERMS))]),
        names=(*names, *(term.name for term in TERMS)),
        groups=(*groups, *(term.group for term in TERMS)),
        recent=tuple(before + at for at, term in enumerate(TERMS) if term.recent),
    )
