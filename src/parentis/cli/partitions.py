"""`parentis check --on … --workers …`: check a tree of returns, folder by folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from parentis.cli import common
from parentis.cli.output import Format, say, show
from parentis.errors import NotFoundError, UnreadableFileError

if TYPE_CHECKING:
    from parentis.workflow import Lookups


def check_by_folders(
    files: Sequence[Path],
    *,
    return_id: str | None,
    period: str | None,
    rules: Sequence[str] | None,
    lookups: "Lookups",
    on: str,
    workers: int | None,
    out: Path | None,
    form: Format,
) -> None:
    """Check, write findings and summary into `out`, and print counts by rule.

    Exits with the code for an unreadable file if a folder could not be checked.
    """
    import polars as pl

    from parentis import workflow

    if len(files) != 1 or out is None:
        raise NotFoundError(
            expected="one folder of returns, and --out",
            found=f"{len(files)} paths{'' if out else ' and no --out'}",
            where="--on and --workers",
            do="parentis check RETURNS --workers 2 --out FINDINGS, where RETURNS holds 2024-25/Camden/ and so on.",
        )
    with common.progress() as step:
        summary = workflow.check_partitions(
            files[0], out, return_id=return_id or "ssda903", period=period, lookups=lookups, rules=rules, on=on,
            workers=workers, progress=step,
        )  # fmt: skip
    failed = summary.filter(pl.col("status") == "not checked")
    for period, authority, reason in failed.select("period", "authority", "reason").iter_rows():
        say(f"{period} {authority}: {reason}")
    counts = summary.filter(pl.col("count") > 0).group_by("period", "rule").agg(
        returns=pl.len(), findings=pl.col("count").sum()
    )  # fmt: skip
    show(counts.sort("period", "findings", "rule", descending=[False, True, False]), form, empty="Nothing was found.")
    folders = summary.select("period", "authority").unique().height
    say(f"{summary['count'].sum():,} findings in {folders - failed.height} of {folders} folders; see {out}.")
    if failed.height:
        raise SystemExit(UnreadableFileError.exit_code)
