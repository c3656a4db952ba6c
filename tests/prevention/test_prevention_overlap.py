"""Claims give back the ledger's union and its split."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.services.prevention.overlap import cell_claims, claims, claims_of_draw
from parentis.services.prevention.portfolio import Programme, Scale, choice


@pytest.mark.spec
def test_a_cell_by_hand() -> None:
    assert cell_claims({"a": 3, "b": 5}) == {frozenset("ab"): 6, frozenset("b"): 2}
    assert cell_claims({"a": -3, "b": -5}) == {frozenset("ab"): -6, frozenset("b"): -2}
    assert cell_claims({"a": 4, "copy": 4}) == {frozenset({"a", "copy"}): 8}


@pytest.mark.generative
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 2520), min_size=1))
def test_claims_add_up_to_the_union_and_to_each_share(shares: dict[str, int]) -> None:
    found = cell_claims(shares)
    assert sum(found.values()) == pytest.approx(sum(shares.values()))
    for name, share in shares.items():
        assert sum(amount / len(who) for who, amount in found.items() if name in who) == pytest.approx(share)


@pytest.mark.spec
def test_two_programmes_on_one_child_are_worth_their_union() -> None:
    # of 100 children .2 and .3 keep out: 14 by a alone, 24 by b alone, 6 by either; one night each at 10 pounds
    month, rows = date(2027, 4, 30), []
    for child in range(44):
        who = {"a": 2520} if child < 14 else {"b": 2520} if child < 38 else {"a": 1260, "b": 1260}
        rows += [(child, "E1", month, "residential", name, share) for name, share in who.items()]
    ledger = pl.DataFrame(
        rows, schema=["child", "authority", "month_end", "group", "programme", "shares"], orient="row"
    )
    price = pl.DataFrame({"authority": ["E1"], "group": ["residential"], "month_end": [month], "price": [10.0]})
    one = claims_of_draw(ledger, price)
    found, by_draw = claims([one, one])
    programmes = [Programme(id=name, title="", scales=(Scale(costs=(0.0,)),)) for name in "ab"]
    both = choice(programmes, found, frozenset({("a", 0), ("b", 0)}))
    assert (both.worth, both.added) == (pytest.approx(440), pytest.approx(500))
    assert choice(programmes, found, frozenset({("a", 0)})).worth == pytest.approx(200)
    assert np.allclose(by_draw.sum(axis=1), 440)
    assert sum(one.boroughs["E1"] for one in found) == pytest.approx(440)
