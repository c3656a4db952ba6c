"""`doctor`: does everything that is kept agree with everything else, and if not, what is to be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from parentis import archive, lake
from parentis.archive import Home
from parentis.errors import ParentisError
from parentis.version import code_version
from parentis.workflow.maintenance.recovery import CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistency:
    """Something that is not as it should be. `note` needs no haste; `error` means that data are wrong or lost."""

    severity: Literal["note", "warning", "error"]
    where: str
    what: str
    do: str


def doctor(home: Home) -> list[Inconsistency]:
    """Every ailment of a home; none when all is well. Reads every byte of the archive; changes nothing."""
    try:
        archive.master_key(home)
    except ParentisError as error:
        return [Inconsistency(severity="error", where="keys", what=str(error), do="Put the master key right first.")]
    events = archive.events(home)
    state = archive.state(events, sign_offs=lake.sign_offs())
    return [
        *_of_register(events),
        *_of_archive(home, state),
        *_of_interruptions(home, state),
        *_of_lake(home, state),
        *_of_figures(home, events),
    ]


def _of_register(events: pl.DataFrame) -> Iterator[Inconsistency]:
    if events["sequence"].to_list() != list(range(1, events.height + 1)):
        yield Inconsistency(
            severity="error",
            where="register",
            what="its sequences have gaps or repeats: rows were lost or written without the lock",
            do="Restore the register folder from a backup.",
        )


def _of_archive(home: Home, state: pl.DataFrame) -> Iterator[Inconsistency]:
    kept = archive.kept(home)
    for submission_id, status in state.select("submission_id", "status").iter_rows():
        if status not in CLOSED and submission_id not in kept:
            yield Inconsistency(
                severity="error",
                where=f"archive, submission {submission_id[:8]}",
                what=f"its bytes are gone, though it is {status}",
                do="Restore its folder from a backup, or erase the submission and ask for it again.",
            )
    for submission_id in sorted(kept):
        try:
            archive.fetch(home, submission_id)
        except ParentisError as error:
            yield Inconsistency(
                severity="error",
                where=f"archive, submission {submission_id[:8]}",
                what=str(error),
                do="Restore its folder from a backup, or erase the submission and ask for it again.",
            )


def _of_interruptions(home: Home, state: pl.DataFrame) -> Iterator[Inconsistency]:
    received = state.filter(pl.col("status") == "received").height
    unknown = len(archive.kept(home) - set(state["submission_id"]))
    if received or unknown or home.pending.exists():
        yield Inconsistency(
            severity="warning",
            where="register",
            what=f"a command was interrupted; {received + unknown} submissions wait to be finished",
            do="Any command that writes will finish them: 'parentis build', say.",
        )


def _of_lake(home: Home, state: pl.DataFrame) -> Iterator[Inconsistency]:
    there = lake.loads(home)
    known = set(state["load_id"].drop_nulls())
    orphans = there.filter(~pl.col("load_id").is_in(sorted(known)))
    if orphans.height and not home.pending.exists():
        yield Inconsistency(
            severity="warning",
            where="lake",
            what=f"{orphans['rows'].sum():,} rows belong to no submission; nobody can see them",
            do="'parentis rebuild' recreates the lake without them.",
        )
    expected = (
        state.filter(pl.col("status") == "accepted")
        .select("submission_id", "load_id", "return_id", "counts")
        .explode("counts")
        .filter(pl.col("counts").is_not_null())
        .unnest("counts")
        .filter(pl.col("rows") > 0)
        .with_columns(table=pl.col("return_id") + "/" + pl.col("table"))
    )
    compared = expected.join(there, on=["load_id", "table"], how="left", suffix="_there")
    wrong = compared.filter(pl.col("rows_there").fill_null(0) != pl.col("rows"))
    for row in wrong.iter_rows(named=True):
        yield Inconsistency(
            severity="error",
            where=f"lake, {row['table']}, submission {row['submission_id'][:8]}",
            what=f"{row['rows_there'] or 0:,} rows, where {row['rows']:,} were accepted",
            do="'parentis rebuild' recreates the lake from the archive.",
        )


def _of_figures(home: Home, events: pl.DataFrame) -> Iterator[Inconsistency]:
    loaded = events.filter(pl.col("event").is_in(["accepted", "signed", "erased"]))["sequence"].max() or 0
    for row in lake.shown(home).iter_rows(named=True):
        if row["sequence"] < int(str(loaded)):
            what = "figures are older than the latest accepted submission"
        elif row["code_version"] != code_version():
            what = f"figures were made by {row['code_version']}, and this is {code_version()}"
        else:
            continue
        yield Inconsistency(severity="note", where=f"figures, {row['service']}", what=what, do="Run 'parentis build'.")
