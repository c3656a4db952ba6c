"""The methods page follows from the measures' declarations, and is not stale."""

from pathlib import Path

import pytest

from parentis.services.uasc.measures import MEASURES
from parentis.services.uasc.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "uasc.md"


@pytest.mark.integration
def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "run: script/generate"
    assert all(f"`{one.id}`" in text for one in MEASURES)
