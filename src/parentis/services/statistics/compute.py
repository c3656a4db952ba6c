"""The service: open statistics as figures."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from parentis.figures import COUNTS, Measure
from parentis.services.service import Result
from parentis.services.statistics.declared_measures import declared_measures
from parentis.services.statistics.denominators import with_counts
from parentis.services.statistics.dfe import VALUES, dfe_measures, dfe_rows
from parentis.services.statistics.lait import DICTIONARY, LINES, lait_ids, lait_measures, lait_rows
from parentis.services.statistics.shape import result


def measures(tables: Mapping[str, pl.DataFrame]) -> tuple[Measure, ...]:
    """Declared measures, LAIT's measures from the dictionaries held, and those of undeclared data sets from their
    headings.
    """
    found = dict(declared_measures())
    for one in (*lait_measures(tables[DICTIONARY]), *dfe_measures(tables[VALUES])):
        found.setdefault(one.id, one)
    return tuple(found.values())


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Figures of every published value held, including suppressed ones, with their symbol and without a number.

    `frames["left_out"]` counts the rows that gave no figure: `table`, `part`, `reason`, `rows`.
    """
    lait, lait_lost = lait_rows(tables[LINES], tables[DICTIONARY])
    dfe, dfe_lost = dfe_rows(tables[VALUES])
    counts = with_counts(lait, lait_ids(tables[DICTIONARY])).select(*lait.columns, *COUNTS)
    rows = pl.concat([counts, dfe], how="diagonal")
    return result(rows, {one.id: one for one in measures(tables)}, pl.concat([lait_lost, dfe_lost]))
