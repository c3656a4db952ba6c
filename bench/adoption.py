"""Adoption: the matching pool, many futures of London's, cumulative incidence, and a page of formulas."""

from measuring import Clock, benchmark

YEAR, RATE, REVERSAL, WITHDRAWAL = 365.25, 180, 0.3, 0.25
"Days, children and families a year each, and rates a year of leaving."


@benchmark("matching pool of one kind, 1,000 pool-years", seconds=1)
def one_kind(clock: Clock) -> None:
    """180 children and 180 families a year; in the same run SimPy, and a plain chain of two counts in Numba."""
    import time

    import numpy as np

    from parentis.services.adoption.pool import Search, Units, run

    years = 1_000

    def stream(rng: np.random.Generator, leave: float) -> Units:
        n = rng.poisson(RATE * years)
        at = np.sort(rng.uniform(0, years * YEAR, n))
        zeros = np.zeros(n, dtype=np.int64)
        keys = rng.integers(1, 2**62, n).astype(np.uint64)
        return Units(at, zeros, zeros, rng.exponential(YEAR / leave, n), keys)

    rng = np.random.default_rng(1)
    children, families = stream(rng, REVERSAL), stream(rng, WITHDRAWAL)
    search = Search(accepts=np.array([[1.0]]))
    run(children, families, search, until=10 * YEAR)  # compiles
    with clock.timing():
        found = run(children, families, search, until=years * YEAR)
    begun = time.perf_counter()
    by_simpy = _simpy(200.0)
    simpy_rate = 200 / (time.perf_counter() - begun)
    chain = _chain()
    chain(1.0, 1)
    begun = time.perf_counter()
    by_chain = chain(20_000.0, 2)
    chain_rate = 20_000 / (time.perf_counter() - begun)
    ours = years / clock.seconds
    shares = [(found.child_state == 1).mean(), by_simpy, by_chain]
    clock.note("pool-years a second", f"{ours:,.0f}")
    clock.note("SimPy", f"{simpy_rate:,.0f} ({ours / simpy_rate:.0f} times)")
    clock.note("plain Numba chain of counts", f"{chain_rate:,.0f}")
    clock.note("matched, % by the three", " ".join(f"{100 * one:.1f}" for one in shares))


def _simpy(years: float) -> float:
    """The same pool as processes; the share of children matched."""
    import random
    from collections import deque

    import simpy

    luck, world = random.Random(1), simpy.Environment()
    waiting: dict[str, deque] = {"child": deque(), "family": deque()}
    other, leave = {"child": "family", "family": "child"}, {"child": REVERSAL, "family": WITHDRAWAL}
    counts = {"came": 0, "matched": 0}

    def unit(side: str):
        counts["came"] += side == "child"
        if waiting[other[side]]:
            waiting[other[side]].popleft().succeed()
            counts["matched"] += side == "child"
            return
        met = world.event()
        waiting[side].append(met)
        yield met | world.timeout(luck.expovariate(leave[side]))
        if met.triggered:
            counts["matched"] += side == "child"
        else:
            waiting[side].remove(met)

    def arrivals(side: str):
        while True:
            yield world.timeout(luck.expovariate(RATE))
            world.process(unit(side))

    world.process(arrivals("child"))
    world.process(arrivals("family"))
    world.run(until=years)
    return counts["matched"] / counts["came"]


def _chain():
    """Two counts and their exponential clocks, compiled: what a plain chain does when nobody has attributes."""
    import numpy as np
    from numba import njit

    @njit
    def chain(years: float, seed: int) -> float:
        np.random.seed(seed)
        children = families = came = matched = 0
        now = 0.0
        while now < years:
            rate = 2.0 * RATE + children * REVERSAL + families * WITHDRAWAL
            now += np.random.exponential(1.0 / rate)
            which = np.random.random() * rate
            if which < RATE:
                came += 1
                if families:
                    families -= 1
                    matched += 1
                else:
                    children += 1
            elif which < 2.0 * RATE:
                if children:
                    children -= 1
                    matched += 1
                else:
                    families += 1
            elif which < 2.0 * RATE + children * REVERSAL:
                children -= 1
            else:
                families -= 1
        return matched / came

    return chain


@benchmark("London's pool, all attributes, 5 years × 1,000 futures", seconds=10)
def london(clock: Clock) -> None:
    from parentis.services.adoption import practice
    from parentis.services.adoption.simulation import simulate

    boroughs, agency, _ = practice.region()
    world, shape = practice.truth(boroughs), practice.as_now(boroughs, agency)
    simulate(world, [shape], seed=1, replicates=1)
    with clock.timing():
        found = simulate(world, [shape], seed=1, replicates=1_000)
    clock.note("placed in 12 months", f"{100 * found['placed_12'].mean():.1f} %")


@benchmark("cumulative incidence with its errors, 50,000 spells", seconds=0.1)
def incidence(clock: Clock) -> None:
    import numpy as np
    import polars as pl

    from parentis.services.methods.competing_risks import Waits, cumulative_incidence

    rng = np.random.default_rng(1)
    ways = np.array(["placed", "reversed", None], dtype=object)
    frame = pl.DataFrame(
        {"end": rng.exponential(300, 50_000).round(), "exit": ways[rng.choice(3, 50_000, p=(0.7, 0.2, 0.1))].tolist()}
    )
    waits = Waits.of(frame, ("placed", "reversed"))
    cumulative_incidence(waits, [30.0])
    with clock.timing():
        cumulative_incidence(waits, [180.0, 365.0, 540.0, 730.0])


@benchmark("every formula for an agency of ten boroughs", seconds=0.3)
def formulas(clock: Clock) -> None:
    from parentis.services.adoption.formulas import Member
    from parentis.services.adoption.workbench import Options, side_by_side

    members = []
    for at in range(10):
        active = dict.fromkeys(("decisions", "orders", "placed"), (at + 3, at + 2, at + 1))
        members.append(Member(name=str(at), previous=40_000_000 + at, children=50_000 + at, activity=active))
    with clock.timing():
        side_by_side(400_000_000, members, Options())
