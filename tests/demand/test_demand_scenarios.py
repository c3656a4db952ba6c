"""Scenario documents, differences and waterfalls."""

import numpy as np
import pytest
from worlds import world

from parentis.errors import SpecificationError
from parentis.services.demand import Price, Rate, Scenario
from parentis.services.demand.estimation.model import fit_histories
from parentis.services.demand.estimation.shrinkage import pool
from parentis.services.demand.money.comparison import Basis, difference, run, waterfall
from parentis.services.demand.money.costs import price_factors
from parentis.services.demand.money.prices import Prices
from parentis.services.demand.money.uplifts import uplifts
from parentis.services.demand.simulation.scenario_files import document, read_document, shipped, write_document

GOOD = """
name = "fewer"
[[changes]]
type = "rate"
kind = "entry"
factor = 0.9
authorities = ["London Borough of Camden"]
start = 2026-04-01
"""


@pytest.mark.unit
@pytest.mark.parametrize("name", list(shipped()))
def test_a_document_written_and_read_is_the_same(name: str) -> None:
    one = shipped()[name]
    assert read_document(write_document(one)) == one


@pytest.mark.unit
def test_authorities_may_be_spelt_as_people_do() -> None:
    change = read_document(GOOD).scenario.changes[0]
    assert isinstance(change, Rate)
    assert change.authorities == ("E09000007",)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('type = "rate"', 'type = "raet"', "rate, mix, capacity, price"),
        ("factor = 0.9", "factor = -1", "at least 0"),
        ("factor = 0.9", "share = 2.0\nfactor = 0.9", "from 0 to 1"),
        ("factor = 0.9", "factor = 0.9\nfacter = 2", "facter"),
        ("factor = 0.9", "", "factor"),
        ("London Borough of Camden", "Camdenshire", "authority"),
        ("2026-04-01", '"soon"', "2026-04-01"),
        ('name = "fewer"', "", "a name"),
        (GOOD, 'name = "none"', "changes"),
        (GOOD, "{not json", "TOML or JSON"),
    ],
)
def test_every_mistake_is_told_in_a_sentence(before: str, after: str, says: str) -> None:
    with pytest.raises(SpecificationError, match="scenario") as told:
        document(GOOD.replace(before, after))
    assert says in str(told.value)


@pytest.mark.unit
def test_prices_change_for_a_share_from_a_day_with_a_ramp() -> None:
    from datetime import date

    ends = [date(2025, 4, 30), date(2025, 5, 31), date(2025, 6, 30), date(2026, 3, 31)]
    change = Price(factor=0.5, states=("b",), start=date(2025, 5, 1), ramp_months=2.0, share=0.5)
    factors = price_factors(Scenario("s", (change,)), ("x",), ("a", "b"), ends)
    assert factors is not None
    assert factors[0, 0].tolist() == [1, 1, 1, 1]
    assert factors[0, 1, 0] == 1
    # Mid-May is a quarter of the ramp, mid-June three quarters; half of the nights, at half the price.
    assert factors[0, 1, 1:] == pytest.approx([1 - 0.25 * 0.25, 1 - 0.25 * 0.75, 0.75], abs=0.01)


@pytest.fixture(scope="module")
def basis() -> Basis:
    model = fit_histories(world("constant", 300, 1).known)
    groups, n = model.groups.names, len(model.groups.names)
    each = pool(np.log(np.array([100.0])), np.array([0.01]))
    prices = Prices(
        period="2023-24", authorities=model.authorities, groups=groups, posterior=(each,) * n,
        chance=np.zeros((1, n)), net_share=np.ones((1, n)), source=("test",) * n, cells=None, notes=(),  # type: ignore[arg-type]
    )  # fmt: skip
    return Basis(model=model, prices=prices, uplifts=uplifts({}, model.groups, "2023-24", 2), months=24, replicates=20)


@pytest.mark.integration
def test_a_waterfall_sums_exactly_and_paired_differences_are_sharper(basis: Basis) -> None:
    changes = (Rate(kind="entry", factor=0.8), Price(factor=0.9))
    asked = Scenario("both", changes)
    before = run(basis)
    after = run(basis, asked, like=before)
    falls = waterfall(basis, asked, ("fewer", "cheaper"), before=before, after=after)
    assert falls.steps == ("Before", "fewer", "cheaper", "Together, beyond each alone", "After")
    assert falls.amounts[:, :-1].sum(axis=1) == pytest.approx(falls.amounts[:, -1])
    # A price cut alone is a tenth of the cost, to the penny; together with fewer nights it saves less.
    assert falls.amounts[:, 2] == pytest.approx(-0.1 * falls.amounts[:, 0])
    assert (falls.amounts[:, 3].mean(axis=0) > 0).all()
    change = after.costs.region() - before.costs.region()
    assert (change < 0).all()
    unpaired = np.sqrt(after.costs.region().var(axis=0) + before.costs.region().var(axis=0))
    assert (change.std(axis=0) < unpaired).all()
    told = difference(before, after)
    whole = told.filter(what="cost", group="total", year="2024-25")["mean"].to_list()
    assert whole[0] == pytest.approx(change[:, 0].mean())


@pytest.mark.integration
def test_a_change_of_prices_alone_moves_no_child(basis: Basis) -> None:
    before = run(basis)
    after = run(basis, Scenario("dearer", (Price(factor=1.2),)), like=before)
    assert after.paths.stock is before.paths.stock
    assert after.costs.region() == pytest.approx(1.2 * before.costs.region())
