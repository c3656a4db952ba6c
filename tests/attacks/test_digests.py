"""What two different loads hold is never written alike before it is hashed, and the same rows always are."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.lake import digest

ROW = st.fixed_dictionaries(
    {
        "text": st.none() | st.text(alphabet="ab\n é", max_size=3),
        "more": st.none() | st.text(alphabet="ab\n é", max_size=3),
        "money": st.none() | st.decimals(-9, 9, places=2),
        "count": st.none() | st.integers(-3, 3),
        "share": st.none() | st.floats(0, 1, width=16),
        "day": st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 9)),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=4)
TYPES = {
    "text": pl.String(), "more": pl.String(), "money": pl.Decimal(18, 2), "count": pl.Int64(), "share": pl.Float64(),
    "day": pl.Date(),
}  # fmt: skip


def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=TYPES).with_row_index("row").with_columns(load_id=pl.lit("one"))


@pytest.mark.generative
@given(ROWS, ROWS)
def test_two_loads_have_one_hash_only_if_their_rows_are_the_same(
    some: list[dict[str, object]], others: list[dict[str, object]]
) -> None:
    assert (digest(frame(some)) == digest(frame(others))) == (some == others)


@pytest.mark.generative
@given(ROWS, st.randoms())
def test_neither_files_nor_order_nor_later_columns_nor_widths_change_it(
    rows: list[dict[str, object]], random: object
) -> None:
    whole = frame(rows)
    places = list(range(whole.height))
    random.shuffle(places)  # type: ignore[attr-defined]
    otherwise = (
        pl.concat([whole[[place]] for place in places])
        .select(sorted(whole.columns, reverse=True))
        .with_columns(later=pl.lit(None, pl.String), load_id=pl.lit("another"), count=pl.col("count").cast(pl.Int32))
    )
    assert digest(otherwise) == digest(whole)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("text", "", None),
        ("text", "ab", "a"),
        ("money", Decimal("1.20"), Decimal("1.21")),
        ("count", 0, None),
        ("share", 0.0, None),
        ("day", date(2024, 1, 1), date(2024, 1, 2)),
    ],
)
def test_one_value_is_enough(name: str, one: object, other: object) -> None:
    empty = dict.fromkeys(TYPES)
    held = [frame([{**empty, name: value}, {**empty, "text": "x"}]) for value in (one, other)]
    assert digest(held[0]) != digest(held[1])


@pytest.mark.spec
def test_a_text_is_not_two() -> None:
    """One cell's text cannot run over into the next."""
    held = [frame([{"text": a, "more": b}, {"text": c, "more": d}]) for a, b, c, d in
            (("a", "b", "bc", "d"), ("ab", "b", "c", "d"), ("a", "bb", "bc", ""))]  # fmt: skip
    assert len({digest(one) for one in held}) == 3
