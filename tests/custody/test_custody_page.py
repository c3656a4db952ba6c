"""The methods page's tables follow from the tables, and are not stale."""

from pathlib import Path

import pytest

from parentis.errors import NotFoundError
from parentis.services.custody.reference import page

METHODS = Path(__file__).parents[2] / "docs" / "methods" / "custody.md"


@pytest.mark.integration
def test_the_page_is_up_to_date() -> None:
    text = METHODS.read_text(encoding="utf-8")
    assert page(text) == text, "run: python -m parentis.services.custody.reference docs/methods/custody.md"


@pytest.mark.unit
def test_a_page_without_the_mark_is_refused() -> None:
    with pytest.raises(NotFoundError):
        page("# Another page")
