"""Adoption: the matching pool, many futures of London's, cumulative incidence, and a page of formulas."""

from measuring import Clock, benchmark


@benchmark("matching pool of one kind, 1,000 pool-years", seconds=1)
def one_kind(clock: Clock) -> None:
    """180 children and 180 families a year. SimPy, measured elsewhere on two cores: 412 pool-years a second."""
    import numpy as np

    from parentis.services.adoption.pool import Search, Units, run

    year, years = 365.25, 1_000

    def stream(rng: np.random.Generator, leave: float) -> Units:
        n = rng.poisson(180 * years)
        at = np.sort(rng.uniform(0, years * year, n))
        zeros = np.zeros(n, dtype=np.int64)
        keys = rng.integers(1, 2**62, n).astype(np.uint64)
        return Units(at, zeros, zeros, rng.exponential(year / leave, n), keys)

    rng = np.random.default_rng(1)
    children, families = stream(rng, 0.3), stream(rng, 0.25)
    search = Search(accepts=np.array([[1.0]]))
    run(children, families, search, until=10 * year)  # compiles
    with clock.timing():
        run(children, families, search, until=years * year)
    clock.note("pool-years", f"{years:,}")


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
