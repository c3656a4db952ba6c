"""Lists for people and programs, as frames."""

from collections.abc import Iterable, Mapping

import polars as pl

from parentis import lake
from parentis.archive import Home
from parentis.workflow.intake.outcome import Outcome
from parentis.workflow.results.queries import catalogue


def outcomes_frame(outcomes: Iterable[Outcome]) -> pl.DataFrame:
    """One row per submission: its key, status, rows, findings to correct, the sentence for its sender, and
    one for each problem."""
    rows = [
        {
            "submission_id": one.submission_id,
            "status": one.status,
            "return_id": one.return_id,
            "part": one.part,
            "submitter": one.submitter,
            "period": one.period,
            "files": list(one.files),
            "rows": sum(count for _, count in one.counts),
            "errors": one.checked.errors if one.checked else None,
            "provisional": one.provisional,
            "sentence": one.sentence,
            "problems": [problem.sentence for problem in one.problems],
        }
        for one in outcomes
    ]
    schema = pl.Schema(
        {
            "submission_id": pl.String(),
            "status": pl.String(),
            "return_id": pl.String(),
            "part": pl.String(),
            "submitter": pl.String(),
            "period": pl.String(),
            "files": pl.List(pl.String()),
            "rows": pl.Int64(),
            "errors": pl.Int64(),
            "provisional": pl.Boolean(),
            "sentence": pl.String(),
            "problems": pl.List(pl.String()),
        }
    )
    return pl.DataFrame(rows, schema=schema)


def measures_frame(home: Home) -> pl.DataFrame:
    """One row per measure of any service."""
    rows = [
        {"measure": one.id, "title": one.title, "unit": one.unit, "polarity": str(one.polarity),
         "audience": str(one.audience), "definition": one.definition, "source": one.source}
        for one in catalogue(home)
    ]  # fmt: skip
    return pl.DataFrame(rows).sort("measure")


def tables(home: Home, needs: Iterable[str]) -> Mapping[str, pl.DataFrame]:
    """The visible rows of lake tables, in the form services need."""
    return {need: lake.read(home, need).collect() for need in needs}
