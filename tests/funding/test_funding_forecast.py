"""The forecast: identities that a person can check, the dated rules, and intervals on worlds of known truth."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from parentis.services.demand import Costs, generator
from parentis.services.demand.plans.costs import PUBLISHED
from parentis.services.funding.forecast import FORECAST_MEASURES
from parentis.services.funding.forecast.compute import FORECAST_NEEDS, compute_forecast
from parentis.services.funding.forecast.futures import Futures, Placements, futures
from parentis.services.funding.forecast.growth import OWN_SHOCK, SHOCK_WORTH, grown, own_shock
from parentis.services.funding.forecast.regimes import JUDGED, REGIMES, Policy, regime
from parentis.services.funding.forecast.starting_position import Start

YEARS = ("2025-26", "2026-27", "2027-28", "2028-29", "2029-30")
WORLDS = 160
OWN_YEARS = 0.015
"Standard deviation of an authority's year in generated worlds."
MILLION = 1e6


def start(**changed: object) -> Start:
    """Two authorities: 100 and 50 million of social care, 80 and 40 of high needs."""
    usual: dict[str, object] = {
        "year": "2024-25",
        "authorities": ("A", "B"),
        "budget": np.array([100.0, 50.0]) * MILLION,
        "outturn": np.array([104.0, 50.0]) * MILLION,
        "basis": ("monitoring", "monitoring"),
        "hn_funding": np.array([80.0, 40.0]) * MILLION,
        "hn_spend": np.array([84.0, 40.0]) * MILLION,
        "hn_balance": np.array([-10.0, 2.0]) * MILLION,
        "reserves": np.array([40.0, np.nan]) * MILLION,
        "reserves_period": "2024-25",
        "rest_growth": np.full(8, 0.01),
        "hn_growth": np.full(8, 0.05),
        "used": pl.DataFrame(),
    }
    return Start(**{**usual, **changed})  # type: ignore[arg-type]


def money(net: np.ndarray, general: np.ndarray | None = None) -> Costs:
    """Costs of one group, from (replicates, authorities, years)."""
    whole = net[:, :, None, :]
    return Costs(
        authorities=("A", "B"), groups=("placements",), scenario="", years=YEARS, gross=whole, net=whole, nights=whole,
        general=np.ones((len(net), len(YEARS))) if general is None else general, priced=np.array([True]),
    )  # fmt: skip


def placed(*pounds: float) -> Placements:
    """Placements of the starting year: a night for every pound."""
    cost = np.array(pounds)[:, None] * MILLION
    return Placements(nights=cost, cost=cost)


def run(policy: Policy, replicates: int = 50, **changed: object) -> Futures:
    net = np.broadcast_to(np.array([40.0, 20.0])[None, :, None] * MILLION, (replicates, 2, len(YEARS)))
    return futures(start(**changed), money(net), placed(40, 20), policy, seed=1, numbers=range(replicates))


@pytest.mark.unit
def test_the_balance_is_last_years_and_the_years_own_and_the_grant() -> None:
    found = run(Policy(grant_chance=1.0, eligible=1.0))
    in_year = found.hn_funding - found.hn_spend
    b = found.dsg_balance
    assert b[:, :, 0] == pytest.approx(start().hn_balance + in_year[:, :, 0])
    grant = 0.9 * np.maximum(-b[:, :, 0], 0)
    assert b[:, :, 1] == pytest.approx(b[:, :, 0] + grant + in_year[:, :, 1])
    assert b[:, :, 2] == pytest.approx(b[:, :, 1] + in_year[:, :, 2])
    assert b[:, :, 4] == pytest.approx(b[:, :, 2])  # later shortfalls are kept apart
    charged = run(Policy(grant_chance=1.0, eligible=1.0, new_on_council=True)).dsg_balance
    assert charged[:, :, 4] == pytest.approx(charged[:, :, 3] + in_year[:, :, 4])
    without = run(Policy(grant_chance=0.0))
    assert without.dsg_balance[:, :, 1] == pytest.approx(without.dsg_balance[:, :, 0] + in_year[:, :, 1])


@pytest.mark.unit
def test_the_deficit_meets_reserves_only_once_the_override_has_ended() -> None:
    found = run(Policy(grant_chance=0.0))
    spent = np.cumsum(found.csc_shortfall[:, 0], axis=1)
    left = found.reserves[:, 0]
    assert left[:, :3] == pytest.approx(40 * MILLION - spent[:, :3])
    deficit = np.maximum(-found.dsg_balance[:, 0, 2], 0)
    assert left[:, 3] == pytest.approx(40 * MILLION - spent[:, 3] - deficit)
    assert left[:, 4] == pytest.approx(40 * MILLION - spent[:, 4] - deficit)
    paid = run(Policy(grant_chance=0.0, new_on_council=True))
    assert (paid.reserves[:, 0, 4] <= left[:, 4]).all()
    assert (paid.reserves[:, 0, 4] < left[:, 4]).any()
    assert np.isnan(found.reserves[:, 1]).all()


@pytest.mark.spec
def test_an_authoritys_own_shock_is_half_of_how_its_growth_departs() -> None:
    """Levels that stand out by ±0.1 in turn make growth of ∓0.2; with many years the prior counts for little."""
    level = 0.1 * np.where(np.arange(400) % 2, 1.0, -1.0)
    deviations = np.stack([np.diff(level), -np.diff(level)])
    by_hand = np.sqrt((798 * 0.2**2 / 2 + SHOCK_WORTH * OWN_SHOCK**2) / (798 + SHOCK_WORTH))
    assert own_shock(deviations) == pytest.approx(by_hand)
    assert own_shock(np.empty((0, 0))) == pytest.approx(OWN_SHOCK)


@pytest.mark.spec
def test_chance_of_authorities_widens_their_bands_and_moves_no_mean() -> None:
    def drawn(shock: float) -> np.ndarray:
        streams = [generator(5, number, 12) for number in range(4_000)]
        return grown(streams, 100, 0.0, 1e-9, shock, 6, 2, 1)

    calm, wild = drawn(0.0), drawn(0.1)
    assert wild.std(axis=0).min() > 3 * calm.std(axis=0).max()
    # Three standard errors of the mean of 24,000 draws with a spread of 0.14, and of authorities' own growth.
    assert wild.mean(axis=(0, 1)) == pytest.approx(calm.mean(axis=(0, 1)), abs=3 * 0.142 / np.sqrt(24_000))


@pytest.mark.unit
def test_regimes_are_dated_cited_and_without_gaps() -> None:
    assert regime("2027-28").off_books
    assert not regime("2028-29").off_books
    assert all(one.source for one in REGIMES)
    for one, after in pairwise(REGIMES):
        assert int(after.first[:4]) == int(one.last[:4]) + 1


@pytest.mark.unit
def test_the_share_simulated_is_placements_part_of_the_outturn() -> None:
    assert run(Policy()).share_simulated == pytest.approx([40 / 104, 20 / 50])


@pytest.mark.unit
def test_a_budget_that_grows_faster_leaves_a_smaller_shortfall() -> None:
    slow, fast = run(Policy(settlement_growth=0.0)), run(Policy(settlement_growth=0.05))
    assert (fast.csc_shortfall < slow.csc_shortfall).all()
    assert fast.csc_spend == pytest.approx(slow.csc_spend)


@pytest.mark.spec
def test_every_assumption_about_government_says_whose_word_it_is() -> None:
    told = Policy(grant_chance=0.5).told()
    assert all(source for _, _, source in told)
    assert ("50%", JUDGED) in [(value, source) for _, value, source in told]
    assert [value for name, value, _ in told if name == "Safety-valve agreements"] == ["schedules as entered"]
    assert {one.source.split(":")[0].startswith(("DfE", JUDGED)) for one in PUBLISHED.values()} == {True}


@pytest.mark.unit
def test_without_returns_there_is_a_sentence_and_no_figure() -> None:
    found = compute_forecast({need: pl.DataFrame() for need in FORECAST_NEEDS}, {})
    assert found.figures.is_empty()
    assert "looked-after children" in found.frames["forecast_notes"]["note"][0]
    assert len({one.id for one in FORECAST_MEASURES}) == len(FORECAST_MEASURES)


def _path(rng: np.random.Generator, rise: float, spread: float, shape: tuple[int, ...]) -> np.ndarray:
    """Growth since the starting year, log scale: one rate for all, shocks that stay, and each authority's own rate and
    years, the starting year's among them."""
    own = rng.normal(0, 0.01, (*shape[:-1], 1)) * np.arange(1, len(YEARS) + 1)
    shared = np.cumsum(rise + spread * rng.standard_normal(len(YEARS)))
    years = rng.standard_normal((*shape[:-1], shape[-1] + 1))
    return shared + own + OWN_YEARS * (years[..., 1:] - years[..., :1])


