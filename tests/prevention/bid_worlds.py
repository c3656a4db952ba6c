"""A region of two boroughs with prices, for bids worked out whole."""

from dataclasses import replace

import numpy as np
from worlds import world

from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.estimation.model import fit_histories
from parentis.services.demand.estimation.shrinkage import pool
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.money.prices import Prices
from parentis.services.demand.money.projections import nights_in
from parentis.services.demand.money.uplifts import uplifts

PRICE = np.array([100.0, 700.0, 150.0, 50.0])
"Pounds a night: fostering, residential, supported, other."


def two_boroughs(children: int, seed: int = 3) -> Histories:
    known = world("constant", children, seed).known
    return replace(
        known, authorities=("A", "B"), authority=(known.child % np.uint64(2)).astype(np.int64), runs=known.runs * 2
    )


def basis_of(known: Histories, *, years: int = 4, seed: int = 0, replicates: int = 60) -> Basis:
    """Prices known within about 5 %; of each night the council pays nine tenths in A and eight in B."""
    model = fit_histories(known)
    groups = model.groups.names
    each = tuple(pool(np.log(np.array([price, price])), np.array([0.005, 0.005])) for price in PRICE)
    prices = Prices(
        period="2023-24", authorities=model.authorities, groups=groups, posterior=each,
        chance=np.full((2, 4), 0.001), net_share=np.array([[0.9] * 4, [0.8] * 4]), source=("test",) * 4,
        cells=None, notes=(),  # type: ignore[arg-type]
    )  # fmt: skip
    return Basis(
        model=model, prices=prices, uplifts=uplifts({}, model.groups, "2023-24", years + 1), months=12 * years,
        replicates=replicates, seed=seed,
    )  # fmt: skip


def last_year(known: Histories) -> np.ndarray:
    return nights_in(known, "2023-24")
