"""Figures as the API gives them: released to a viewer, and remembered until a build shows others."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from parentis import workflow
from parentis.archive import Home, find_home
from parentis.errors import NotFoundError
from parentis.figures import Catalogue, Viewer
from parentis.returns import returns
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
    seen = figures(viewer, None, None, None, None).filter(
        pl.col("provenance_id") == provenance_id, pl.col("value").is_not_null()
    )
    if seen.is_empty():
        raise NotFoundError(
            expected="the provenance_id of a figure that you see", found="another", where="provenance_id",
            do="Take it from a figure; a build since may have replaced it.",
        )  # fmt: skip
    origin = workflow.provenance_of(find_home(), provenance_id)
    inputs = [_input(row, viewer) for row in origin.inputs.iter_rows(named=True)]
    return {**origin.provenance, "inputs": inputs}


def _input(row: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    declared = returns().get(row["return_id"] or "")
    is_open = row["submitter"] in viewer.authorities or (declared is not None and declared.submitter != "authority")
    names = ("table", "return_id", "part", "submitter", "period", "status", "provisional", "synthetic")
    return {name: row[name] for name in names} | {
        "rows": row["row_count"],
        "submission_id": row["submission_id"] if is_open else None,
        "files": [{"name": one["name"], "sha256": one["sha256"]} for one in row["files"] or ()] if is_open else [],
    }
