"""Priority rules: files that say what they say, and a year of a log run through each."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from parentis.errors import DeclarationError
from parentis.services.places.priority_rules import (
    PriorityRule,
    _with_stays,
    log_digest,
    points,
    priority_rules,
    read_rule,
    try_rule,
)

FIRST, LAST = date(2024, 4, 1), date(2025, 4, 1)
RULE = """
id = "x"
title = "X"
published = 2026-01-01
why = "Y"
[points]
waited_day = 1.0
basis_72h = 30.0
danger = 3.0
"""


def referral(name: str, day: int, **more: Any) -> dict[str, Any]:
    return {"child": name, "authority": "E09000007", "sex": "F", "ethnicity": "N", "age": 15, "kind": "secure",
            "basis": "s25-order", "risks": [], "radius": None, "referred": FIRST + timedelta(days=day), "stay": 10,
            "gave_up": None, **more}  # fmt: skip


def log(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema_overrides={"risks": pl.List(pl.String), "radius": pl.Float64,
                                                      "gave_up": pl.Date, "stay": pl.Int64})  # fmt: skip


def homes(free: int = 1) -> pl.DataFrame:
    return pl.DataFrame([{"home": "h", "kind": "secure", "authority": "E09000007", "sex": "B", "free": free}])


def rule(**given: float) -> PriorityRule:
    said = "\n".join(f"{name} = {value}" for name, value in given.items())
    return read_rule(RULE.split("[points]")[0] + "[points]\n" + said)


@pytest.mark.unit
def test_every_rule_of_the_package_reads_and_has_a_digest_of_its_own() -> None:
    rules = priority_rules()
    assert len({one.digest for one in rules}) == len(rules) >= 2
    assert [one.published for one in rules] == sorted(one.published for one in rules)


@pytest.mark.unit
def test_a_rule_that_gives_points_for_what_is_no_ground_does_not_load() -> None:
    with pytest.raises(DeclarationError, match="ethnicity"):
        read_rule(RULE + "ethnicity = 5.0\n")
    with pytest.raises(DeclarationError, match="why"):
        read_rule(RULE.replace('why = "Y"\n', ""))


@pytest.mark.unit
def test_the_digest_is_of_what_the_rule_does_not_of_its_name() -> None:
    same, other = read_rule(RULE.replace('"X"', '"Z"')), read_rule(RULE.replace("30.0", "31.0"))
    assert same.digest == read_rule(RULE).digest != other.digest


@pytest.mark.spec
def test_points_add_up() -> None:
    children = log(referral("a", 0, risks=["self-harm", "violence", "fire"], basis="s25-72h")).with_columns(waited=4)
    assert points(read_rule(RULE), children, members=frozenset()).to_list() == [4.0 + 30.0 + 6.0]


@pytest.mark.spec
def test_a_bed_is_given_by_the_rule_and_the_others_wait() -> None:
    """One bed, stays of ten days: by wait a before b before c; by the court's clock c before b."""
    year = log(referral("a", 0), referral("b", 1), referral("c", 2, basis="s25-72h"))
    by_wait = try_rule(rule(waited_day=1.0), year, homes(), starts=FIRST, ends=LAST)
    assert dict(by_wait.waits.select("child", "days").iter_rows()) == {"a": 0.0, "b": 9.0, "c": 18.0}
    by_clock = try_rule(rule(waited_day=1.0, basis_72h=30.0), year, homes(), starts=FIRST, ends=LAST)
    assert dict(by_clock.waits.select("child", "days").iter_rows()) == {"a": 0.0, "b": 19.0, "c": 8.0}
    assert by_clock.placed == by_wait.placed == 3


@pytest.mark.spec
def test_a_child_for_whom_the_search_ended_leaves_the_list_unplaced() -> None:
    year = log(referral("a", 0, stay=100), referral("b", 1, gave_up=FIRST + timedelta(days=5)))
    found = try_rule(rule(waited_day=1.0), year, homes(), starts=FIRST, ends=LAST)
    assert (found.children, found.placed) == (2, 1)
    assert found.waits.filter(pl.col("child") == "b")["days"].item() == 5.0


@pytest.mark.unit
def test_a_log_is_known_by_its_rows_and_not_by_their_order() -> None:
    one, other = log(referral("a", 0), referral("b", 1)), log(referral("b", 1), referral("a", 0))
    assert log_digest(one) == log_digest(other)
    assert log_digest(one) != log_digest(one.head(1))


@pytest.mark.spec
def test_stays_that_go_on_count_in_how_long_stays_last() -> None:
    """Ten stays of ten days and ten that have lasted a hundred: half of the stays last longer than ten days."""
    ended = [referral(f"e{i}", 0, stay=10) for i in range(10)]
    going = [referral(f"g{i}", 0, stay=None) for i in range(10)]
    never = [referral(f"n{i}", 0, stay=None) for i in range(200)]
    rows = log(*ended, *going, *never).with_columns(
        so_far=pl.when(pl.col("child").str.starts_with("g")).then(pl.lit(100, pl.Int64))
    )
    drawn = _with_stays(rows, 0)
    stays = drawn.filter(pl.col("child").str.starts_with("n"))["stay"].to_list()
    assert 70 < sum(one == 10 for one in stays) < 130
    assert set(stays) == {10, 100}
    assert drawn.filter(pl.col("child").str.starts_with("g"))["stay"].min() == 100
