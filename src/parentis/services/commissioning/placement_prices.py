"""Placements as the models of price read them: one row a placement on the day of a census.

Columns, all nullable but those marked: `census`* (Date or text that sorts), `authority`, `partnership`, `type`*,
`need` (band), `age` (years), `solo`, `dols`, `education`, `packages`, `miles`, `sourced`, `provider`*, `home`,
`weekly_price`* (pounds, gross of contributions). Columns without data may be left out: their terms are then not in
the model, and the page says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import polars as pl

from parentis.errors import ParentisError
from parentis.services.commissioning.mixed_models import ALIKE, NOWHERE, Floats, Ints

NOT_STATED: Final = "not stated"
NOBODY: Final = "none"
"The partnership of placements bought outside all partnerships."
ENOUGH_AT_HOME: Final = 5
"Fewest placements of a home for an effect of its own."
MOST_UNSTATED: Final = 0.5
"A term unstated for more than this share of rows is left out: it would separate kinds of return, not of child."


class NothingToCompareError(ParentisError):
    """There are no prices, or all come from one partnership or provider."""


class Kind(Enum):
    LABEL = "label"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Term:
    """A characteristic that affects price: its column, and its words in a sentence."""

    column: str
    title: str
    kind: Kind = Kind.LABEL
    reference: str | None = None


TERMS: Final = (
    Term("partnership", "the partnership"),
    Term("type", "the type of placement"),
    Term("need", "the children's needs"),
    Term("age", "the children's ages", Kind.NUMBER),
    Term("solo", "solo placement"),
    Term("dols", "deprivation of liberty"),
    Term("education", "education in the price"),
    Term("packages", "additional packages in the price"),
    Term("miles", "the distance from home", Kind.NUMBER),
    Term("sourced", "how placements were bought", reference="Framework"),
    Term("census", "the month"),
)
OUTSIDE: Final = Term("outside", "the boroughs outside partnerships")
"""Boroughs outside partnerships have an effect each, since they have nothing in common: otherwise a provider that
sells to an expensive one would itself seem expensive, and its partnership cheap."""
INSIDE: Final = "inside"
HELD: Final = (*TERMS, OUTSIDE)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns of a linear model: `matrix` (n, p), what each is (`(term, level)`), and what could not be used, with
    the reason."""

    matrix: Floats
    names: tuple[tuple[str, str], ...]
    references: dict[str, str]
    unused: dict[str, str]

    def at(self, term: str, level: str) -> int | None:
        """The index of a level's column; None for the reference level, or for a level that is not identified."""
        return self.names.index((term, level)) if (term, level) in self.names else None

    def levels(self, term: str) -> tuple[str, ...]:
        """The reference and every level that has a column."""
        held = tuple(level for of, level in self.names if of == term)
        return (self.references[term], *held) if term in self.references else held

    def without(self, columns: Iterable[int]) -> "Design":
        drop = set(columns)
        keep = [at for at in range(len(self.names)) if at not in drop]
        return Design(self.matrix[:, keep], tuple(self.names[at] for at in keep), self.references, self.unused)


def priced(placements: pl.DataFrame) -> pl.DataFrame:
    """The rows that a model of price can use: a price above a pound, a type, a provider and a census; without
    `doubt`."""
    sound = pl.col("weekly_price") > 1.0
    for column in ("type", "provider", "census"):
        sound &= pl.col(column).is_not_null()
    if "doubt" in placements.columns:
        sound &= pl.col("doubt").is_null()
    kept = placements.filter(sound.fill_null(value=False))
    if {"authority", "partnership"} <= set(kept.columns):
        outside = pl.when(pl.col("partnership").is_null()).then(pl.col("authority")).otherwise(pl.lit(INSIDE))
        kept = kept.with_columns(outside=outside)
    if kept.is_empty():
        raise NothingToCompareError("no placement has a weekly price, a type, a provider and the day of its census")
    return kept


