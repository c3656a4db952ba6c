"""The cost game and the laboratory on it: coalitions on common luck, sampled values against exact ones, and every
rule's account."""

import numpy as np
import pytest

from parentis.services.places.shares import shapley
from parentis.services.places.shares.coalitions import game
from parentis.services.places.shares.laboratory import HISTORY, Groups, laboratory
from parentis.services.places.shares.rules import RULES, USE, Collar, Facts
from parentis.services.places.sizing.answer import Costs
from parentis.services.places.sizing.simulation import simulate, stream
from parentis.services.places.sizing.units import plain

PLAYERS = tuple("ABCDEF")
YEAR = 365.25
COSTS = Costs(fixed=300_000, place=300_000, away=15_000)


@pytest.fixture(scope="module")
def played():
    streams = []
    for which in range(2):
        rng = np.random.default_rng(which)
        n = rng.poisson(40 * 4)
        streams.append(
            stream(
                np.sort(rng.uniform(0, 4 * YEAR, n)), rng.exponential(70, n), seed=which,
                borough=rng.choice(6, n, p=(0.3, 0.25, 0.2, 0.1, 0.1, 0.05)), patience=rng.exponential(10, n),
            )
        )  # fmt: skip
    return game(PLAYERS, streams, 4, costs=COSTS)


@pytest.fixture(scope="module")
def costs(played):
    return shapley.every_coalition(played, workers=1)


def slowly(played, inside, places):
    """The coalition's yearly cost with so many places, by one simulation a future."""
    found = []
    for f in range(played.futures):
        some = slice(played.begins[f], played.begins[f + 1])
        mine = inside[played.member_of[some]]
        at, stay, patience, *_, key = (each[some][mine] for each in played.children)
        totals = simulate(plain(places), stream(at, stay, patience=patience, key=key), horizon=4 * YEAR).totals
        away = totals["away_days"] + totals["wait_days"]
        served = totals["placed"] / totals["referred"]
        found.append((300_000 + 300_000 * places + away / 4 * 15_000 / 7, served, totals["referred"]))
    return np.array(found)


@pytest.mark.integration
@pytest.mark.parametrize("index", [0b000001, 0b000110, 0b110100, 0b111111])
def test_a_coalition_has_the_cheapest_home_that_meets_the_standard_or_none(played, costs, index):
    inside = np.array([bool(index >> p & 1) for p in range(6)])
    bought = sum(played.children[1][inside[played.member_of]]) / 8 * 15_000 / 7
    best = bought
    for places in range(1, 25):
        each = slowly(played, inside, places)
        if (each[:, 1] * each[:, 2]).sum() >= played.standard * each[:, 2].sum():
            best = min(best, each[:, 0].mean())
    assert costs[index].mean() == pytest.approx(best)


@pytest.mark.integration
def test_sampled_values_are_exact_ones_within_their_error(played, costs):
    exact = shapley.exact(costs)
    sampled = shapley.sample(played, blocks=12, workers=1)
    assert sampled.orders == 72
    assert sampled.value.sum() == pytest.approx(costs[-1].sum())
    assert (np.abs(sampled.value.mean(axis=1) - exact.mean(axis=1)) < 4 * sampled.error + 1).all()
    assert sampled.precision < 0.08
    again = shapley.sample(played, blocks=12, workers=2)
    np.testing.assert_allclose(again.value, sampled.value)
    by_index = (sampled.met * 2 ** np.arange(6)).sum(axis=1)
    np.testing.assert_allclose(sampled.cost, costs.mean(axis=1)[by_index])


FACTS = Facts(
    children=(30, 25, 20, 10, 10, 5),
    deprivation=(20, 30, 10, 20, 20, 20),
    nights=((700, 600, 500, 200, 200, 100),) * HISTORY,
)
GROUPS = Groups(of=(0, 1, 2, 3, 4, 5), names=PLAYERS)


