"""Where a figure came from: the same work has the same id, other work another."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from parentis.errors import DeclarationError
from parentis.figures import Traced, attach, trace

KEY = ["measure", "geography"]


def used(*rows: tuple[str, str, str, str, int | None]) -> pl.DataFrame:
    schema = {
        "measure": pl.String,
        "geography": pl.String,
        "load_id": pl.String,
        "table": pl.String,
        "row": pl.UInt32,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def traced(frame: pl.DataFrame, **changes: object) -> Traced:
    settings = {"service": "funding", "parameters": {"base": "2024-25"}, "seed": None, "code_version": "1"}
    return trace(frame, KEY, **{**settings, **changes})


ROWS = used(
    ("m", "london", "load1", "finance.ra/lines", 4),
    ("m", "london", "load1", "finance.ra/lines", 2),
    ("m", "london", "load1", "finance.ra/lines", 2),
    ("m", "london", "load2", "finance.rs/lines", 7),
    ("m", "camden", "load1", "finance.ra/lines", 2),
    ("other", "camden", "load1", "finance.ra/lines", 2),
    ("every", "camden", "load1", "finance.ra/lines", None),
    ("every", "camden", "load1", "finance.ra/lines", None),
)


@pytest.mark.spec
def test_rows_are_told_once_each_in_order() -> None:
    made = traced(ROWS)
    ids = {(m, g): each for m, g, each in made.ids.iter_rows()}
    assert ids["m", "camden"] == ids["other", "camden"]  # the same row stands behind both
    assert len(set(ids.values())) == made.provenance.height == 3
    lines = made.inputs.filter(provenance_id=ids["m", "london"]).drop("provenance_id").rows()
    assert lines == [("load1", "finance.ra/lines", [2, 4], 2), ("load2", "finance.rs/lines", [7], 1)]
    every = made.inputs.filter(provenance_id=ids["every", "camden"])
    assert every.select("rows", "row_count").row(0) == (None, 2)
    assert made.provenance.row(0, named=True)["parameters"] == '{"base":"2024-25"}'


@pytest.mark.unit
@pytest.mark.parametrize(
    "change", [{"service": "uasc"}, {"parameters": {"base": "2023-24"}}, {"seed": 1}, {"code_version": "2"}]
)
def test_other_work_has_another_id(change: dict[str, object]) -> None:
    ids = set(traced(ROWS).ids.get_column("provenance_id"))
    assert ids.isdisjoint(traced(ROWS, **change).ids.get_column("provenance_id"))


@pytest.mark.generative
@given(st.permutations(list(range(ROWS.height))))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    one, other = traced(ROWS), traced(ROWS[order])
    for frame in ("ids", "provenance", "inputs"):
        assert_frame_equal(getattr(one, frame), getattr(other, frame))


@pytest.mark.unit
def test_a_figure_without_rows_is_refused() -> None:
    made = traced(ROWS)
    figures = pl.DataFrame({"measure": ["m", "m"], "geography": ["london", "camden"], "value": [1.0, 2.0]})
    assert attach(figures, made).get_column("provenance_id").null_count() == 0
    with pytest.raises(DeclarationError, match="1 figures have no provenance"):
        attach(figures.with_columns(geography=pl.Series(["london", "brent"])), made)
    assert trace(ROWS.clear(), KEY, service="s", parameters={}).provenance.is_empty()
