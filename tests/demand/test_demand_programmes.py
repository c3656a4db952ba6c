"""Programmes in the simulation, and the person-night ledger of what they save."""

from dataclasses import replace
from datetime import date
from itertools import combinations
from math import factorial, inf

import numpy as np
import polars as pl
import pytest
from demand_tables import tables_of
from worlds import CUT, world

from parentis.errors import NotFoundError, SpecificationError
from parentis.services.careers import MarkerRule, marked
from parentis.services.demand import Mix, Model, Rate, Scenario, simulate
from parentis.services.demand.estimation.bands import AGES, N_AGES
from parentis.services.demand.estimation.histories import Histories, child_numbers
from parentis.services.demand.estimation.model import fit_histories, past
from parentis.services.demand.simulation.arm_outcomes import arm_outcomes
from parentis.services.demand.simulation.arms import held_for, steady_until, strength
from parentis.services.demand.simulation.attribution import SHARES, weights
from parentis.services.demand.simulation.person_nights import PersonNights, ledger_rows, person_nights
from parentis.services.demand.simulation.programmes import Drawn, Effect, Marker, Programme, encode_effects

MONTHS, DRAWS = 24, 40


@pytest.fixture(scope="module")
def model(known: Histories) -> Model:
    return fit_histories(known)


@pytest.fixture(scope="module")
def region() -> Model:
    """About 1,500 children in two authorities."""
    known = world("constant", 1500, 2).known
    return fit_histories(
        replace(
            known,
            authorities=("A", "B"),
            authority=(known.child % np.uint64(2)).astype(np.int64),
            runs=known.runs * 2,
        )
    )


def effect(quantity: str = "entry", factor: float = 0.8, **parts: object) -> Effect:
    return Effect(quantity=quantity, factor=Drawn(centre=factor), uasc=None, **parts)  # type: ignore[arg-type]


def programme(name: str, *effects: Effect) -> Programme:
    return Programme(id=name, effects=effects)


FEWER, FEWEST = programme("a", effect()), programme("b", effect(factor=0.7))
HOME = programme("home", effect("exit", 1.3, persistence=((0, 1), (6, 0.5), (12, 0.2))))
LONGER = programme("longer", effect("exit", 0.8))
STEADY = programme("steady", effect("move", 0.5))
DOWN = programme("down", effect("mix", 0.5, states=("residential",), to=("fostering",)))
UP = programme("up", effect("move", 1.5, to=("residential",)))
LATER = programme("later", effect(factor=0.8, persistence=((0, 1), (12, 0.3)), later_entry=True))
HARM = programme("harm", effect(factor=1.2))
ALL = (FEWER, FEWEST, HOME, LONGER, STEADY, DOWN, UP, LATER, HARM)


def run(model: Model, *programmes: Programme, **parts: object) -> PersonNights:
    settings = {"months": MONTHS, "replicates": DRAWS, **parts}
    return person_nights(model, programmes, **settings)  # type: ignore[arg-type]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("day", "force", "until"),
    [
        (-1.0, 0.0, 0.0),
        (0.0, 0.25, 30.4375),
        (31.0, 0.75, 60.875),
        (70.0, 1.0, 365.0),
        (365.0, 0.5 ** (0.5 / 6), 395.4375),
        (365.0 + 182.625, 0.5 ** (6.5 / 6), 365.0 + 7 * 30.4375),
        (365.0 + 10 * 182.625, 0.0, inf),
    ],
)
def test_a_programme_grows_lasts_and_halves(day: float, force: float, until: float) -> None:
    shape = (0.0, 2 * 30.4375, 365.0, 6 * 30.4375)
    assert strength(day, *shape) == pytest.approx(force)
    assert steady_until(day, *shape) == pytest.approx(until)
    assert strength(365.0, 0.0, 0.0, 365.0, 0.0) == 0.0


@pytest.mark.unit
@pytest.mark.parametrize(("luck", "days"), [(0.1, inf), (0.2, 200.0), (0.5, 100.0), (0.75, 50.0), (0.999999, 0.0)])
def test_a_child_is_kept_out_as_long_as_its_luck_is_below_the_curve(luck: float, days: float) -> None:
    curve = np.array([[0.0, 100.0, 200.0], [1.0, 0.5, 0.2]])
    assert held_for(luck, curve) == pytest.approx(days, abs=1e-3)


