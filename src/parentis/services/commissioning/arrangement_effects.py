"""Whether each arrangement worked: its members compared with boroughs that had not joined, from placements."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from parentis.errors import ParentisError
from parentis.services.commissioning.did_it_work import borough_series, did_it_work
from parentis.services.commissioning.hedonic import Hedonic, hedonic
from parentis.services.commissioning.placement_prices import TERMS
from parentis.services.commissioning.randomisation import ALPHA, Effect, Verdict

JOINED: Final = ("partnership",)
"The term for joining, which is not controlled for when its effect is estimated."
HOW: Final = (*JOINED, "sourced")
"Joining and the way of buying, which joining may also change: without controls for either, the total effect."


@dataclass(frozen=True, slots=True)
class ArrangementEffect:
    """What an arrangement did to its members' prices, in logarithms: `effect` like for like, for the same way of
    buying; `whole` including changes in the way of buying."""

    partnership: str
    arrangement: str
    title: str
    starts: date
    effect: Effect
    whole: Effect


@dataclass(frozen=True, slots=True, eq=False)
class ArrangementEffects:
    """`found` in the order of arrangements; `by_time`: `arrangement, joined, period, n, effect` (%); `why_not`:
    sentences on arrangements without an estimate."""

    found: tuple[ArrangementEffect, ...]
    by_time: pl.DataFrame
    why_not: tuple[str, ...]


def arrangement_effects(
    rows: pl.DataFrame, listed: pl.DataFrame, memberships: pl.DataFrame, *, ways: int, seed: int
) -> ArrangementEffects:
    """Effects of every arrangement that a member joined between two censuses. `rows` in the shape of `placement_prices`
    with `authority`; `listed`: `arrangement, partnership, title, starts`; `memberships`: `partnership, authority,
    joined`."""
    model, whole = (hedonic(rows, [term for term in TERMS if term.column not in left]) for left in (JOINED, HOW))
    first, last = rows["census"].min(), rows["census"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        return ArrangementEffects((), pl.DataFrame(), ("there is no census",))
    found: list[ArrangementEffect] = []
    times: list[pl.DataFrame] = []
    why_not: list[str] = []
    for one in listed.unique("arrangement", keep="last", maintain_order=True).iter_rows(named=True):
        joined = _joined(one, memberships, rows)
        title = str(one["title"] or one["arrangement"])
        if not any(first < day <= last for day in joined.values()):
            why_not.append(f"{title}: no member joined it between two censuses, so that there is no before and after")
            continue
        others, clean = _busy(one, listed, memberships, model.rows, first, last)
        if not clean:
            why_not.append(f"{title}: some of the boroughs it is set beside joined other arrangements meanwhile")
        try:
            result, beside = (
                did_it_work(borough_series(_only(of, others), joined)[0], ways=ways, seed=seed) for of in (model, whole)
            )
        except ParentisError as error:
            why_not.append(f"{title}: {error}")
            continue
        found.append(
            ArrangementEffect(
                one["partnership"], one["arrangement"], title, one["starts"], result.effect, beside.effect
            )
        )
        times.append(result.by_time.with_columns(
            arrangement=pl.lit(one["arrangement"]), effect=100 * (pl.col("effect").exp() - 1)))  # fmt: skip
    by_time = pl.concat(times) if times else pl.DataFrame()
    return ArrangementEffects(tuple(together(found)), by_time, tuple(why_not))


def _joined(one: Mapping[str, Any], memberships: pl.DataFrame, rows: pl.DataFrame) -> dict[str, date]:
    """Each member's first day in the arrangement: the later of its start and of joining the partnership."""
    inside = (
        memberships.filter(pl.col("partnership") == one["partnership"]).sort("joined").unique("authority", keep="first")
    )
    here = set(rows["authority"].unique().to_list())
    return {
        who: max(day, one["starts"])
        for who, day in inside.select("authority", "joined").iter_rows()
        if who in here and one["starts"] is not None
    }


def _busy(
    one: Mapping[str, Any], listed: pl.DataFrame, memberships: pl.DataFrame, rows: pl.DataFrame, first: date, last: date
) -> tuple[list[str], bool]:
    """Boroughs outside that began another arrangement between the censuses, and so are not valid comparators. Where
    fewer than FEWEST_OTHERS would be left, only those that joined another partnership then; and whether all were left
    out."""
    own = memberships.filter(pl.col("partnership") == one["partnership"])["authority"].unique()
    outside = memberships.filter(~pl.col("authority").is_in(own.implode()))
    moved = outside.filter(pl.col("joined") > first, pl.col("joined") <= last)["authority"].unique().to_list()
    began = listed.filter(
        pl.col("partnership") != one["partnership"], pl.col("starts") > first, pl.col("starts") <= last
    )["partnership"].unique()
    busy = outside.filter(pl.col("partnership").is_in(began.implode()))["authority"].unique().to_list()
    every = sorted({*moved, *busy})
    here = set(rows["authority"].unique().to_list()) - set(own.to_list())
    return (every, True) if len(here - set(every)) >= FEWEST_OTHERS else (sorted(moved), False)


FEWEST_OTHERS: Final = 6


def _only(model: Hedonic, out: list[str]) -> Hedonic:
    """The model's rows without those of some authorities; its estimates are unchanged."""
    if not out:
        return model
    keep = ~model.rows["authority"].is_in(out)
    matrix = model.design.matrix[keep.to_numpy()]
    return replace(model, rows=model.rows.filter(keep), design=replace(model.design, matrix=matrix))


def together(found: list[ArrangementEffect]) -> list[ArrangementEffect]:
    """Holm's correction (1979) of the effects found, since many arrangements are tested."""
    order = sorted(range(len(found)), key=lambda at: found[at].effect.p)
    told = list(found)
    stopped = False
    for rank, at in enumerate(order):
        effect = found[at].effect
        stopped = stopped or effect.p * (len(found) - rank) > ALPHA
        if stopped and effect.verdict is Verdict.FOUND:
            because = f"of {len(found)} arrangements looked at, one would seem to have worked as well by chance"
            told[at] = replace(found[at], effect=replace(effect, verdict=Verdict.CANNOT_TELL, because=because))
    return told
