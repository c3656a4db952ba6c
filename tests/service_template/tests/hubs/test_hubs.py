"""The service as a whole: from a return that is handed in to figures, pack and command."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from parentis import practice, workflow
from parentis.archive import Home
from parentis.figures import Viewer
from parentis.returns import ReturnData, write_files
from parentis.services import pack, services

CAMDEN = "E09000007"
PersonMaker = Callable[..., Any]


def visits(families: int, under_fives: int) -> pl.DataFrame:
    return pl.DataFrame({"HUB": ["North"], "FAMILIES": [families], "UNDER_FIVES": [under_fives]})


@pytest.mark.integration
@pytest.mark.parametrize(("under_fives", "rules"), [(20, set()), (31, {"HUB-FIVES"})])
def test_the_rule(under_fives: int, rules: set[str], tmp_path: Path) -> None:
    filled = ReturnData(
        return_id="hubs.visits", submitter=CAMDEN, period="2024-25", tables={"visits": visits(30, under_fives)}
    )
    (checked,) = workflow.check_files(write_files(filled, tmp_path))
    assert set(checked.findings["rule"]) == rules


@pytest.mark.functional
def test_from_practice_files_to_figures_pack_and_command(tmp_path: Path) -> None:
    """Two routes to London's number: the figure, and the sum of what the files say."""
    home = Home(tmp_path / "home")
    made = [one for one in practice.region(1, years=["2024-25"]) if one.return_id == "hubs.visits"]
    assert len(made) == 33
    for one in made:
        write_files(one, tmp_path / "files" / one.return_id / one.period / one.submitter, prefix="SYNTHETIC_")
    workflow.submit(home, [tmp_path / "files"], who="test", accept=True)
    workflow.build(home, services=["hubs"])
    shown = workflow.figures(home, measure="hubs.families.count", geography="london", viewer=Viewer.members())
    expected = sum(one.tables["visits"]["FAMILIES"].sum() for one in made)
    assert shown["value"].item() == pytest.approx(expected, abs=5), "rounded to ten"
    page, *_ = workflow.pack(home, pack("hubs").id, out=tmp_path / "pack", viewer=Viewer.members())
    assert "Families came to a family hub" in page.read_text()
    command = services()["hubs"].commands[0]
    answer = command.run.resolve()(workflow.tables(home, command.needs), most=3)
    assert answer.height == 3
    assert answer["FAMILIES"].is_sorted(descending=True)
