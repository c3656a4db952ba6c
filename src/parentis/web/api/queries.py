"""Figures for the API: released to a viewer, and cached until the next build."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from parentis import workflow
from parentis.archive import Home, find_home
from parentis.figures import Catalogue, Viewer
from parentis.web.cache import VersionedCache, shown_mark


def _released(
    home: Home, viewer: Viewer, measure: str | None, period: str | None, geography: str | None, breakdown: str | None
) -> pl.DataFrame:
    return workflow.figures(
        home, measure=measure, period=period, geography=geography, breakdown=breakdown, viewer=viewer
    )


figures: VersionedCache[pl.DataFrame] = VersionedCache(_released, mark=shown_mark, most=64)
"`figures(viewer, measure, period, geography, breakdown)`, as `workflow.figures`."
measures: VersionedCache[Catalogue] = VersionedCache(workflow.catalogue, mark=shown_mark, most=1)


def provenance(viewer: Viewer, provenance_id: str) -> Mapping[str, Any]:
    """The provenance of a figure whose value the viewer sees; NotFoundError for any other."""
    origin = workflow.origin_seen(find_home(), provenance_id, viewer)
    return {**origin.provenance, "inputs": [_input(row) for row in origin.inputs.iter_rows(named=True)]}


def _input(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("table", "return_id", "part", "submitter", "period", "status", "provisional", "synthetic")
    return {name: row[name] for name in names} | {
        "rows": row["row_count"],
        "submission_id": row["submission_id"] if row["open"] else None,
        "files": [{"name": one["name"], "sha256": one["sha256"]} for one in row["files"] or ()],
    }