def design(rows: pl.DataFrame, terms: Iterable[Term] = HELD) -> Design:
    """Dummy variables for labels against a reference (given, or the most frequent), numbers unchanged, and an
    intercept. An unstated label is a level of its own; an unstated number is set to the mean, with an indicator
    column."""
    columns: list[Floats] = [np.ones(rows.height)]
    names: list[tuple[str, str]] = [("", "")]
    references: dict[str, str] = {}
    unused: dict[str, str] = {}
    for term in terms:
        if term.column not in rows.columns:
            unused |= {} if term is OUTSIDE else {term.column: "not held"}
            continue
        held = rows[term.column]
        if term.column != "partnership" and held.null_count() > MOST_UNSTATED * rows.height:
            unused[term.column] = f"not stated for {held.null_count()} of {rows.height} placements"
        elif held.n_unique() < 2:
            unused |= {} if term is OUTSIDE else {term.column: "the same for all"}
        elif term.kind is Kind.NUMBER:
            for level, values in _number(held):
                columns.append(values)
                names.append((term.column, level))
        else:
            reference, found = _labels(held, term)
            references[term.column] = reference
            for level, values in found:
                columns.append(values)
                names.append((term.column, level))
    whole = Design(np.column_stack(columns), tuple(names), references, unused)
    alike = _repeats(whole.matrix)
    unused |= {"=".join(whole.names[at]): "cannot be told apart from other terms" for at in alike}
    return whole.without(alike)


def _number(held: pl.Series) -> list[tuple[str, Floats]]:
    mean = held.cast(pl.Float64).mean()
    values = held.cast(pl.Float64).fill_null(mean if isinstance(mean, float) else 0.0).to_numpy()
    found: list[tuple[str, Floats]] = [("", values)] if values.std() > 0 else []
    if held.null_count():
        found.append((NOT_STATED, held.is_null().cast(pl.Float64).to_numpy()))
    return found


def _labels(held: pl.Series, term: Term) -> tuple[str, list[tuple[str, Floats]]]:
    text = held.cast(pl.String).fill_null(NOBODY if term.column == "partnership" else NOT_STATED)
    counts = text.value_counts(name="n").sort(["n", text.name], descending=[True, False])
    levels = sorted(counts[text.name].to_list())
    first = term.column in ("partnership", "census")
    usual = levels[0] if first else str(counts[text.name][0])
    if term is OUTSIDE:  # one borough is the reference for all boroughs outside partnerships
        boroughs = [one for one in counts[text.name].to_list() if one != INSIDE][1:]
        return INSIDE, [(one, (text == one).cast(pl.Float64).to_numpy()) for one in boroughs]
    reference = term.reference if term.reference in levels else usual
    codes = text.cast(pl.Enum(levels)).to_physical().to_numpy()
    return str(reference), [
        (level, (codes == at).astype(np.float64)) for at, level in enumerate(levels) if level != reference
    ]


def _repeats(matrix: Floats) -> list[int]:
    """Columns that are collinear with earlier ones: by a Cholesky scan of the scaled columns' Gram matrix."""
    inner = matrix.T @ matrix
    size = np.sqrt(np.diag(inner))
    alike = [int(at) for at in np.flatnonzero(size == 0)]
    left = inner / np.where(size > 0, size, 1.0) / np.where(size > 0, size, 1.0)[:, None]
    for at in range(len(left)):
        if left[at, at] < ALIKE**0.5 * 1e-2:
            if at not in alike:
                alike.append(at)
            continue
        left = left - np.outer(left[:, at], left[at]) / left[at, at]
    return sorted(alike)


def provider_and_home(rows: pl.DataFrame, enough: int = ENOUGH_AT_HOME) -> tuple[Ints, Ints, list[str]]:
    """Codes of providers, codes of homes with at least `enough` rows (NOWHERE for others), and the providers' names.

    A home is identified within its provider: a home that was sold counts as two.
    """
    providers = rows["provider"].unique(maintain_order=True).to_list()
    group = rows["provider"].cast(pl.Enum(providers)).to_physical().cast(pl.Int64).to_numpy()
    if "home" not in rows.columns:
        return group, np.full(rows.height, NOWHERE, dtype=np.int64), providers
    home = pl.struct("provider", "home")
    held = rows.select(
        many=(pl.len().over("provider", "home") >= enough) & pl.col("home").is_not_null(), code=home.rank("dense")
    )
    kept = held["many"].to_numpy()
    _, inverse = np.unique(held["code"].to_numpy()[kept], return_inverse=True)
    part = np.full(rows.height, NOWHERE, dtype=np.int64)
    part[kept] = inverse
    return group, part, providers