def _departures(rng: np.random.Generator) -> np.ndarray:
    """How eight past years' growth of the two authorities departed from both together."""
    growth = OWN_YEARS * np.diff(rng.standard_normal((2, 9)), axis=1)
    return growth - growth.mean(axis=0)


def shortfall_world(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Both pots' simulated shortfalls, (replicates, years), and what came of a world whose growth is its own."""
    rng = np.random.default_rng(seed)
    rise, spread, high = rng.normal(0.005, 0.01), rng.uniform(0.008, 0.02), rng.normal(0.045, 0.012)
    begun = start(
        rest_growth=rng.normal(rise, spread, 8), hn_growth=rng.normal(high, 0.02, 8),
        rest_deviations=_departures(rng), hn_deviations=_departures(rng),
    )  # fmt: skip
    begins = np.array([40.0, 20.0]) * MILLION

    def drawn() -> np.ndarray:
        return begins[:, None] * np.exp(np.cumsum(rng.normal(0.03, 0.03, len(YEARS))))

    simulated = money(np.stack([drawn() for _ in range(200)]))
    found = futures(begun, simulated, placed(40, 20), Policy(), seed=seed, numbers=range(200))
    rest = (begun.outturn - begins)[:, None] * np.exp(_path(rng, rise, spread, (2, len(YEARS))))
    spend = drawn() + rest + begun.hn_spend[:, None] * np.exp(_path(rng, high, 0.02, (2, len(YEARS))))
    truth = (spend - found.csc_budget[0] - found.hn_funding[0]).sum(axis=0)
    return (found.csc_shortfall + found.hn_shortfall).sum(axis=1), truth


@pytest.mark.generative
def test_totals_of_both_pots_hold_the_truth_about_as_often_as_they_say() -> None:
    inside: dict[float, list[np.ndarray]] = {0.8: [], 0.95: []}
    for seed in range(WORLDS):
        total, truth = shortfall_world(seed)
        for level, seen in inside.items():
            low, upper = np.quantile(total, [0.5 - level / 2, 0.5 + level / 2], axis=0)
            seen.append((low <= truth) & (truth <= upper))
    for level, seen in inside.items():
        assert np.mean(seen) == pytest.approx(level, abs=0.08 if level == 0.8 else 0.05), level
