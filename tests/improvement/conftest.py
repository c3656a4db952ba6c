"""A built home with the practice quarters of some boroughs: made once, read by every test of the site."""

from pathlib import Path

import pytest

from parentis import workflow
from parentis.archive import Home
from parentis.returns import write_files
from parentis.services.improvement.practice import returns
from prepared_homes import prepared

BOROUGHS = 14
"Enough for fifths, quarters and an impact check; the first by code, Camden and Croydon among them."


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared("improvement", _fill, tmp_path_factory) / "home"


def _fill(folder: Path) -> None:
    for one in returns(1):
        if one.submitter <= f"E090000{BOROUGHS}":
            write_files(one, folder / "files" / one.return_id / one.period / one.submitter)
    home = Home(folder / "home")
    workflow.submit(home, [folder / "files"], who="test", accept=True)
    workflow.build(home, services=["improvement"])
