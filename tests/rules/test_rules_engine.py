"""The engine: reasons for not running, mistakes contained, rules declared once."""

import polars as pl
import pytest

from parentis.errors import DeclarationError
from parentis.returns.rules import Need, Prepared, RuleSet, Selection, run

TABLE = pl.DataFrame(
    {"row": [0, 1, 2], "CHILD": ["A", "B", None], "X": ["1", None, "3"], "child": [0, 1, None]},
    schema_overrides={"row": pl.UInt32, "child": pl.UInt32},
).with_row_index("at")


def prepared(**more: object) -> Prepared:
    given = {"period": "2024-25", "tables": {"T": TABLE}, "facts": None, **more}
    return Prepared(**given)  # type: ignore[arg-type]


def book(**rules: object) -> RuleSet:
    made = RuleSet("test")
    for code, (evaluate, kept) in rules.items():  # type: ignore[attr-defined]
        made.rule(code, f"message {code}", **{"fields": "X", "tables": "T", **kept})(evaluate)
    return made


def reason(made: RuleSet, **more: object) -> str | None:
    checked = run(made, prepared(**more))
    return checked.statuses["reason"].item()


@pytest.mark.unit
def test_marks_rows_with_child_fields_and_values() -> None:
    checked = run(book(r=(lambda _: pl.col("X").is_null(), {})), prepared())
    assert checked.findings.rows() == [("r", "T", 1, None, "B", ["X"], [None])]
    assert checked.statuses.select("status", "count").rows() == [("run", 1)]


@pytest.mark.unit
def test_frames_mark_positions_once_and_in_order() -> None:
    frame = pl.LazyFrame({"at": [2, 0, 0, None]}, schema={"at": pl.UInt32})
    checked = run(book(r=(lambda _: {"T": frame}, {})), prepared())
    assert checked.findings["row"].to_list() == [0, 2]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"tables": "U"}, "no U table was given"),
        ({"first": "2025-26"}, "it applies from 2025-26, not in 2024-25"),
        ({"last": "2023-24", "first": "2022-23"}, "it applies from 2022-23 to 2023-24, not in 2024-25"),
        ({"needs": (Need.POSTCODES,)}, "no postcode table was given"),
        ({"needs": (Need.XML,)}, "it applies only to the XML form of the return"),
    ],
)
def test_says_why_it_was_not_run(kept: dict[str, object], said: str) -> None:
    assert reason(book(r=(lambda _: pl.lit(value=True), kept))) == said


@pytest.mark.unit
def test_a_column_that_is_not_there_is_named() -> None:
    assert reason(book(r=(lambda _: pl.col("Y").is_null(), {}))) == "column Y is not there"
    frames = {"T": TABLE.lazy().filter(pl.col("Y").is_null())}
    assert reason(book(r=(lambda _: frames, {}))) == "column Y is not there"


@pytest.mark.unit
def test_a_mistake_in_one_rule_leaves_the_others_running() -> None:
    def mistaken(_: object) -> pl.Expr:
        raise ZeroDivisionError

    wrong_type = pl.col("X") + pl.lit(1, pl.Date)
    late = {"T": TABLE.lazy().filter(pl.col("X").cast(pl.Int64, strict=True) > 1).select(at=pl.col("X").cast(pl.Date))}
    made = book(
        a=(mistaken, {}), b=(lambda _: wrong_type, {}), c=(lambda _: late, {}), d=(lambda _: pl.col("X") == "1", {})
    )
    checked = run(made, prepared())
    reasons = dict(checked.statuses.select("rule", "reason").iter_rows())
    assert all(reasons[code].startswith("internal error") for code in "abc")
    assert reasons["d"] is None
    assert checked.findings["rule"].to_list() == ["d"]


@pytest.mark.unit
def test_facts_of_the_child_stand_beside_its_rows() -> None:
    per_child = pl.DataFrame({"old": [True, False]})
    checked = run(book(r=(lambda _: pl.col("old"), {})), prepared(per_child=per_child))
    assert checked.findings["child"].to_list() == ["A"]


@pytest.mark.unit
def test_only_the_chosen_rules_are_told_of() -> None:
    made = book(a=(lambda _: pl.lit(value=True), {}), b=(lambda _: pl.lit(value=True), {}))
    assert run(made, prepared(), selection=Selection(frozenset({"b"}))).statuses["rule"].to_list() == ["b"]


@pytest.mark.unit
def test_a_rule_is_declared_once_and_names_table_and_field() -> None:
    made = book(a=(lambda _: pl.lit(value=True), {}))
    with pytest.raises(DeclarationError, match="twice"):
        made.rule("a", "m", fields="X", tables="T")(lambda _: pl.lit(value=True))
    with pytest.raises(DeclarationError, match="no field"):
        made.rule("b", "m", fields="", tables="T")(lambda _: pl.lit(value=True))
