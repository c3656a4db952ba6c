"""Reads tables: only the rows the register makes visible, now or as of an earlier sequence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import polars as pl

from parentis.archive import KEY, Home, delta_tables, events, visible_loads
from parentis.archive import state as archive_state
from parentis.errors import BusyError
from parentis.lake.earlier_editions import keep_amounts
from parentis.lake.tables import SHOWN_COLUMNS, declared, path_of, shown_schema
from parentis.returns import Column, Retention, returns, sector

_ATTEMPTS = 20
Trial = Callable[[str, pl.LazyFrame], pl.LazyFrame]
"A function of a table's name and its visible rows, giving the rows that would be visible."
_tried: ContextVar[Trial | None] = ContextVar("tried", default=None)


@contextmanager
def trying(trial: Trial) -> Iterator[None]:
    """Within the block, `read` in this thread returns the visible rows as changed by `trial`; nothing is written."""
    token = _tried.set(trial)
    try:
        yield
    finally:
        _tried.reset(token)


def read(home: Home, name: str, *, as_of: int | None = None, regional: bool = False) -> pl.LazyFrame:
    """The visible rows of `return/table`, in no particular order.

    Args:
        name: `finance.ra/lines`.
        as_of: register sequence; rows accepted later are left out, rows superseded since are included.
        regional: limit columns to what a reader outside the authority may see: month of birth, postcode sector.

    Returns the spec's columns, `LOAD_COLUMNS` and `SHOWN_COLUMNS`; no rows where nothing was submitted.
    """
    _, table = declared(name)
    tried = _tried.get()
    frame = tried(name, _visible(home, name, as_of)) if tried else _visible(home, name, as_of)
    if regional:
        frame = frame.with_columns(_cut(column) for column in table.columns if _needs_cut(column))
    return frame


def collect(home: Home, name: str, *, as_of: int | None = None) -> pl.DataFrame:
    """`read`, collected. Raises DamageError where a file of the table cannot be read."""
    return delta_tables.collected(path_of(home, name), read(home, name, as_of=as_of))


def visible(home: Home, as_of: int | None = None) -> pl.DataFrame:
    """The visible loads; see `archive.visible_loads`."""
    return visible_loads(events(home), sign_offs=sign_offs(), as_of=as_of)


def superseded(home: Home, as_of: int | None = None) -> pl.DataFrame:
    """Publishers' loads that a later edition superseded: as `visible`, each with the sequence of the load that replaced
    it, and its own sequence as `order`."""
    log = events(home)
    erased = log.filter(pl.col("event") == "erased")["submission_id"]
    publishers = [return_id for return_id, one in returns().items() if one.submitter == "publisher"]
    state = archive_state(log, sign_offs=sign_offs(), as_of=as_of).filter(
        (pl.col("status") == "accepted")
        & pl.col("return_id").is_in(publishers)
        & ~pl.col("submission_id").is_in(erased.implode())
    )
    stands = state.filter("current").select(*KEY, stands="sequence")
    return (
        state.filter(~pl.col("current"))
        .join(stands, on=KEY, nulls_equal=True)
        .select("load_id", "submission_id", *KEY, "provisional", order="sequence", sequence="stands")
    )


def sign_offs() -> dict[str, tuple[str, ...]]:
    """The roles that must sign, by return."""
    return {return_id: declared_return.sign_offs for return_id, declared_return in returns().items()}


def _visible(home: Home, name: str, as_of: int | None) -> pl.LazyFrame:
    schema = shown_schema(declared(name)[1])
    path = path_of(home, name)
    if not delta_tables.exists(path):
        return pl.LazyFrame(schema=schema)
    for _ in range(_ATTEMPTS):
        # A reload or an erasure between the two reads could leave loads without rows: if so, read again.
        version = _register_version(home)
        loads = visible(home, as_of).filter(pl.col("return_id") == name.partition("/")[0])
        table = delta_tables.opened(path)
        if _register_version(home) == version:
            break
    else:
        raise BusyError(
            expected="a moment without writing",
            found="a register that keeps changing",
            where=name,
            do="Try again.",
        )
    stored = {field.name for field in table.schema().fields}

    def rows_of(chosen: pl.DataFrame, *beside: str) -> pl.LazyFrame:
        return (
            delta_tables.scan(table, path)
            .filter(pl.col("load_id").is_in(chosen["load_id"].implode()))
            .join(chosen.lazy().select("load_id", *SHOWN_COLUMNS, *beside), on="load_id", how="inner")
            .select(
                *beside,
                *(
                    (pl.col(column) if column in stored or column in SHOWN_COLUMNS else pl.lit(None))
                    .cast(dtype)
                    .alias(column)
                    for column, dtype in schema.items()
                ),
            )
        )

    shown = rows_of(loads)
    earlier = superseded(home, as_of).filter(pl.col("return_id") == name.partition("/")[0])
    declared_table = declared(name)[1]
    if not declared_table.edition or earlier.is_empty():
        return shown
    stands, before = (delta_tables.collected(path, one) for one in (shown, rows_of(earlier, "order")))
    return keep_amounts(stands, before, declared_table).lazy()


def _register_version(home: Home) -> int:
    return delta_tables.version(home.register)


def _needs_cut(column: Column) -> bool:
    return column.regional is not None and column.retention is Retention.KEEP


def _cut(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    match column.regional:
        case Retention.MONTH:
            return value.dt.month_start()
        case Retention.SECTOR:
            return sector(value)
        case _:
            return pl.lit(None, column.dtype).alias(column.name)
