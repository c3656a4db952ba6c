"""`current`: what is visible now, as plain Delta tables that Power BI, Fabric and Databricks read.

Each is replaced by one atomic overwrite. Columns are limited to what a regional reader may see. By default the folder
holds published data, and the footprints' figures that members may see: it contains no authority's unpublished money
and no child-level rows.
"""

import shutil
from collections.abc import Collection

import polars as pl

from parentis import region
from parentis.archive import Home
from parentis.figures import Audience
from parentis.lake.builds import read_inputs, read_measures, read_provenance
from parentis.lake.measures import measures_frame
from parentis.lake.reader import read
from parentis.lake.tables import names

HOLDS = ".holds"
"A file that says what the folder holds: where that changes, what was there before goes, old versions too."


def publish(
    home: Home, *, figures: pl.DataFrame, published: Collection[str] | None, forget: bool = False
) -> tuple[str, ...]:
    """Overwrite every `current` table. Returns their names.

    Args:
        figures: as members may see them; unpublished figures of single authorities are left out here.
        published: ids of the loads whose rows may be read by everybody; None to write everything that is visible.
        forget: also delete the tables' earlier contents, for erasure."""
    from deltalake import DeltaTable, write_deltalake

    _make_folder(home, "released" if published is not None else "everything")
    rows = pl.lit(True) if published is None else pl.col("load_id").is_in(list(published))
    open_figures = figures.lazy().with_columns(pl.col("audience").cast(pl.String))  # Delta has no Polars enums
    inputs = read_inputs(home)
    if published is not None:
        open_figures = open_figures.filter(_is_open())
        # The number of rows behind an unpublished total may be a count of children.
        inputs = inputs.with_columns(pl.when(rows).then("rows"), pl.when(rows).then("row_count").alias("row_count"))
    shown = open_figures.select("provenance_id").unique()
    inputs = inputs.join(shown, on="provenance_id", how="semi")
    frames = {
        **{name: read(home, name, regional=True).filter(rows) for name in names(home)},
        "figures": open_figures,
        "measures": measures_frame(read_measures(home)).drop("declared").lazy(),
        "provenance": read_provenance(home).join(shown, on="provenance_id", how="semi"),
        "provenance_inputs": inputs.with_columns(pl.col("rows").cast(pl.List(pl.Int64))),  # nor unsigned integers
    }
    for name, frame in frames.items():
        write_deltalake(str(home.current / name), frame.collect(), mode="overwrite", schema_mode="overwrite")
        if forget:
            table = DeltaTable(str(home.current / name))
            table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    return tuple(frames)


def _is_open() -> pl.Expr:
    together = pl.col("geography").is_in([one.id for one in region.footprints()])
    return (pl.col("audience") == str(Audience.PUBLISHED)) | ((pl.col("audience") == str(Audience.MEMBERS)) & together)


def _make_folder(home: Home, holds: str) -> None:
    """Makes the folder readable by its owner alone: giving a reporting tool access is an administrator's decision."""
    mark = home.current / HOLDS
    if home.current.is_dir() and (not mark.is_file() or mark.read_text() != holds):
        shutil.rmtree(home.current)
    if not home.current.is_dir():
        home.current.mkdir(parents=True, mode=0o700)
    mark.write_text(holds)
