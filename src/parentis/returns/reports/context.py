"""Further parts of a report: changes since the last check, findings by worker, and comparison of years."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from parentis import remedies
from parentis.errors import UnreadableFileError
from parentis.returns.findings import Checked

NEW, GONE, UNCHANGED = "new", "gone", "unchanged"
NOBODY = "no worker named"


@dataclass(frozen=True, slots=True)
class ReportContext:
    """Each part is None where there is nothing to compare with, or the return does not have the data."""

    changes: pl.DataFrame | None = None
    worklist: pl.DataFrame | None = None
    years: pl.DataFrame | None = None


def changes(checked: Checked, previous: bytes) -> pl.DataFrame:
    """Each finding now and in `previous`, an earlier `findings_json` of the same return and period.

    `change` (new, gone, unchanged), `rule`, `table`, `child`, `fields`, `values`. Findings are the same if all of
    these are equal; row numbers are not compared, because they change with each export. Raises `UnreadableFileError`
    for anything else.
    """
    now, before = Counter(_keys(checked.findings.iter_rows(named=True))), Counter(_keys(_earlier(checked, previous)))
    rows = [
        (change, *key[:3], list(key[3]), list(key[4]))
        for change, counted in ((NEW, now - before), (GONE, before - now), (UNCHANGED, now & before))
        for key in sorted(counted.elements(), key=repr)
    ]
    text = pl.String()
    schema = {
        "change": text,
        "rule": text,
        "table": text,
        "child": text,
        "fields": pl.List(text),
        "values": pl.List(text),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _keys(findings: Any) -> list[tuple[Any, ...]]:
    return [(one["rule"], one["table"], one["child"], tuple(one["fields"]), tuple(one["values"])) for one in findings]


def _earlier(checked: Checked, previous: bytes) -> list[dict[str, Any]]:
    try:
        told = json.loads(previous)
        outcomes = told if isinstance(told, list) else [told]
        wanted = (checked.return_id, checked.period)
        matching = [one for one in outcomes if (one["return"], one["collection_year"]) == wanted]
        findings = [finding for one in matching for finding in one["findings"]]
        _keys(findings)
    except (ValueError, KeyError, TypeError) as error:
        raise _unlike(checked, "something else") from error
    if not matching:
        raise _unlike(checked, "findings of other returns or years")
    return findings


def _unlike(checked: Checked, found: str) -> UnreadableFileError:
    return UnreadableFileError(
        expected=f"the JSON of an earlier check of {checked.return_id} {checked.period}",
        found=found,
        where="--since",
        do=remedies.GIVE_EARLIER_FINDINGS,
    )


def worklist(checked: Checked) -> pl.DataFrame | None:
    """Children with findings by who works with them: worker, child, must_fix, to_query, rules.

    None without workers. Counts are of findings. A child without a worker in the return is under `no worker named`.
    """
    if checked.workers.is_empty():
        return None
    severities = checked.statuses.unique("rule", keep="first").select("rule", "severity")
    return (
        checked.findings.filter(pl.col("child").is_not_null())
        .join(severities, on="rule", how="left")
        .join(checked.workers, on="child", how="left")
        .group_by(pl.col("worker").fill_null(NOBODY), "child")
        .agg(
            must_fix=(pl.col("severity") == "error").sum(),
            to_query=(pl.col("severity") != "error").sum(),
            rules=pl.col("rule").unique().sort().str.join(", "),
        )
        .sort("worker", "must_fix", "to_query", "child", descending=[False, True, True, False])
    )


def year_on_year(every: Sequence[Checked]) -> pl.DataFrame | None:
    """Findings by rule, a column for each period of one return, and `change` from the last but one to the last.

    Null where the rule was not run in that year. None where there are fewer than two years.
    """
    years = {one.period: one for one in sorted(every, key=lambda one: one.period)}
    if len(years) < 2:
        return None
    last = list(years.values())[-1]
    table = last.statuses.unique("rule", keep="first", maintain_order=True).select("rule", "message")
    for period, one in years.items():
        counts = one.statuses.unique("rule", keep="first").select(
            "rule", pl.when(pl.col("status") == "run").then(pl.col("count").cast(pl.Int64)).alias(period)
        )
        table = table.join(counts, on="rule", how="left", maintain_order="left")
    earlier, latest = list(years)[-2:]
    found = pl.any_horizontal(pl.col(period).fill_null(0) > 0 for period in years)
    return (
        table.with_columns(change=pl.col(latest) - pl.col(earlier))
        .filter(found)
        .sort(pl.col("change").abs(), descending=True, nulls_last=True, maintain_order=True)
        .select("rule", *years, "change", "message")
    )
