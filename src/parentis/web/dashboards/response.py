"""State of submissions: counts of the register's rows, which pages show without disclosure control."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from parentis.archive import Home
from parentis.returns import returns
from parentis.web.cache import VersionedCache, register_mark
from parentis.web.submissions.queries import authority_name as name_of
from parentis.web.submissions.queries import of_authorities

__all__ = ["Rate", "name_of", "rates", "table"]


@dataclass(frozen=True, slots=True)
class Rate:
    """Numbers of authorities whose latest return of a kind and period is accepted, waiting or missing."""

    return_id: str
    title: str
    period: str
    accepted: int
    waiting: int
    asked: int

    @property
    def missing(self) -> int:
        return self.asked - self.accepted - self.waiting


def _latest(authorities: Collection[str]) -> pl.DataFrame:
    """One row per authority, return and period: its latest submission that was not rejected."""
    return (
        of_authorities(authorities)
        .filter(pl.col("status").is_in(["checked", "accepted"]))
        .unique(["return_id", "part", "submitter", "period"], keep="first", maintain_order=True)
    )


def _rates(_home: Home, authorities: frozenset[str]) -> list[Rate]:
    found = _latest(authorities)
    made = []
    for one in returns().values():
        of_kind = found.filter(pl.col("return_id") == one.id)
        if one.submitter != "authority" or of_kind.is_empty():
            continue
        period = str(of_kind["period"].max())
        here = of_kind.filter(pl.col("period") == period).unique("submitter", keep="first")
        accepted = here.filter(pl.col("status") == "accepted").height
        made.append(Rate(one.id, one.spec.title, period, accepted, here.height - accepted, len(authorities)))
    return made


def _table(_home: Home, authorities: frozenset[str], return_id: str) -> dict[str, object]:
    found = _latest(authorities).filter(pl.col("return_id") == return_id)
    periods = found["period"].unique().sort(descending=True).to_list()[:5]
    cells = {(row["submitter"], row["period"]): row for row in found.iter_rows(named=True)}
    names = sorted((name_of(gss), gss) for gss in authorities)
    return {
        "periods": periods,
        "rows": [(name, [_cell(cells.get((gss, period))) for period in periods]) for name, gss in names],
    }


def _cell(row: dict[str, object] | None) -> dict[str, object]:
    if row is None:
        return {"text": "missing", "colour": "grey"}
    if row["status"] == "checked":
        return {"text": "waiting", "colour": "yellow", "errors": row["errors"], "id": row["submission_id"]}
    provisional = bool(row["provisional"])
    return {
        "text": "provisional" if provisional else "accepted",
        "colour": "blue" if provisional else "green",
        "errors": row["errors"],
        "id": row["submission_id"],
    }


rates: VersionedCache[list[Rate]] = VersionedCache(_rates, mark=register_mark, most=64)
"For each kind of return that these authorities submit: the latest submitted period."
table: VersionedCache[dict[str, object]] = VersionedCache(_table, mark=register_mark, most=128)
"A table with a row per authority and a column per period: status and findings. `(authorities, return)`"
