"""`fit`: from looked-after children returns to a model of demand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import blake2b

import numpy as np
import polars as pl

from parentis.errors import NotFoundError
from parentis.returns.ssda903 import known_until
from parentis.services import careers
from parentis.services.demand.estimation.as_of import at_cut
from parentis.services.demand.estimation.bands import AGE_EDGES
from parentis.services.demand.estimation.diagnostics import thin
from parentis.services.demand.estimation.entries import Entries, fit_entries
from parentis.services.demand.estimation.exposure import EXIT, MOVE, exposure
from parentis.services.demand.estimation.histories import CENSORED, Histories, histories
from parentis.services.demand.estimation.imputation import completed
from parentis.services.demand.estimation.rates import Rates, fit_rates
from parentis.services.demand.estimation.transition_probabilities import Mix, exit_mix, move_mix
from parentis.services.demand.states import COMMISSIONING, Groups
from parentis.services.demand.tables import EPISODES, NEEDS

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Children looked after on the night of the cut; every array has shape (children,).

    `birth`, `placed` and `cared` are days before (negative) the first day of the future.
    """

    key: np.ndarray
    state: np.ndarray
    birth: np.ndarray
    placed: np.ndarray
    cared: np.ndarray
    uasc: np.ndarray
    authority: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The fitted model at the cut, with its uncertainty.

    Attributes:
        exits, moves: rates of leaving care, and of changing placement, per day.
        exit_mix, move_mix: shares of exits by kind, and of moves by destination.
        reached_18, stayed: of the children who turned 18, how many were still looked after.
        diagnostics: `part, where, events, days, says`: estimates for which there are too few data.
        notes: sentences on missing data and how they were handled.
        chosen: indices of the authorities to simulate; all, unless `only` was called.
    """

    groups: Groups
    authorities: tuple[str, ...]
    cut: date
    stock: Stock
    exits: Rates
    moves: Rates
    exit_mix: Mix
    move_mix: Mix
    entries: Entries
    reached_18: int
    stayed: int
    diagnostics: pl.DataFrame
    notes: tuple[str, ...]
    chosen: tuple[int, ...]

    def only(self, *authorities: str) -> "Model":
        """The same model, simulated for these authorities alone: each child has the same outcome as in the full
        simulation.
        """
        if unknown := [name for name in authorities if name not in self.authorities]:
            raise NotFoundError(
                expected=f"authorities of the model: {', '.join(self.authorities[:40])}",
                found=", ".join(unknown),
                where="demand model",
                do="Submit their looked-after children returns first.",
            )
        return replace(self, chosen=tuple(self.authorities.index(name) for name in authorities))

    @property
    def names(self) -> tuple[str, ...]:
        """The authorities that are simulated."""
        return tuple(self.authorities[at] for at in self.chosen)

    def authority_keys(self) -> np.ndarray:
        """A number for each authority, from its name alone."""
        digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in self.authorities)
        return np.frombuffer(digests, dtype=np.uint64)


def fit(tables: Tables, *, groups: Groups = COMMISSIONING, cut: date | None = None) -> Model:
    """Fit the model to `tables` up to and including `cut`; without it, up to the end of the last return.

    Args:
        tables: the looked-after children return's episodes, header and UASC (`NEEDS`), as the lake holds them.
        groups: the placement groups that are the model's states.
        cut: returns of collection years that end later are not used, except one that was extracted during its year and
            covers nothing after `cut`. If `cut` lies between two year ends, the model uses data to the earlier one, and
            the forecast starts there: `Model.cut`.

    Raises PeriodError for a cut outside the data, SpecificationError where there are no data to fit.
    """
    return fit_histories(past(tables, groups=groups, cut=cut))


def past(tables: Tables, *, groups: Groups = COMMISSIONING, cut: date | None = None) -> Histories:
    """The histories that `fit` is made from."""
    known, tells_to = at_cut(tables, cut) if cut else (tables, cut)
    # the period that each return covers must be read from its own rows, before imputed rows are added
    told = known_until(known[EPISODES])
    whole, notes = completed(known)
    made = careers.spells(*(whole[need] for need in NEEDS), known=told)
    notes = (*_extracts(told), *_unusable(made), *notes)
    if tells_to != cut:
        notes = (f"The last return made by {cut} tells to {tells_to}: nothing later is known.", *notes)
    return histories(made, groups=groups, notes=notes)


def _extracts(told: pl.DataFrame) -> list[str]:
    within = told.filter(pl.col("until").dt.strftime("%m-%d") != "04-01")
    return [
        f"{authority}: the return of {period} was extracted within the year: known to {until - timedelta(days=1)}."
        for authority, period, until in within.iter_rows()
    ]


_FAULTS = {
    "no child": "say no child",
    "no start": "have no start date that can be read",
    "ends before it starts": "end before they start",
    "starts after its year": "start after their collection year",
}


def _unusable(made: "careers.Careers") -> list[str]:
    """A sentence for each fault that excludes episodes, with the number of rows and of children, and the number of
    children who are missing from the stock at the end of the last return because their only row was excluded."""
    key = ["authority", "CHILD"]
    present = made.spells.filter("open").select("authority", CHILD="child").unique()
    last = made.coverage.get_column("period").max()
    sentences = []
    for (reason,), rows in made.unusable.group_by("reason", maintain_order=True):
        children = rows.select(key).drop_nulls().unique().height
        still = rows.filter(pl.col("period") == last, pl.col("DEC").is_null()).select(key).drop_nulls().unique()
        absent = still.join(present, on=key, how="anti").height
        sentences.append(
            f"{rows.height:,} episode rows of {children:,} children {_FAULTS.get(str(reason), str(reason))} "
            f"and were left out. {absent:,} of the children are looked after at the end by such a row alone: "
            "they are not counted."
        )
    return sentences


def fit_histories(past: Histories) -> Model:
    """`fit`, from histories."""
    seen = exposure(past)
    return Model(
        groups=past.groups,
        authorities=past.authorities,
        cut=past.cut,
        stock=stock_at_cut(past),
        exits=fit_rates(seen.days, seen.events[EXIT], past.states),
        moves=fit_rates(seen.days, seen.events[MOVE], past.states),
        exit_mix=exit_mix(seen.exits_to, past.states),
        move_mix=move_mix(seen.moves_to, past.states),
        entries=fit_entries(past),
        reached_18=seen.reached_18,
        stayed=seen.stayed,
        diagnostics=thin(past, seen),
        notes=past.notes,
        chosen=tuple(range(len(past.authorities))),
    )


def stock_at_cut(past: Histories) -> Stock:
    """The children of `past` who are looked after on the night of the cut."""
    here = np.flatnonzero((past.ends_in == CENSORED) & (past.end == past.next_day))
    days = {name: (getattr(past, name)[here] - past.next_day).astype(np.float64) for name in ("birth", "start")}
    return Stock(
        key=past.child[here],
        state=past.state[here],
        # Children are at least one day old; a date of birth after care began is an error in the return.
        birth=np.minimum(days["birth"], AGE_EDGES[0]),
        placed=days["start"],
        cared=(past.care_start[here] - past.next_day).astype(np.float64),
        uasc=past.uasc[here],
        authority=past.authority[here],
    )
