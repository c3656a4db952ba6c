"""`current`: what is visible now, as plain Delta tables that Power BI, Fabric and Databricks read.

Each is replaced by one atomic overwrite. Columns are cut to what a regional reader may have.
"""

import polars as pl

from parentis.archive import Home
from parentis.lake.builds import read_figures, read_inputs, read_measures, read_provenance
from parentis.lake.measures import measures_frame
from parentis.lake.reading import read
from parentis.lake.tables import names


def publish(home: Home, *, forget: bool = False) -> tuple[str, ...]:
    """Overwrite every `current` table; gives their names. `forget` also deletes what they held before: for
    erasure."""
    from deltalake import DeltaTable, write_deltalake

    # Delta has no unsigned integers and no Polars enums.
    inputs = read_inputs(home).with_columns(pl.col("rows").cast(pl.List(pl.Int64)))
    figures = read_figures(home).with_columns(pl.col("audience").cast(pl.String))
    frames = {
        **{name: read(home, name, regional=True) for name in names(home)},
        "figures": figures,
        "measures": measures_frame(read_measures(home)).drop("declared").lazy(),
        "provenance": read_provenance(home),
        "provenance_inputs": inputs,
    }
    for name, frame in frames.items():
        write_deltalake(str(home.current / name), frame.collect(), mode="overwrite", schema_mode="overwrite")
        if forget:
            table = DeltaTable(str(home.current / name))
            table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    return tuple(frames)
