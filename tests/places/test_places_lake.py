"""The practice log through the lake: handed in, kept without a child's number or birthday, and read by the service."""

from pathlib import Path

import pytest

from parentis import workflow
from parentis.archive import Home
from parentis.returns import write_files
from parentis.services.places.desk_frames import desk_frames
from parentis.services.places.needs import DESK_NEEDS, REFERRALS
from parentis.services.places.practice import practice


@pytest.mark.integration
def test_the_log_that_is_handed_in_is_what_the_desk_frames_are_made_of(tmp_path: Path) -> None:
    files = tmp_path / "files"
    last = [one for one in practice(0) if one.period == "2024-25"]
    for one in last:
        write_files(one, files, prefix="SYNTHETIC ")
    home = Home(tmp_path / "home")
    outcomes = workflow.submit(home, [files], who="test", accept=True)
    assert {one.status for one in outcomes} == {"accepted"}, [one for one in outcomes if one.status != "accepted"]
    tables = workflow.tables(home, DESK_NEEDS)
    held = tables[REFERRALS]
    assert held.height == last[0].tables["referrals"].height
    assert not held["CHILD_KEY"].str.starts_with("SYN").any()
    assert set(held["BORN"].dt.day()) == {1}
    assert held["authority"].n_unique() > 20
    found = desk_frames(tables)
    assert found["rule_trials"].height >= 2
    assert found["refused_by_authority"]["referrals"].sum() == held.height