@pytest.mark.unit
def test_the_weights_of_a_split_are_whole_for_up_to_ten() -> None:
    table = weights()
    for m in range(1, 11):
        for s in range(m):
            exact = SHARES * factorial(s) * factorial(m - s - 1) / factorial(m)
            assert table[m, s] == exact


@pytest.mark.unit
def test_the_plain_forecast_is_what_it_was_before_programmes(model: Model) -> None:
    """Counted at the version before them, when all arrays were equal bit for bit. A change of the demand model itself
    changes these; a change of programmes must not."""
    plain = simulate(model, months=MONTHS, replicates=20)
    found = [int(getattr(plain, name).sum()) for name in ("stock", "entries", "exits", "moves")]
    assert found == [152029, 4236, 4240, 4258]


@pytest.mark.unit
def test_who_stays_away_had_the_nights_of_the_plain_forecast(model: Model) -> None:
    """Without programmes a child's path in the arms is the kernel's: entrants' nights, month by month and draw by draw,
    but for the parts of nights at either end of a stretch."""
    plain = simulate(model, months=MONTHS, replicates=DRAWS)
    nobody = simulate(model, Scenario("none", (Rate(kind="entry", factor=0.0),)), months=MONTHS, replicates=DRAWS)
    nights = (plain.nights - nobody.nights).sum(axis=(1, 2))
    ledger = run(model, programme("none", effect(factor=0.0)))
    assert np.abs(ledger.saved_monthly[:, 0] - nights).max() < 25
    assert ledger.saved_monthly.sum() == pytest.approx(nights.sum(), rel=2e-3)
    assert (ledger.entries[:, 0].sum(axis=(1, 2)) == SHARES * plain.entries.sum(axis=(1, 2, 3))).all()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("one", "change"),
    [
        (FEWEST, Rate(kind="entry", factor=0.7)),
        (HARM, Rate(kind="entry", factor=1.2)),
        (programme("x", effect("exit", 1.3)), Rate(kind="exit", factor=1.3)),
        (LONGER, Rate(kind="exit", factor=0.8)),
        (UP, Rate(kind="move", factor=1.5, to=("residential",))),
        (STEADY, Rate(kind="move", factor=0.5)),
        (DOWN, Mix(source="residential", target="fostering", share=0.5)),
    ],
)
def test_a_programme_does_what_the_scenario_of_its_size_does(region: Model, one: Programme, change: Rate | Mix) -> None:
    """Two routes: the ledger's own clocks and struck events, and the scenario's changed rates."""
    plain = simulate(region, months=MONTHS, replicates=DRAWS, certain=True)
    other = simulate(region, Scenario("s", (change,)), months=MONTHS, replicates=DRAWS, certain=True)
    wanted = (plain.nights - other.nights).sum(axis=(1, 3))
    found = run(region, one, certain=True).saved.sum(axis=(1, 3))
    gap = found - wanted
    error = gap.std(axis=0) / np.sqrt(DRAWS) + 1
    assert (np.abs(gap.mean(axis=0)) < 4 * error).all()
    assert np.abs(wanted.mean(axis=0)).max() > 10 * error.max()


@pytest.mark.unit
def test_an_effect_of_nothing_saves_nothing_in_any_draw(model: Model) -> None:
    nothing = programme(
        "n", effect(factor=1.0), effect("exit", 1.0), effect("move", 1.0),
        effect("mix", 0.0, states=("residential",), to=("fostering",)),
    )  # fmt: skip
    ledger = run(model, nothing)
    for name in ("avoided", "added", "saved", "monthly", "saved_monthly", "entries"):
        assert not getattr(ledger, name).any(), name
    assert ledger.reached.any()


@pytest.mark.unit
@pytest.mark.parametrize("one", [FEWER, HOME, DOWN, LATER])
def test_a_copy_of_a_programme_adds_no_night(model: Model, one: Programme) -> None:
    copy = replace(one, id="copy", intervention=one.id)
    alone, twice = run(model, one), run(model, one, copy)
    assert (alone.saved == twice.saved).all()
    assert (twice.avoided[:, 0] == twice.avoided[:, 1]).all()
    assert (alone.avoided[:, 0] == 2 * twice.avoided[:, 0]).all()


