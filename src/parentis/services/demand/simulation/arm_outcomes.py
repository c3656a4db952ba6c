"""What becomes of each child in each arm: nights in care, and whether it is in care at the end, with the same luck."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numba import njit

from parentis.errors import NotFoundError
from parentis.services.demand.estimation.model import Model
from parentis.services.demand.randomness import keyed
from parentis.services.demand.simulation.arms import MOST_STRETCHES, walk
from parentis.services.demand.simulation.attribution import meet
from parentis.services.demand.simulation.person_nights import prepared
from parentis.services.demand.simulation.programmes import Marker, Programme


@njit(cache=True, nogil=True)
def _follow(  # type: ignore[no-untyped-def]
    key, keys, states, births, placements, cares, uascs, authorities, times_in, first, count, horizon, rates,
    what, times, source, target, ages, reached_uasc, reached_place, salt, curves, share, members, entrants, salts,
    programmes, arms, nights, at_end, touched,
):  # fmt: skip
    """Write each child's nights and whether it is in care at the horizon, (children, arms); and which programmes reach
    it, as bits."""
    rate, exit_row, exit_mix, move_row, move_mix, exit_factor, move_factor, stay = rates
    effects = what.shape[0]
    reach, extra = np.zeros(effects, np.bool_), np.zeros(effects, np.int64)
    work, streams = np.zeros((4, effects)), np.zeros(effects, np.uint64)
    stretches, met = np.zeros((MOST_STRETCHES, 3)), np.zeros(programmes)
    for i in range(count):
        entrant, place = i >= first, authorities[i]
        child = keyed(key, keys[i])
        met[:] = np.inf
        in_care, holding = meet(
            i, entrant, times_in[i], states[i], births[i], uascs[i], place, child, what, times, source, ages, salt,
            curves, reached_uasc, reached_place, share, members, entrants, salts, reach, work, met, extra,
        )  # fmt: skip
        touched[i] = in_care | holding
        for arm in range(arms.shape[0]):
            active = arms[arm] & touched[i]
            n, _ = walk(
                active, active == 0, entrant, times_in[i], states[i], births[i], placements[i], cares[i], uascs[i],
                child, horizon, stay, exit_factor[place], move_factor[place], rate, exit_row, exit_mix, move_row,
                move_mix, what, times, source, target, ages, salt, curves, reach, work, streams, stretches, met,
            )  # fmt: skip
            for at in range(n):
                nights[i, arm] += int(np.ceil(stretches[at, 2]) - np.ceil(stretches[at, 1]))
            at_end[i, arm] = n > 0 and stretches[n - 1, 2] >= horizon


def arm_outcomes(
    model: Model,
    programmes: Sequence[Programme],
    draw: int,
    *,
    arms: Sequence[Sequence[str]],
    months: int = 24,
    seed: int = 0,
    markers: Sequence[Marker] = (),
    certain: bool = False,
) -> pl.DataFrame:
    """The children of one draw in each of `arms`, a set of ids of programmes each (empty: none).

    `child` (a number within the draw), `entrant, authority, arm` (the place in `arms`), `nights, in_care` at the end of
    `months`, `reached` by a programme of the arm. Children who come only because of a programme are left out.
    """
    known = [one.id for one in programmes]
    if unknown := {name for arm in arms for name in arm} - set(known):
        raise NotFoundError(
            expected=f"programmes: {', '.join(known)}", found=", ".join(sorted(unknown)), where="arms", do="Correct it."
        )
    run = prepared(model, programmes, months, seed, markers, certain=certain)
    masks = np.array([sum(1 << known.index(name) for name in arm) for arm in arms], np.int64)
    drawn, effects, share = run.drawn(draw)
    shape = (drawn.count, len(arms))
    nights, at_end = np.zeros(shape, np.int32), np.zeros(shape, np.bool_)
    touched = np.zeros(drawn.count, np.int64)
    _follow(
        drawn.key, *drawn.children, len(run.children[0]), drawn.count, run.when.bounds[months], drawn.rates, *effects,
        share, run.members, run.entrants, run.salts, len(known), masks, nights, at_end, touched,
    )  # type: ignore[call-arg]  # fmt: skip
    child = np.repeat(np.arange(drawn.count), len(arms))
    return pl.DataFrame(
        {
            "child": child,
            "entrant": child >= len(run.children[0]),
            "authority": pl.Series(model.names).gather(drawn.children[6][child]),
            "arm": np.tile(np.arange(len(arms)), drawn.count),
            "nights": nights.ravel(),
            "in_care": at_end.ravel(),
            "reached": (touched[:, None] & masks > 0).ravel(),
        }
    )
