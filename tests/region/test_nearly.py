"""A misspelt name is an authority's only where it can be no other's."""

from itertools import permutations

import pytest

from parentis import region


@pytest.mark.unit
@pytest.mark.parametrize(
    ("written", "meant"),
    [("Lincolshire", "Lincolnshire"), ("Royal Borough of Greenwhich", "Greenwich"), ("Wolverhamton", "Wolverhampton")],
)
def test_a_letter_wrong_is_looked_past(written: str, meant: str) -> None:
    found = region.nearly(written)
    assert found is not None
    assert found.name == meant


@pytest.mark.unit
@pytest.mark.parametrize("written", ["Herfordshire", "Burry", "South Somerset", "North Warwickshire", "England", ""])
def test_what_may_be_several_or_is_somewhere_else_is_nobody(written: str) -> None:
    assert region.nearly(written) is None


@pytest.mark.unit
def test_no_authority_is_nearly_another() -> None:
    """Leaving one out, its own name must not be taken for that of any other."""
    from difflib import SequenceMatcher

    names = {one.name.casefold() for one in region.authorities() if one.valid_to is None}
    alike = [(a, b) for a, b in permutations(names, 2) if SequenceMatcher(None, a, b).ratio() >= 0.93]
    assert alike == []
