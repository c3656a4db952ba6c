"""Whatever the cells hold: no rule raises, none depends on another, none on another child's cells."""

import random

import polars as pl
import pytest
from generated_returns import BEFORE, ODD, PERIOD, text_tables, typed
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_specs import SPECS

from parentis.returns import Checked
from parentis.returns.ssda903.rules import RULE_SET, check
from parentis.returns.ssda903.spec import SPEC

ORDER = ["rule", "table", "row", "child"]
# rules that compare children with each other: one child's cell may mark another's row
ACROSS_CHILDREN = {"444"}
PLACES = pl.read_csv(SPECS / "places.csv", schema_overrides={"authority": pl.String})
PROVIDERS = pl.read_csv(SPECS / "providers.csv", infer_schema=False).with_columns(pl.col("REG_END").str.to_date())


def checked(now: dict[str, pl.DataFrame], before: dict[str, pl.DataFrame], **more: object) -> Checked:
    this, last = typed(now, PERIOD), typed(before, BEFORE)
    return check(
        this.tables,
        collection_year=PERIOD,
        last_year=last.tables,
        postcodes=PLACES,
        providers=PROVIDERS,
        authority="202",
        **more,  # type: ignore[arg-type]
    )


def drawn(seed: int, rows: int = 40, children: int = 12) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    chance = random.Random(seed)
    now = text_tables(PERIOD, chance, rows=rows, children=children)
    return now, text_tables(BEFORE, chance, rows=rows, children=children)


def sorted_findings(outcome: Checked) -> pl.DataFrame:
    return outcome.findings.sort(ORDER, nulls_last=True)


@pytest.mark.generative
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), period=st.sampled_from(SPEC.periods), form=st.sampled_from(["csv", "xml"]))
def test_no_rule_fails_whatever_the_cells_hold(seed: int, period: str, form: str) -> None:
    chance = random.Random(seed)
    now = typed(text_tables(period, chance, rows=30, children=8), period)
    year = int(period[:4])
    last = max(f"{year - 1}-{year % 100:02d}", SPEC.periods[0])
    before = typed(text_tables(last, chance, rows=30, children=8), last)
    outcome = check(
        now.tables,
        collection_year=period,
        last_year=before.tables,
        postcodes=PLACES,
        providers=PROVIDERS,
        authority="202",
        form=form,  # type: ignore[arg-type]
    )
    reasons = outcome.statuses["reason"].drop_nulls()
    assert not reasons.str.contains("internal error").any(), reasons.to_list()
    applying = {rule.code for rule in RULE_SET if rule.applies(period)}
    assert set(outcome.statuses["rule"]) == {rule.code for rule in RULE_SET}
    idle = set(outcome.statuses.filter(pl.col("status") != "run")["rule"]) & applying
    assert idle <= {"105", "706"} | {code for code in applying if "SWEpisodes_last" in RULE_SET[code].tables}


@pytest.mark.generative
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), data=st.data())
def test_a_corrupted_cell_changes_nothing_about_other_children(seed: int, data: st.DataObject) -> None:
    now, before = drawn(seed)
    child = data.draw(st.sampled_from([f"C{n}" for n in range(12)]))
    table = data.draw(st.sampled_from(sorted(now)))
    column = data.draw(st.sampled_from([name for name in now[table].columns if name != "CHILD"]))
    odd = data.draw(st.sampled_from(ODD))
    spoiled = now[table].with_columns(
        pl.when(pl.col("CHILD") == child).then(pl.lit(odd)).otherwise(pl.col(column)).alias(column)
    )
    others = (pl.col("child") != child) | pl.col("child").is_null()
    unshared = ~pl.col("rule").is_in(ACROSS_CHILDREN)
    first = sorted_findings(checked(now, before)).filter(others & unshared)
    second = sorted_findings(checked({**now, table: spoiled}, before)).filter(others & unshared)
    assert first.equals(second)


@pytest.mark.generative
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), data=st.data())
def test_a_rule_alone_finds_what_it_finds_among_all(seed: int, data: st.DataObject) -> None:
    now, before = drawn(seed)
    every = sorted_findings(checked(now, before))
    codes = [rule.code for rule in RULE_SET]
    some = data.draw(st.lists(st.sampled_from(codes), min_size=1, max_size=40, unique=True))
    subset = checked(now, before, rules=some)
    assert sorted_findings(subset).equals(every.filter(pl.col("rule").is_in(some)))
    assert set(subset.statuses["rule"]) == set(some)
    alone = some[0]
    assert sorted_findings(checked(now, before, rules=[alone])).equals(every.filter(pl.col("rule") == alone))


@pytest.mark.generative
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_the_rules_does_not_matter(seed: int) -> None:
    from parentis.returns.rules import RuleSet, run
    from parentis.returns.ssda903.rules.check import prepared_tables

    now, before = drawn(seed, rows=25)
    prepared = prepared_tables(
        typed(now, PERIOD).tables,
        collection_year=PERIOD,
        absent={},
        last_year=typed(before, BEFORE).tables,
        last_year_absent={},
        postcodes=PLACES,
        providers=PROVIDERS,
        authority="202",
        form="csv",
    )
    shuffled = list(RULE_SET)
    random.Random(seed).shuffle(shuffled)
    other = RuleSet("ssda903", {rule.code: rule for rule in shuffled})
    assert sorted_findings(run(RULE_SET, prepared)).equals(sorted_findings(run(other, prepared)))


@pytest.mark.generative
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_authorities_checked_together_are_as_if_alone(seed: int) -> None:
    parts = {gss: drawn(seed + n, rows=25, children=6) for n, gss in enumerate(("E09000007", "E09000019"))}

    def tables(which: int, *, period: str) -> dict[str, pl.DataFrame]:
        made = {gss: typed(part[which], period).tables for gss, part in parts.items()}
        names = next(iter(made.values()))
        return {
            name: pl.concat([made[gss][name].with_columns(authority=pl.lit(gss)) for gss in parts]) for name in names
        }

    together = check(
        tables(0, period=PERIOD),
        collection_year=PERIOD,
        last_year=tables(1, period=BEFORE),
        postcodes=PLACES,
        providers=PROVIDERS,
    )
    codes = {"E09000007": "202", "E09000019": "206"}
    for gss, (now, before) in parts.items():
        alone = check(
            typed(now, PERIOD).tables,
            collection_year=PERIOD,
            last_year=typed(before, BEFORE).tables,
            postcodes=PLACES,
            providers=PROVIDERS,
            authority=codes[gss],
        )
        own = sorted_findings(together).filter(pl.col("authority") == gss).drop("authority")
        assert own.equals(sorted_findings(alone).drop("authority"))
