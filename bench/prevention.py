"""Prevention: one bid and ten programmes of a region beside the plain forecast, and a page's change of price."""

import time
from datetime import date

import numpy as np

from measuring import Clock, benchmark

YEARS, DRAWS = 10, 1000


def _basis(authorities: int = 33):  # type: ignore[no-untyped-def]
    from demand import _model
    from parentis.services.demand.estimation.shrinkage import pool
    from parentis.services.demand.money.comparison import Basis
    from parentis.services.demand.money.prices import Prices
    from parentis.services.demand.money.uplifts import uplifts

    model, _ = _model(10_000, authorities)
    groups = len(model.groups.names)
    each = pool(np.log(np.full(authorities, 300.0)), np.full(authorities, 0.01))
    prices = Prices(
        period="2023-24", authorities=model.authorities, groups=model.groups.names, posterior=(each,) * groups,
        chance=np.zeros((authorities, groups)), net_share=np.full((authorities, groups), 0.9),
        source=("bench",) * groups, cells=None, notes=(),
    )  # fmt: skip
    return Basis(model=model, prices=prices, uplifts=uplifts({}, model.groups, "2023-24", YEARS + 1), months=12 * YEARS)


def _programmes():  # type: ignore[no-untyped-def]
    """Six that act on entries, three on leaving care, one on moves: a third of children reached by each, and of moves
    all."""
    from parentis.services.demand.simulation.programmes import Drawn, Effect, Programme

    third, fewer = Drawn(centre=0.3), Drawn(centre=0.81, low=0.69, high=0.95)
    home = Drawn(centre=1.15, low=1.0, high=1.3225)
    kinds = [("entry", fewer, third)] * 6 + [("exit", home, third)] * 3 + [("move", Drawn(centre=0.8), Drawn(centre=1))]
    return tuple(
        Programme(
            id=f"p{at}",
            effects=(
                Effect(
                    quantity=kind, factor=factor, share=share, start=date(2024, 4, 1),
                    persistence=((0, 1), (12, 1), (60, 0.4)) if at == 0 else ((0, 1),),
                ),
            ),
        )
        for at, (kind, factor, share) in enumerate(kinds)
    )  # fmt: skip


def _bid(programmes):  # type: ignore[no-untyped-def]
    from parentis.services.prevention.bids import Bid, CostLine

    return Bid(
        id="b", title="b", programmes=programmes, costs=(CostLine(what="team", amounts={"2024-25": 1e6}),),
        start=date(2024, 4, 1), years=YEARS, price_year="2024-25", grade=4,
    )  # fmt: skip


def _plain(basis) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Seconds and processor-seconds of the plain forecast, in this run."""
    from parentis.services.demand import simulate

    simulate(basis.model, months=12 * YEARS, replicates=2)
    begun, spent = time.perf_counter(), time.process_time()
    simulate(basis.model, months=12 * YEARS, replicates=DRAWS)
    return time.perf_counter() - begun, time.process_time() - spent


def _timed(clock: Clock, count: int) -> None:
    from parentis.services.demand.simulation.person_nights import person_nights
    from parentis.services.prevention.bids import appraise_bid, run_bid

    basis = _basis()
    programmes = _programmes()[:count]
    before = np.zeros((33, len(basis.model.groups.names)))
    person_nights(basis.model, programmes, months=24, replicates=2)
    plain, plain_processor = _plain(basis)
    spent, begun = time.process_time(), time.perf_counter()
    with clock.timing():
        result = run_bid(_bid(programmes), basis, nights_before=before, replicates=DRAWS)
    seconds, processor = time.perf_counter() - begun, time.process_time() - spent
    clock.note("plain forecast, s", f"{plain:.1f}")
    clock.note("times the plain forecast", f"{seconds / plain:.1f} (3 wanted for one bid)")
    clock.note("processor time, times", f"{processor / plain_processor:.1f}")
    stored = result.to_bytes()
    clock.note("stored, MB", f"{len(stored) / 1e6:.0f}")
    begun = time.perf_counter()
    appraise_bid(result, on=date(2026, 11, 29), price=1.1)
    appraise_bid(result, on=date(2026, 11, 29), rate=0.05)
    clock.note("a change of price and one of discount, ms", f"{1000 * (time.perf_counter() - begun):.0f} (300 each)")


@benchmark("prevention: one bid, London, ten years, 1,000 draws, ledger", mebibytes=3072)
def bid(clock: Clock) -> None:
    _timed(clock, 1)


@benchmark("prevention: ten programmes, all orders, London, ten years", seconds=60, mebibytes=3072)
def ten(clock: Clock) -> None:
    _timed(clock, 10)
