"""The person-night ledger: every night that programmes save, with its child, month, group and the programmes behind it.

The union of what programmes save is counted once and split between them (`attribution`). Nights added, in another place
or by a later entry, stand apart from nights avoided and are never netted silently. A child's nights before it came into
care do not exist here: what is done for families then acts on the entry rate.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from parentis.region import financial_year_of
from parentis.services.demand.estimation.model import Model
from parentis.services.demand.simulation.attribution import SHARES, attribute, weights
from parentis.services.demand.simulation.futures import THREADS, Calendar, Population, at_cut, calendar, population
from parentis.services.demand.simulation.programmes import EncodedEffects, Marker, Programme, encode_effects

AVOIDED, OTHER_PLACE, MORE_NIGHTS = "avoided", "other place", "more nights"
"""What a ledger row is: a night not spent; one spent in another group than without the programmes; and one spent in
care by a child who would not have been (a later entry, a longer stay, a child who would not have come)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNights:
    """Nights saved in each draw; all but `drawn` are whole numbers.

    Attributes:
        avoided, added: shares (`SHARES` to a night) of nights not spent, and of nights spent that would not have been:
            (draws, programmes, authorities, groups, years). Saved is avoided less added.
        saved: nights saved by all programmes together, counted without the split, (draws, authorities, groups, years).
        monthly: shares saved, (draws, programmes, authorities, months); saved_monthly: nights by all together.
        entries: shares of entries into care avoided, (draws, programmes, authorities, months).
        reached: children whom a programme reaches, in the year in which it first applies to them, (draws, programmes,
            authorities, years).
        claims: what saved nights are worth, by the set of programmes that share in them, (draws, 2^programmes, years):
            bit p of the place is programme p; worth_saved: by place and month, (draws, authorities, months). Nil unless
            `worth` was given.
        drawn: the factor of each effect, (draws, effects), in the order of `encode_effects`.
    """

    programmes: tuple[str, ...]
    authorities: tuple[str, ...]
    groups: tuple[str, ...]
    month_ends: tuple[date, ...]
    years: tuple[str, ...]
    avoided: np.ndarray
    added: np.ndarray
    saved: np.ndarray
    monthly: np.ndarray
    saved_monthly: np.ndarray
    entries: np.ndarray
    reached: np.ndarray
    claims: np.ndarray
    worth_saved: np.ndarray
    drawn: np.ndarray

    @property
    def net(self) -> np.ndarray:
        """Nights saved by programme, as fractions: (draws, programmes, authorities, groups, years)."""
        return np.asarray((self.avoided - self.added) / SHARES)

    @property
    def unsplit(self) -> np.ndarray:
        """What the split leaves over: nil in every draw, authority, group and year. Whole shares."""
        return np.asarray(SHARES * self.saved - (self.avoided - self.added).sum(axis=1))


_ENCODED = ("what", "times", "source", "target", "age", "uasc", "authority", "salt", "curves")
_COUNTED = ("avoided", "added", "saved", "monthly", "saved_monthly", "entries", "reached", "claims", "worth_saved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What every replicate of a ledger shares."""

    model: Model
    when: Calendar
    encoded: EncodedEffects
    members: np.ndarray
    entrants: np.ndarray
    salts: np.ndarray
    years: tuple[str, ...]
    year_of: np.ndarray
    children: tuple[np.ndarray, ...]
    keys: np.ndarray
    programmes: tuple[str, ...]
    seed: int
    certain: bool

    def population(self, number: int) -> Population:
        return population(
            self.model, self.when, self.seed, number, children=self.children, keys=self.keys, certain=self.certain
        )

    def drawn(self, number: int) -> tuple[Population, list[np.ndarray], np.ndarray]:
        """One replicate's children, the effects as the compiled code takes them, and the shares they reach."""
        factor, share = self.encoded.drawn(self.seed, number)
        arrays = [getattr(self.encoded, name).copy() for name in _ENCODED]
        arrays[1][:, 4] = factor
        return self.population(number), arrays, share

    def replicate(
        self, number: int, out: PersonNights, row: int, *, room: int = 0, worth: np.ndarray | None = None
    ) -> np.ndarray:
        """Run one replicate into `out`; the ledger's first `room` rows of it."""
        drawn, arrays, share = self.drawn(number)
        out.drawn[row] = arrays[1][:, 4]
        rows = np.zeros((room, 4 + len(self.programmes)), np.int64)
        months = len(self.when.ends)
        # Threads that share arrays wait for one another each time a compiled function takes one: each has its own.
        own = [one.copy() for one in (self.when.bounds, self.when.month_of_day, self.year_of, _WEIGHTS)]
        found = attribute(
            drawn.key, *drawn.children, len(self.children[0]), drawn.count, self.when.bounds[months],
            tuple(one.copy() if isinstance(one, np.ndarray) else one for one in drawn.rates),
            *arrays, share, self.members, self.entrants, self.salts,
            *own, np.zeros((0, 0, 0)) if worth is None else worth.astype(np.float64),
            *(getattr(out, name)[row] for name in _COUNTED), rows,
        )  # type: ignore[call-arg]  # fmt: skip
        return rows if found <= room else np.zeros((found, 0), np.int64)


_WEIGHTS = weights()


def person_nights(
    model: Model,
    programmes: Sequence[Programme],
    *,
    months: int = 60,
    replicates: int = 1000,
    seed: int = 0,
    first_replicate: int = 0,
    markers: Sequence[Marker] = (),
    worth: np.ndarray | None = None,
    threads: int = THREADS,
    certain: bool = False,
) -> PersonNights:
    """The ledger of up to ten `programmes` in `replicates` futures: those that `simulate` has for the same seed.

    With `certain`, only chance differs between draws: rates are the estimates, but effects are still drawn.
    `worth`, (replicates, authorities, groups, years), is what a night is worth, for `PersonNights.claims`.
    """
    run = prepared(model, programmes, months, seed, markers, certain=certain)
    out = _empty(run, replicates)
    rows = range(replicates)
    numbers = [first_replicate + row for row in rows]
    if threads == 1 or replicates == 1:
        for number, row in zip(numbers, rows, strict=True):
            run.replicate(number, out, row, worth=None if worth is None else worth[row])
        return out

    def one(row: int) -> None:
        run.replicate(numbers[row], out, row, worth=None if worth is None else worth[row])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, rows))
    return out


