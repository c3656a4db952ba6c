"""Places: the simulation beside Ciw's in one run, sizes by futures by scenarios, Shapley's value of 33 boroughs, and
whether the interval on demand holds what it should."""

import time
from collections.abc import Callable
from typing import Any

from measuring import Clock, benchmark

DAYS = 365.25
RATE, STAY, PLACES = 98.3 / DAYS, 83.0, 24
CIW_YEARS = 300
ROUNDS = 5
"Each is timed so often, by turns, in seconds of its own core, and the best counts: others use the machine too."


def _ciw() -> tuple[int, float]:
    """Events and seconds of Ciw's M/M/24/24: arrivals and departures."""
    import ciw

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(RATE)],
        service_distributions=[ciw.dists.Exponential(1 / STAY)],
        number_of_servers=[PLACES],
        queue_capacities=[0],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    began = time.process_time()
    simulation.simulate_until_max_time(DAYS * CIW_YEARS)
    seconds = time.process_time() - began
    records = simulation.get_all_records()
    return len(records) + sum(one.record_type == "service" for one in records), seconds


def _streams(rich: bool) -> list[Any]:
    import numpy as np

    from parentis.services.places.sizing.simulation import stream

    rng = np.random.default_rng(1)
    found = []
    for which in range(100):
        n = rng.poisson(98.3 * 10)
        at, stay = np.sort(rng.uniform(0, 10 * DAYS, n)), rng.exponential(STAY, n)
        if not rich:
            found.append(stream(at, stay, seed=which))
            continue
        found.append(
            stream(
                at, stay, seed=which, sex=rng.integers(0, 2, n), risk=rng.integers(0, 4, n),
                patience=rng.exponential(21, n), delay=rng.exponential(10, n) * (rng.uniform(size=n) < 0.3),
                step_stay=rng.exponential(40, n) * (rng.uniform(size=n) < 0.2), points=rng.uniform(size=n),
                member=rng.uniform(size=n) < 0.8,
            )
        )  # fmt: skip
    return found


def _ours(rich: bool) -> Callable[[], tuple[int, float]]:
    import numpy as np

    from parentis.services.places.sizing.events import EVENTS, TOTALS, run_homes
    from parentis.services.places.sizing.units import Home, Takes, Unit, encode, plain

    full = Home(
        units=(
            Unit(name="Girls", beds=8, takes=Takes.GIRLS, staffed=7, short=0.1),
            Unit(name="Mixed", beds=8, short=0.1),
            Unit(name="Wing", beds=8, takes=Takes.FLEXIBLE, short=0.1, accepts=0.9),
            Unit(name="Step-down", beds=4, step_down=True),
        ),
        classes=4, apart=((0, 1),), rivals=0.02, kept=2,
    )  # fmt: skip
    homes = encode([full if rich else plain(PLACES)] * 10).arrays()
    children = [each.arrays() for each in _streams(rich)]
    totals = np.zeros((10, len(TOTALS)))

    def once() -> tuple[int, float]:
        totals[:] = 0
        began = time.process_time()
        for each in children:
            run_homes(each, *homes, np.uint64(1), 0.0, 10 * DAYS, totals)
        return int(totals[:, EVENTS].sum()), time.process_time() - began

    once()
    return once


def _beside(clock: Clock, *, rich: bool, wanted: int) -> None:
    ours = _ours(rich)
    theirs, own = [], []
    with clock.timing():
        for _ in range(ROUNDS):
            events, seconds = _ciw()
            theirs.append(events / seconds)
            events, seconds = ours()
            own.append(events / seconds)
    clock.note("Ciw", f"{max(theirs):,.0f} events/s")
    clock.note("ours", f"{max(own):,.0f} events/s")
    clock.note("ratio", f"{max(own) / max(theirs):.0f} (at least {wanted})")


@benchmark("places: plain loss of 24 places beside Ciw, one core")
def plain_loss(clock: Clock) -> None:
    """M/M/24/24 at 22.3 erlangs in both; an arrival is an event, and so is a departure."""
    _beside(clock, rich=False, wanted=100)


@benchmark("places: units, mix, priority, staffing, step-down beside Ciw")
def full_home(clock: Clock) -> None:
    """Ours with everything on; Ciw's still the plain loss, which is the easier of the two."""
    _beside(clock, rich=True, wanted=30)


def _demand(draws: int) -> Any:
    import numpy as np

    from parentis.services.places.need.uncensored import uncensor
    from parentis.services.places.need.worlds import Truth, generate

    return uncensor(generate(Truth(), np.random.default_rng(1)), seed=1, draws=draws)


@benchmark("places: 1,000 futures × 10 years × 25 sizes × 3 scenarios", seconds=20)
def sizes(clock: Clock) -> None:
    from parentis.services.places.sizing.answer import answer, size

    demand = _demand(1000)
    size(demand, futures=2)
    with clock.timing():
        found = size(demand, futures=1000)
    clock.note("no longer pays beyond", str(answer(found).last_paying))


@benchmark("places: Shapley's value of 33 boroughs, error ≤ 0.5 % of the mean share", seconds=60)
def shapley(clock: Clock) -> None:
    from parentis.services.places.shares.coalitions import game
    from parentis.services.places.shares.shapley import sample
    from parentis.services.places.sizing.futures import AS_REFERRED, Assumptions, future

    demand = _demand(500)
    streams = [AS_REFERRED.of(future(demand, which, Assumptions(late=0.0))) for which in range(4)]
    played = game([str(borough) for borough in range(33)], streams, 10)
    sample(played, blocks=1, workers=1)
    with clock.timing():
        found = sample(played, seconds=120)
    clock.note("largest error", f"{100 * found.precision:.2f} % of the mean share")
    clock.note("orders", f"{found.orders:,}")


@benchmark("places: 200 generated logs, 95 % interval on the load")
def coverage(clock: Clock) -> None:
    import numpy as np

    from parentis.services.places.need.uncensored import interval, uncensor
    from parentis.services.places.need.worlds import Truth, generate

    truth, logs = Truth(), 200
    held, narrow, bias, alone = 0, 0, [], []
    with clock.timing():
        for which in range(logs):
            log = generate(truth, np.random.Generator(np.random.Philox(key=[19, which])))
            found = uncensor(log, seed=which, draws=2000)
            load = interval(found.load())
            held += load.holds(truth.load())
            narrow += load.holds(truth.load(), 0.80)
            bias.append(load.estimate / truth.load() - 1)
            alone.append(found.placed_only / truth.load() - 1)
    clock.note("95 % interval holds", f"{100 * held / logs:.1f} % (93 to 97)")
    clock.note("80 % interval holds", f"{100 * narrow / logs:.1f} %")
    clock.note("bias of the estimate", f"{100 * np.mean(bias):+.1f} %")
    clock.note("bias of places in use alone", f"{100 * np.mean(alone):+.1f} %")
