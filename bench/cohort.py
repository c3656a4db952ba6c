"""The older cohort: a definition over five years' episodes, chances of all children, worlds whose truth is known."""

import os

from measuring import Clock, benchmark

EPISODES = 168_000
NULL_WORLDS = int(os.environ.get("COHORT_NULL_WORLDS", "200"))
WORLDS = int(os.environ.get("COHORT_WORLDS", "10"))


def _tables(grown: float = 1.0) -> dict:
    """The practice region's five years, and so many times its children under other numbers."""
    import polars as pl

    from parentis import practice
    from parentis.services.careers.postcode_sectors import sector_of

    wanted = ("Episodes", "Header", "UASC", "Missing", "DoLo")
    held: dict[str, list[pl.DataFrame]] = {}
    for number, filled in enumerate(practice.region()):
        if filled.return_id != "ssda903":
            continue
        for name in wanted:
            if name in filled.tables:
                frame = filled.tables[name].with_columns(
                    authority=pl.lit(filled.submitter), period=pl.lit(filled.period), load_id=pl.lit(str(number)),
                    sequence=pl.lit(number, dtype=pl.Int64),
                )  # fmt: skip
                posts = [name for name in ("HOME_POST", "PL_POST") if name in frame.columns]
                frame = frame.with_columns(
                    sector_of(pl.col(name)).alias(name) for name in posts
                )  # as the lake keeps it
                held.setdefault(f"ssda903/{name}", []).append(frame.with_row_index("row"))
    whole = {name: pl.concat(parts, how="diagonal_relaxed") for name, parts in held.items()}
    if grown <= 1.0:
        return whole
    return {name: pl.concat([frame, _others(frame, grown - 1.0)]) for name, frame in whole.items()}


def _others(frame, share: float):
    """A share of the children again, as others."""
    import polars as pl

    again = frame.filter(pl.col("CHILD").hash(seed=1) % 1000 < round(1000 * share))
    return again.with_columns(pl.col("CHILD") + "X", pl.col("row") + 10_000_000)


@benchmark("a definition's five years: 168,000 episodes, 33 boroughs", seconds=1)
def definition(clock: Clock) -> None:
    from datetime import date

    from parentis.services.careers import sector_positions
    from parentis.services.cohort import cohort_members, definitions

    whole = _tables()
    tables = _tables(EPISODES / whole["ssda903/Episodes"].height)
    days = [date(year, 3, 31) for year in range(2021, 2026)]
    newest, positions = definitions()[-1], sector_positions()
    best = None
    for _ in range(4):
        before = clock.seconds
        with clock.timing():
            found = cohort_members(tables, [newest], days, positions)
        took = clock.seconds - before
        best = took if best is None else min(best, took)
    clock.seconds = best or 0.0
    clock.note("episodes", f"{tables['ssda903/Episodes'].height:,}")
    clock.note("children and days", f"{found[newest.name].height:,}")


@benchmark("chances of all children: learned, tested, told", seconds=5)
def chances(clock: Clock) -> None:
    from parentis.services.cohort.identification.frames import identification

    tables = _tables()
    identification(tables, samples=500)  # imports and first uses are not counted
    with clock.timing():
        found = identification(tables, samples=500)
    clock.note("children told of", f"{sum(f.height for n, f in found.items() if n.startswith('risk_children_')):,}")


def _study(seed: int, *, signal: float, children: int, boroughs: int = 33) -> tuple:
    """A model of three half-years of a world, and the fourth to test it on."""
    from datetime import date

    import polars as pl

    from parentis.services.cohort.identification.risk_model import chances as told
    from parentis.services.cohort.identification.risk_model import learn
    from parentis.services.cohort.identification.worlds import world

    days = pl.Series([date(2021, 9, 30), date(2022, 3, 31), date(2022, 9, 30), date(2023, 9, 30)])
    made = world(children, days, signal=signal, seed=seed, boroughs=boroughs)
    rows = made.rows.tail(children)
    return told(learn(made.rows.head(3 * children)), rows), rows


if any("cohort: known worlds" in one for one in __import__("sys").argv):

    @benchmark("cohort: known worlds, calibration and claims")
    def known_worlds(clock: Clock) -> None:
        """Takes minutes, so it is declared only when it is asked for. Results stand in docs/methods/cohort.md."""
        import numpy as np
        import polars as pl

        from parentis.services.cohort.identification.calibration import calibrated
        from parentis.services.cohort.identification.frames import RULES, rule_flags, whole_year_ahead
        from parentis.services.cohort.identification.net_benefit import PRINCIPAL, gains, headline
        from parentis.services.cohort.identification.person_months import EVENT

        def claimed(seed: int, signal: float, children: int) -> bool:
            chance, rows = _study(seed, signal=signal, children=children)
            ahead = whole_year_ahead(rows)
            own, happened = rows.filter(pl.Series(ahead)), (rows["became"] == EVENT).to_numpy()[ahead]
            found = gains(chance[ahead], rule_flags(own), happened, thresholds=(PRINCIPAL,), samples=500, seed=seed)
            return headline(found, RULES).claimed

        with clock.timing():
            slopes, intercepts = [], []
            for seed in range(WORLDS):
                chance, rows = _study(seed, signal=1.0, children=20_000)
                one = calibrated(chance, (rows["became"] == EVENT).to_numpy())
                slopes.append(one.slope[0])
                intercepts.append(one.intercept[0])
            nulls = sum(claimed(1000 + seed, 0.0, 4500) for seed in range(NULL_WORLDS))
        clock.note("slope, mean and range", f"{np.mean(slopes):.3f} ({min(slopes):.3f} to {max(slopes):.3f})")
        clock.note("intercept", f"{np.mean(intercepts):.3f} ({min(intercepts):.3f} to {max(intercepts):.3f})")
        inside = sum(abs(one) <= 0.05 for one in intercepts), sum(abs(one - 1) <= 0.1 for one in slopes)
        clock.note("worlds within .05 and .1", f"{inside[0]} and {inside[1]} of {WORLDS}")
        clock.note("claims without a signal", f"{nulls} of {NULL_WORLDS}")
