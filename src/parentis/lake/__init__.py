"""Lake: the typed tables of accepted loads, which loads are visible, and the figures made from them."""

from parentis.lake.builds import (
    COUNTS,
    KEPT_BUILDS,
    Built,
    EarlierBuild,
    earlier_builds,
    read_counts,
    read_figures,
    read_frame,
    read_guarded,
    read_inputs,
    read_measures,
    read_provenance,
    show,
    shown,
)
from parentis.lake.current import publish
from parentis.lake.digests import digest
from parentis.lake.earlier_editions import keep_amounts
from parentis.lake.measures import measures_frame, measures_of
from parentis.lake.reader import collect, read, sign_offs, superseded, trying, visible
from parentis.lake.tables import LOAD_COLUMNS, SHOWN_COLUMNS, declared, names, shown_schema, stored_schema
from parentis.lake.writer import append, conform, loads, stored_loads, sweep

__all__ = [
    "COUNTS",
    "KEPT_BUILDS",
    "LOAD_COLUMNS",
    "SHOWN_COLUMNS",
    "Built",
    "EarlierBuild",
    "append",
    "collect",
    "conform",
    "declared",
    "digest",
    "earlier_builds",
    "keep_amounts",
    "loads",
    "measures_frame",
    "measures_of",
    "names",
    "publish",
    "read",
    "read_counts",
    "read_figures",
    "read_frame",
    "read_guarded",
    "read_inputs",
    "read_measures",
    "read_provenance",
    "show",
    "shown",
    "shown_schema",
    "sign_offs",
    "stored_loads",
    "stored_schema",
    "superseded",
    "sweep",
    "trying",
    "visible",
]
