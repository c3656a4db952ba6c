"""The draw: sealed before, the same for everybody who draws it again, by family, balanced, and written down for
good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from parentis.errors import SpecificationError
from parentis.services.trials import (
    Analysis,
    allocate,
    amended,
    check_log,
    frozen,
    holds,
    next_entry,
    seal_of,
    sealed_seed,
    verify_allocation,
)
from parentis.services.trials.allocation.boroughs import arm_blocks, every, minimised, possible, some, step_blocks
from parentis.services.trials.allocation.seals import Draws
from trials.protocols import LONDON, children, parallel, protocol, wedge

SEAL = seal_of("0123456789abcdef", "salt")
THREE = LONDON[:3]


def boroughs(count: int) -> pl.DataFrame:
    return pl.DataFrame({"borough": LONDON[:count], "size": [float(10 + at) for at in range(count)]})


@pytest.mark.unit
def test_a_seed_is_committed_to_and_only_it_opens_the_commitment() -> None:
    seal = sealed_seed()
    assert holds(seal.commitment, seal.seed, seal.salt)
    assert not holds(seal.commitment, seal.seed + "0", seal.salt)
    assert not holds(seal.commitment, seal.seed, "other")
    assert seal.seed not in seal.commitment
    assert sealed_seed() != seal


@pytest.mark.spec
def test_the_draw_of_a_seed_stays_what_it_is() -> None:
    # Written down once: a draw that changed could not be checked years later.
    assert Draws("seed", "purpose").below(1000) == 56
    assert Draws("seed", "purpose").shuffled(list(range(8))) == [6, 3, 1, 4, 7, 2, 5, 0]


@pytest.mark.generative
def test_draws_are_even() -> None:
    draws = Draws("even", "")
    counts = np.bincount([draws.below(6) for _ in range(6000)], minlength=6)
    assert ((counts - 1000) ** 2 / 1000).sum() < 20.5  # chi-squared, 5 degrees of freedom, p = .001


@pytest.mark.unit
def test_brothers_and_sisters_have_one_arm_even_across_boroughs() -> None:
    units = children(300, THREE, family=3).with_columns(
        borough=pl.when(pl.int_range(pl.len()) % 3 == 2).then(pl.lit(THREE[2])).otherwise("borough")
    )
    rows = allocate(frozen(parallel()), units, SEAL).rows
    assert rows.group_by("family").agg(pl.col("arm").n_unique())["arm"].max() == 1


@pytest.mark.unit
def test_arms_are_balanced_within_every_borough() -> None:
    rows = allocate(frozen(parallel()), children(600, THREE), SEAL).rows
    families = rows.group_by("borough", "family").agg(pl.col("arm").first())
    balance = families.group_by("borough").agg(new=pl.col("arm").sum(), all=pl.len())
    assert all(abs(2 * new - whole) <= 3 for _, new, whole in balance.iter_rows())


@pytest.mark.unit
def test_those_who_join_later_change_nobodys_arm() -> None:
    units = children(200, THREE)
    early, late = (allocate(frozen(parallel()), units.head(n), SEAL).rows for n in (120, 200))
    assert late.head(120).equals(early)


@pytest.mark.unit
def test_an_only_child_is_a_family() -> None:
    units = children(40, THREE).with_columns(family=pl.lit(None, dtype=pl.String))
    assert allocate(frozen(parallel()), units, SEAL).rows["family"].n_unique() == 40


@pytest.mark.unit
def test_another_seed_draws_otherwise_and_an_amendment_does_not() -> None:
    units = children(200, THREE)
    first = frozen(parallel())
    rows = allocate(first, units, SEAL).rows
    assert not allocate(first, units, seal_of("other", "salt")).rows.equals(rows)
    later = amended(first, reason="Later outcome.", outcome=replace(first.protocol.outcome, months=18))
    assert allocate(later, units, SEAL).rows.equals(rows)


@pytest.mark.unit
def test_the_order_of_steps_is_blocked_by_size() -> None:
    rows = allocate(frozen(wedge()), boroughs(30), SEAL).rows
    assert rows["step"].value_counts().sort("step")["count"].to_list() == [6] * 5
    largest = rows.sort("size", descending=True).head(5)
    assert sorted(largest["step"]) == [1, 2, 3, 4, 5]
    assert rows["arm"].null_count() == 30


@pytest.mark.unit
def test_the_order_in_which_boroughs_are_listed_does_not_matter() -> None:
    listed = boroughs(30)
    assert allocate(frozen(wedge()), listed, SEAL).sha256 == allocate(frozen(wedge()), listed.reverse(), SEAL).sha256


@pytest.mark.unit
@pytest.mark.parametrize("scheme", ["blocked", "minimisation"])
@pytest.mark.parametrize("count", [7, 12])
def test_boroughs_are_shared_out_evenly(scheme: str, count: int) -> None:
    made = frozen(protocol(allocation=scheme, boroughs=LONDON[:count]))
    for seed in range(20):
        rows = allocate(made, boroughs(count), seal_of(str(seed), "s")).rows
        assert abs(2 * rows["arm"].sum() - count) <= 1


@pytest.mark.generative
def test_minimisation_balances_size_better_than_chance() -> None:
    sizes, rng = list(np.exp(np.linspace(0, 3, 12))), np.random.default_rng(1)

    def gap(arm: np.ndarray) -> float:
        high = np.array(sizes) > np.median(sizes)
        return abs(int(high[arm == 1].sum()) - int(high[arm == 0].sum()))

    drawn = [gap(minimised(sizes, [""] * 12, Draws(str(seed), ""))) for seed in range(200)]
    chance = [gap(rng.permutation([0, 1] * 6)) for _ in range(200)]
    assert np.mean(drawn) < 0.7 * np.mean(chance)


@pytest.mark.unit
def test_every_allocation_is_each_possible_one_once() -> None:
    for blocks in (arm_blocks([1.0] * 7), step_blocks([3, 2, 1, 1, 1], [2, 2, 1])):
        found = every(blocks, 0, possible(blocks))
        assert len(np.unique(found, axis=0)) == len(found) == possible(blocks)
        seen = {tuple(row) for row in found.tolist()}
        assert {tuple(row) for row in some(blocks, 200, np.random.default_rng(0)).tolist()} <= seen


@pytest.mark.unit
def test_the_revealed_seed_gives_the_allocation_again_and_tampering_shows() -> None:
    made, units = frozen(parallel()), children(100, THREE)
    drawn = allocate(made, units, SEAL)
    verify_allocation(drawn, made, units, seed=SEAL.seed, salt=SEAL.salt, commitment=SEAL.commitment)
    moved = replace(drawn, rows=drawn.rows.with_columns(arm=1 - pl.col("arm")))
    with pytest.raises(SpecificationError, match="100 rows that differ"):
        verify_allocation(moved, made, units, seed=SEAL.seed, salt=SEAL.salt, commitment=SEAL.commitment)
    with pytest.raises(SpecificationError, match="seed committed to"):
        verify_allocation(drawn, made, units, seed="other", salt=SEAL.salt, commitment=SEAL.commitment)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("made", "units", "says"),
    [
        (parallel(), children(10, LONDON[:4]), "children of the protocol's boroughs"),
        (parallel(), pl.concat([children(4, THREE)] * 2), "each child once"),
        (parallel(), children(10, THREE).drop("family"), "family"),
        (parallel(), children(10, THREE).clear(), "no rows"),
        (protocol(), boroughs(11), "exactly the protocol's boroughs"),
        (
            protocol(design="matched", analysis=Analysis(method="staggered starts")),
            boroughs(12),
            "a design in which chance decides",
        ),
    ],
)
def test_units_that_cannot_be_allocated_are_refused(made, units, says) -> None:
    with pytest.raises(SpecificationError, match=says):
        allocate(frozen(made), units, SEAL)


NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


def log_of(*kinds: str) -> list:
    log: list = []
    for number, kind in enumerate(kinds):
        log.append(next_entry(log, kind, {"number": str(number)}, NOW + timedelta(hours=number)))
    return log


@pytest.mark.unit
def test_a_log_is_whole_until_an_entry_is_changed_moved_or_taken_out() -> None:
    log = log_of("frozen", "committed", "allocated", "crossed", "looked", "revealed", "closed")
    assert check_log(log) == []
    assert "Entry 3 was changed" in check_log([*log[:2], replace(log[2], facts={"number": "9"}), *log[3:]])[0]
    assert check_log([*log[:3], *log[4:]])
    assert check_log([log[1], log[0], *log[2:]])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        ((), "allocated"),
        (("frozen",), "allocated"),
        ((), "committed"),
        (("frozen", "committed"), "committed"),
        (("frozen", "committed"), "crossed"),
        (("frozen", "closed"), "amended"),
        (("frozen",), "peeked"),
    ],
)
def test_entries_that_cannot_come_next_are_refused(kinds: tuple[str, ...], kind: str) -> None:
    log = log_of(*kinds)
    with pytest.raises(SpecificationError):
        next_entry(log, kind, {}, NOW + timedelta(days=1))


@pytest.mark.unit
def test_an_entry_cannot_be_dated_back() -> None:
    with pytest.raises(SpecificationError, match="later than the last"):
        next_entry(log_of("frozen"), "committed", {}, NOW - timedelta(days=1))
