"""The result of a check: the rows that break a rule, and the status of each rule.

Spec checks and a return's own rules write the same two frames, and reports need only these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from parentis.returns.problems import Problem, Recognised

FINDINGS = pl.Schema(
    {
        "rule": pl.String(),
        "table": pl.String(),
        "row": pl.UInt32(),  # 0-based order within the submitted table; null when the finding is about the table
        "authority": pl.String(),  # GSS code; null where only one authority is checked
        "child": pl.String(),
        "fields": pl.List(pl.String()),
        "values": pl.List(pl.String()),  # as written, in the order of `fields`; null where the cell is blank
    }
)

STATUSES = pl.Schema(
    {
        "rule": pl.String(),
        "message": pl.String(),
        "severity": pl.String(),  # `error` must be corrected, `query` must be reviewed, `note` is for information
        "status": pl.String(),  # `run` or `not run`
        "reason": pl.String(),  # why it did not run, or a limit on the data it could check; null otherwise
        "count": pl.UInt32(),  # findings; 0 when not run
    }
)


WORKERS = pl.Schema({"child": pl.String(), "worker": pl.String()})


def _no_workers() -> pl.DataFrame:
    return pl.DataFrame(schema=WORKERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The outcome of checking one return for one period. Frames follow `FINDINGS` and `STATUSES`."""

    return_id: str
    part: str
    period: str
    findings: pl.DataFrame
    statuses: pl.DataFrame
    problems: tuple[Problem, ...] = field(default=())
    taken: tuple[Recognised, ...] = field(default=())
    "What each file was recognised as, its number of rows and how many of them are in the tables."
    workers: pl.DataFrame = field(default_factory=_no_workers)
    "The worker of each child (`WORKERS`), one row per child; empty where the return has no workers."

    @property
    def name(self) -> str:
        """The common name of the data set, otherwise its part; '' where the return has only one."""
        return next((one.name for one in self.taken if one.name), self.part)

    @property
    def reading_errors(self) -> int:
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def errors(self) -> int:
        """How many findings must be corrected before the return can be accepted."""
        wrong = self.statuses.filter(pl.col("severity") == "error")
        return int(wrong["count"].sum()) + self.reading_errors


def no_findings() -> pl.DataFrame:
    return pl.DataFrame(schema=FINDINGS)


def gather(findings: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All findings in one frame, in the order rule, table, row."""
    frames = [frame.select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items()) for frame in findings]
    return pl.concat([no_findings(), *frames]).sort("rule", "table", "row", nulls_last=False, maintain_order=True)


def _by_rule(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """`gather` for frames that are already in order within each rule: only whole rules are reordered."""
    blocks: dict[str, pl.DataFrame] = {}
    for frame in frames:
        at = 0
        for rule, length in frame["rule"].rle().struct.unnest().select("value", "len").iter_rows():
            if rule in blocks:  # a rule with several frames: its rows must be sorted
                return gather(frames)
            blocks[rule] = frame.slice(at, length)
            at += length
    return pl.concat([no_findings(), *(blocks[rule] for rule in sorted(blocks))])


def merge(first: Checked, *rest: Checked) -> Checked:
    """Merge outcomes of one return and period: those of the spec's checks and of the return's own rules."""
    every = (first, *rest)
    return Checked(
        return_id=first.return_id,
        part=first.part,
        period=first.period,
        findings=_by_rule([checked.findings for checked in every]),
        statuses=pl.concat([checked.statuses for checked in every]),
        problems=tuple(dict.fromkeys(problem for checked in every for problem in checked.problems)),
        taken=first.taken,
    )
