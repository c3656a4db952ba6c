"""Who helps whom, against every possible way of doing it; what to work on, against sums by hand."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.services.improvement.matching import MOST_A_YEAR, WEIGHTS, Barrier, Candidates, barrier, match
from parentis.services.improvement.priorities import PARTS, Candidate, priorities, weights_of

TEAMS = ("A", "B", "C", "D")


def candidates(**more: object) -> Candidates:
    base = {
        "hosts": ("X", "Y"), "teams": TEAMS, "p_best_half": {"A": 0.95, "B": 0.9, "C": 0.85, "D": 0.5},
        "unlike": np.array([[0.1, 0.2, 0.3, 0.0], [0.1, 0.6, 0.7, 0.0]]), "done": {}, "last_year": (), "conflicts": (),
    }  # fmt: skip
    return Candidates(**{**base, **more})  # type: ignore[arg-type]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("more", "pairs"),
    [
        ({}, {"X": "B", "Y": "A"}),
        ({"unlike": np.array([[0.1, 0.9, 0.9, 0.9]] * 2)}, {"X": "A", "Y": "A"}),  # twice a year, and dearer
        ({"done": {"A": 1}}, {"X": "B", "Y": "A"}),
        ({"done": {"A": 2}}, {"X": "C", "Y": "B"}),
        ({"last_year": {("Y", "A")}}, {"X": "A", "Y": "B"}),
        ({"conflicts": {frozenset({"A", "X"})}}, {"X": "B", "Y": "A"}),
        ({"declined": {("X", "A"), ("Y", "A")}}, {"X": "C", "Y": "B"}),
        ({"p_best_half": {"D": 0.79}}, {}),
    ],
    ids=["best", "twice", "busy", "full", "last year", "conflict", "what if A declines", "nobody does well"],
)
def test_who_goes_where(more: dict, pairs: dict[str, str]) -> None:
    assert {one.host: one.team for one in match(candidates(**more)).pairings} == pairs


@pytest.mark.spec
def test_each_pairing_says_why_and_what_the_second_best_costs() -> None:
    found = match(candidates(done={"A": 1}))
    (_, at_y) = found.pairings
    assert at_y.reasons == (
        "is in the best half with a probability of 0.95",
        "is number 1 in likeness of the 3 that may go",
        "has done 1 this year, of 2 at most",
    )
    # without Y-A the best whole is X-A and Y-B: .10+.05+.25 + .60+.10, instead of .20+.10 + .10+.05+.25
    assert at_y.without == pytest.approx((0.40 + 0.70) - (0.30 + 0.40))
    alone = match(candidates(teams=("A",), unlike=np.array([[0.1], [0.2]]), hosts=("X", "Y")))
    assert all(one.without is None for one in alone.pairings), "no whole would be left"


@pytest.mark.spec
def test_who_is_left_without_a_team_is_told_why() -> None:
    found = match(candidates(conflicts={frozenset({team, "X"}) for team in TEAMS}))
    assert found.unmatched == {"X": {Barrier.NOT_WELL: 1, Barrier.CONFLICT: 3}}


@pytest.mark.generative
@settings(max_examples=40)
@given(st.data())
def test_no_other_way_is_cheaper(data: st.DataObject) -> None:
    """The second route: every way to give three hosts one of four teams or nobody."""
    hosts = ("X", "Y", "B")
    share = st.floats(0, 1, allow_nan=False)
    unlike = np.array([[data.draw(share) for _ in TEAMS] for _ in hosts])
    done = {team: data.draw(st.integers(0, MOST_A_YEAR)) for team in TEAMS}
    gone = {pair for pair in product(hosts, TEAMS) if data.draw(st.booleans())}
    at = candidates(hosts=hosts, unlike=unlike, done=done, last_year=gone,
                    p_best_half={team: data.draw(st.floats(0.75, 1)) for team in TEAMS})  # fmt: skip
    ways = []
    for way in product((None, *TEAMS), repeat=len(hosts)):
        pairs = [(host, team) for host, team in zip(hosts, way, strict=True) if team]
        often = {team: way.count(team) for team in TEAMS}
        if any(barrier(at, *pair) for pair in pairs) or any(done[t] + often[t] > MOST_A_YEAR for t in TEAMS):
            continue
        cost = sum(
            unlike[hosts.index(host), TEAMS.index(team)] + 1 - at.p_best_half[team] + WEIGHTS["load"] * done[team]
            for host, team in pairs
        ) + sum(WEIGHTS["load"] * more for team in TEAMS for more in range(often[team]))
        ways.append((-len(pairs), cost))
    found = match(at)
    assert (-len(found.pairings), found.cost) == (min(ways)[0], pytest.approx(min(ways)[1], abs=1e-9))


def candidate(name: str, *parts: float, error: float = 0.0) -> Candidate:
    return Candidate(
        measure=name, parts=dict(zip(PARTS, parts, strict=True)), errors=dict.fromkeys(PARTS, error)
    )  # fmt: skip


@pytest.mark.spec
def test_the_score_is_a_product_and_ballots_are_its_powers() -> None:
    one, two = candidate("one", 0.5, 0.5, 0.5, 0.5, 1.0), candidate("two", 1.0, 0.25, 0.5, 0.5, 0.5)
    even = {found.measure: found for found in priorities([one, two], [])}
    assert (even["one"].score, even["two"].score) == (pytest.approx(0.0625), pytest.approx(0.03125))
    only_worse = [{"worse": 100.0}]
    turned = priorities([one, two], only_worse)
    assert [found.measure for found in turned] == ["two", "one"]
    assert turned[1].score == pytest.approx(0.5**5)
    assert weights_of([{"worse": 100}, {"cost": 60, "worse": 40}]) == {
        "worse": pytest.approx(0.7), "distance": 0, "children": 0, "cost": pytest.approx(0.3), "learnable": 0,
    }  # fmt: skip
    assert weights_of([{}]) == dict.fromkeys(PARTS, 0.2)


@pytest.mark.spec
def test_what_is_sure_stays_and_what_is_close_changes_places() -> None:
    """Six alike and one far ahead: it is among the first five in every draw, each of the others in two thirds."""
    close = [candidate(f"m{at}", *(0.5,) * 5, error=0.1) for at in range(6)]
    found = {one.measure: one for one in priorities([candidate("ahead", *(1.0,) * 5), *close], [], seed=4)}
    assert found["ahead"].top == 1.0
    assert (found["ahead"].place_low, found["ahead"].place_high) == (1, 1)
    others = [one for name, one in found.items() if name != "ahead"]
    assert sum(one.top for one in others) == pytest.approx(4)
    assert all(one.top == pytest.approx(4 / 6, abs=0.06) for one in others)
    assert all((one.place_low, one.place_high) == (2, 7) for one in others)


@pytest.mark.spec
def test_the_same_seed_gives_the_same_order() -> None:
    close = [candidate(f"m{at}", *(0.5 + at / 100,) * 5, error=0.1) for at in range(6)]
    assert priorities(close, [{"worse": 50, "cost": 50}], seed=1) == priorities(
        close, [{"worse": 50, "cost": 50}], seed=1
    )
    assert priorities([], []) == ()
