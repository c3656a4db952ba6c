"""What accepting a submission supersedes, and what remains current with it, in words for its sender."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from parentis import archive, lake
from parentis.archive import Home
from parentis.returns import Problem, Severity, words_of
from parentis.workflow.intake.contents import Key


@dataclass(frozen=True)
class Current:
    """The accepted submissions that readers see now, by key. `add` tells it of those that are being accepted."""

    home: Home
    by_key: dict[Key, Mapping[str, Any]]

    @classmethod
    def of(cls, home: Home) -> "Current":
        state = archive.state(archive.events(home), sign_offs={}).filter(pl.col("current"))
        return cls(home, {_key(row): row for row in state.iter_rows(named=True)})

    def notes(self, key: Key, submission_id: str, counts: tuple[tuple[str, int], ...]) -> tuple[Problem, ...]:
        """The effect on stored data when a submission with this key and these rows by table is accepted."""
        before = self.by_key.get(key)
        told = [self._superseded(before, counts)] if before and before["submission_id"] != submission_id else []
        kin = [row for other, row in self.by_key.items() if other != key and _kin(other) == _kin(key) and key[1]]
        return tuple(told + [_beside(row) for row in kin])

    def add(self, key: Key, submission_id: str, counts: tuple[tuple[str, int], ...], load_id: str) -> None:
        self.by_key[key] = {
            "submission_id": submission_id,
            "counts": [{"table": table, "rows": rows} for table, rows in counts],
            "load_id": load_id,
            "accepted_at": None,
            "files": (),
        }

    def _superseded(self, row: Mapping[str, Any], counts: tuple[tuple[str, int], ...]) -> Problem:
        was, now = _rows(row), sum(rows for _, rows in counts)
        gone = sorted({count["table"] for count in row["counts"] or () if count["rows"]} - {name for name, _ in counts})
        figures = self._figures.get(row["load_id"] or "", 0)
        said = f"supersedes submission {_named(row)}: its {was:,} rows go, {now:,} come"
        if gone:
            said += f"; nothing comes for {', '.join(gone)}"
        if figures:
            said += f"; {figures:,} figures rest on them and are made anew, or go, at the next build"
        severity: Severity = "warning" if now < was or gone else "note"
        return Problem(file="", where="", message=said, severity=severity)

    @cached_property
    def _figures(self) -> dict[str, int]:
        """The number of figures shown that depend on each load."""
        resting = lake.read_inputs(self.home).select("provenance_id", "load_id").unique()
        counted = lake.read_figures(self.home).select("provenance_id").join(resting, on="provenance_id", how="inner")
        return dict(counted.group_by("load_id").len().collect().iter_rows())


def _beside(row: Mapping[str, Any]) -> Problem:
    said = f"beside submission {_named(row)}, which holds other columns, places, years or breakdowns: both stay current"
    return Problem(file="", where="", message=said, severity="note")


def _named(row: Mapping[str, Any]) -> str:
    files = ", ".join(file["name"] for file in row["files"] or ())
    told = [files[:80]] if files else []
    if row["accepted_at"]:
        told.append(f"accepted {row['accepted_at']:%-d %B %Y}")
    return row["submission_id"][:8] + (f" ({', '.join(told)})" if told else "")


def _rows(row: Mapping[str, Any]) -> int:
    return sum(count["rows"] for count in row["counts"] or ())


def _key(row: Mapping[str, Any]) -> Key:
    return row["return_id"], row["part"], row["submitter"], row["period"]


def _kin(key: Key) -> Key:
    """The key shared by submissions of one family, submitter and period, whatever their data set."""
    return key[0], words_of(key[1]), key[2], key[3]
