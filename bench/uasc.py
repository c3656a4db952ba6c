"""The ledger of unaccompanied children: 33 authorities, five years, registers and all."""

from measuring import Clock, benchmark


@benchmark("child-night ledger, 33 authorities × 5 years", seconds=2)
def child_nights(clock: Clock) -> None:
    import polars as pl

    from parentis import practice
    from parentis.services.uasc import LEDGER_NEEDS, ledger

    parts: dict[str, list[pl.DataFrame]] = {}
    for one in practice.region(1):
        for name, table in one.tables.items():
            if (need := f"{one.return_id}/{name}") in LEDGER_NEEDS:
                added = table.with_row_index("row").with_columns(
                    authority=pl.lit(one.submitter),
                    period=pl.lit(one.period),
                    load_id=pl.lit("bench"),
                    sequence=pl.lit(1, dtype=pl.Int64),
                )
                parts.setdefault(need, []).append(added)
    tables = {need: pl.concat(frames, how="diagonal_relaxed") for need, frames in parts.items()}
    with clock.timing():
        made = ledger(tables)
    clock.note("nights", f"{made.nights['nights'].sum():,}")
    clock.note("rows", f"{made.nights.height:,}")
