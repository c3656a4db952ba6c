"""The definitions as frames for the pages: what each version asks, and the laws of its time."""

from collections.abc import Sequence

import polars as pl

from parentis.services.careers import MARKERS
from parentis.services.cohort.definition_files import Definition


def described(known: Sequence[Definition]) -> dict[str, pl.DataFrame]:
    """The frames `definitions`, `definition_rules` and `regimes`."""
    return {
        "definitions": pl.DataFrame(
            [
                {
                    "definition": one.id, "version": one.version, "title": one.title, "in_force": one.in_force,
                    "author": one.author, "reason": one.reason, "ages": f"{one.ages[0]} to {one.ages[1]}",
                    "combination": one.asks, "sha256": one.sha256,
                }
                for one in known
            ]
        ),
        "definition_rules": pl.DataFrame(
            [
                {
                    "definition": one.id, "version": one.version, "name": rule.name, "marker": rule.marker,
                    "title": MARKERS[rule.marker].title,
                    "window": None if MARKERS[rule.marker].window is None else rule.days,
                    "threshold": None if MARKERS[rule.marker].threshold is None else float(rule.least),
                    "unit": MARKERS[rule.marker].unit, "weight": one.weights[rule.name],
                    "meaning": MARKERS[rule.marker].meaning,
                }
                for one in known
                for rule in one.rules
            ],
            schema_overrides={"window": pl.Int64, "threshold": pl.Float64},
            infer_schema_length=None,
        ),
        "regimes": pl.DataFrame(
            [
                {
                    "definition": one.id, "version": one.version, "regime": law.id, "title": law.title,
                    "from": law.start, "note": law.note, "source": law.source,
                }
                for one in known
                for law in one.regimes
            ],
            schema_overrides={"from": pl.Date},
            infer_schema_length=None,
        ),
    }  # fmt: skip
