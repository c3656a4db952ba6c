"""An authority's own returns with its own numbers; and what handing in would find, with nothing kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from parentis import workflow
from parentis.archive import File, Home

CAMDEN, BARNET = "E09000007", "E09000003"
NEEDS = ("ssda903/Episodes", "ssda903/Header", "uasc.register/children")


@pytest.mark.integration
def test_only_the_authoritys_own_accepted_rows_come_and_with_their_numbers(
    home: Home, children: Callable[..., list[Path]]
) -> None:
    handed = {"who": "somebody", "period": "2023-24"}
    workflow.submit(home, children(), authority=CAMDEN, accept=True, **handed)
    workflow.submit(home, children(authority=BARNET, first="INVENTED9"), authority=BARNET, accept=True, **handed)
    found = workflow.identified(home, NEEDS, CAMDEN)
    assert found["ssda903/Header"]["CHILD"].to_list() == ["INVENTED1", "INVENTED2"]
    assert found["ssda903/Header"]["authority"].unique().to_list() == [CAMDEN]
    assert found["uasc.register/children"].is_empty()
    lake = workflow.tables(home, NEEDS)
    assert set(lake["ssda903/Header"]["CHILD"]).isdisjoint(found["ssda903/Header"]["CHILD"])
    for need in NEEDS:
        assert set(found[need].columns) == set(lake[need].columns)


@pytest.mark.integration
def test_a_later_return_takes_the_place_of_an_earlier_one(home: Home, children: Callable[..., list[Path]]) -> None:
    handed = {"who": "somebody", "period": "2023-24", "authority": CAMDEN, "accept": True}
    workflow.submit(home, children(), **handed)
    workflow.submit(home, children(into="again", first="INVENTED3"), **handed)
    found = workflow.identified(home, NEEDS, CAMDEN)["ssda903/Header"]
    assert "INVENTED1" not in found["CHILD"].to_list()
    assert found["sequence"].n_unique() == 1


@pytest.mark.integration
def test_a_preview_finds_what_checking_would_and_keeps_nothing(home: Home, children: Callable[..., list[Path]]) -> None:
    files = [File(path.name, path.read_bytes()) for path in children()]
    seen = workflow.preview(home, files, return_id="ssda903", period="2023-24", authority=CAMDEN)
    assert workflow.register(home).is_empty()
    (handed,) = workflow.submit(home, files, who="somebody", authority=CAMDEN, period="2023-24")
    assert handed.checked is not None
    assert seen.findings.equals(handed.checked.findings)
