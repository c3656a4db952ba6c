"""The reference page says what the rules are now."""

import pytest
from rules_page import CHANGES_PAGE, PAGE, changes_page, page


@pytest.mark.unit
def test_the_reference_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python script/rules_page.py"


@pytest.mark.unit
def test_the_page_of_changes_is_up_to_date() -> None:
    assert CHANGES_PAGE.read_text("utf-8") == changes_page(), "run: python script/rules_page.py"