@pytest.mark.spec
@pytest.mark.parametrize(
    ("factors", "together", "shares"),
    [((0.8, 0.7), 0.44, (0.17, 0.27)), ((0.8, 0.7, 0.9), 0.496, (0.162, 0.257, 0.077))],
)
def test_overlapping_chances_are_counted_once(
    region: Model, factors: tuple[float, ...], together: float, shares: tuple[float, ...]
) -> None:
    """.2 and .3 on one child: .44, not .50; with .1: .496, not .6. Shapley's shares by hand, for the first of three:
    .2 (1 - (.3 + .1)/2 + .3·.1/3) = .162."""
    several = [programme(f"p{at}", effect(factor=factor)) for at, factor in enumerate(factors)]
    ledger = run(region, *several, months=12, replicates=300)
    nights = simulate(region, months=12, replicates=300)
    arrivals = nights.entries.sum()
    kept = ledger.entries.sum(axis=(0, 2, 3)) / SHARES / arrivals
    error = 4 * np.sqrt(0.25 / arrivals)
    assert error < 0.006
    assert kept.sum() == pytest.approx(together, abs=error)
    assert kept == pytest.approx(shares, abs=error)
    nobody = simulate(region, Scenario("none", (Rate(kind="entry", factor=0.0),)), months=12, replicates=300)
    entrants = float((nights.nights - nobody.nights).sum())
    assert ledger.saved.sum() / entrants == pytest.approx(together, abs=3 * error)


@pytest.mark.unit
def test_every_night_is_somebodys_and_no_night_is_two_programmes(region: Model) -> None:
    """Programmes and what is left over make the nights saved: by draw, month, borough, group and year, to the share."""
    ledger = run(region, *ALL, replicates=12)
    assert not ledger.unsplit.any()
    assert (ledger.monthly.sum(axis=1) == SHARES * ledger.saved_monthly).all()
    assert (ledger.saved.sum(axis=(2, 3)) == ledger.saved_monthly.sum(axis=2)).all()
    assert ledger.saved.any()
    assert (ledger.avoided >= 0).all()
    assert (ledger.added >= 0).all()
    assert ledger.added[:, [3, 5, 7, 8]].any(axis=(0, 2, 3, 4)).all()


@pytest.mark.unit
def test_the_rows_of_a_draw_make_its_sums(region: Model) -> None:
    ledger, rows = run(region, *ALL, replicates=3), ledger_rows(region, ALL, 2, months=MONTHS)
    whole = rows.group_by("child", "month_end", "group").agg(pl.col("shares").sum(), pl.col("nights").first())
    assert (whole["shares"] == SHARES * whole["nights"]).all()
    for at, one in enumerate(ALL):
        for place, name in enumerate(region.names):
            own = rows.filter(programme=one.id, authority=name)["shares"]
            assert own.filter(own > 0).sum() == ledger.avoided[2, at, place].sum()
            assert -own.filter(own < 0).sum() == ledger.added[2, at, place].sum()
    assert set(rows["row"]) == {"avoided", "other place", "more nights"}
    assert (rows.filter(pl.col("row") != "avoided")["nights"] <= 0).all()
    assert rows["claimants"].max() > 1


@pytest.mark.generative
@pytest.mark.parametrize("three", [(FEWER, FEWEST, HOME), (LATER, HOME, FEWER), (HOME, LONGER, DOWN)])
def test_the_split_is_that_of_all_orders_run_one_by_one(model: Model, three: tuple[Programme, ...]) -> None:
    """The slow route: a run for each of the seven sets of programmes, and Shapley's formula by draw and group."""
    saved = {(): np.zeros(1)}
    for size in (1, 2, 3):
        for some in combinations(range(3), size):
            saved[some] = run(model, *(three[at] for at in some), replicates=10).saved.astype(float)
    split = run(model, *three, replicates=10)
    for own in range(3):
        value = np.zeros(split.saved.shape)
        for some in saved:
            if own not in some:
                weight = factorial(len(some)) * factorial(2 - len(some)) / 6
                value += weight * (saved[tuple(sorted((*some, own)))] - saved[some])
        # Where an effect strikes only between two others, in neither the first nor the last set, it gets no part.
        assert np.abs(value - split.net[:, own]).sum() <= 0.002 * np.abs(value).sum()


