"""The laboratory: every rule on the same simulated years, with each borough's payment, use, payment in its worst
year, and cost alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from parentis.services.places.need.uncensored import YEAR
from parentis.services.places.shares import core, shapley
from parentis.services.places.shares.coalitions import Game
from parentis.services.places.shares.nucleolus import nucleolus
from parentis.services.places.shares.rules import RULES, USE, Collar, Facts, Rule, Weights, exit_fee, expected, payments
from parentis.services.places.sizing.answer import WEEK
from parentis.services.places.sizing.simulation import Stream, simulate
from parentis.services.places.sizing.units import plain

BAND: Final = (0.10, 0.90)
"Quantiles between which a year's payment lies in eight simulated years of ten."
HISTORY: Final = 5
"Years of use before the first simulated year that rules based on past use need."


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Each player's group, and the groups' names: 12 or fewer, so that every coalition can be computed."""

    of: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """`shares`: a row a rule and borough. `rules`: a row a rule. `places` of the home of all together; `cost`, pounds
    a year, on the mean of futures; `precision` of the sampled Shapley value, None where it is exact by group."""

    shares: pl.DataFrame
    rules: pl.DataFrame
    places: int
    cost: float
    precision: float | None


def laboratory(
    game: Game, facts: Facts, groups: Groups, *, chosen: Sequence[Rule] = RULES, seed: int = 0,
    seconds: float | None = None, blocks: int | None = None, within: Collar | None = None,
) -> Laboratory:  # fmt: skip
    """Every rule in `chosen` on the game's futures.

    Without `seconds` or `blocks`, Shapley's value and the nucleolus are those of the game between groups, exact, and
    divided within a group by the nights its members need; with one of them, Shapley's value is sampled for every
    borough, and the core searched among the boroughs too. `facts.nights` needs `HISTORY` years. `within` holds
    payments near those of the year before.
    """
    if len(facts.nights) < HISTORY:
        raise ValueError(f"rules of past use need {HISTORY} years' nights; {len(facts.nights)} are known")
    everybody = np.ones(len(game.players), bool)
    places, costs = game.places(everybody), _yearly(game, everybody)
    fixed = round(100 * (game.costs.fixed + game.costs.place * places)) if places else 0
    nights = game.nights()
    by_group = game.grouped(groups.of, groups.names)
    group_costs = shapley.every_coalition(by_group).mean(axis=1)
    expected_nights = nights.mean(axis=(0, 1))
    sampled = None
    if seconds is not None or blocks is not None:
        sampled = shapley.sample(game, seed=seed, seconds=seconds or np.inf, blocks=blocks)
    value = (
        _within(shapley.exact(group_costs), groups, expected_nights) if sampled is None else sampled.value.mean(axis=1)
    )
    known = replace(
        facts,
        shapley=tuple(map(float, value)),
        nucleolus=tuple(map(float, _within(nucleolus(group_costs), groups, value))),
    )
    alone = np.array([game.cost(each).mean() for each in np.eye(len(game.players), dtype=bool)])
    left = [game.cost(everybody & (np.arange(len(everybody)) != gone)).mean() for gone in range(len(everybody))]
    shares, summary = [], []
    for rule in chosen:
        paid = _paid(rule, costs, nights, known, within)
        mean = paid.mean(axis=(0, 1))
        by_groups = core.of_all(np.bincount(groups.of, weights=mean / 100, minlength=len(groups.names)), group_costs)
        among = core.of_some(mean / 100, sampled.met, sampled.cost, game) if sampled else _alone(mean / 100, alone)
        tested, names = max(((by_groups, groups.names), (among, game.players)), key=lambda found: found[0].gain)
        used = _parts(expected_nights) / _parts(mean)
        rise, gone = _left_out(rule, known, nights.reshape(-1, len(alone)), float(costs.mean()) / 100, left)
        summary.append(
            {
                "rule": rule.id,
                "rule_title": rule.title,
                "in_core": tested.in_core,
                "blocking": "; ".join(names[each] for each in tested.coalition),
                "gain": round(100 * tested.gain),
                "looked_at": by_groups.looked_at + among.looked_at,
                "largest_rise": rise,
                "left_out": game.players[gone],
                "used_paid_low": float(used.min()),
                "used_paid_high": float(used.max()),
            }
        )
        years = paid.reshape(-1, len(alone))
        low, high = np.quantile(years, BAND, axis=0)
        agreed = _mean_pence(years)
        shares += [
            {
                "rule": rule.id,
                "rule_title": rule.title,
                "authority": player,
                "pence": int(each),
                "low": float(low[at]),
                "high": float(high[at]),
                "used_paid": float(used[at]),
                "worst_year": int(years[:, at].max()),
                "alone": round(100 * alone[at]),
                "saved": round(100 * alone[at]) - int(each),
                "leaving": exit_fee(int(each), int(agreed.sum()), fixed),
            }
            for at, (player, each) in enumerate(zip(game.players, agreed, strict=True))
        ]
    return Laboratory(
        shares=pl.DataFrame(shares, infer_schema_length=None), rules=pl.DataFrame(summary, infer_schema_length=None),
        places=places, cost=float(costs.mean()) / 100, precision=sampled.precision if sampled else None,
    )  # fmt: skip


