"""A small region of three authorities and four measures, with every state a figure can be in."""

import polars as pl
import pytest
from small_region import NAMES, figure, measure

from parentis.evidence.figure_lookup import FigureLookup
from parentis.figures import Catalogue, Figures


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(
        [
            measure("m.budget", "Budget"),
            measure("m.variance", "Variance", comparable_by="m.comparable", netted="netted"),
            measure("m.percent", "Variance, %", unit="%", decimals=1),
            measure("m.comparable", "Comparable", unit="count"),
            measure("m.children", "Children", unit="count"),
            measure("m.volume", "Volume"),
            measure("m.price", "Price"),
            measure("m.change", "Change"),
            measure("m.swing", "Swing"),
        ]
    )


@pytest.fixture
def figures() -> pl.DataFrame:
    rows = [
        figure("m.budget", place, period, value)
        for period in ("2016-17", "2017-18")
        for place, value in {"A1": 50e6, "A2": 40e6, "A3": 12e6, "reg": 102e6}.items()
    ]
    rows += [
        figure("m.variance", place, "2017-18", value, provisional=place == "A2")
        for place, value in {"A1": -1.5e6, "A2": 6e6, "A3": 2e6, "reg": 6.5e6}.items()
    ]
    rows += [figure("m.percent", place, "2017-18", value) for place, value in {"A1": -3.0, "A2": 15.0}.items()]
    rows += [
        figure("m.children", "A1", "2017-18", None, suppressed="c"),
        figure("m.children", "A2", "2017-18", 40.0),
    ]
    rows += [figure("m.volume", "reg", "2017-18", 4e6), figure("m.price", "reg", "2017-18", 2.5e6)]
    rows += [figure("m.change", "reg", "2017-18", 6.5e6)]
    rows += [
        figure("m.budget", "reg", "2017-18", value, breakdown=f"line={line}", provenance_id=f"b{line}")
        for line, value in {"fostering": 60e6, "residential": 42e6}.items()
    ]
    rows += [
        figure("m.swing", "reg", "2017-18", 5e6, breakdown=f"line={line}", low=5e6 - by, high=5e6 + by, level=0.5)
        for line, by in {"fostering": 1e6, "residential": 2e6}.items()
    ]
    frame = Figures.validate(pl.DataFrame(rows, infer_schema_length=None), cast=True)
    return frame.with_columns(pl.col("geography").replace_strict(NAMES).alias("geography_name"))


@pytest.fixture
def book(figures: pl.DataFrame, catalogue: Catalogue) -> FigureLookup:
    return FigureLookup(figures, catalogue, geography="reg", areas=("A1", "A2", "A3"))


@pytest.fixture
def provenance(figures: pl.DataFrame) -> pl.DataFrame:
    """One submission behind every figure."""
    return figures.select(
        "provenance_id",
        service=pl.lit("m"),
        code_version=pl.lit("0+abc"),
        parameters=pl.lit("{}"),
        seed=pl.lit(None, dtype=pl.Int64),
        submission_id=pl.lit("s-1"),
        submitter=pl.lit("Publisher"),
        return_id=pl.lit("m.return"),
        period=pl.col("period"),
        table=pl.lit("m.return/lines"),
        files=pl.lit(["=file.csv"], dtype=pl.List(pl.String)),
        hashes=pl.lit(["0" * 64], dtype=pl.List(pl.String)),
        rows=pl.lit([2, 0], dtype=pl.List(pl.UInt32)),
        row_count=pl.lit(2, dtype=pl.Int64),
    ).unique("provenance_id", maintain_order=True)
