"""Whose forecast may be asked about: no sum that a reader is offered tells what one other authority pays."""

from datetime import date

import numpy as np
import pytest

from parentis import region
from parentis.web.forecasts import places as offered
from parentis.web.forecasts.places import Place, _places, tells_of_one

LONDON = tuple(sorted(region.members("london", date(2026, 4, 1))))
ON = date(2026, 4, 1)


def _sums(found: tuple[Place, ...]) -> np.ndarray:
    return np.array([[one in place.authorities for one in LONDON] for place in found if place.money], dtype=float)


@pytest.mark.spec
@pytest.mark.parametrize("own", ["", "E09000007", "E09000001", "E09000012"])
def test_no_combination_of_the_sums_is_another_authority(own: str) -> None:
    found = _places(own, LONDON, ON)
    sums = _sums(found)
    assert len(sums) > 12
    for at, name in enumerate(LONDON):
        if name == own:
            continue
        alone = np.eye(len(LONDON))[at]
        left = np.linalg.lstsq(sums.T, alone, rcond=None)[0] @ sums - alone
        assert np.abs(left).max() > 1e-6, f"{name} can be worked out"


@pytest.mark.spec
@pytest.mark.parametrize(
    ("sums", "mine", "tells"),
    [
        ([("a", "b", "c", "d"), ("a", "b")], (), False),
        ([("a", "b", "c", "d"), ("a", "b", "c")], (), True),  # the rest is d
        ([("a", "b", "c", "d"), ("a", "b"), ("b", "c")], (), False),
        ([("a", "b", "c", "d"), ("a", "b"), ("b", "c"), ("a", "c")], (), True),  # half of the three sums, less one
        ([("a", "b", "c", "d"), ("a", "b")], ("a",), True),  # one's neighbour in a footprint of two
        ([("a", "b", "c", "d"), ("a", "b", "c")], ("d",), False),  # the rest is one's own
    ],
)
def test_what_sums_tell(sums: list[tuple[str, ...]], mine: tuple[str, ...], tells: bool) -> None:
    own = [Place(id=one, name=one, authorities=(one,), money=True, parts=True) for one in mine]
    assert tells_of_one([*sums, *((one,) for one in mine)], "abcd", own) is tells


@pytest.mark.unit
def test_one_authority_sees_its_own_in_parts_and_of_others_the_children_alone() -> None:
    found = _places("E09000007", LONDON, ON)
    assert (found[0].id, found[0].money, found[0].parts) == ("E09000007", True, True)
    others = [place for place in found if len(place.authorities) == 1 and place.id != "E09000007"]
    assert len(others) == len(LONDON) - 1
    assert not any(place.money or place.parts for place in others)
    several = [place for place in found if len(place.authorities) > 1]
    assert all(place.parts == (len(place.authorities) >= 10) for place in several)
    assert {len(place.authorities) < 10 for place in several} == {True, False}


@pytest.mark.unit
def test_the_regional_team_sees_no_authoritys_pounds() -> None:
    found = _places("", LONDON, ON)
    assert found[0].id == offered.REGION
    assert not any(place.money for place in found if len(place.authorities) == 1)