def _yearly(game: Game, everybody: np.ndarray) -> np.ndarray:
    """Cost of each future's year in pence, shape (futures, years); nights elsewhere count in the year of referral."""
    places = game.places(everybody)
    fixed = game.costs.fixed + game.costs.place * places if places else 0.0
    found = np.empty((game.futures, game.years))
    horizon = game.years * YEAR
    for f in range(game.futures):
        some = slice(game.begins[f], game.begins[f + 1])
        at, stay, patience, points, delay, step_stay, known, key = (each[some] for each in game.children)
        children = Stream(
            at=at,
            stay=stay,
            sex=known[:, 0] * 0,
            risk=known[:, 1] * 0,
            borough=game.member_of[some],
            member=np.ones(len(at), bool),
            patience=patience,
            delay=delay,
            step_stay=step_stay * 0,
            points=points,
            key=key,
        )
        if places:
            come = simulate(plain(places), children, horizon=horizon).begin
            waited = np.minimum(np.where(np.isnan(come), patience, come - at), horizon - at)
            gone = np.isnan(come) & ((at + patience < horizon) | (patience == 0))
            away = waited + np.where(gone, stay, 0.0)
        else:
            away = stay
        year = np.minimum((at / YEAR).astype(int), game.years - 1)
        found[f] = fixed + game.costs.away / WEEK * np.bincount(year, weights=away, minlength=game.years)
    return np.rint(100 * found).astype(np.int64)


def _paid(rule: Rule, costs: np.ndarray, nights: np.ndarray, facts: Facts, within: Collar | None) -> np.ndarray:
    """Pence by borough, shape (futures, years, boroughs): each year's cost to the penny, with past use updated every
    year."""
    found = np.empty(nights.shape, np.int64)
    for f in range(len(costs)):
        past, before = [tuple(each) for each in facts.nights], None
        for year in range(costs.shape[1]):
            used = tuple(float(each) for each in nights[f, year])
            known = replace(facts, nights=tuple(past[-HISTORY:]))
            before = payments(rule, int(costs[f, year]), known, used, before=before, within=within)
            found[f, year] = before
            past.append(used)
    return found


def _mean_pence(years: np.ndarray) -> np.ndarray:
    """Mean payments in whole pence that add up to the mean cost in whole pence."""
    from parentis.region.apportionment import divide

    return np.array(divide(round(float(years.sum(axis=1).mean())), [int(each) for each in years.sum(axis=0)]))


def _within(by_group: np.ndarray, groups: Groups, weight: np.ndarray) -> np.ndarray:
    """A group's share divided among its members by `weight`, shape (players,)."""
    of = np.array(groups.of)
    whole = np.bincount(of, weights=weight, minlength=len(groups.names))
    return np.asarray(by_group[of] * weight / np.maximum(whole[of], 1e-12))


def _alone(paid: np.ndarray, alone: np.ndarray) -> core.Tested:
    gain = paid - alone
    most = int(gain.argmax())
    better = gain[most] > core.PENNY
    return core.Tested(
        coalition=(most,) if better else (),
        gain=float(gain[most]) if better else 0.0,
        looked_at=len(alone),
        all_of_them=False,
    )


def _left_out(rule: Rule, facts: Facts, nights: np.ndarray, cost: float, left: Sequence[float]) -> tuple[float, int]:
    """The largest relative rise of any payment when one borough leaves, and the borough whose leaving causes it."""
    if rule.id.startswith("past"):
        # Past use equals mean use here.
        rule = replace(rule, weights=lambda _, used: _of_use(used))
    now = expected(rule, facts, nights, cost)
    worst, by = -1.0, 0
    for gone, without in enumerate(left):
        stay = [each for each in range(len(now)) if each != gone]
        fewer = Facts(
            children=[facts.children[each] for each in stay], deprivation=[facts.deprivation[each] for each in stay],
            nights=[[year[each] for each in stay] for year in facts.nights],
            shapley=[facts.shapley[each] for each in stay], nucleolus=[facts.nucleolus[each] for each in stay],
        )  # fmt: skip
        then = expected(rule, fewer, nights[:, stay], without)
        rise = float((then / np.maximum(now[stay], 1e-9) - 1)[now[stay] > 0].max())
        worst, by = (rise, gone) if rise > worst else (worst, by)
    return worst, by


def _of_use(used: Sequence[float]) -> Weights:
    """Weights by use in the year."""
    return USE.weights(Facts(children=(), deprivation=(), nights=()), used)


def _parts(values: np.ndarray) -> np.ndarray:
    return np.asarray(values / values.sum())
