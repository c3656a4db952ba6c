"""The family group conference on the practice London, as the law is read: script/bench "prevention: readings"."""

from collections import defaultdict
from datetime import date
from typing import Any

from measuring import Clock, benchmark

YEARS, DRAWS = 5, 1000
START = date(2026, 4, 1)


def practice_tables() -> dict[str, Any]:
    """The tables of the demand model's outlook, from the practice region without mistakes, as the lake gives them."""
    import polars as pl

    from parentis import practice
    from parentis.services.demand.tables import OUTLOOK_NEEDS

    parts = defaultdict(list)
    for one in practice.region(1, mistakes=0):
        for name, table in one.tables.items():
            need = f"{one.return_id}/{name}"
            if need in OUTLOOK_NEEDS:
                parts[need].append(
                    table.with_row_index("row").with_columns(
                        authority=pl.lit(one.submitter), period=pl.lit(one.period), part=pl.lit(""),
                        submission_id=pl.lit("practice"), load_id=pl.lit(f"{one.submitter} {one.period}"),
                        sequence=pl.lit(1, dtype=pl.Int64), provisional=pl.lit(value=False),
                    )
                )  # fmt: skip
    tables = {need: pl.concat(frames, how="diagonal_relaxed") for need, frames in parts.items()}
    return tables | {need: pl.DataFrame() for need in OUTLOOK_NEEDS if need not in tables}


@benchmark("prevention: readings of the law, practice London, 1,000 draws")
def conference(clock: Clock) -> None:
    from parentis.services.demand import outlook
    from parentis.services.demand.tables import EPISODES, UASC
    from parentis.services.prevention.proceedings import routes
    from parentis.services.prevention.readings_of_the_law import readings

    tables = practice_tables()
    ahead = outlook(tables, {"years": YEARS, "replicates": 20})
    if ahead is None:
        raise ValueError("the practice region has no episodes")
    found = routes(tables[EPISODES], tables[UASC])
    with clock.timing():
        told = readings(ahead.basis, found, start=START, price_year="2025-26", replicates=DRAWS)
    clock.note("entries, under an order, with one within six months",
               f"{found.entries:,}, {found.under_order:,}, {found.order_within:,}")  # fmt: skip
    for reading, year, what, mean, low, high, _ in told.iter_rows():
        if year in ("2026-27", "2027-28"):
            scale = 1e6 if what == "pounds" else 1
            digits = 1 if what == "pounds" else 0
            shown = " to ".join(f"{one / scale:,.{digits}f}" for one in (low, high))
            clock.note(f"{reading}, {year}, {what}", f"{mean / scale:,.{digits}f} ({shown})")