@pytest.fixture(scope="module")
def found(played):
    return laboratory(played, FACTS, GROUPS)


@pytest.mark.integration
def test_leaving_costs_two_years_of_a_boroughs_part_of_what_the_home_costs_whoever_is_in_it(found, played):
    fixed = round(100 * (played.costs.fixed + played.costs.place * found.places))
    assert found.places > 0
    for rule in RULES:
        rows = found.shares.filter(rule=rule.id)
        whole = rows["pence"].sum()
        for row in rows.iter_rows(named=True):
            assert row["leaving"] == pytest.approx(2 * fixed * row["pence"] / whole, abs=1)
        assert rows["leaving"].sum() == pytest.approx(2 * fixed, abs=6)


@pytest.mark.integration
def test_every_rule_pays_the_whole_and_tells_used_against_paid(found):
    whole = round(100 * found.cost)
    for rule in RULES:
        rows = found.shares.filter(rule=rule.id)
        assert rows["pence"].sum() == pytest.approx(whole, abs=1)
        assert (rows["low"] <= rows["high"]).all()
        assert (rows["worst_year"] >= rows["pence"]).all()
        assert (rows["saved"] == rows["alone"] - rows["pence"]).all()
    use = found.shares.filter(rule=USE.id)
    # In a dear year nights are dear too: used and paid differ by the year's price alone.
    assert use["used_paid"].to_list() == pytest.approx([1] * 6, abs=0.15)


@pytest.mark.integration
def test_nobody_in_the_core_pays_more_than_alone_and_the_others_name_who_leaves(found, costs):
    mean = costs.mean(axis=1)
    for row in found.rules.iter_rows(named=True):
        paid = found.shares.filter(rule=row["rule"])["pence"].to_numpy() / 100
        gains = [sum(paid[p] for p in range(6) if s >> p & 1) - mean[s] for s in range(1, 63)]
        assert row["in_core"] == (max(gains) <= 0.02)
        if row["in_core"]:
            assert (found.shares.filter(rule=row["rule"])["saved"] >= -2).all()
        else:
            assert row["gain"] / 100 == pytest.approx(max(gains), abs=0.05)
            best = 1 + int(np.argmax(gains))
            assert row["blocking"] == "; ".join(PLAYERS[p] for p in range(6) if best >> p & 1)
    flat = found.rules.filter(rule="flat").row(0, named=True)
    assert not flat["in_core"]


@pytest.mark.integration
def test_a_collar_moves_payments_among_boroughs_and_not_their_sum(played, found):
    held = laboratory(played, FACTS, GROUPS, chosen=(USE,), within=Collar())
    free = found.shares.filter(rule="use")
    assert held.shares["pence"].sum() == free["pence"].sum()
    assert held.shares["pence"].to_list() != free["pence"].to_list()


@pytest.mark.integration
def test_when_one_leaves_the_rest_pay_more_by_as_much_as_is_said(found, played):
    row = found.rules.filter(rule="flat").row(0, named=True)
    rises = [played.cost(np.arange(6) != gone).mean() / 5 / (found.cost / 6) - 1 for gone in range(6)]
    assert row["largest_rise"] == pytest.approx(max(rises), rel=1e-6)
    assert row["left_out"] == PLAYERS[int(np.argmax(rises))]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: game(PLAYERS, [], 4), "one future or more"),
        (lambda: game(("A",), [stream(np.zeros(1), np.ones(1), borough=np.array([3]))], 4), "numbered from 0"),
        (lambda: game(PLAYERS, [stream(np.zeros(1), np.ones(1))], 4, standard=1.5), "share from 0 to 1"),
    ],
)
def test_what_no_game_can_be_played_on_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.unit
def test_thirteen_players_are_grouped_first(played):
    from dataclasses import replace

    with pytest.raises(ValueError, match="12 players or fewer, not 13: group them"):
        shapley.every_coalition(replace(played, players=tuple("ABCDEFGHIJKLM")))
