"""Histories: careers as arrays, restricted to the years whose return is held.

All days are int64 days since 1970-01-01, as Polars and NumPy count them.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import numpy as np
import polars as pl

from parentis.errors import SpecificationError
from parentis.services.careers import Careers
from parentis.services.demand.estimation.as_of import told_to
from parentis.services.demand.estimation.bands import ADULT, YEAR
from parentis.services.demand.states import AGED_OUT, Groups, exit_of

AGED_OUT_FROM = ADULT - 7
"Age in days from which leaving care counts as ageing out: returns often end care a few days before the birthday."

CENSORED, NEVER = -1, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Past placements, one row per spell, sorted by child and start.

    Attributes:
        cut: the last day with any information.
        authorities: names, in the order that `authority` counts.
        authority, child, state, start, end, birth, care_start, uasc: shape (spells,). `end` is exclusive and
            never after the day after `cut`. `child` is a number that depends on the child's key alone.
        ends_in: shape (spells,): −1 if the end was not observed, else a state (a move), or states + exit.
        first: shape (spells,), bool: the child came into care with this spell.
        runs: per authority the stretches of years held, int64 of shape (runs, 2), end exclusive.
        notes: sentences on missing data and how they were handled.
    """

    cut: date
    groups: Groups
    authorities: tuple[str, ...]
    authority: np.ndarray
    child: np.ndarray
    state: np.ndarray
    start: np.ndarray
    end: np.ndarray
    birth: np.ndarray
    care_start: np.ndarray
    uasc: np.ndarray
    ends_in: np.ndarray
    first: np.ndarray
    runs: tuple[np.ndarray, ...]
    notes: tuple[str, ...]

    @property
    def states(self) -> int:
        return len(self.groups.names)

    @property
    def next_day(self) -> int:
        """The first day of the forecast."""
        return day_number(self.cut) + 1


def day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def histories(careers: Careers, *, groups: Groups, notes: tuple[str, ...] = ()) -> Histories:
    """Build histories up to the end of the last year that any return or extract covers. `notes` come first in the
    notes of the result.

    Spells are kept only for years with a return; a spell that continues beyond them is censored. Raises
    SpecificationError if there are no spells.
    """
    spells = careers.spells.filter(~pl.col("respite")).sort("authority", "child", "start")
    if spells.is_empty():
        raise SpecificationError(
            expected="episodes of looked-after children, other than short breaks",
            found="none",
            where="demand model",
            do="Submit at least one year's looked-after children return (SSDA903).",
        )
    authorities = tuple(careers.coverage["authority"].unique().sort())
    cut = told_to(careers.known)
    after = day_number(cut) + 1
    runs, others = _runs(careers.coverage, careers.known, authorities, after)
    spells = spells.with_columns(
        state=groups.of(),
        exit=exit_of(),
        moves=pl.col("care_id").eq(pl.col("care_id").shift(-1)).fill_null(value=False),
        place_after=groups.of().shift(-1).fill_null(0),
    )
    spells, more = _with_births(spells)
    start, end, birth = (spells[name].to_physical().cast(pl.Int64).to_numpy() for name in ("start", "end", "dob"))
    seen = ~spells["open"].to_numpy() & (end < after)
    out = np.where(end - birth >= AGED_OUT_FROM, AGED_OUT, spells["exit"].to_numpy())
    moves = spells["moves"].to_numpy()
    ends_in = np.where(moves, spells["place_after"].to_numpy(), len(groups.names) + out)
    care_start = spells["care_start"].to_physical().cast(pl.Int64).to_numpy()
    index = {name: number for number, name in enumerate(authorities)}
    return Histories(
        cut=cut,
        groups=groups,
        authorities=authorities,
        authority=spells["authority"].replace_strict(index, return_dtype=pl.Int64).to_numpy(),
        child=_keys(spells),
        state=spells["state"].to_numpy(),
        start=start,
        end=np.minimum(end, after),
        birth=birth,
        care_start=care_start,
        uasc=spells["uasc"].cast(pl.Int64).to_numpy(),
        ends_in=np.where(seen, ends_in, CENSORED),
        first=start == care_start,
        runs=runs,
        notes=(*notes, *others, *more),
    )


def _keys(spells: pl.DataFrame) -> np.ndarray:
    """A number for each child, from its own key alone. Random numbers are keyed by it, so that a child's simulated
    outcome does not depend on the other children in the file."""
    children = spells.select("authority", "child").unique()
    numbers = children.with_columns(number=pl.Series(child_numbers(children)))
    return spells.join(numbers, on=["authority", "child"], how="left", maintain_order="left")["number"].to_numpy()


def child_numbers(children: pl.DataFrame) -> np.ndarray:
    """The model's number of each row's child, given as `authority, child` (uint64): what `simulation.programmes.Marker`
    names its members by."""
    pairs = children.select("authority", "child").iter_rows()
    digests = b"".join(blake2b(f"{a}\0{c}".encode(), digest_size=8).digest() for a, c in pairs)
    return np.frombuffer(digests, dtype=np.uint64)


def _runs(
    coverage: pl.DataFrame, known: pl.DataFrame, authorities: tuple[str, ...], after: int
) -> tuple[tuple[np.ndarray, ...], list[str]]:
    runs, notes = [], []
    until = {(authority, period): day for authority, period, day in known.iter_rows()}
    for name in authorities:
        held = sorted(coverage.filter("held", authority=name)["period"])
        spans: list[list[int]] = []
        for period in held:
            begins, ends = day_number(date(int(period[:4]), 4, 1)), min(day_number(until[name, period]), after)
            if begins >= after:
                continue
            if spans and spans[-1][1] == begins:
                spans[-1][1] = ends
            else:
                spans.append([begins, ends])
        runs.append(np.array(spans, dtype=np.int64).reshape(-1, 2))
        if len(spans) > 1:
            notes.append(
                f"{name}: years are missing between its returns; nothing is learnt from them, and the model is "
                "fitted to the years on either side."
            )
        if not spans or spans[-1][1] < after:
            notes.append(f"{name}: no return for the time before the cut; its stock at the cut is not known.")
    length = max((run[:, 1] - run[:, 0]).sum() for run in runs)
    if length < 2 * YEAR - 1:
        notes.append(
            "Less than two years of returns: trend and season of entries cannot be told apart from chance, "
            "and the intervals rest on assumptions more than on data."
        )
    return tuple(runs), notes


def _with_births(spells: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Where the date of birth is missing, the median age at the start of a spell in the same group."""
    missing = spells.filter(pl.col("dob").is_null()).select("authority", "child").n_unique()
    if not missing:
        return spells, []
    age = (pl.col("start") - pl.col("dob")).dt.total_days()
    usual = pl.coalesce(age.median().over("state"), age.median(), pl.lit(10 * YEAR))
    at_first = (pl.col("start") - pl.duration(days=usual.round().cast(pl.Int64))).first().over("authority", "child")
    note = (
        f"{missing} of {spells.select('authority', 'child').n_unique()} children have no date of birth: each is "
        "taken to be of the median age at the start of a placement in the same group."
    )
    return spells.with_columns(dob=pl.coalesce("dob", at_first)), [note]