@pytest.mark.unit
def test_each_child_has_its_outcome_in_each_arm(region: Model) -> None:
    four = (FEWER, FEWEST, HOME, DOWN)
    names = [one.id for one in four]
    told = arm_outcomes(region, four, 2, arms=[(), names, ["a"], ["home"]], months=MONTHS)
    ledger = run(region, *four, replicates=3)
    by_arm = dict(told.group_by("arm").agg(pl.col("nights").sum()).iter_rows())
    assert by_arm[0] - by_arm[1] == ledger.saved[2].sum()
    assert by_arm[0] - by_arm[2] == run(region, FEWER, replicates=3).saved[2].sum()
    plain = simulate(region, months=MONTHS, replicates=3)
    at_end = told.filter(arm=0).group_by("authority").agg(pl.col("in_care").sum()).sort("authority")["in_care"]
    assert at_end.to_list() == plain.stock[2, :, :, -1].sum(axis=1).tolist()
    wide = told.pivot("arm", index=["child", "entrant"], values="nights")
    kept = wide.filter(pl.col("2") != pl.col("0"))
    assert kept["entrant"].all()
    assert (kept["2"] == 0).all()
    missed = told.filter(~pl.col("reached"), arm=2)
    without = told.filter(arm=0).join(missed.select("child"), on="child", how="semi")
    assert missed.height > 0.5 * wide.height
    assert missed["nights"].to_list() == without["nights"].to_list()
    with pytest.raises(NotFoundError, match="arms"):
        arm_outcomes(region, four, 0, arms=[["nobody"]])


@pytest.mark.unit
def test_an_effect_that_wears_off_gives_back_no_more_than_it_took(model: Model) -> None:
    lasting = run(model, programme("p", effect()))
    fading = run(model, programme("p", effect(persistence=((0, 1), (6, 0.0)))))
    later = run(model, programme("p", effect(persistence=((0, 1), (6, 0.0)), later_entry=True)))
    assert 0 < fading.saved.sum() < 0.6 * lasting.saved.sum()
    assert not fading.added.any()
    assert later.added.any()
    assert (fading.entries == lasting.entries).all()


@pytest.mark.unit
def test_reach_is_by_place_age_start_and_marker(region: Model) -> None:
    young = ("0", "1-2", "3-4")
    here = run(region, programme("p", effect(authorities=("A",), ages=young)))
    assert here.saved[:, 0].any()
    assert not here.saved[:, 1].any()
    everyone = run(region, programme("p", effect()))
    old = run(region, programme("p", effect(ages=tuple(set(AGES) - set(young)))))
    both = run(region, programme("p", effect(ages=young)))
    assert (both.saved + old.saved == everyone.saved).all()
    late = run(region, programme("p", effect(start=date(2025, 4, 1))))
    months = [at for at, end in enumerate(late.month_ends) if end < date(2025, 4, 1)]
    assert not late.saved_monthly[..., months].any()
    assert late.saved.any()


@pytest.mark.unit
def test_reach_by_marker_is_by_name_in_care_and_by_share_of_entrants(region: Model) -> None:
    states = len(region.groups.names)
    some_in_care = region.stock.key[::4]
    marked = Marker(name="m", members=some_in_care, entrants=np.zeros((states, N_AGES)))
    rest = np.setdiff1d(region.stock.key, some_in_care)
    others = Marker(name="o", members=rest, entrants=np.ones((states, N_AGES)))
    leaving = run(region, programme("p", effect("exit", 1.5)))
    parts = [
        run(region, programme("p", effect("exit", 1.5, marker=one.name)), markers=[one]) for one in (marked, others)
    ]
    assert (parts[0].saved + parts[1].saved == leaving.saved).all()
    first = parts[0].reached[:, 0].sum(axis=(1, 2))
    assert (first <= len(some_in_care)).all()
    assert first.min() > 0.5 * len(some_in_care)
    some = Marker(name="m", members=some_in_care, entrants=np.full((states, N_AGES), 0.25))
    entering = run(region, programme("p", effect(factor=0.0, marker="m")), markers=[some])
    arrivals = simulate(region, months=MONTHS, replicates=DRAWS).entries.sum()
    assert entering.entries.sum() / SHARES / arrivals == pytest.approx(0.25, abs=4 * np.sqrt(0.19 / arrivals))


