"""My borough against others: what differs from the neighbours, what must be explained by when, and everything else."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.http import HttpRequest

from parentis.web.audit.recorder import record
from parentis.web.improvement.models import Explanation

DIFFERENT: Final = 5
SURE: Final = 0.8
"P(worse) from which a difference is told; below one minus it, the other way."
DAYS_TO_EXPLAIN: Final = 60
"After the end of the period, until a borough in the best or worst fifth explains itself."
LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A measure in the region's best or worst fifth, with what the borough says of it."""

    row: dict[str, Any]
    due: date
    late: bool
    explanation: Explanation | None


def different(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The measures that differ from the neighbours' most surely; of equals, those farther away.
    `agrees` is false where nobody can tell beside computed neighbours."""
    sure = (pl.col("p_worse") - 0.5).abs()
    beside = (pl.col("p_worse_alike") - 0.5).abs()
    told = rows.filter(pl.col("p_worse").is_not_null(), pl.col("value").is_not_null()).with_columns(
        sure=pl.max_horizontal("p_worse", 1 - pl.col("p_worse")), by=sure.round(2),
        far=(pl.col("value") - pl.col("neighbours_mean")).abs() / pl.col("neighbours_mean").abs().clip(1e-9),
        agrees=pl.when(beside.is_null()).then(None).otherwise(beside >= SURE - 0.5),
    )  # fmt: skip
    return list(told.sort("by", "far", descending=True).head(DIFFERENT).iter_rows(named=True))


def exceptions(rows: pl.DataFrame, ends: dict[str, date], gss: str, today: date) -> list[Exceptional]:
    """Those of the 20 % rule, the surest first."""
    said = {(one.measure, one.period): one for one in reversed(Explanation.objects.filter(authority=gss))}
    flagged = rows.filter(pl.col("fifth").is_in(["worst", "best"])).sort(
        pl.col("fifth") == "best", pl.col("p_worst").fill_null(0), descending=[False, True]
    )
    found = []
    for row in flagged.iter_rows(named=True):
        due = ends.get(row["period"], today) + timedelta(days=DAYS_TO_EXPLAIN)
        held = said.get((row["measure"], row["period"]))
        found.append(Exceptional(row, due, late=held is None and due < today, explanation=held))
    return found


@transaction.atomic
def explain(*, by: Any, authority: str, measure: str, period: str, text: str, request: HttpRequest | None) -> None:
    """Save a borough's explanation; earlier ones are kept."""
    Explanation.objects.create(authority=authority, measure=measure, period=period, text=text, by=by)
    record(
        who=by, what="improvement:explained", authority=authority, subject=f"{measure}, {period}", detail={},
        request=request,
    )  # fmt: skip
