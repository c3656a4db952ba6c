"""The methods page follows from the declarations, and is not stale."""

from pathlib import Path

import pytest

from parentis.errors import NotFoundError
from parentis.services.funding.catalogue import measures
from parentis.services.funding.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "methods" / "funding.md"


@pytest.mark.integration
def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "run: python -m parentis.services.funding.reference docs/methods/funding.md"


@pytest.mark.unit
def test_every_measure_is_on_the_page_by_itself_or_as_a_variant() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for one in measures():
        base = one.id
        for end in (".unflagged", ".real", ".per_child", ".share"):
            base = base.removesuffix(end)
        assert f"`{one.id}`" in text or f"`{base}`" in text, one.id


@pytest.mark.unit
def test_a_page_without_the_mark_is_refused() -> None:
    with pytest.raises(NotFoundError):
        page("no mark")