def ledger_rows(
    model: Model,
    programmes: Sequence[Programme],
    draw: int,
    *,
    months: int = 60,
    seed: int = 0,
    markers: Sequence[Marker] = (),
    certain: bool = False,
) -> pl.DataFrame:
    """The ledger of one draw, row by row.

    `child` (a number within the draw), `entrant`, `authority, month_end, group, row` (`AVOIDED`, `OTHER_PLACE`,
    `MORE_NIGHTS`), `nights` (negative where added), `programme`, `shares` of the nights, and `claimants`, how many
    programmes share the row. The shares of a child's month and group sum to `SHARES` times its nights. Rows tell of
    single children at the cut: they are for checks, and leave nobody's hands.
    """
    run = prepared(model, programmes, months, seed, markers, certain=certain)
    out = _empty(run, 1)
    room = 1 << 14
    found = run.replicate(draw, out, 0, room=room)
    if found.shape[1] == 0:
        out = _empty(run, 1)
        found = run.replicate(draw, out, 0, room=len(found))
    found = found[found[:, 1:].any(axis=1)]
    first = len(run.children[0])
    drawn = run.population(draw)
    model_of = found[:, 0] % drawn.count
    places = drawn.children[6][model_of]
    wide = pl.DataFrame(
        {
            "child": found[:, 0],
            "entrant": model_of >= first,
            "authority": pl.Series(model.names).gather(places),
            "month_end": pl.Series(run.when.ends).gather(found[:, 2]),
            "group": pl.Series(model.groups.names).gather(found[:, 1]),
            "nights": found[:, 3],
            **{str(at): found[:, 4 + at] for at in range(len(run.programmes))},
        }
    )
    of_month = pl.col("nights").sum().over("child", "month_end")
    kind = (
        pl.when(pl.col("nights") > 0)
        .then(pl.lit(AVOIDED))
        .when(of_month < 0)
        .then(pl.lit(MORE_NIGHTS))
        .otherwise(pl.lit(OTHER_PLACE))
    )
    number = pl.Series(run.programmes)
    return (
        wide.with_columns(row=kind, claimants=sum(pl.col(str(at)) != 0 for at in range(len(run.programmes))))
        .unpivot(
            index=["child", "entrant", "authority", "month_end", "group", "row", "nights", "claimants"],
            variable_name="programme",
            value_name="shares",
        )
        .filter(pl.col("shares") != 0)
        .with_columns(pl.col("programme").cast(pl.Int64).map_elements(lambda at: number[at], return_dtype=pl.String))
        .sort("child", "month_end", "group", "programme")
    )


def prepared(
    model: Model, programmes: Sequence[Programme], months: int, seed: int, markers: Sequence[Marker], *, certain: bool
) -> Run:
    """What every replicate shares. Raises SpecificationError for programmes that cannot be run."""
    when = calendar(model.cut, months)
    encoded = encode_effects(
        programmes,
        groups=model.groups.names,
        authorities=model.names,
        first_day=model.cut + timedelta(days=1),
        markers=markers,
    )
    children = at_cut(model)
    labels = [financial_year_of(end).label for end in when.ends]
    years = tuple(dict.fromkeys(labels))
    states = len(model.groups.names)
    return Run(
        model=model,
        when=when,
        encoded=encoded,
        members=np.array([np.isin(children[0], one.members) for one in markers]).reshape(
            len(markers), len(children[0])
        ),
        entrants=np.array([one.entrants for one in markers], np.float64).reshape(
            len(markers), states, encoded.age.shape[1]
        ),
        salts=np.arange(len(markers), dtype=np.uint64) + np.uint64(1 << 32),
        years=years,
        year_of=np.array([years.index(label) for label in labels]),
        children=children,
        keys=model.authority_keys()[np.array(model.chosen, dtype=np.int64)],
        programmes=tuple(one.id for one in programmes),
        seed=seed,
        certain=certain,
    )


def _empty(run: Run, draws: int) -> PersonNights:
    p, a, s = len(run.programmes), len(run.model.chosen), len(run.model.groups.names)
    m, y = len(run.when.ends), len(run.years)
    whole: dict[str, np.ndarray] = {
        "avoided": np.zeros((draws, p, a, s, y), np.int64),
        "added": np.zeros((draws, p, a, s, y), np.int64),
        "saved": np.zeros((draws, a, s, y), np.int64),
        "monthly": np.zeros((draws, p, a, m), np.int64),
        "saved_monthly": np.zeros((draws, a, m), np.int64),
        "entries": np.zeros((draws, p, a, m), np.int64),
        "reached": np.zeros((draws, p, a, y), np.int32),
        "claims": np.zeros((draws, 1 << p, y)),
        "worth_saved": np.zeros((draws, a, m)),
    }
    return PersonNights(
        programmes=run.programmes,
        authorities=run.model.names,
        groups=run.model.groups.names,
        month_ends=run.when.ends,
        years=run.years,
        drawn=np.ones((draws, len(run.encoded.effects))),
        **whole,
    )
