"""Child death review: scans beside SaTScan 10.3.2 (measured on the same two cores), the frontier, charts, nowcasts."""

from measuring import Clock, benchmark


def _scan(clock: Clock, areas: int, months: int, *, prospective: bool, longest: int) -> None:
    import numpy as np

    from parentis.services.child_deaths.scan import circles, scan

    random = np.random.default_rng(1)
    due = random.uniform(0.5, 1.5, areas)[:, None] * np.ones((1, months))
    due *= 571 * 5 / due.sum()
    windows = circles(random.uniform(51.3, 51.7, areas), random.uniform(-0.5, 0.3, areas), due.sum(axis=1))
    cases = random.poisson(due)
    few = slice(0, min(areas, 40))
    scan(cases[few], due[few], circles(random.uniform(51, 52, 40)[few], random.uniform(0, 1, 40)[few],
         due[few].sum(axis=1)), replicates=9, longest=3, prospective=prospective)  # compiled  # fmt: skip
    with clock.timing():
        found = scan(cases, due, windows, longest=longest, prospective=prospective, replicates=999)
    clock.note("deaths", f"{int(cases.sum()):,}")
    clock.note("p", f"{found[0].p:.3f}" if found else "none")


@benchmark("child deaths: scan, 33 areas × 60 months, 999, prospective (SaTScan 0.03 s)", seconds=0.3)
def scan_region(clock: Clock) -> None:
    _scan(clock, 33, 60, prospective=True, longest=30)


@benchmark("child deaths: scan, 1,000 areas × 60 months, prospective (SaTScan 13.2 s)", seconds=13)
def scan_thousand(clock: Clock) -> None:
    _scan(clock, 1000, 60, prospective=True, longest=30)


@benchmark("child deaths: scan, 1,000 areas × 60 months to 6, retrospective (SaTScan 47.9 s)", seconds=48)
def scan_thousand_retrospective(clock: Clock) -> None:
    _scan(clock, 1000, 60, prospective=False, longest=6)


@benchmark("child deaths: exact frontier of London, 6 to 9 panels (spopt 44.9 s for 20 starts)", seconds=60)
def frontier(clock: Clock) -> None:
    from datetime import date

    from parentis.region import footprints, members, population_0_17
    from parentis.services import child_deaths

    places = child_deaths.boroughs()
    held = population_0_17().sort("year").unique("authority", keep="last")
    children = {row["authority"]: float(row["population"]) for row in held.iter_rows(named=True)}
    deaths = child_deaths.by_rate({one.authority: children[one.authority] for one in places}, 29.8)
    day = date(2026, 11, 1)
    of = {
        kind: {code: one.id for one in footprints() if one.kind == kind for code in members(one.id, day)}
        for kind in ("icb", "bcu")
    }
    child_deaths.frontier_of(places, deaths, icbs=of["icb"], bcus=of["bcu"], panels=(8,))  # compiled
    with clock.timing():
        made = child_deaths.frontier_of(places, deaths, icbs=of["icb"], bcus=of["bcu"], panels=(6, 7, 8, 9))
    clock.note("options", str(len(made.options)))
    clock.note("refused", str(len(made.refused)))


@benchmark("child deaths: design of 70 charts", seconds=1)
def charts(clock: Clock) -> None:
    from parentis.services.child_deaths.run_lengths import design

    design(2.0, 1.5, 840)
    with clock.timing():
        lengths = [design(0.3 + 0.68 * at, 1.5, 840).run_length for at in range(70)]
    clock.note("least run length", f"{min(lengths):.0f}")


@benchmark("child deaths: nowcast, ten years by week", seconds=2)
def weekly_nowcast(clock: Clock) -> None:
    from datetime import timedelta

    from parentis.services.child_deaths.nowcast import fit_delays, nowcast
    from parentis.services.child_deaths.worlds import FIRST, YEARLY, world

    made = world(1, 10)
    as_of = FIRST + timedelta(days=3640)
    known = (made.died <= as_of.toordinal()) & (made.told <= as_of.toordinal())
    died, told = made.died[known], made.told[known]
    with clock.timing():
        delays = fit_delays(died, told, as_of.toordinal(), window=3650)
        for week in range(12):
            last = as_of - timedelta(days=7 * week)
            nowcast(delays, died, told, (last - timedelta(days=6), last), as_of, yearly=YEARLY)
    clock.note("deaths", f"{len(died):,}")


@benchmark("child deaths: false alarms in 2,000 years", seconds=None)
def false_alarms(clock: Clock) -> None:
    from parentis.services.child_deaths.worlds import false_alarms

    with clock.timing():
        found = false_alarms(200, 10)
    clock.note("a year", f"{found.rate:.3f}")
    clock.note("promised", f"{found.promised:.3f}")
    clock.note("ratio", f"{found.rate / found.promised:.3f}")


@benchmark("child deaths: nowcasts of a month that hold the truth, 2,100 of each day", seconds=None)
def coverage(clock: Clock) -> None:
    from parentis.services.child_deaths.worlds import coverage

    with clock.timing():
        found = coverage(350, (3, 5, 7, 10, 14, 21), span=28)
    for one in found:
        held, said, even = (f"{100 * each:.1f} %" for each in (one.share, one.promised, one.even / one.of))
        clock.note(f"day {one.day}", f"{held} held, {said} said, {even} of ranks")


@benchmark("child deaths: the page's scan of 33 areas × 42 months, to its promise", seconds=5)
def scan_of_the_page(clock: Clock) -> None:
    """With a cluster in it, so that all worlds are made."""
    import numpy as np

    from parentis.services.child_deaths.budget import WORLDS
    from parentis.services.child_deaths.clusters import cluster_now
    from parentis.services.child_deaths.scan import circles

    random = np.random.default_rng(1)
    windows = circles(random.uniform(51.3, 51.7, 33), random.uniform(-0.5, 0.3, 33), np.ones(33))
    cases = random.poisson(1.4, (33, 42))
    cases[4:6, 39:] += 6
    cluster_now(cases, np.ones(42), windows, chance=0.5, worlds=2, seed=1)  # compiled
    with clock.timing():
        found = cluster_now(cases, np.ones(42), windows, chance=1 / 840, worlds=WORLDS, seed=1)
    clock.note("p", f"{found.cluster.p:.5f}" if found else "none")
