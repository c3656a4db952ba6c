"""Editions of a publisher's table: what a file would change in the accepted edition, and whether a person must decide.

Publishers issue a table several times: a first release, a revision, a correction. The edition published later takes
precedence, whatever the order of submission. A file published earlier, or without a date, supersedes only if somebody
gives a reason. Values that a later edition no longer prints are kept (`lake.read`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from parentis import lake
from parentis.archive import Home
from parentis.returns import Table, the_return, words_of
from parentis.workflow.intake.contents import Key, Ready

HELD_BACK = "held back: "
"Begins the register's reason for a file that waits although its kind is accepted when it reads."
MOST_TOLD = 3
"Lines whose totals are told: those that change most."


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacing:
    """`told` compares the two editions in words, '' if nothing is superseded; `reasons` say why a person must decide,
    empty if nobody must."""

    told: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        return "; ".join(self.reasons)

    def with_reasons(self, reasons: Sequence[str]) -> "Replacing":
        """A copy with further reasons for a person to decide."""
        return replace(self, reasons=(*self.reasons, *reasons))


@dataclass(slots=True)
class Editions:
    """The current edition of each publisher's table, including editions accepted in this run."""

    home: Home
    _stands: dict[tuple[Key, str], dict[str, pl.DataFrame]] = field(default_factory=dict)
    "By family (a key with the words of its part) and table, the amounts of each part."

    def consider(self, ready: Ready) -> Replacing:
        """The effect of accepting `ready`; empty for returns without editions."""
        tables = self._in_editions(ready)
        if not tables:
            return Replacing()
        unread = [problem.message for problem in ready.found.reading.problems if problem.severity == "error"]
        told: list[str] = []
        reasons = [f"it was not read whole: {'; '.join(unread)}"] if unread else []
        for name, table in tables.items():
            new = _amounts(ready.typed.tables[name], table)
            held = self._held(ready.found.key, name, table, new)
            if not held.is_empty():
                told.append(compared(held, new, table))
                reasons.append(why_not(_edition(held), _edition(new)))
        return Replacing(told=" ".join(told), reasons=tuple(filter(None, reasons)))

    def accepted(self, ready: Ready) -> None:
        """Record `ready` as the current edition."""
        for name, table in self._in_editions(ready).items():
            stands = self._of_family(ready.found.key, name, table)
            stands[ready.found.reading.part] = _amounts(ready.typed.tables[name], table)

    @staticmethod
    def _in_editions(ready: Ready) -> Mapping[str, Table]:
        declared = the_return(ready.found.reading.return_id)
        if declared.submitter != "publisher":
            return {}
        spec = declared.spec.at(ready.found.period)
        return {name: one for name, one in spec.tables.items() if one.edition and name in ready.typed.tables}

    def _held(self, key: Key, name: str, table: Table, new: pl.DataFrame) -> pl.DataFrame:
        """The current data of the same part; of other parts of the family, only amounts that `new` has too."""
        stands = self._of_family(key, name, table)
        others = [frame.join(new, on=table.same, how="semi") for part, frame in stands.items() if part != key[1]]
        return pl.concat([stands.get(key[1], new.clear()), *others]).unique(table.same, keep="first")

    def _of_family(self, key: Key, name: str, table: Table) -> dict[str, pl.DataFrame]:
        family = (key[0], words_of(key[1]), *key[2:])
        if (family, name) not in self._stands:
            return_id, words, submitter, period = family
            rows = lake.read(self.home, f"{return_id}/{name}").filter(
                pl.col("submitter") == submitter, pl.col("period") == period
            )
            parts = rows.collect().partition_by("part", as_dict=True)
            self._stands[family, name] = {
                str(part or ""): _amounts(frame, table)
                for (part,), frame in parts.items()
                if words_of(str(part or "")) == words
            }
        return self._stands[family, name]


def why_not(held: date | None, handed_in: date | None) -> str:
    """Why an edition of one day may not supersede one of another without a decision; '' if it may."""
    if held is None or (handed_in is not None and handed_in >= held):
        return ""
    if handed_in is None:
        return f"it does not say when it came out, and the accepted edition is of {_said(held)}"
    return f"it came out on {_said(handed_in)}, before the accepted edition of {_said(held)}"


def compared(held: pl.DataFrame, new: pl.DataFrame, table: Table) -> str:
    """A sentence on what a new edition changes: amounts, those no longer printed, and the totals that change most."""
    amount, key = pl.col(table.amount), list(table.same)
    both = held.join(new, on=key, how="full", suffix="_new", coalesce=True)
    before, after = amount, pl.col(f"{table.amount}_new")
    counts: dict[str, Any] = both.select(
        changed=((before != after) & before.is_not_null() & after.is_not_null()).sum(),
        gone=(before.is_not_null() & after.is_null()).sum(),
        come=(before.is_null() & after.is_not_null()).sum(),
    ).row(0, named=True)
    lines = [name for name in key if name != table.authority]
    moved = (
        both.group_by(lines)
        .agg(before.sum().alias("was"), after.sum().alias("is"), before.count().alias("of"), after.count().alias("in"))
        .filter((pl.col("was") != pl.col("is")) | (pl.col("of") != pl.col("in")))
        .sort((pl.col("is") - pl.col("was")).abs(), *lines, descending=[True, *[False] * len(lines)])
    )
    unit = table.column(table.amount).unit
    totals = "; ".join(
        f"{' '.join(str(row[name]) for name in lines)} {row['was']:,.0f} in {row['of']} → "
        f"{row['is']:,.0f} in {row['in']}"
        for row in moved.head(MOST_TOLD).iter_rows(named=True)
    )
    said = (
        f"Beside the accepted edition{_of(_edition(held))}: {counts['changed']:,} amounts differ, "
        f"{counts['come']:,} are new, {counts['gone']:,} are no longer printed and stay as they were."
    )
    return said + (f" Totals that move most ({unit}): {totals}." if totals else "")


def _amounts(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """One row per value of `same`, with the amount as a number (null if none is printed) and the edition's day."""
    named = frame.filter(pl.all_horizontal(pl.col(list(table.same)).is_not_null()))
    amount = pl.col(table.amount).cast(pl.Float64)
    return named.group_by(table.same).agg(
        pl.when(amount.is_not_null().all()).then(amount.sum()).alias(table.amount), pl.col(table.edition).max()
    )


def _edition(amounts: pl.DataFrame) -> date | None:
    days = amounts.to_series(amounts.width - 1)
    last = days.max()
    return last if isinstance(last, date) else None


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _of(day: date | None) -> str:
    return f" of {_said(day)}" if day else ""