@pytest.mark.unit
def test_an_effect_is_drawn_once_a_draw_from_its_interval(model: Model) -> None:
    one = programme("p", Effect(quantity="entry", factor=Drawn(centre=0.8, low=0.7, high=0.8**2 / 0.7), uasc=None))
    encoded = encode_effects([one], groups=model.groups.names, authorities=model.names, first_day=CUT)
    drawn = np.array([encoded.drawn(5, number)[0][0] for number in range(2000)])
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (low, high) == pytest.approx((0.7, 0.8**2 / 0.7), rel=0.02)
    ledger = run(model, one, seed=5, first_replicate=3, replicates=2)
    assert ledger.drawn[:, 0] == pytest.approx(drawn[3:5])
    assert Drawn(centre=0.1, low=-0.1, high=0.3, scale="linear").at(-3.0) == 0.0


@pytest.mark.unit
def test_the_ledger_is_the_same_for_any_threads_and_any_part_of_the_draws(model: Model) -> None:
    whole = run(model, *ALL, replicates=6)
    part = run(model, *ALL, replicates=2, first_replicate=4, threads=1)
    for name in ("avoided", "added", "saved", "monthly", "entries", "reached"):
        assert (getattr(whole, name)[4:] == getattr(part, name)).all(), name


@pytest.mark.unit
@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"quantity": "price"}, "a quantity of the simulation"),
        ({"quantity": "mix", "factor": Drawn(centre=0.5)}, "one state"),
        ({"to": ("fostering",)}, "first placements"),
        ({"share": Drawn(centre=1.2)}, "all eligible children"),
        ({"start": date(2026, 1, 1), "end": date(2025, 1, 1)}, "ends after it begins"),
        ({"persistence": ((0, 1), (12, 1.1))}, "persistence curve"),
        ({"persistence": ((6, 1.0),)}, "persistence curve"),
        ({"states": ("castle",)}, "castle"),
        ({"marker": "m"}, "no markers"),
    ],
)
def test_every_mistake_in_an_effect_is_told_in_a_sentence(model: Model, parts: dict[str, object], says: str) -> None:
    wrong = Effect(**{"quantity": "entry", "factor": Drawn(centre=0.8), **parts})  # type: ignore[arg-type]
    with pytest.raises(SpecificationError, match="programme: p") as told:
        run(model, programme("p", wrong))
    assert says in str(told.value)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"centre": 0.8, "low": 0.85, "high": 0.9}, "contains its estimate"),
        ({"centre": 0.8, "low": 0.7}, "both ends"),
        ({"centre": -0.1}, "at least 0"),
        ({"centre": 0.5, "low": 0.0, "high": 0.6}, "linear scale"),
        ({"centre": 0.5, "scale": "odds"}, "log or linear"),
    ],
)
def test_every_mistake_in_an_interval_is_told_in_a_sentence(parts: dict[str, object], says: str) -> None:
    with pytest.raises(SpecificationError, match="effect") as told:
        Drawn(**parts)  # type: ignore[arg-type]
    assert says in str(told.value)


@pytest.mark.integration
def test_the_cohorts_children_are_the_models_by_their_numbers() -> None:
    """What a marker says of a child in care reaches that very child in the simulation."""
    start = date(2022, 6, 1)
    rows = [
        (period, child, start, "U4", "PR1", None, None, "C2")
        for period in ("2022-23", "2023-24")
        for child in ("a", "b", "c")
    ]
    tables = tables_of(rows)
    found = marked(tables, [MarkerRule(name="late", marker="late_entry")], [date(2024, 3, 31)])
    assert found.height == 3
    stock = fit_histories(past(tables)).stock
    assert set(child_numbers(found)) == set(stock.key)
