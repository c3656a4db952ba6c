"""The returns' reference pages follow from the specs, and are not stale."""

from pathlib import Path

import pytest

from parentis.returns import returns
from parentis.returns.reference import page

PAGES = Path(__file__).parents[2] / "docs" / "returns"


@pytest.mark.integration
@pytest.mark.parametrize("return_id", list(returns()))
def test_the_page_is_up_to_date(return_id: str) -> None:
    path = PAGES / f"{return_id}.md"
    told = "run: python -m parentis.returns.reference docs/returns"
    assert path.is_file(), told
    assert path.read_text(encoding="utf-8") == page(returns()[return_id]), told


@pytest.mark.integration
def test_there_is_no_page_of_a_return_that_is_gone() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} - {"index"} == set(returns())
