"""Checks a whole tree of returns, one authority and year at a time, on this machine or on a cluster.

Processes exchange only paths and counts. The process that checks a partition reads its files and
writes its findings, so memory is bounded by the largest partition, however many there are. On a cluster the
folders must be on storage that every worker sees under the same path.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl
import pyarrow as pa

from parentis import engine, region, remedies
from parentis.errors import PeriodError, UnknownAuthorityError, UnreadableFileError, UserError
from parentis.workflow.checks.files import check_files
from parentis.workflow.checks.lookups import Lookups
from parentis.workflow.intake.upload_options import Progress, silent

SUMMARY = pl.Schema(
    {
        "period": pl.String(),
        "authority": pl.String(),
        "rule": pl.String(),  # null where the partition could not be checked at all
        "status": pl.String(),  # `run`, `not run`, or `not checked`
        "reason": pl.String(),
        "count": pl.UInt32(),
    }
)


@dataclass(frozen=True, slots=True)
class Partition:
    """One authority's return for one period, and the folder of the previous period, if there is one."""

    period: str
    authority: str
    folder: Path
    last_year: Path | None


def partitions(root: Path) -> list[Partition]:
    """The folders `…/period/authority/` under `root`, by period and authority, in any spelling of either.

    Raises `UnreadableFileError` if there are none.
    """
    found = {key: folder for folder in sorted(root.rglob("*")) if folder.is_dir() for key in _named(folder)}
    if not found:
        raise UnreadableFileError(
            expected="folders named by period and, in them, by authority: 2024-25/Camden/",
            found="none",
            where=root.name,
            do=remedies.PART_FOLDERS,
        )
    return [
        Partition(period, authority, folder, found.get((region.parse_period(period).previous.label, authority)))
        for (period, authority), folder in sorted(found.items())
    ]


def _named(folder: Path) -> Iterator[tuple[str, str]]:
    try:
        yield region.parse_period(folder.parent.name).label, region.authority(folder.name).gss
    except (PeriodError, UnknownAuthorityError):
        return


def check_partitions(
    root: Path,
    out: Path,
    *,
    return_id: str,
    period: str | None = None,
    lookups: Lookups | None = None,
    rules: Iterable[str] | None = None,
    on: str = "local",
    workers: int | None = None,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Check every partition under `root`, or those of one `period`; returns a row per partition and rule (`SUMMARY`).

    Writes to `out` the findings of each, `period-authority.parquet` (as `Checked.findings`, with `period` and
    `authority`), and `summary.csv`. A partition that cannot be read has one row in the summary that says why; the
    others are still checked. `on` and `workers` are as in `engine.map`.
    """
    out.mkdir(parents=True, exist_ok=True)
    kernel = partial(
        _check_one,
        out=out.resolve(),
        return_id=return_id,
        lookups=lookups or Lookups(),
        rules=tuple(rules) if rules is not None else None,
    )
    wanted = region.parse_period(period).label if period else None
    found = [one for one in partitions(root.resolve()) if wanted in (None, one.period)]
    answers = engine.map(
        kernel,
        [_as_table(one) for one in found],
        on=on,
        workers=workers,
        progress=lambda done, of: progress("check", done, of),
    )
    summary = pl.concat([SUMMARY.to_frame(), *(_from_arrow(answer) for answer in answers)])
    summary.write_csv(out / "summary.csv")
    return summary


def _as_table(one: Partition) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "period": one.period,
                "authority": one.authority,
                "folder": str(one.folder),
                "last_year": str(one.last_year) if one.last_year else None,
            }
        ]
    )


def _check_one(
    table: pa.Table, *, out: Path, return_id: str, lookups: Lookups, rules: Sequence[str] | None
) -> pa.Table:
    """The kernel: takes a table of one row, and returns that partition's rows of the summary."""
    (one,) = table.to_pylist()
    key = {"period": one["period"], "authority": one["authority"]}
    try:
        checked = check_files(
            [one["folder"]],
            return_id=return_id,
            period=one["period"],
            authority=one["authority"],
            last_year=[one["last_year"]] if one["last_year"] else [],
            lookups=lookups,
            rules=rules,
        )
    except UserError as error:
        why = {"rule": None, "status": "not checked", "reason": str(error), "count": 0}
        return pl.DataFrame([key | why], schema=SUMMARY).to_arrow()
    own = {name: pl.lit(value) for name, value in key.items()}
    path = out / f"{one['period']}-{one['authority']}.parquet"
    partial_path = path.with_suffix(".partial")  # a task that is run again leaves complete files
    pl.concat([each.findings for each in checked]).with_columns(**own).write_parquet(partial_path)
    partial_path.replace(path)
    statuses = pl.concat([each.statuses for each in checked]).with_columns(**own)
    return statuses.select(SUMMARY.names()).cast(SUMMARY).to_arrow()


def _from_arrow(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    if isinstance(frame, pl.Series):
        raise TypeError("an Arrow table is always a frame")
    return frame.cast(SUMMARY)
